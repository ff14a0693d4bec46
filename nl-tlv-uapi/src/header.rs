//! The C headers of a protocol, for the kernel module and for programs in C.

use crate::preamble::{Preamble, with_preamble};
use crate::text::{comment, shown};
use crate::{ProtocolDef, claims, names, policy, uapi};
use core::fmt;

/// The C headers of a [`ProtocolDef`]: the one that programs include, and the policies that the kernel module is compiled
/// with. In the kernel's coding style.
///
/// ```
/// use nl_tlv_uapi::{CHeader, Constant, ProtocolDef};
///
/// static RTM: ProtocolDef = ProtocolDef {
///     number: Some(Constant { name: "NETLINK_RTM", value: 30, doc: "Netlink protocol of the routing table manager." }),
///     ..ProtocolDef::new("rtm")
/// };
/// assert_eq!(CHeader::new(&RTM).license("MIT").note("Generated, do not edit.").uapi().to_string(), "\
/// /* SPDX-License-Identifier: MIT */
/// /* Generated, do not edit. */
///
/// #ifndef _UAPI_RTM_H
/// #define _UAPI_RTM_H
///
/// /* Netlink protocol of the routing table manager. */
/// #define NETLINK_RTM 30
///
/// #endif /* _UAPI_RTM_H */
/// ");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CHeader<'a> {
    protocol: &'a ProtocolDef,
    preamble: Preamble<'a>,
}

with_preamble!(CHeader);

impl<'a> CHeader<'a> {
    /// The header for user space, `<name>_uapi.h`: message types and commands, groups, attributes, limits.
    ///
    /// An `enum` for each type of numbers or bits with names, and one for the attributes of each set, in the order in
    /// which messages use them; constants that no `c_name` or `c_prefix` names are called after the protocol and the
    /// Rust type. Names of numbers beyond 31 bits are macros, as the constants of an `enum` are `int`; they have the size
    /// and the sign of the type. The message of `deleted` is called `…_DELETED` unless a message of its own has the number.
    /// Comments are the first paragraphs of the doc comments. Structs (`fixed_header`, `nl_struct`) are not written.
    ///
    /// # Panics
    ///
    /// If the definition cannot be written in C: two different things have one name there, a name is not one of C or is the
    /// kernel's own, a message stands in the wrong list, a name is too long for the kernel, or a limit is beyond its type.
    /// The text names the definitions and says what to write instead. Things that are equal may share a name.
    #[track_caller]
    pub fn uapi(self) -> impl fmt::Display + use<'a> {
        claims::check(self.protocol);
        shown(move |f| self.guarded(f, "_UAPI_", "_H", uapi::write))
    }

    /// The header for the kernel module, `<name>_policy.h`: an `nla_policy` table for each message and set that the
    /// kernel parses. It includes `<name>_uapi.h`.
    ///
    /// ```
    /// use nl_tlv::NlMessage;
    /// use nl_tlv_uapi::{CHeader, ProtocolDef};
    ///
    /// #[derive(NlMessage)]
    /// #[nl(ty = 20)]
    /// struct RoomNew {
    ///     #[nl(attr = 2, range = 5..=30)]
    ///     degrees: u8,
    /// }
    ///
    /// static ROOMS: ProtocolDef = ProtocolDef { requests: RoomNew::SCHEMAS, ..ProtocolDef::new("rooms") };
    /// let policy = CHeader::new(&ROOMS).policy().to_string();
    /// assert!(policy.contains("NLA_POLICY_RANGE(NLA_U8, 5, 30)"));
    /// ```
    ///
    /// A table holds what `nla_policy` can say. It cannot say the shortest length of a string, that a string is empty, anything of an attribute of type 0, the two lengths of an
    /// [`Ip`](nl_tlv::schema::ValueType::Ip) (the table has 4 to 16 bytes), the range of a number in network order that is signed or has 64 bits, bits beyond 32 of a mask, or
    /// the values of an array whose items are not nests (the table has a nest whose attributes are not looked at). A
    /// sub-message is a nest if each of its forms is one, and bytes otherwise; then a function whose name ends in `_check`
    /// puts it to the form that its selector selects, if that is in the same set. A `uint` or `sint` needs Linux 6.7, which a
    /// comment says. The tables of forms, and of what is behind a struct ([`Headed`](nl_tlv::schema::ValueType::Headed): bytes,
    /// at least the struct), are there for the handler, which knows what is selected.
    ///
    /// # Panics
    ///
    /// As [`uapi`](Self::uapi).
    #[track_caller]
    pub fn policy(self) -> impl fmt::Display + use<'a> {
        claims::check(self.protocol);
        shown(move |f| self.guarded(f, "_", "_POLICY_H", policy::write))
    }

    /// A header with everything around it.
    fn guarded(
        &self,
        f: &mut fmt::Formatter<'_>,
        before: &str,
        after: &str,
        write: fn(&mut fmt::Formatter<'_>, &ProtocolDef) -> fmt::Result,
    ) -> fmt::Result {
        let guard = shown(|f| write!(f, "{before}{}{after}", names::upper(self.protocol.name)));
        if let Some(license) = self.preamble.license {
            writeln!(f, "/* SPDX-License-Identifier: {license} */")?;
        }
        if let Some(note) = self.preamble.note {
            comment(f, 0, note)?;
        }
        writeln!(f, "\n#ifndef {guard}\n#define {guard}\n")?;
        write(f, self.protocol)?;
        writeln!(f, "#endif /* {guard} */")
    }
}
