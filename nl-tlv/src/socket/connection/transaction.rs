//! Messages that are carried out as a whole or not at all.

use super::answer::refusal;
use super::batch::Datagram;
use super::generic::addressed;
use super::inbox::first_message;
use super::send::patiently;
use crate::bytes::from_u32;
use crate::control::Refusal;
use crate::exchange::Verdict;
use crate::schema::MessageSchema;
use crate::socket::lend::{Lend, now};
use crate::socket::{Connection, RecvError, RequestError, Transport};
use crate::{Error, Flags, Header, NlMessage, Writer};
use std::boxed::Box;
use std::ops::Range;
use std::vec::Vec;

/// Messages between one that begins a transaction and one that ends it, made by [`Connection::transaction`].
///
/// They are sent as one datagram, because the kernel treats each datagram as a transaction of its own, or refuses one that
/// is not complete. The send buffer grows where it may; a transaction that does not fit is refused before anything is sent.
/// A future of a `commit` that is dropped may have sent the transaction.
///
/// ```
/// use nl_tlv::NewFlags;
/// use nl_tlv::control::Errno;
/// use nl_tlv::socket::{Connection, RequestError};
/// use nl_tlv_families::nftables::{BatchBegin, BatchEnd, NfGenMsg, Table, TableAttrs};
/// # use nl_tlv::{Flags, control::ExtAck, socket::Server};
/// # let network = nl_tlv_testing::network::Network::new();
/// # let mut server = Server::new(network.kernel());
/// # let serving = std::thread::spawn(move || {
/// #     for _ in 0..4 {
/// #         let request = server.recv().unwrap();
/// #         let table = request.parse::<Table>().ok().and_then(|table| table.attrs.name);
/// #         if table.is_some_and(|name| name == "nat") {
/// #             request.refuse(Errno::EEXIST, &ExtAck::NONE).unwrap();
/// #         } else if request.message().flags().contains(Flags::ACK) {
/// #             request.ack().unwrap();
/// #         }
/// #     }
/// # });
///
/// let mut conn = Connection::new(network.open(), 0); // or `Connection::open(Protocol::new(nftables::PROTOCOL))?`
/// let (begin, end) = (BatchBegin::of_nftables(), BatchEnd::of_nftables());
/// let mut transaction = conn.transaction(&begin, &end)?;
/// for name in ["filter", "nat"] {
///     let attrs = TableAttrs { name: Some(name.into()), ..TableAttrs::default() };
///     transaction.push(&Table { header: NfGenMsg::family(2), attrs }, NewFlags::CREATE | NewFlags::EXCL)?;
/// }
/// match transaction.commit() {
///     Err(RequestError::Aborted(refusals)) => {
///         let (at, refusal) = &refusals[0];
///         assert_eq!((*at, refusal.errno()), (1, Errno::EEXIST)); // there is a table `nat`, so `filter` is not made
///     }
///     committed => panic!("{committed:?}"),
/// }
/// # serving.join().unwrap();
/// # Ok::<(), RequestError>(())
/// ```
#[derive(Debug)]
pub struct Transaction<'c, C: Lend + 'c = Connection> {
    connection: C::Lent<'c>,
    datagram: Datagram,
    /// Where each message lies, and what it consists of: first the one that begins the transaction.
    written: Vec<(Range<usize>, &'static MessageSchema)>,
    /// The message that ends it, until the datagram is complete.
    end: (Vec<u8>, &'static MessageSchema),
    refusals: Vec<(usize, Box<Refusal>)>,
    is_acknowledged: bool,
    is_lossy: bool,
}

impl<'c, C: Lend> Transaction<'c, C> {
    pub(in crate::socket) fn new(
        mut connection: C::Lent<'c>,
        begin: &impl NlMessage,
        end: &impl NlMessage,
    ) -> Result<Self, RequestError> {
        connection.exchange.end_batch();
        let mut bytes = Vec::new();
        super::write(&mut bytes, end.schema(), |w| end.emit_into(w, Header::new()))?;
        let mut new = Self {
            connection,
            datagram: Datagram::new(usize::MAX),
            written: Vec::new(),
            end: (bytes, end.schema()),
            refusals: Vec::new(),
            is_acknowledged: false,
            is_lossy: false,
        };
        new.push(begin, Flags::empty())?;
        Ok(new)
    }

    /// Adds a message.
    ///
    /// # Errors
    ///
    /// [`RequestError::Emit`] if it cannot be written. It is not part of the transaction then, which can go on.
    pub fn push(&mut self, message: &impl NlMessage, flags: impl Into<Flags>) -> Result<(), RequestError> {
        let (connection, schema) = (&mut *self.connection, message.schema());
        let header = addressed(Header::new().flags(flags.into()), connection.family.as_ref(), schema)?;
        let header = connection.exchange.transaction_request(header).ok_or(RequestError::Busy)?;
        let added = self.add(schema, |w| message.emit_into(w, header));
        added.inspect_err(|_| self.connection.exchange.take_back())
    }

    fn add(
        &mut self,
        schema: &'static MessageSchema,
        emit: impl Fn(&mut Writer<'_>) -> Result<(), Error>,
    ) -> Result<(), RequestError> {
        let range = self.datagram.append(schema, emit)?;
        self.written.extend(range.map(|range| (range, schema)));
        Ok(())
    }

    /// Sends it, and says what became of it.
    pub(in crate::socket) async fn committed(mut self) -> Result<(), RequestError> {
        // Nothing was added to the message that begins it.
        if self.written.len() < 2 {
            return Ok(());
        }
        patiently::<C, _>(self.connection.timeout, || self.send()).await?;
        let (until, mut received) = (self.connection.answer_deadline(), Ok(()));
        loop {
            if let Some(committed) = self.advance(received) {
                return committed;
            }
            received = self.connection.receive_in_time::<C>(until).await;
        }
    }

    /// Completes the datagram, if it is not complete yet, and sends it.
    fn send(&mut self) -> Result<(), RequestError> {
        if !self.end.0.is_empty() {
            // An acknowledgement says that the answers before it are complete. Older kernels do not acknowledge the end.
            if let Some((range, _)) = self.written.last() {
                self.datagram.set_flags(range.start, Flags::ACK);
            }
            let header = Header::new().flags(Flags::ACK);
            let header = self.connection.exchange.transaction_request(header).ok_or(RequestError::Busy)?;
            let end = std::mem::take(&mut self.end.0);
            let end = first_message(&end).map_err(RequestError::Damaged)?;
            self.add(self.end.1, |w| w.message(end.ty().into(), header, |w| w.bytes(end.payload())))?;
        }
        self.connection.empty_queue();
        self.is_lossy |= self.connection.is_congested;
        self.connection.send_datagram(self.datagram.as_bytes())
    }

    /// What became of the transaction, now that something was received, or failed to be; `None` if there is more to wait
    /// for.
    fn advance(&mut self, received: Result<(), RecvError>) -> Option<Result<(), RequestError>> {
        let connection = &mut *self.connection;
        match received {
            Ok(()) => {}
            Err(RecvError::Overrun | RecvError::Truncated { .. }) => {
                connection.backlog.overrun();
                self.is_lossy = true;
            }
            Err(RecvError::Timeout) => return Some(self.result()),
            Err(RecvError::Io(err)) => return Some(Err(err.into())),
        }
        while let Some((verdict, answer)) = connection.inbox.judge(&mut connection.exchange) {
            let at = verdict.seq().and_then(|seq| connection.exchange.place_in_batch(seq)).map(from_u32);
            match verdict {
                Verdict::Ack { .. } => {
                    self.is_acknowledged = true;
                    if at.is_some_and(|at| at.saturating_add(1) == self.written.len()) {
                        return Some(self.result());
                    }
                }
                Verdict::Refusal { errno, .. } => {
                    let of = at.and_then(|at| Some((at, self.written.get(at)?)));
                    let Some((at, (range, schema))) = of else { continue };
                    let request = self.datagram.as_bytes().get(range.clone()).unwrap_or_default();
                    let refusal = refusal(schema, request, errno, connection.inbox.message(answer));
                    self.refusals.push((at, Box::new(refusal)));
                }
                Verdict::Event => connection.keep(answer),
                Verdict::Reply { .. } => connection.keep_echo(answer),
                _ => {}
            }
        }
        None
    }

    fn result(&mut self) -> Result<(), RequestError> {
        let is_whole = |at: usize| at == 0 || at.saturating_add(1) >= self.written.len();
        if let Some(at) = self.refusals.iter().position(|(at, _)| is_whole(*at)) {
            return Err(RequestError::Refused(self.refusals.swap_remove(at).1));
        }
        if !self.refusals.is_empty() {
            let refusals = std::mem::take(&mut self.refusals).into_iter();
            return Err(RequestError::Aborted(
                refusals.map(|(at, refusal)| (at.saturating_sub(1), refusal)).collect(),
            ));
        }
        match (self.is_acknowledged, self.is_lossy) {
            (_, true) => Err(RequestError::Overrun),
            (true, _) => Ok(()),
            (false, _) => Err(RequestError::NoReply),
        }
    }
}

impl<T: Transport> Transaction<'_, Connection<T>> {
    /// Sends the transaction and reads the answers. Without messages nothing is sent.
    ///
    /// # Errors
    ///
    /// [`RequestError::Aborted`] with the messages that were refused, by their numbers among those pushed (if hundreds were,
    /// the first of them); [`RequestError::Refused`] if it was refused as a whole; [`RequestError::TooLarge`] if it cannot be
    /// one datagram. In these cases nothing was carried out. Any other error of the connection.
    pub fn commit(self) -> Result<(), RequestError> {
        now(self.committed())
    }
}

impl<'c, C: Lend + 'c> Drop for Transaction<'c, C> {
    fn drop(&mut self) {
        self.connection.exchange.end_batch();
    }
}
