//! What the kernel tells as text: events of its objects, and records of audit.

use super::lacks;
use super::netns::in_namespace;
use super::route;
use nl_tlv::socket::{Connection, Protocol, Socket};
use nl_tlv::{Flags, MessageType};
use nl_tlv_families::audit::{self, AuditFeatureBitmap, AuditStatus, GetStatus, Status};
use nl_tlv_families::jobs::CREATE;
use nl_tlv_families::rt_link::{DelLink, Link};
use nl_tlv_families::uevent::{self, Uevent};
use nl_tlv_families::values::AuditRecord;
use std::time::{Duration, Instant, SystemTime};

#[test]
fn a_new_interface_is_heard_of() {
    let test = "kernel_log::a_new_interface_is_heard_of";
    in_namespace(test, || {
        let socket = Socket::open(Protocol::new(uevent::PROTOCOL)).unwrap();
        socket.join(uevent::groups::KERNEL).unwrap();
        socket.set_timeout(Some(Duration::from_secs(5)));
        let mut conn = route();
        conn.request_with(&Link::veth("ours", "peer1"), CREATE).unwrap();
        conn.request(&DelLink::named("ours")).unwrap();
        let mut buffer = [0; 8192];
        let mut heard = Vec::new();
        while heard.last().is_none_or(|last| last != "remove /devices/virtual/net/ours") {
            let datagram = match socket.recv(&mut buffer) {
                Ok((datagram, _)) => datagram,
                Err(err) => return lacks(test, &format!("this kernel tells nothing in a namespace: {err}")),
            };
            let event = Uevent::parse(datagram).unwrap();
            assert_eq!(event.get("ACTION"), Some(event.action()));
            assert_eq!(event.get("DEVPATH"), Some(event.devpath()));
            heard.push(format!("{} {}", event.action(), event.devpath()));
        }
        assert!(heard.contains(&"add /devices/virtual/net/ours".to_owned()), "{heard:?}");
        println!("{} values compared, 0 differ", 2 * heard.len());
    });
}

#[test]
fn the_status_of_audit_is_read_and_a_record_is_heard() {
    let test = "kernel_log::the_status_of_audit_is_read_and_a_record_is_heard";
    let protocol = Protocol::new(audit::PROTOCOL);
    let Some(status) = status(protocol) else { return lacks(test, "the kernel has no audit, or not for us") };
    assert!(status.feature_bitmap.contains(AuditFeatureBitmap::BACKLOG_LIMIT), "{status:?}");
    assert!(status.backlog_limit > 0, "{status:?}");
    let mut records = Connection::open(protocol).unwrap();
    if let Err(err) = records.join(audit::groups::READLOG) {
        return lacks(test, &err.to_string());
    }
    // A message of user space, which the kernel logs whether its own events are or not.
    Socket::open(protocol).unwrap().send(&user_message("op=nl-tlv-test\0")).unwrap();
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        let message = match records.event_deadline(deadline) {
            Ok(message) => message,
            other => return lacks(test, &format!("nothing is logged: {other:?}")),
        };
        let record = AuditRecord::parse(&message).unwrap();
        if record.get("msg").is_none_or(|msg| msg != "op=nl-tlv-test") {
            continue;
        }
        let pid = std::process::id().to_string();
        assert_eq!((record.ty(), record.get("pid").unwrap()), (AUDIT_USER_AVC, pid.as_str().into()));
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        assert!(now.abs_diff(record.seconds()) < 10 && record.serial() > 0, "{record:?}");
        return println!("4 values compared, 0 differ");
    }
}

/// A thread of the kernel answers, after the acknowledgement: whoever asks has to wait for the type of the answer.
fn status(protocol: Protocol) -> Option<AuditStatus> {
    let mut conn = Connection::open(protocol).ok()?;
    let status = conn.get_of_type::<Status>(&GetStatus {}, MessageType(1000), Flags::REQUEST).ok()?;
    Some(status.header)
}

const AUDIT_USER_AVC: u16 = 1107;

/// A message whose payload is text. The kernel writes a NUL over its last byte.
fn user_message(text: &str) -> Vec<u8> {
    let len = u32::try_from(16 + text.len()).unwrap();
    let mut bytes = len.to_ne_bytes().to_vec();
    bytes.extend(AUDIT_USER_AVC.to_ne_bytes());
    bytes.extend([1, 0]);
    bytes.extend([0; 8]);
    bytes.extend(text.as_bytes());
    bytes
}
