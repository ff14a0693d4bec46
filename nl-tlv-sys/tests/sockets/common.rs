//! What the tests share: errno of a result, messages made by hand, and a network namespace for those that need one.

use std::env;
use std::fmt::Debug;
use std::io;
use std::process::{Command, Stdio};

use nl_tlv_sys::NetlinkSocket;

pub(crate) const NETLINK_ROUTE: u32 = 0;
pub(crate) const NETLINK_USERSOCK: u32 = 2;

pub(crate) const RTM_NEWLINK: u16 = 16;
pub(crate) const RTM_GETLINK: u16 = 18;
pub(crate) const NLMSG_ERROR: u16 = 2;
pub(crate) const NLM_F_REQUEST: u16 = 1;
pub(crate) const NLM_F_ACK: u16 = 4;
/// `struct ifinfomsg` of the loopback interface, index 1: it exists in every namespace.
pub(crate) const LOOPBACK: [u8; 16] = ifinfomsg(0, 0);
/// The same, with `IFF_UP` in its flags and in the mask of the flags to change.
pub(crate) const LOOPBACK_UP: [u8; 16] = ifinfomsg(1, 1);

const fn ifinfomsg(flags: u32, change: u32) -> [u8; 16] {
    let (index, flags, change) = (1u32.to_ne_bytes(), flags.to_ne_bytes(), change.to_ne_bytes());
    let [a, b, c, d] = index;
    let [e, f, g, h] = flags;
    let [i, j, k, l] = change;
    [0, 0, 0, 0, a, b, c, d, e, f, g, h, i, j, k, l]
}

/// A message: header with sequence number 7 and port id 0, then the payload.
pub(crate) fn message(ty: u16, flags: u16, payload: &[u8]) -> Vec<u8> {
    let len = 16 + payload.len() as u32;
    let words = [7u32.to_ne_bytes(), 0u32.to_ne_bytes()].concat();
    [&len.to_ne_bytes()[..], &ty.to_ne_bytes(), &flags.to_ne_bytes(), &words, payload].concat()
}

/// The word at an offset.
pub(crate) fn word(bytes: &[u8], offset: usize) -> u32 {
    u32::from_ne_bytes(bytes[offset..offset + 4].try_into().expect("four bytes"))
}

/// The length, type and port id of the message at the start of the bytes.
pub(crate) fn header(bytes: &[u8]) -> (usize, u16, u32) {
    (word(bytes, 0) as usize, u16::from_ne_bytes([bytes[4], bytes[5]]), word(bytes, 12))
}

/// A bound socket and its port id.
pub(crate) fn bound(protocol: u32) -> (NetlinkSocket, u32) {
    let socket = NetlinkSocket::open(protocol).expect("open");
    let port_id = socket.autobind().expect("autobind");
    (socket, port_id)
}

/// The errno of a call that must fail.
pub(crate) fn errno<T: Debug>(result: io::Result<T>) -> i32 {
    let error = result.expect_err("the call must fail");
    error.raw_os_error().unwrap_or_else(|| panic!("no errno in {error}"))
}

/// Runs a test of this binary, as root of a fresh network namespace: the test calls this with its own name, and the
/// body runs in a second process that is started for it.
pub(crate) fn in_namespace(test: &str, body: impl FnOnce()) {
    const INSIDE: &str = "NL_TLV_SYS_IN_NAMESPACE";
    if env::var_os(INSIDE).is_some() {
        return body();
    }
    let Some(unshare) = [&["-Urn"][..], &["-n"]].into_iter().find(|flags| may_unshare(flags)) else {
        let reason = "cannot make a network namespace with unshare";
        assert!(env::var_os("CI").is_none_or(|ci| ci != "true"), "{test}: {reason}");
        return println!("SKIP: {test}: {reason}");
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

fn may_unshare(flags: &[&str]) -> bool {
    let quiet = Command::new("unshare").args(flags).arg("true").stderr(Stdio::null()).status();
    quiet.is_ok_and(|status| status.success())
}
