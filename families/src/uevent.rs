//! Events of the kernel's objects: devices that come, go and change.
//!
//! They are no netlink messages: a datagram is text, which says what happened to which object, and then variables with a NUL
//! behind each. The kernel sends them to group 1; what udev sends to group 2 begins with a header of its own, and is
//! another format.
//!
//! ```text
//! add@/devices/virtual/net/v0 NUL ACTION=add NUL DEVPATH=/devices/virtual/net/v0 NUL SUBSYSTEM=net NUL …
//! ```
//!
//! ```
//! use nl_tlv_families::uevent::Uevent;
//!
//! let datagram = b"add@/devices/virtual/net/v0\0ACTION=add\0SUBSYSTEM=net\0INTERFACE=v0\0";
//! let event = Uevent::parse(datagram).unwrap();
//! assert_eq!(event.action(), "add");
//! assert_eq!(event.devpath(), "/devices/virtual/net/v0");
//! assert_eq!(event.get("INTERFACE").unwrap(), "v0");
//! assert_eq!(event.variables().count(), 3);
//! ```
//!
//! Source: `lib/kobject_uevent.c`.

use nl_tlv::value::NlStr;

/// The number of the netlink protocol.
#[doc(alias = "NETLINK_KOBJECT_UEVENT")]
pub const PROTOCOL: u32 = 15;

/// Groups that events are sent to.
pub mod groups {
    /// What the kernel sends.
    pub const KERNEL: u32 = 1;
    /// What udev sends when it is done with a device.
    pub const UDEV: u32 = 2;
}

/// An event: a view of the bytes of a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uevent<'a> {
    action: NlStr<'a>,
    devpath: NlStr<'a>,
    variables: &'a [u8],
}

impl<'a> Uevent<'a> {
    /// An event out of a datagram's bytes; none if they do not begin with an action, `@` and a path, as those of udev.
    #[must_use]
    pub fn parse(datagram: &'a [u8]) -> Option<Self> {
        let end = datagram.iter().position(|&byte| byte == 0)?;
        let (head, rest) = datagram.split_at_checked(end)?;
        let at = head.iter().position(|&byte| byte == b'@')?;
        let (action, devpath) = head.split_at_checked(at)?;
        let [_, devpath @ ..] = devpath else { return None };
        let [_, variables @ ..] = rest else { return None };
        Some(Self { action: action.into(), devpath: devpath.into(), variables })
    }

    /// What happened: `add`, `remove`, `change`, `move`, `online`, `offline`, `bind`, `unbind`.
    #[must_use]
    pub const fn action(&self) -> NlStr<'a> {
        self.action
    }

    /// To which object: its path below `/sys`.
    #[must_use]
    pub const fn devpath(&self) -> NlStr<'a> {
        self.devpath
    }

    /// All variables, in order; what has no `=` is a name without a value.
    pub fn variables(&self) -> impl Iterator<Item = (NlStr<'a>, NlStr<'a>)> + use<'a> {
        let entries = self.variables.split(|&byte| byte == 0).filter(|entry| !entry.is_empty());
        entries.map(|entry| {
            let mut parts = entry.splitn(2, |&byte| byte == b'=');
            let mut part = || NlStr::from_bytes(parts.next().unwrap_or_default());
            (part(), part())
        })
    }

    /// The value of a variable.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<NlStr<'a>> {
        self.variables().find(|(its, _)| *its == name).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADD: &[u8] = b"add@/devices/x\0ACTION=add\0DEVPATH=/devices/x\0EMPTY=\0A=b=c\0SEQNUM=7\0";

    #[test]
    fn variables_are_read_in_order() {
        let event = Uevent::parse(ADD).unwrap();
        assert_eq!((event.action(), event.devpath()), ("add".into(), "/devices/x".into()));
        assert_eq!((event.get("EMPTY"), event.get("A")), (Some("".into()), Some("b=c".into())));
        assert_eq!((event.get("SEQNUM"), event.get("B")), (Some("7".into()), None));
        assert_eq!(event.variables().count(), 5);
    }

    #[test]
    fn what_udev_sends_is_no_event() {
        assert_eq!(Uevent::parse(b"libudev\0\xfe\xed\xca\xfe"), None);
        assert_eq!(Uevent::parse(b""), None);
    }

    #[test]
    fn every_prefix_is_an_event_or_none() {
        for end in 0..ADD.len() {
            if let Some(event) = Uevent::parse(&ADD[..end]) {
                assert!(event.variables().count() <= 5);
            }
        }
    }
}
