//! Generic netlink: families and groups by name.

use crate::common::skip;
use nl_tlv::control::genl::{Family, PolicyEntry};
use nl_tlv::control::{Errno, Policy};
use nl_tlv::socket::{Connection, Protocol, RequestError};
use nl_tlv::{Flags, Header, MessageType, Messages, NlMessage};

/// CTRL_CMD_GETFAMILY.
#[derive(NlMessage, Clone, Debug)]
#[nl(cmd = 3)]
struct FamilyGet<'a> {
    #[nl(attr = 2)]
    name: &'a str,
}

/// CTRL_CMD_NEWFAMILY.
#[derive(NlMessage, Clone, Debug)]
#[nl(cmd = 1)]
struct FamilyNew<'a> {
    #[nl(attr = 1)]
    id: u16,
    #[nl(attr = 2)]
    name: &'a str,
}

/// NETDEV_CMD_DEV_GET: the kernel requires the attribute.
#[derive(NlMessage, Clone, Debug)]
#[nl(cmd = 1)]
struct DevGet {
    #[nl(attr = 1)]
    ifindex: Option<u32>,
}

#[test]
fn families_are_resolved_by_name() {
    let mut conn = Connection::open(Protocol::GENERIC).unwrap();
    let family = conn.resolve("nlctrl").unwrap();
    assert_eq!((family.id, &*family.name, family.version), (MessageType(16), "nlctrl", 2));
    assert_eq!(family.group("notify"), Some(16));
    assert_eq!(family.groups, [("notify".to_owned(), 16)]);
}

#[test]
fn unknown_family_is_named() {
    let err = Connection::generic("no such name").unwrap_err();
    assert_eq!(err.errno(), Some(Errno::ENOENT));
    assert!(err.to_string().starts_with("no generic netlink family is called \"no such name\""), "{err}");
    let err = Connection::generic("longer than fifteen").unwrap_err();
    assert!(err.to_string().starts_with("request: CtrlGetFamily.name: expected at most 15 bytes"), "{err}");
}

#[test]
fn commands_go_to_the_resolved_family() {
    let mut conn = Connection::generic("nlctrl").unwrap();
    let family: FamilyNew<'_> = conn.get(&FamilyGet { name: "nlctrl" }).unwrap();
    assert_eq!((family.id, family.name), (16, "nlctrl"));
    conn.join_named("notify").unwrap();
    let err = conn.join_named("nothing").unwrap_err();
    assert_eq!(err.to_string(), "no multicast group is called \"nothing\": nlctrl has notify");
}

#[test]
fn messages_of_another_protocol_are_not_sent_to_a_family() {
    #[derive(NlMessage)]
    #[nl(ty = 20)]
    struct Job {}

    let mut conn = Connection::generic("nlctrl").unwrap();
    let text = "Job has ty = 20, but messages of nlctrl, a family of generic netlink, have cmd";
    assert_eq!(conn.request(&Job {}).unwrap_err().to_string(), text);
    assert_eq!(conn.dump(&Job {}).unwrap_err().to_string(), text);
    assert_eq!(conn.batch().push(&Job {}, Flags::empty()).unwrap_err().to_string(), text);
    assert!(conn.get::<FamilyNew<'_>>(&FamilyGet { name: "nlctrl" }).is_ok());

    let err = Connection::open(Protocol::ROUTE).unwrap().request(&FamilyGet { name: "nlctrl" }).unwrap_err();
    let text = "a generic netlink command needs its family's id in the header: `Connection::generic` sets it";
    assert_eq!(err.to_string(), format!("request: FamilyGet: {text}"));
}

/// The controller's description of itself, with a number that no family has.
fn stale() -> Family {
    let mut buf = [0; 64];
    let header = Header::new().family(MessageType(16));
    let message = FamilyNew { id: 0x7ff0, name: "nlctrl" }.emit(&mut buf, header).unwrap();
    let message = Messages::new(message).next().unwrap().unwrap();
    Family::parse(&message).unwrap()
}

#[test]
fn family_whose_number_has_gone_is_resolved_anew() {
    let mut conn = Connection::open(Protocol::GENERIC).unwrap();
    conn.set_family(stale());
    let family: FamilyNew<'_> = conn.get(&FamilyGet { name: "nlctrl" }).unwrap();
    assert_eq!((family.id, family.name), (16, "nlctrl"));
    assert_eq!(conn.family().map(|family| family.id), Some(MessageType(16)));
    conn.set_family(stale());
    conn.request(&FamilyGet { name: "nlctrl" }).unwrap();
    assert!(!conn.renew_family().unwrap(), "it is the same by now");
    conn.set_family(stale());
    let names =
        conn.collect(&FamilyGet { name: "" }, |message| Ok(Some(FamilyNew::parse(message)?.name.to_owned())));
    assert!(names.unwrap().0.iter().any(|name| name == "nlctrl"));
}

#[test]
fn dump_and_batch_go_to_the_family_that_is_there_by_now() {
    let mut conn = Connection::open(Protocol::GENERIC).unwrap();
    conn.set_family(stale());
    let mut families = conn.dump(&FamilyGet { name: "" }).unwrap();
    let mut names = Vec::new();
    while let Some(family) = families.next::<FamilyNew<'_>>().unwrap() {
        names.push(family.name.to_owned());
    }
    drop(families);
    assert!(names.iter().any(|name| name == "nlctrl"), "{names:?}");

    conn.set_family(stale());
    let mut batch = conn.batch();
    for name in ["nlctrl", "nothing", "nlctrl"] {
        batch.push(&FamilyGet { name }, Flags::empty()).unwrap();
    }
    let outcomes = batch.finish().unwrap();
    let errnos: Vec<_> =
        outcomes.iter().map(|outcome| outcome.as_ref().err().and_then(|err| err.errno())).collect();
    assert_eq!(errnos, [None, Some(Errno::ENOENT), None]);
    assert!(outcomes[0].is_ok() && outcomes[2].is_ok());
    batch.push(&FamilyGet { name: "nlctrl" }, Flags::empty()).unwrap();
    assert!(batch.finish().unwrap()[3].is_ok());
    assert_eq!(batch.results().len(), 4);
}

#[test]
fn policies_say_what_a_family_accepts() {
    let mut conn = Connection::open(Protocol::GENERIC).unwrap();
    let entries = conn.policies("nlctrl").unwrap();
    let command = |number| {
        entries.iter().find_map(|entry| match *entry {
            PolicyEntry::Command { cmd, doing, dumping } if cmd == number => Some((doing, dumping)),
            _ => None,
        })
    };
    let doing = command(3).unwrap().0.unwrap();
    // The kernel says 0 for a command that is a dump only, as this one is.
    let policy = command(10).or(command(0)).unwrap();
    assert!(policy.0.is_none() && policy.1.is_some(), "{entries:?}");
    let name = entries.iter().find_map(|entry| match *entry {
        PolicyEntry::Attr { policy, ty, accepts } if policy == doing && ty.get() == 2 => Some(accepts),
        _ => None,
    });
    let name = name.unwrap();
    assert_eq!((name.ty, name.max_len), (Policy::NUL_STRING, Some(15)));
    let err = conn.policies("no such name").unwrap_err();
    assert_eq!(err.refusal().unwrap().errno(), Errno::ENOENT);
    // Whatever family the connection is for, it is the controller that is asked.
    conn.set_family(stale());
    assert_eq!(conn.policies("nlctrl").unwrap(), entries);
}

#[test]
fn object_that_a_family_does_not_have_is_refused_as_before() {
    let mut conn = Connection::generic("nlctrl").unwrap();
    let err = conn.get::<FamilyNew<'_>>(&FamilyGet { name: "nothing" }).unwrap_err();
    assert_eq!(err.refusal().unwrap().errno(), Errno::ENOENT);
    assert_eq!(conn.get::<FamilyNew<'_>>(&FamilyGet { name: "nlctrl" }).unwrap().id, 16);
}

#[test]
fn missing_attribute_is_named() {
    let mut conn = match Connection::generic("netdev") {
        Err(RequestError::NoSuchFamily(_)) => {
            return skip("missing_attribute_is_named", "this kernel has no family netdev (Linux 6.3)");
        }
        conn => conn.unwrap(),
    };
    let err = conn.get::<DevGet>(&DevGet { ifindex: None }).unwrap_err();
    let refusal = err.refusal().unwrap();
    assert_eq!((refusal.errno(), refusal.ext_ack().missing_type), (Errno::EINVAL, Some(1)));
    assert_eq!(refusal.path(), Some("DevGet.ifindex"));
    assert_eq!(conn.get::<DevGet>(&DevGet { ifindex: Some(1) }).unwrap().ifindex, Some(1));
}

/// `thermal_genl_cmd_dumpit` writes its one object with number 0 and port id 0.
#[test]
fn dump_whose_object_names_no_request_is_read() {
    /// THERMAL_GENL_CMD_TZ_GET_ID: the thermal zones, of which there may be none.
    #[derive(NlMessage)]
    #[nl(cmd = 1)]
    struct ZonesGet {}
    let mut conn = match Connection::generic("thermal") {
        Err(RequestError::NoSuchFamily(_)) => return println!("LACKS: the family thermal"),
        conn => conn.unwrap(),
    };
    let mut dump = conn.dump(&ZonesGet {}).unwrap();
    let zones = dump.next_message().unwrap().expect("an object");
    assert_eq!((zones.seq(), zones.port_id()), (0, 0));
    assert!(dump.next_message().unwrap().is_none());
    drop(dump);
    drop(conn.dump(&ZonesGet {}).unwrap());
    let event = conn.event_deadline(std::time::Instant::now());
    assert!(matches!(event, Err(RequestError::Timeout)), "the object of a dropped dump: {event:?}");
    #[cfg(feature = "tokio")]
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let conn = nl_tlv::socket::tokio::Connection::generic("thermal").await.unwrap();
        let (zones, _) = conn.collect(&ZonesGet {}, |zones| Ok(Some(zones.seq()))).await.unwrap();
        assert_eq!(zones, [0]);
    });
}
