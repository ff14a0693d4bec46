//! Many requests in few datagrams, and a result for each.

use super::answer::refusal;
use super::generic::{addressed, is_unknown};
use super::inbox::first_message;
use super::send::{is_full, patiently};
use super::{append, unwritten};
use crate::bytes::{add, align4, from_u32, head, tail};
use crate::exchange::{Exchange, Verdict};
use crate::schema::MessageSchema;
use crate::socket::lend::{Lend, now};
use crate::socket::{Connection, RecvError, RequestError, Transport};
use crate::{Error, Flags, Header, NlMessage, Writer};
use std::boxed::Box;
use std::ops::Range;
use std::time::Instant;
use std::vec;
use std::vec::Vec;

/// Requests that are sent together, many in one datagram, made by [`Connection::batch`].
///
/// Unlike in a transaction, each request is carried out or refused by itself, in the order in which they were pushed.
///
/// The kernel answers while the datagram is being sent, and drops the acknowledgements that the receive buffer has no
/// room for. So only as many requests are sent at a time as the buffer surely holds answers for; the answers are read,
/// and then the next ones are sent. The requests that were pushed last wait for [`finish`](Self::finish); if the batch is
/// dropped before that, they are not sent. (A future of a connection for tasks that is dropped leaves the batch usable: what was sent stays sent, and the
/// next call reads its answers. Dropped before it is done, `push` has added nothing.)
///
/// ```
/// use nl_tlv::control::Errno;
/// use nl_tlv::socket::{Connection, Protocol};
/// use nl_tlv::{NewFlags, NlMessage};
/// # use nl_tlv::control::ExtAck;
/// # use nl_tlv::socket::Server;
///
/// #[derive(NlMessage)]
/// #[nl(ty = 20)]
/// struct TableNew<'a> {
///     #[nl(attr = 1)]
///     name: &'a str,
/// }
///
/// # let mut server = Server::open(Protocol::USERSOCK, 0)?;
/// let mut conn = Connection::open_to(Protocol::USERSOCK, server.port_id())?;
/// # let serving = std::thread::spawn(move || {
/// #     for place in 0..3 {
/// #         let request = server.recv().unwrap();
/// #         match place {
/// #             2 => request.refuse(Errno::EEXIST, &ExtAck::NONE).unwrap(),
/// #             _ => request.ack().unwrap(),
/// #         }
/// #     }
/// # });
/// let mut batch = conn.batch();
/// for name in ["blue", "red", "red"] {
///     batch.push(&TableNew { name }, NewFlags::CREATE | NewFlags::EXCL)?;
/// }
/// let results = batch.finish()?;
/// assert!(results[0].is_ok() && results[1].is_ok());
/// assert_eq!(results[2].as_ref().unwrap_err().errno(), Some(Errno::EEXIST));
/// # serving.join().unwrap();
/// # Ok::<(), nl_tlv::socket::RequestError>(())
/// ```
#[derive(Debug)]
pub struct Batch<'c, C: Lend + 'c = Connection> {
    connection: C::Lent<'c>,
    /// How many answers the receive buffer holds.
    window: usize,
    datagram: Datagram,
    /// The requests in the datagram.
    pending: Vec<Pending>,
    /// The requests of the datagram before; their bytes are there until others are written.
    settled: Vec<Pending>,
    /// Whether the datagram has been sent.
    is_sent: bool,
    results: Vec<Answer>,
}

/// A request that has not been answered, and where it lies in the datagram.
#[derive(Debug)]
struct Pending {
    range: Range<usize>,
    schema: &'static MessageSchema,
    /// Its answer, if that has come.
    answer: Option<Answer>,
    /// Which of the results is its own.
    place: usize,
}

/// What is known of one request.
type Answer = Result<(), Box<RequestError>>;

impl<'c, C: Lend> Batch<'c, C> {
    pub(in crate::socket) fn new(mut connection: C::Lent<'c>) -> Self {
        // One that was dropped unsent may have left numbers behind.
        connection.exchange.end_batch();
        let hears = !connection.transport.groups().is_empty();
        let window = answers_held(&connection.transport, if hears { ANSWER + EVENT } else { ANSWER });
        Self {
            connection,
            window,
            datagram: Datagram::new(Datagram::LEN),
            pending: Vec::new(),
            settled: Vec::new(),
            is_sent: false,
            results: Vec::new(),
        }
    }

    /// The results that are known so far: of all requests but the last [`unanswered`](Self::unanswered) ones.
    ///
    /// A request that was not carried out is [`RequestError::Refused`] or [`RequestError::NotSent`]; of one that is
    /// [`RequestError::NoReply`] it is not known.
    pub fn results(&self) -> &[Result<(), Box<RequestError>>] {
        &self.results
    }

    /// How many requests wait to be sent, or for their answers.
    #[must_use]
    pub fn unanswered(&self) -> usize {
        self.pending.len()
    }

    /// Adds a request; if there is no room for it, the answers to those before it are waited for.
    pub(in crate::socket) async fn add<M: NlMessage>(
        &mut self,
        message: &M,
        flags: Flags,
    ) -> Result<(), RequestError> {
        if !self.write(message, flags)? {
            self.flush().await?;
            self.write(message, flags)?;
        }
        Ok(())
    }

    /// Sends what has not been sent, and waits for all answers.
    pub(in crate::socket) async fn flush(&mut self) -> Result<(), RequestError> {
        self.send_and_wait().await?;
        if self.has_unknown() && self.connection.family_renewed::<C>().await.unwrap_or(false) {
            self.repeat_unknown()?;
            self.send_and_wait().await?;
        }
        Ok(())
    }

    async fn send_and_wait(&mut self) -> Result<(), RequestError> {
        patiently::<C, _>(self.connection.timeout, || self.send()).await?;
        let (mut until, mut received) = (self.connection.answer_deadline(), Ok(()));
        loop {
            if let Some(answered) = self.advance(&mut until, received) {
                return answered;
            }
            received = self.connection.receive_in_time::<C>(until).await;
        }
    }

    /// Writes a request behind the others, and says whether there was room for it.
    fn write(&mut self, message: &impl NlMessage, flags: Flags) -> Result<bool, RequestError> {
        let (connection, schema) = (&mut *self.connection, message.schema());
        if flags.contains(Flags::ECHO) {
            self.window = self.window.min(answers_held(&connection.transport, ANSWER + EVENT));
        }
        if self.is_sent || self.pending.len() >= self.window {
            return Ok(false);
        }
        let header = addressed(Header::new().flags(flags), connection.family.as_ref(), schema)?;
        let header = connection.exchange.batch_request(header).ok_or(RequestError::Busy)?;
        let written = self.datagram.append(schema, |w| message.emit_into(w, header));
        if let Ok(Some(range)) = written {
            let place = add(self.results.len(), self.pending.len());
            self.pending.push(Pending { range, schema, answer: None, place });
            return Ok(true);
        }
        connection.exchange.take_back();
        written.map(|_| false)
    }

    /// Sends what has not been sent. If the peer has no room for it, it can be sent later.
    fn send(&mut self) -> Result<(), RequestError> {
        if self.is_sent || self.pending.is_empty() {
            return Ok(());
        }
        self.connection.empty_queue();
        let sent = self.connection.send_datagram(self.datagram.as_bytes());
        self.is_sent = sent.is_ok();
        if sent.as_ref().is_err_and(|err| !is_full(err)) {
            let pending = self.pending.iter_mut();
            pending.for_each(|pending| pending.answer = Some(failed(RequestError::NotSent)));
            self.settle();
        }
        sent
    }

    /// Whether all answers to what was sent are there, now that something was received, or failed to be; `None` if there
    /// are more to wait for. Requests whose answers do not come are [`RequestError::NoReply`].
    fn advance(
        &mut self,
        until: &mut Option<Instant>,
        received: Result<(), RecvError>,
    ) -> Option<Result<(), RequestError>> {
        let connection = &mut *self.connection;
        let ended = match received {
            Ok(()) | Err(RecvError::Truncated { .. }) => None,
            Err(RecvError::Overrun) => {
                connection.backlog.overrun();
                if connection.peer == 0 {
                    // What is not in the queue now, is lost.
                    *until = Some(Instant::now());
                }
                None
            }
            Err(RecvError::Timeout) => Some(Ok(())),
            Err(RecvError::Io(err)) => Some(Err(err.into())),
        };
        let before = connection.exchange.batch_waiting();
        while ended.is_none() && self.connection.exchange.batch_waiting() > 0 {
            let connection = &mut *self.connection;
            let Some((verdict, range)) = connection.inbox.judge(&mut connection.exchange) else {
                if connection.exchange.batch_waiting() < before {
                    *until = connection.renewed(*until);
                }
                return None;
            };
            self.judged(verdict, range);
        }
        self.settle();
        Some(ended.unwrap_or(Ok(())))
    }

    fn judged(&mut self, verdict: Verdict, range: Range<usize>) {
        let connection = &mut *self.connection;
        let (seq, errno) = match verdict {
            Verdict::Ack { seq, .. } => (seq, None),
            Verdict::Refusal { seq, errno } => (seq, Some(errno)),
            Verdict::DumpEnd { seq, errno, .. } => (seq, errno),
            Verdict::Event => return connection.keep(range),
            Verdict::Reply { .. } => return connection.keep_echo(range),
            _ => return,
        };
        let at = connection.exchange.place_in_batch(seq).map(from_u32);
        let Some(pending) = at.and_then(|at| self.pending.get_mut(at)) else { return };
        pending.answer = Some(errno.map_or(Ok(()), |errno| {
            let request = self.datagram.buffer.get(pending.range.clone()).unwrap_or_default();
            let refusal = refusal(pending.schema, request, errno, connection.inbox.message(range));
            failed(RequestError::Refused(Box::new(refusal)))
        }));
    }

    /// Ends the datagram: what is known of its requests by now are their results.
    fn settle(&mut self) {
        self.connection.exchange.end_batch();
        self.settled = std::mem::take(&mut self.pending);
        for Pending { answer, place, .. } in &mut self.settled {
            let answer = answer.take().unwrap_or_else(|| failed(RequestError::NoReply));
            match self.results.get_mut(*place) {
                Some(result) => *result = answer,
                None => self.results.push(answer),
            }
        }
        self.datagram.len = 0;
        self.is_sent = false;
    }

    /// Whether requests of the last datagram were refused as if the family's id had gone.
    fn has_unknown(&self) -> bool {
        self.connection.family.is_some() && self.settled.iter().any(|pending| self.is_unknown(pending))
    }

    fn is_unknown(&self, settled: &Pending) -> bool {
        matches!(self.results.get(settled.place), Some(Err(err)) if is_unknown(err))
    }

    /// Writes those requests once more, to the family that the connection has by now. Nothing was written since.
    ///
    /// # Errors
    ///
    /// None, since they were written before.
    fn repeat_unknown(&mut self) -> Result<(), RequestError> {
        let family = self.connection.family.as_ref().map(|family| family.id);
        let bytes = self.datagram.buffer.clone();
        let mut unknown = std::mem::take(&mut self.settled);
        unknown.retain(|pending| self.is_unknown(pending));
        for Pending { range, schema, place, .. } in unknown {
            let message =
                first_message(bytes.get(range).unwrap_or_default()).map_err(RequestError::Damaged)?;
            let header = Header::new().flags(message.flags());
            let header = self.connection.exchange.batch_request(header).ok_or(RequestError::Busy)?;
            let ty = family.unwrap_or(message.ty()).into();
            let emit = |w: &mut Writer<'_>| w.message(ty, header, |w| w.bytes(message.payload()));
            if let Some(range) = self.datagram.append(schema, emit)? {
                self.pending.push(Pending { range, schema, answer: None, place });
            }
        }
        Ok(())
    }
}

impl<T: Transport> Batch<'_, Connection<T>> {
    /// Adds a request; if there are enough of them, those before it are sent first and their answers read. Its result
    /// will have the place in [`results`](Self::results) that it has among the requests pushed.
    ///
    /// # Errors
    ///
    /// [`RequestError::Emit`] if it cannot be written, and as [`finish`](Self::finish) about those before it. It is not
    /// part of the batch then, which can go on.
    pub fn push<M: NlMessage>(&mut self, message: &M, flags: impl Into<Flags>) -> Result<(), RequestError> {
        now(self.add(message, flags.into()))
    }

    /// Sends what has not been sent, and waits for the last answers: all results, in the order of the requests.
    ///
    /// # Errors
    ///
    /// If the system refuses to send or receive; what is known all the same is in [`results`](Self::results).
    pub fn finish(&mut self) -> Result<&[Result<(), Box<RequestError>>], RequestError> {
        now(self.flush())?;
        Ok(self.results())
    }
}

#[cold]
fn failed(err: RequestError) -> Answer {
    Err(Box::new(err))
}

/// The requests that are sent together.
#[derive(Debug)]
pub(in crate::socket) struct Datagram {
    buffer: Vec<u8>,
    len: usize,
    /// How long it may become, unless it has only one message.
    max: usize,
}

impl Datagram {
    /// Bytes of a batch that are sent at once; a longer request goes alone.
    const LEN: usize = 32 * 1024;

    pub(super) fn new(max: usize) -> Self {
        Self { buffer: vec![0; Self::LEN], len: 0, max }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        head(&self.buffer, self.len)
    }

    /// Sets flags of the message that begins at an offset.
    pub(super) fn set_flags(&mut self, at: usize, flags: Flags) {
        let field = self.buffer.get_mut(add(at, 6)..).and_then(|rest| rest.first_chunk_mut::<2>());
        if let Some(field) = field {
            *field = (u16::from_ne_bytes(*field) | flags.bits()).to_ne_bytes();
        }
    }

    /// Writes a message behind the others, and says where it lies; `None` if it has to wait for them to be sent.
    pub(super) fn append(
        &mut self,
        schema: &MessageSchema,
        emit: impl Fn(&mut Writer<'_>) -> Result<(), Error>,
    ) -> Result<Option<Range<usize>>, RequestError> {
        let start = align4(self.len);
        // It grows by halves, so that what becomes long is not copied for each message.
        if self.buffer.len() < add(start, Self::LEN).min(self.max) {
            self.buffer.resize(add(start, start.max(Self::LEN)), 0);
        }
        let end = append(&mut self.buffer, start, emit)
            .map_err(|err| unwritten(err, schema, tail(&self.buffer, start)))?;
        if self.len > 0 && end > self.max {
            return Ok(None);
        }
        if let Some(padding) = self.buffer.get_mut(self.len..start) {
            padding.fill(0);
        }
        self.len = end;
        Ok(Some(start..end))
    }
}

/// How many answers the receive buffer surely holds, if each takes so much of it.
pub(in crate::socket) fn answers_held(socket: &impl Transport, each: usize) -> usize {
    // A system that does not say is taken to have the smallest buffer there is.
    let buffer = socket.recv_buffer().unwrap_or(SMALLEST_BUFFER);
    buffer.checked_div(each).unwrap_or(0).clamp(1, from_u32(Exchange::MAX_BATCH))
}

/// Bytes of the receive buffer that an answer takes, bookkeeping included. An acknowledgement was seen to take 832, and
/// a refusal with text and policy less than this.
pub(in crate::socket) const ANSWER: usize = 2048;

/// Bytes that an event takes which the request causes, for those who hear it: a link's is among the longest.
pub(in crate::socket) const EVENT: usize = 6144;

/// `SOCK_MIN_RCVBUF`, roughly.
const SMALLEST_BUFFER: usize = 2304;
