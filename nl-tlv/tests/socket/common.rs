//! What the tests share: a few of rtnetlink's messages, and a network namespace for those that need one.

use nl_tlv::socket::Connection;
use nl_tlv::{NlMessage, NlStruct};
use std::env;
use std::net::Ipv4Addr;
use std::process::{Command, Stdio};
use zerocopy::native_endian::{I32, U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// `struct ifinfomsg`.
#[derive(NlStruct, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned, Clone, Copy, Default, Debug)]
#[repr(C)]
pub(crate) struct IfInfoMsg {
    pub(crate) ifi_family: u8,
    pub(crate) pad: u8,
    pub(crate) ifi_type: U16,
    pub(crate) ifi_index: I32,
    pub(crate) ifi_flags: U32,
    pub(crate) ifi_change: U32,
}

impl IfInfoMsg {
    pub(crate) fn index(index: i32) -> Self {
        Self { ifi_index: index.into(), ..Self::default() }
    }
}

/// RTM_GETLINK; its second attribute is a `u32` for the kernel, so that a wrong length can be sent.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 18)]
pub(crate) struct LinkGet<'a> {
    #[nl(header)]
    pub(crate) header: IfInfoMsg,
    #[nl(attr = 29)]
    pub(crate) ext_mask: Option<&'a [u8]>,
}

impl LinkGet<'_> {
    pub(crate) fn index(index: i32) -> Self {
        Self { header: IfInfoMsg::index(index), ext_mask: None }
    }
}

/// RTM_NEWLINK.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 16)]
pub(crate) struct LinkNew<'a> {
    #[nl(header)]
    pub(crate) header: IfInfoMsg,
    #[nl(attr = 3)]
    pub(crate) ifname: Option<&'a str>,
}

/// RTM_NEWLINK of the loopback interface, which exists in every namespace, to set it up or down.
pub(crate) fn loopback(up: bool) -> LinkNew<'static> {
    let flags = u32::from(up).into();
    LinkNew {
        header: IfInfoMsg { ifi_flags: flags, ifi_change: 1.into(), ..IfInfoMsg::index(1) },
        ifname: None,
    }
}

/// `struct rtmsg`.
#[derive(
    NlStruct, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned, Clone, Copy, Default, Debug, PartialEq,
)]
#[repr(C)]
pub(crate) struct RtMsg {
    pub(crate) rtm_family: u8,
    pub(crate) rtm_dst_len: u8,
    pub(crate) rtm_src_len: u8,
    pub(crate) rtm_tos: u8,
    pub(crate) rtm_table: u8,
    pub(crate) rtm_protocol: u8,
    pub(crate) rtm_scope: u8,
    pub(crate) rtm_type: u8,
    pub(crate) rtm_flags: U32,
}

/// RTM_NEWROUTE.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 24, deleted = 25)]
pub(crate) struct RouteNew {
    #[nl(header, key = [rtm_dst_len, rtm_tos])]
    pub(crate) header: RtMsg,
    #[nl(attr = 1, key)]
    pub(crate) dst: Option<Ipv4Addr>,
    #[nl(attr = 15, key)]
    pub(crate) table: Option<u32>,
    #[nl(attr = 6, key)]
    pub(crate) priority: Option<u32>,
    #[nl(attr = 4)]
    pub(crate) oif: Option<u32>,
}

/// RTM_DELROUTE.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 25)]
pub(crate) struct RouteDelete {
    #[nl(header)]
    pub(crate) header: RtMsg,
    #[nl(attr = 1)]
    pub(crate) dst: Option<Ipv4Addr>,
    #[nl(attr = 15)]
    pub(crate) table: Option<u32>,
    #[nl(attr = 6)]
    pub(crate) priority: Option<u32>,
    #[nl(attr = 4)]
    pub(crate) oif: Option<u32>,
}

/// RTM_GETROUTE.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 26)]
pub(crate) struct RouteGet {
    #[nl(header)]
    pub(crate) header: RtMsg,
    #[nl(attr = 15)]
    pub(crate) table: Option<u32>,
}

/// The table that the tests write to.
pub(crate) const TABLE: u32 = 1000;

impl RouteNew {
    /// A route to one address, over the loopback interface.
    pub(crate) fn to(number: u32) -> Self {
        let header = RtMsg {
            rtm_family: 2,
            rtm_dst_len: 32,
            rtm_table: 252,
            rtm_protocol: 4,
            rtm_scope: 253,
            rtm_type: 1,
            ..RtMsg::default()
        };
        let dst = Ipv4Addr::from_bits(0x0a00_0000 + number);
        Self { header, dst: Some(dst), table: Some(TABLE), priority: None, oif: Some(1) }
    }

    /// The request that deletes it.
    pub(crate) fn delete(&self) -> RouteDelete {
        let Self { header, dst, table, priority, oif } = *self;
        RouteDelete { header, dst, table, priority, oif }
    }
}

impl RouteGet {
    /// All IPv4 routes of the tests' table, for a kernel that filters.
    pub(crate) fn table() -> Self {
        Self { header: RtMsg { rtm_family: 2, ..RtMsg::default() }, table: Some(TABLE) }
    }
}

/// The destinations in the tests' table.
pub(crate) fn destinations(conn: &mut Connection) -> Vec<Ipv4Addr> {
    let mut routes = conn.dump(&RouteGet::table()).unwrap();
    let mut found = Vec::new();
    while let Some(route) = routes.next::<RouteNew>().unwrap() {
        found.extend(route.dst.filter(|_| route.table == Some(TABLE)));
    }
    found.sort_unstable();
    found
}

/// Runs a test of this binary as root of a fresh network namespace: the test calls this with its own name, and the body
/// runs in a second process that is started for it.
pub(crate) fn in_namespace(test: &str, body: impl FnOnce()) {
    const INSIDE: &str = "NL_TLV_IN_NAMESPACE";
    if env::var_os(INSIDE).is_some() {
        return body();
    }
    let Some(unshare) = [&["-Urn"][..], &["-n"]].into_iter().find(|flags| may_unshare(flags)) else {
        return skip(test, "cannot make a network namespace with unshare");
    };
    let output = Command::new("unshare")
        .args(unshare)
        .arg(env::current_exe().expect("path of this test"))
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .expect("start unshare");
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    assert!(output.status.success() && text.contains("1 passed"), "in the namespace:\n{text}");
}

/// Says why a test does not run; in CI that is a failure.
pub(crate) fn skip(test: &str, reason: &str) {
    assert!(env::var("CI").as_deref() != Ok("true"), "{test}: {reason}");
    println!("SKIP: {test}: {reason}");
}

fn may_unshare(flags: &[&str]) -> bool {
    let quiet = Command::new("unshare").args(flags).arg("true").stderr(Stdio::null()).status();
    quiet.is_ok_and(|status| status.success())
}
