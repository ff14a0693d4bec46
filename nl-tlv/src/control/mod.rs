//! Netlink's own messages as data: acknowledgements and refusals (`NLMSG_ERROR`), the end of a dump (`NLMSG_DONE`),
//! and what they say beyond the number ([`ExtAck`]). [`genl`] has the controller of generic netlink.
//!
//! | to | use |
//! |---|---|
//! | know what a message is: acknowledgement, refusal, end of a dump, or a family's own | [`Control::parse`] |
//! | read why a request was refused | [`ErrorMessage`], its [`ExtAck`], and the names of [`Errno`] |
//! | keep a refusal, or return it | [`Refusal`], which a connection returns in its errors |
//! | answer a request | [`emit_ack`], [`emit_refusal`], [`emit_done`]; a `Server` calls them |
//!
//! A refusal is not an error here, but what a message says.

pub(crate) mod done;
mod emit;
mod errno;
mod error_message;
pub(crate) mod ext_ack;
pub mod genl;
#[cfg(feature = "alloc")]
mod genl_family;
mod genl_policy;
mod policy;
mod refusal;

pub use emit::{emit_ack, emit_done, emit_refusal, emit_whole_refusal};
pub use errno::Errno;
pub use error_message::ErrorMessage;
pub use ext_ack::ExtAck;
pub use policy::Policy;
pub use refusal::Refusal;

use crate::{Error, Message, MessageType};

/// The kind of a message: one of netlink's own, or a family's.
///
/// ```
/// use nl_tlv::control::{Control, Errno, ExtAck, emit_refusal};
/// use nl_tlv::{Header, Messages, MessageType, Writer};
///
/// let (mut request, mut reply) = ([0; 64], [0; 128]);
/// let mut w = Writer::new(&mut request);
/// w.message(MessageType(25).into(), Header::request().seq(7), |_| Ok(()))?;
/// let request = Messages::new(w.finish()).next().unwrap()?;
///
/// let mut w = Writer::new(&mut reply);
/// let why = ExtAck { message: Some("no such table"), ..ExtAck::NONE };
/// emit_refusal(&mut w, &request, 4242, Errno::ENOENT, &why)?;
///
/// match Control::parse(&Messages::new(w.as_bytes()).next().unwrap()?)? {
///     Control::Error(error) => {
///         assert_eq!(error.errno(), Some(Errno::ENOENT));
///         assert_eq!(error.request().nlmsg_seq, 7);
///         assert_eq!(error.ext_ack().message, Some("no such table"));
///     }
///     _ => unreachable!(),
/// }
/// # Ok::<(), nl_tlv::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Control<'a> {
    /// Nothing; to be ignored.
    Noop,
    /// An acknowledgement, or a refusal.
    Error(ErrorMessage<'a>),
    /// The end of a dump, and why it failed; `None` if it did not. The flags of the message say whether what it covers changed
    /// meanwhile ([`Flags::DUMP_INTR`](crate::Flags::DUMP_INTR), which any message of a dump can have) and whether it was
    /// filtered as asked ([`Flags::DUMP_FILTERED`](crate::Flags::DUMP_FILTERED)); [`ExtAck::of`] returns what else it says.
    Done(Option<Errno>),
    /// Data lost; never sent by a kernel.
    Overrun,
    /// A type below 16 that netlink has no meaning for yet; to be ignored.
    Reserved,
    /// The family's own: a type from 16 on, or an `NLMSG_DONE` that ends no dump: it has another payload than an error
    /// number, and is not the last of several.
    Family,
}

impl<'a> Control<'a> {
    /// Reads the kind of a message, and the contents of netlink's own ones.
    ///
    /// # Errors
    ///
    /// If an `NLMSG_ERROR` or `NLMSG_DONE` is too short for its number.
    pub fn parse(message: &Message<'a>) -> Result<Self, Error> {
        Ok(match message.ty() {
            MessageType::NOOP => Self::Noop,
            MessageType::ERROR => Self::Error(ErrorMessage::parse(message)?),
            MessageType::DONE => done::parse(message)?,
            MessageType::OVERRUN => Self::Overrun,
            ty if ty < MessageType::FIRST_OF_FAMILY => Self::Reserved,
            _ => Self::Family,
        })
    }
}
