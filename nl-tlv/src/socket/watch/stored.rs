//! An object as the bytes of the message that said last what it is like, and how two of them differ.

use crate::socket::connection::inbox::first_message;
use crate::{Attr, Error, Header, Keyed, Message, MessageId, NlMessage, Writer, keyed};
use std::boxed::Box;
use std::vec::Vec;

/// The message, under the id of the one that says what an object is like; and a byte that says whether it is shown.
#[derive(Clone, Debug)]
pub(super) struct Stored(Box<[u8]>);

/// An object before a change, and the place of the object after it; `None` where there is none, or where the filter
/// leaves it out.
#[derive(Debug, Default)]
pub(super) struct Difference {
    pub(super) old: Option<Stored>,
    pub(super) new: Option<Spot>,
    /// Whether both were read when they were compared.
    pub(super) is_readable: bool,
}

/// Where an object is among the others, until they change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    /// Of its key.
    pub(super) hash: u64,
    /// Among those of the same hash.
    pub(super) at: usize,
}

/// Which objects there are for whoever watches.
pub(super) type Filter<O> = Box<dyn for<'a> FnMut(&<O as Keyed>::View<'a>) -> bool + Send>;

impl Stored {
    /// A message in a buffer of its own: this one, if it is of the same length.
    pub(super) fn new<O: Keyed>(
        message: &[u8],
        buffer: Option<Self>,
        filter: &mut Option<Filter<O>>,
    ) -> Self {
        let reused = buffer.filter(|Self(bytes)| bytes.len() == message.len().saturating_add(1));
        let room = || std::vec![0; message.len().saturating_add(1)].into();
        let mut bytes: Box<[u8]> = reused.map_or_else(room, |Self(bytes)| bytes);
        if let Some((shown, place)) = bytes.split_last_mut() {
            place.copy_from_slice(message);
            *shown = SHOWN;
        }
        match keyed::schema::<O>().id {
            MessageId::Type(ty) => write(&mut bytes, 4, &ty.0.to_ne_bytes()),
            MessageId::Command { cmd, .. } => write(&mut bytes, 16, &[cmd]),
        }
        let mut new = Self(bytes);
        // One that cannot be read is shown, so that it is told.
        let is_shown =
            filter.as_mut().is_none_or(|filter| new.view::<O>().map_or(true, |view| filter(&view)));
        if let Some(flag) = new.0.last_mut().filter(|_| !is_shown) {
            *flag = 0;
        }
        new
    }

    pub(super) fn is_shown(&self) -> bool {
        self.0.last() == Some(&SHOWN)
    }

    #[inline(always)]
    pub(super) fn message(&self) -> Result<Message<'_>, Error> {
        first_message(self.bytes())
    }

    #[inline(always)]
    pub(super) fn bytes(&self) -> &[u8] {
        self.0.split_last().map_or(&[], |(_, message)| message)
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// If the object cannot be read, which is told when it comes.
    pub(super) fn view<O: Keyed>(&self) -> Result<O::View<'_>, Error> {
        O::View::parse(&self.message()?)
    }

    /// The object with the attributes of a message in the place of its own.
    pub(super) fn updated<O: Keyed>(&self, by: &Message<'_>, filter: &mut Option<Filter<O>>) -> Option<Self> {
        let old = self.message().ok()?;
        let start = keyed::schema::<O>().contents_offset().saturating_sub(16);
        let own: Vec<_> = old.attrs_after(start).map_while(Result::ok).collect();
        let new: Vec<_> = by.attrs_after(start).map_while(Result::ok).collect();
        let has = |attrs: &[Attr<'_>], attr: &Attr<'_>| attrs.iter().any(|other| other.ty() == attr.ty());
        let kept = own.iter().flat_map(|attr| match has(&new, attr) {
            true => new.iter().filter(|new| new.ty() == attr.ty()).collect(),
            false => std::vec![attr],
        });
        let added = new.iter().filter(|attr| !has(&own, attr));
        let mut buffer = std::vec![0; old.as_bytes().len().saturating_add(by.as_bytes().len())];
        let mut w = Writer::new(&mut buffer);
        let header = Header::new().flags(by.flags()).seq(by.seq()).port_id(by.port_id());
        let written = w.message(by.ty().into(), header, |w| {
            w.bytes(by.payload().get(..start).unwrap_or_default())?;
            kept.chain(added).try_for_each(|attr| w.copy(*attr))
        });
        written.ok().map(|()| Self::new::<O>(w.as_bytes(), None, filter))
    }
}

/// Whether an object was read before and after a change; `None` if the change is none for whoever reads the messages.
pub(super) fn compared<O: Keyed>(old: Option<&Stored>, new: Option<&Stored>) -> Option<bool> {
    let (Some(old), Some(new)) = (old, new) else { return (old.is_some() || new.is_some()).then_some(false) };
    // Without anything volatile, this is what `is_same` asks.
    if !O::VOLATILE.is_empty() && old.bytes().get(16..) == new.bytes().get(16..) {
        return None;
    }
    let (Ok(old), Ok(new)) = (old.message(), new.message()) else { return Some(false) };
    if O::is_same(&old, &new) {
        return None;
    }
    match (O::View::parse(&old), O::View::parse(&new)) {
        (Ok(old), Ok(new)) => (old != new).then_some(true),
        _ => Some(false),
    }
}

fn write(bytes: &mut [u8], at: usize, value: &[u8]) {
    let place = bytes.iter_mut().skip(at);
    place.zip(value).for_each(|(to, from)| *to = *from);
}

/// The byte behind an object that is shown.
const SHOWN: u8 = 1;
