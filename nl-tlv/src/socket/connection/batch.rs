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
    pub(in crate::socket) connection: C::Lent<'c>,
    pub(in crate::socket) requests: Requests,
}

/// A request that has not been answered, and where it lies in the datagram.
#[derive(Debug)]
pub(in crate::socket) struct Pending {
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
        let requests = Requests::new(&mut *connection);
        Self { connection, requests }
    }

    /// The results that are known so far: of all requests but the last [`unanswered`](Self::unanswered) ones.
    ///
    /// A request that was not carried out is [`RequestError::Refused`] or [`RequestError::NotSent`]; of one that is
    /// [`RequestError::NoReply`] it is not known.
    pub fn results(&self) -> &[Result<(), Box<RequestError>>] {
        &self.requests.results
    }

    /// How many requests wait to be sent, or for their answers.
    #[must_use]
    pub fn unanswered(&self) -> usize {
        self.requests.pending.len()
    }

    /// Adds a request; if there is no room for it, the answers to those before it are waited for.
    pub(in crate::socket) async fn add<M: NlMessage>(
        &mut self,
        message: &M,
        flags: Flags,
    ) -> Result<(), RequestError> {
        if !self.requests.write(&mut self.connection, message, flags)? {
            self.flush().await?;
            self.requests.write(&mut self.connection, message, flags)?;
        }
        Ok(())
    }

    /// Sends what has not been sent, and waits for all answers.
    pub(in crate::socket) async fn flush(&mut self) -> Result<(), RequestError> {
        self.send_and_wait().await?;
        let Self { connection, requests } = self;
        if requests.has_unknown(connection) && connection.family_renewed::<C>().await.unwrap_or(false) {
            C::learn_family(connection);
            requests.repeat_unknown(connection)?;
            self.send_and_wait().await?;
        }
        Ok(())
    }

    async fn send_and_wait(&mut self) -> Result<(), RequestError> {
        let Self { connection, requests } = self;
        patiently::<C, _>(connection.timeout, || requests.send(connection)).await?;
        let (mut until, mut received) = (connection.answer_deadline(), Ok(()));
        loop {
            if let Some(answered) = requests.advance(connection, &mut until, received) {
                return answered;
            }
            received = connection.receive_in_time::<C>(until).await;
        }
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

/// What a batch has to send, has sent, and knows.
#[derive(Debug)]
pub(in crate::socket) struct Requests {
    /// How many answers the receive buffer holds.
    window: usize,
    datagram: Datagram,
    /// The requests in the datagram.
    pub(in crate::socket) pending: Vec<Pending>,
    /// The requests of the datagram before; their bytes are there until others are written.
    settled: Vec<Pending>,
    /// Whether the datagram has been sent.
    is_sent: bool,
    pub(in crate::socket) results: Vec<Answer>,
}

impl Requests {
    pub(in crate::socket) fn new<T: Transport>(connection: &mut Connection<T>) -> Self {
        // One that was dropped unsent may have left numbers behind.
        connection.exchange.end_batch();
        let hears = connection.transport.is_member();
        let window = answers_held(&connection.transport, if hears { ANSWER + EVENT } else { ANSWER });
        Self {
            window,
            datagram: Datagram::new(),
            pending: Vec::new(),
            settled: Vec::new(),
            is_sent: false,
            results: Vec::new(),
        }
    }

    /// Writes a request behind the others, and says whether there was room for it.
    pub(in crate::socket) fn write<T: Transport, M: NlMessage>(
        &mut self,
        connection: &mut Connection<T>,
        message: &M,
        flags: Flags,
    ) -> Result<bool, RequestError> {
        if flags.contains(Flags::ECHO) {
            self.window = self.window.min(answers_held(&connection.transport, ANSWER + EVENT));
        }
        if self.is_sent || self.pending.len() >= self.window {
            return Ok(false);
        }
        let header = addressed(Header::new().flags(flags), connection.family.as_ref(), message.schema())?;
        let header = connection.exchange.batch_request(header).ok_or(RequestError::Busy)?;
        let written = self.datagram.append(|w| message.emit_into(w, header));
        if let Ok(Some(range)) = written {
            let place = add(self.results.len(), self.pending.len());
            self.pending.push(Pending { range, schema: message.schema(), answer: None, place });
            return Ok(true);
        }
        connection.exchange.take_back();
        written.map(|_| false).map_err(|err| {
            unwritten(err, message.schema(), tail(&self.datagram.buffer, align4(self.datagram.len)))
        })
    }

    /// Sends what has not been sent. If the peer has no room for it, it can be sent later.
    pub(in crate::socket) fn send<T: Transport>(
        &mut self,
        connection: &mut Connection<T>,
    ) -> Result<(), RequestError> {
        if self.is_sent || self.pending.is_empty() {
            return Ok(());
        }
        connection.empty_queue();
        match connection.send_datagram(self.datagram.as_bytes()) {
            Ok(()) => {
                self.is_sent = true;
                Ok(())
            }
            Err(err) if is_full(&err) || matches!(err, RequestError::Timeout) => Err(err),
            Err(err) => {
                self.pending
                    .iter_mut()
                    .for_each(|pending| pending.answer = Some(failed(RequestError::NotSent)));
                self.settle(connection);
                Err(err)
            }
        }
    }

    /// Whether all answers to what was sent are there, now that something was received, or failed to be; `None` if there
    /// are more to wait for. Requests whose answers do not come are [`RequestError::NoReply`].
    pub(in crate::socket) fn advance<T: Transport>(
        &mut self,
        connection: &mut Connection<T>,
        until: &mut Option<Instant>,
        received: Result<(), RecvError>,
    ) -> Option<Result<(), RequestError>> {
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
        while ended.is_none() && connection.exchange.batch_waiting() > 0 {
            let Some((verdict, range)) = connection.inbox.judge(&mut connection.exchange) else {
                if connection.exchange.batch_waiting() < before {
                    *until = connection.renewed(*until);
                }
                return None;
            };
            self.judged(connection, verdict, range);
        }
        self.settle(connection);
        Some(ended.unwrap_or(Ok(())))
    }

    /// Ends the datagram: what is known of its requests by now are their results.
    fn settle<T: Transport>(&mut self, connection: &mut Connection<T>) {
        connection.exchange.end_batch();
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
    pub(in crate::socket) fn has_unknown<T: Transport>(&self, connection: &Connection<T>) -> bool {
        connection.family.is_some() && self.settled.iter().any(|pending| self.is_unknown(pending))
    }

    fn is_unknown(&self, settled: &Pending) -> bool {
        matches!(self.results.get(settled.place), Some(Err(err)) if is_unknown(err))
    }

    /// Writes those requests once more, to the family that the connection has by now. Nothing was written since.
    ///
    /// # Errors
    ///
    /// None, since they were written before.
    pub(in crate::socket) fn repeat_unknown<T: Transport>(
        &mut self,
        connection: &mut Connection<T>,
    ) -> Result<(), RequestError> {
        let family = connection.family.as_ref().map(|family| family.id);
        let bytes = self.datagram.buffer.clone();
        let mut unknown = std::mem::take(&mut self.settled);
        unknown.retain(|pending| self.is_unknown(pending));
        for Pending { range, schema, place, .. } in unknown {
            let message = bytes.get(range).unwrap_or_default();
            let message = first_message(message).map_err(RequestError::Damaged)?;
            let header = connection
                .exchange
                .batch_request(Header::new().flags(message.flags()))
                .ok_or(RequestError::Busy)?;
            let ty = family.unwrap_or(message.ty()).into();
            let written = self.datagram.append(|w| w.message(ty, header, |w| w.bytes(message.payload())));
            if let Some(range) = written.map_err(RequestError::Damaged)? {
                self.pending.push(Pending { range, schema, answer: None, place });
            }
        }
        Ok(())
    }

    fn judged<T: Transport>(
        &mut self,
        connection: &mut Connection<T>,
        verdict: Verdict,
        range: Range<usize>,
    ) {
        let inbox = &connection.inbox;
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
            let refusal = refusal(pending.schema, request, errno, inbox.message(range));
            failed(RequestError::Refused(Box::new(refusal)))
        }));
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
}

impl Datagram {
    /// Bytes that are sent at once; a longer request goes alone.
    const LEN: usize = 32 * 1024;

    pub(super) fn new() -> Self {
        Self { buffer: vec![0; Self::LEN], len: 0 }
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

    /// Writes a message behind the others, and says where it lies. There is always room for it.
    pub(super) fn add(
        &mut self,
        schema: &MessageSchema,
        emit: impl Fn(&mut Writer<'_>) -> Result<(), Error>,
    ) -> Result<Range<usize>, RequestError> {
        let start = align4(self.len);
        let end = append(&mut self.buffer, start, emit)
            .map_err(|err| unwritten(err, schema, tail(&self.buffer, start)))?;
        self.finish(start, end);
        // It grows by halves, so that a long transaction is not copied for each message.
        if self.buffer.len() < add(self.len, Self::LEN) {
            self.buffer.resize(add(self.len, self.len.max(Self::LEN)), 0);
        }
        Ok(start..end)
    }

    fn finish(&mut self, start: usize, end: usize) {
        if let Some(padding) = self.buffer.get_mut(self.len..start) {
            padding.fill(0);
        }
        self.len = end;
    }

    /// Writes a message behind the others, and says where it lies; `None` if it has to wait for them to be sent.
    fn append(
        &mut self,
        emit: impl Fn(&mut Writer<'_>) -> Result<(), Error>,
    ) -> Result<Option<Range<usize>>, Error> {
        let start = align4(self.len);
        let room = self.buffer.len();
        let end = append(&mut self.buffer, start, emit)?;
        if self.len > 0 && end > room {
            self.buffer.truncate(room);
            return Ok(None);
        }
        self.finish(start, end);
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
