//! Schemas that a program makes while it runs.

use nl_tlv::schema::{
    AttrSchema, AttrSet, Limits, MessageSchema, NumberSchema, Presence, SetRef, ValueType, dissect,
};

use nl_tlv::{Header, MessageId, MessageType, Writer};
use std::sync::OnceLock;

/// A set whose attribute 1 is a number of the given names, and whose attribute 2 is the set again.
fn set(names: Vec<(String, i128)>) -> &'static AttrSet {
    let names: &'static [(String, i128)] = names.leak();
    let nth =
        Box::leak(Box::new(move |i: usize| names.get(i).map(|(name, number)| (name.as_str(), *number))));
    let state =
        NumberSchema { name: "State", doc: "", c_prefix: None, base: ValueType::U8, is_flags: false, nth };
    let cell: &'static OnceLock<AttrSet> = Box::leak(Box::default());
    let again = SetRef::new(Box::leak(Box::new(|| cell.get().unwrap())));
    let values = [ValueType::Named(Box::leak(Box::new(state))), ValueType::Nested(again)];
    let attrs = values.into_iter().zip(1..).map(|(value, ty)| AttrSchema {
        ty,
        name: if ty == 1 { "state" } else { "inner" },
        doc: "",
        value,
        presence: Presence::Optional,
        limits: Limits::NONE,
        is_net_byteorder: false,
    });
    let attrs = attrs.collect::<Vec<_>>().leak();
    cell.get_or_init(|| AttrSet {
        name: "Node",
        doc: "",
        attrs,
        c_prefix: None,
        part_of: None,
        strict_start_type: None,
    })
}

#[test]
fn a_set_made_at_run_time_can_contain_itself() {
    let set = set(vec![("Up".to_owned(), 6)]);
    let id = MessageId::Type(MessageType(20));
    let schema: &'static MessageSchema = Box::leak(Box::new(MessageSchema {
        name: "Get",
        doc: "",
        id,
        c_name: None,
        header: None,
        attrs: set,
        payload: None,
        deleted: None,
    }));
    let mut buf = [0; 64];
    let mut w = Writer::new(&mut buf);
    w.message(id, Header::request(), |w| w.nest(2, |w| w.nest(2, |w| w.put(1, &[6])))).unwrap();
    let text = dissect(&[schema], w.finish()).to_string();
    assert!(
        text.ends_with("inner (2): 12 bytes\n   20      inner (2): 8 bytes\n   24        state (1) = Up (6)"),
        "{text}"
    );
    assert!(format!("{set:?}").contains("SetRef(\"Node\")"));
}
