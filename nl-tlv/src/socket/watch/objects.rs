//! The objects that a watch knows, and what a message changes about them. No socket is needed for it.

use crate::socket::answer::unreadable;
use crate::socket::inbox::first_message;
use crate::socket::{Change, RequestError};
use crate::{Effect, Error, Keyed, Message, MessageId, MessageType, NlMessage};
use std::boxed::Box;
use std::collections::BTreeMap;
use std::collections::btree_map::Values;
use std::sync::Arc;
use std::vec::Vec;

/// An object, as the message that said last what it is like.
#[derive(Clone, Debug)]
pub(super) struct Stored(Arc<[u8]>);

/// What an object was and is like; not there: `None`.
#[derive(Clone, Debug, Default)]
pub(super) struct Difference {
    old: Option<Stored>,
    new: Option<Stored>,
}

/// Which objects there are for whoever watches.
pub(super) type Filter<O> = Box<dyn for<'a> FnMut(&<O as Keyed>::View<'a>) -> bool + Send>;

/// Objects by their keys.
#[derive(Debug, Default)]
pub(super) struct Objects(BTreeMap<Box<[u8]>, Stored>);

impl Objects {
    /// Takes in what a message says; `None` if it is nothing new.
    ///
    /// # Errors
    ///
    /// If an object cannot be read.
    pub(super) fn apply<O: Keyed>(
        &mut self,
        message: &Message<'_>,
        family: Option<MessageType>,
        filter: &mut Option<Filter<O>>,
    ) -> Result<Option<Difference>, RequestError> {
        let Some(state) = O::KEY.effect(message, family) else { return Ok(None) };
        let mut key = Vec::new();
        O::KEY.key_parts(message, |part| key.extend_from_slice(part));
        let new = match state {
            Effect::Removes => None,
            Effect::Sets => {
                let new = Stored::new(message, O::KEY.message.id);
                let view = new.view::<O>().map_err(|err| unreadable(err, O::KEY.message, message))?;
                let is_there = filter.as_mut().is_none_or(|filter| filter(&view));
                drop(view);
                Some(new).filter(|_| is_there)
            }
        };
        let old = match &new {
            Some(new) => self.0.insert(key.into(), new.clone()),
            None => self.0.remove(key.as_slice()),
        };
        Ok(Difference { old, new }.worth_telling::<O>())
    }

    /// What has to change for these to be as the others: first what goes.
    pub(super) fn differences<O: Keyed>(mut self, others: &Self) -> Vec<Difference> {
        let mut there = Vec::new();
        for (key, new) in &others.0 {
            let difference = Difference { old: self.0.remove(key), new: Some(new.clone()) };
            there.extend(difference.worth_telling::<O>());
        }
        let gone = self.0.into_values().map(|old| Difference { old: Some(old), new: None });
        gone.chain(there).collect()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn values(&self) -> Values<'_, Box<[u8]>, Stored> {
        self.0.values()
    }
}

impl Stored {
    /// A copy of the message, under the id of the one that says what an object is like.
    fn new(message: &Message<'_>, id: MessageId) -> Self {
        let mut bytes: Arc<[u8]> = message.as_bytes().into();
        if let Some(bytes) = Arc::get_mut(&mut bytes) {
            match id {
                MessageId::Type(ty) => write(bytes, 4, &ty.0.to_ne_bytes()),
                MessageId::Command { cmd, .. } => write(bytes, 16, &[cmd]),
            }
        }
        Self(bytes)
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// None, if it could be read before.
    pub(super) fn view<O: Keyed>(&self) -> Result<O::View<'_>, Error> {
        O::View::parse(&first_message(&self.0)?)
    }
}

fn write(bytes: &mut [u8], at: usize, value: &[u8]) {
    let place = bytes.iter_mut().skip(at);
    place.zip(value).for_each(|(to, from)| *to = *from);
}

impl Difference {
    /// It, if there is any for whoever reads the messages.
    fn worth_telling<O: Keyed>(self) -> Option<Self> {
        let is_same = match (&self.old, &self.new) {
            (Some(old), Some(new)) => match (old.view::<O>(), new.view::<O>()) {
                (Ok(old), Ok(new)) => old == new,
                _ => false,
            },
            (None, None) => true,
            _ => false,
        };
        (!is_same).then_some(self)
    }

    /// It, as messages.
    ///
    /// # Errors
    ///
    /// As [`Stored::view`].
    pub(super) fn change<O: Keyed>(&self) -> Result<Option<Change<O::View<'_>>>, Error> {
        let old = self.old.as_ref().map(Stored::view::<O>).transpose()?;
        let new = self.new.as_ref().map(Stored::view::<O>).transpose()?;
        Ok(match (old, new) {
            (None, Some(new)) => Some(Change::Added(new)),
            (Some(old), Some(new)) => Some(Change::Changed { old, new }),
            (Some(old), None) => Some(Change::Removed(old)),
            (None, None) => None,
        })
    }
}
