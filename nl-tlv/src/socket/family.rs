//! A family of generic netlink, as the controller described it.

use crate::control::genl::FamilyInfo;
use crate::{Error, MessageType};
use std::borrow::ToOwned;
use std::string::String;
use std::vec::Vec;

/// A family's numbers, which are valid as long as its module stays loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    id: MessageType,
    name: String,
    version: u32,
    groups: Vec<(String, u32)>,
}

impl Family {
    /// The family that the controller describes, in an answer or an event.
    ///
    /// # Errors
    ///
    /// If its groups cannot be read.
    pub fn new(info: &FamilyInfo<'_>) -> Result<Self, Error> {
        let groups = info.groups().map(|group| group.map(|group| (group.name.to_owned(), group.id)));
        let groups = groups.collect::<Result<_, _>>()?;
        Ok(Self { id: info.id, name: info.name.to_owned(), version: info.version, groups })
    }

    /// The type of all its messages.
    #[must_use]
    pub const fn id(&self) -> MessageType {
        self.id
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its version.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// Its multicast groups: name and number.
    pub fn groups(&self) -> impl Iterator<Item = (&str, u32)> {
        self.groups.iter().map(|(name, id)| (name.as_str(), *id))
    }

    /// The number of a multicast group, by its name.
    #[must_use]
    pub fn group(&self, name: &str) -> Option<u32> {
        self.groups().find(|group| group.0 == name).map(|group| group.1)
    }
}
