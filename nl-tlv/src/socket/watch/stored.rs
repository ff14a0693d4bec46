//! An object as the bytes of the message that said last what it is like, and how two of them differ.

use crate::socket::connection::inbox::first_message;
use crate::socket::{Change, RequestError, Unreadable};
use crate::{Attr, Error, Header, Keyed, Message, MessageId, NlMessage, Writer};
use std::boxed::Box;
use std::vec::Vec;

/// The message, under the id of the one that says what an object is like; and a byte that says whether it is shown.
#[derive(Clone, Debug)]
pub(super) struct Stored(Box<[u8]>);

/// What an object was and is like, for whoever watches; not there: `None`.
#[derive(Clone, Debug, Default)]
pub(super) struct Difference {
    pub(super) old: Option<Stored>,
    pub(super) new: Option<Stored>,
}

/// Which objects there are for whoever watches.
pub(super) type Filter<O> = Box<dyn for<'a> FnMut(&<O as Keyed>::View<'a>) -> bool + Send>;

impl Stored {
    pub(super) fn new<O: Keyed>(message: &[u8], filter: &mut Option<Filter<O>>) -> Self {
        let mut bytes = Vec::with_capacity(message.len().saturating_add(1));
        bytes.extend_from_slice(message);
        bytes.push(SHOWN);
        match O::KEY.message.id {
            MessageId::Type(ty) => write(&mut bytes, 4, &ty.0.to_ne_bytes()),
            MessageId::Command { cmd, .. } => write(&mut bytes, 16, &[cmd]),
        }
        let mut new = Self(bytes.into());
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

    pub(super) fn message(&self) -> Result<Message<'_>, Error> {
        first_message(self.bytes())
    }

    fn bytes(&self) -> &[u8] {
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

    /// The message with the attributes of another one in the place of its own.
    pub(super) fn updated<O: Keyed>(&self, by: &Message<'_>) -> Option<Vec<u8>> {
        let old = self.message().ok()?;
        let start = O::KEY.message.contents_offset().saturating_sub(16);
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
        written.ok().map(|()| w.as_bytes().to_vec())
    }

    /// Whether two messages say the same to whoever reads them.
    fn is_same<O: Keyed>(&self, other: &Self) -> bool {
        if self.bytes().get(16..) == other.bytes().get(16..) {
            return true;
        }
        match (self.message(), other.message()) {
            (Ok(old), Ok(new)) if O::is_same(&old, &new) => true,
            (Ok(old), Ok(new)) => match (O::View::parse(&old), O::View::parse(&new)) {
                (Ok(old), Ok(new)) => old == new,
                _ => false,
            },
            _ => false,
        }
    }
}

impl Difference {
    /// Of what is shown.
    pub(super) fn new(old: Option<Stored>, new: Option<Stored>) -> Self {
        Self { old: old.filter(Stored::is_shown), new: new.filter(Stored::is_shown) }
    }

    /// It, if there is any for whoever reads the messages.
    pub(super) fn worth_telling<O: Keyed>(self) -> Option<Self> {
        let is_same = match (&self.old, &self.new) {
            (Some(old), Some(new)) => old.is_same::<O>(new),
            (None, None) => true,
            _ => false,
        };
        (!is_same).then_some(self)
    }

    /// Why the new object cannot be read, if it cannot. Then what is left to be told is that the old one is gone.
    pub(super) fn take_unreadable<O: Keyed>(&mut self) -> Option<RequestError> {
        let new = self.new.as_ref()?;
        let err = new.view::<O>().err()?;
        let unreadable = Unreadable::new(err, O::KEY.message, new.bytes());
        self.new = None;
        Some(RequestError::Answer(Box::new(unreadable)))
    }

    /// It, as messages; `None` if there is nothing to tell.
    pub(super) fn change<O: Keyed>(&self) -> Option<Change<O::View<'_>>> {
        let old = self.old.as_ref().and_then(|old| old.view::<O>().ok());
        let new = self.new.as_ref().and_then(|new| new.view::<O>().ok());
        match (old, new) {
            (None, Some(new)) => Some(Change::Added(new)),
            (Some(old), Some(new)) => Some(Change::Changed { old, new }),
            (Some(old), None) => Some(Change::Removed(old)),
            (None, None) => None,
        }
    }
}

fn write(bytes: &mut [u8], at: usize, value: &[u8]) {
    let place = bytes.iter_mut().skip(at);
    place.zip(value).for_each(|(to, from)| *to = *from);
}

/// The byte behind an object that is shown.
const SHOWN: u8 = 1;
