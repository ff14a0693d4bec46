//! Definitions from which wrong C would come are refused, with a text that says what to write.

use nl_tlv::schema::{AttrSchema, AttrSet, Limits, MessageSchema, Presence, ValueType};
use nl_tlv::{NlAttrs, NlMessage};
use nl_tlv_uapi::{CHeader, Constant, FamilyDef, ProtocolDef, Spec};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Asserts that no header and no specification is written, and that the text says why.
#[track_caller]
fn assert_refused(protocol: &ProtocolDef, parts: &[&str]) {
    let writers: [fn(&ProtocolDef) -> String; 3] = [
        |protocol| CHeader::new(protocol).uapi().to_string(),
        |protocol| CHeader::new(protocol).policy().to_string(),
        |protocol| Spec::new(protocol).family().to_string(),
    ];
    for write in writers {
        let panic = catch_unwind(AssertUnwindSafe(|| write(protocol))).expect_err("it is written");
        let text = panic.downcast_ref::<String>().expect("a text");
        assert!(parts.iter().all(|part| text.contains(part)), "{text}");
    }
}

#[track_caller]
fn assert_written(protocol: &ProtocolDef) {
    assert!(CHeader::new(protocol).uapi().to_string().contains("enum"));
    assert!(CHeader::new(protocol).policy().to_string().contains("nla_policy"));
}

const fn family(requests: &'static [&'static MessageSchema]) -> FamilyDef {
    FamilyDef { name: "shelves", version: 1, requests, answers: &[], groups: &[] }
}

const fn protocol(requests: &'static [&'static MessageSchema]) -> ProtocolDef {
    ProtocolDef { family: Some(family(requests)), ..ProtocolDef::new("x") }
}

#[derive(NlMessage)]
#[nl(cmd = 1, c_name = "R", c_prefix = "R_A")]
struct Read {
    #[nl(attr = 1)]
    a: u32,
}

#[derive(NlMessage)]
#[nl(cmd = 2, c_name = "S", c_prefix = "R_A")]
struct Store {
    #[nl(attr = 2, max = 7)]
    a: u8,
}

#[derive(NlMessage)]
#[nl(cmd = 2, c_name = "E", c_prefix = "R_A")]
struct Erase {
    #[nl(attr = 1, max = 7)]
    a: u32,
}

#[test]
fn messages_of_one_prefix_have_equal_attributes() {
    assert_refused(
        &protocol(const { &[Read::SCHEMAS[0], Store::SCHEMAS[0]] }),
        &["`enum r_attr`", "`Read` (1 a)", "`Store` (2 a)", "`c_prefix`", "`attrs`"],
    );
    let equal = protocol(const { &[Read::SCHEMAS[0], Erase::SCHEMAS[0]] });
    assert_written(&equal);
    let policies = CHeader::new(&equal).policy().to_string();
    assert!(policies.contains("[R_A_A] = NLA_POLICY_MAX(NLA_U32, 7)"), "{policies}");
}

mod a {
    use nl_tlv::NlAttrs;

    #[derive(NlAttrs)]
    pub(crate) struct Place {
        #[nl(attr = 1)]
        pub(crate) row: u8,
    }

    #[derive(NlAttrs)]
    pub(crate) struct Outer {
        #[nl(attr = 1)]
        pub(crate) place: Place,
    }
}

mod b {
    use nl_tlv::NlAttrs;

    #[derive(NlAttrs)]
    pub(crate) struct Place {
        #[nl(attr = 1)]
        pub(crate) town: u16,
        #[nl(attr = 2)]
        pub(crate) col: u32,
    }
}

mod c {
    use nl_tlv::NlAttrs;

    #[derive(NlAttrs)]
    pub(crate) struct Place {
        #[nl(attr = 1, max = 7)]
        pub(crate) row: u8,
    }

    #[derive(NlAttrs)]
    pub(crate) struct Outer {
        #[nl(attr = 1)]
        pub(crate) place: Place,
    }
}

mod d {
    use nl_tlv::NlAttrs;

    #[derive(NlAttrs)]
    pub(crate) struct Place {
        #[nl(attr = 1)]
        pub(crate) row: u8,
    }
}

/// A message with two nests.
macro_rules! nests {
    ($name:ident: $one:ty, $two:ty) => {
        #[derive(NlMessage)]
        #[nl(cmd = 1)]
        struct $name {
            #[nl(attr = 1)]
            one: $one,
            #[nl(attr = 2)]
            two: $two,
        }
    };
}

nests!(OfNames: a::Place, b::Place);
nests!(OfLimits: a::Place, c::Place);
nests!(OfNests: a::Outer, c::Outer);
nests!(Equal: a::Place, d::Place);

#[test]
fn nests_of_one_name_are_equal() {
    assert_refused(
        &protocol(OfNames::SCHEMAS),
        &["`enum x_place_attr`", "`Place` (1 row)", "`Place` (1 town, 2 col)"],
    );
    assert_refused(&protocol(OfLimits::SCHEMAS), &["`x_place_policy`", "the policy of `Place` (1 row)"]);
    assert_refused(&protocol(OfNests::SCHEMAS), &["`x_place_policy`"]);
    assert_written(&protocol(Equal::SCHEMAS));
}

#[derive(NlAttrs)]
struct Whole {
    #[nl(attr = 1)]
    row: Option<u8>,
    #[nl(attr = 2)]
    col: Option<u8>,
}

#[derive(NlAttrs)]
#[nl(attrs = Whole)]
struct Row {
    #[nl(attr = 1)]
    row: u8,
}

#[derive(NlAttrs)]
#[nl(attrs = Whole)]
struct Col {
    #[nl(attr = 2)]
    col: u8,
}

nests!(OfParts: Row, Col);

#[test]
fn two_parts_of_one_set_do_not_share_a_policy() {
    assert_refused(&protocol(OfParts::SCHEMAS), &["`x_whole_policy`", "`Row` (1 row)", "`Col` (2 col)"]);
}

#[derive(NlMessage)]
#[nl(cmd = 2, c_name = "R")]
struct Again {}

#[derive(NlMessage)]
#[nl(cmd = 1, c_name = "OTHER")]
struct Other {}

#[test]
fn a_constant_stands_for_one_message() {
    assert_refused(
        &protocol(const { &[Read::SCHEMAS[0], Again::SCHEMAS[0]] }),
        &["`R`", "`Read`, number 1", "`Again`, number 2"],
    );
    assert_refused(
        &protocol(const { &[Read::SCHEMAS[0], Read::SCHEMAS[0]] }),
        &["`Read` is listed twice", "remove"],
    );
    assert_refused(
        &protocol(const { &[Read::SCHEMAS[0], Other::SCHEMAS[0]] }),
        &["`Read` and `Other` have the number 1", "`R` and `OTHER`"],
    );
}

#[derive(NlMessage)]
#[nl(cmd = 0)]
struct Nothing {
    #[nl(attr = 1)]
    a: u32,
}

#[test]
fn a_message_of_number_0_has_its_name() {
    let first = protocol(const { &[Nothing::SCHEMAS[0], Read::SCHEMAS[0]] });
    let header = CHeader::new(&first).uapi().to_string();
    assert!(header.contains("enum x_cmd {\n\tX_CMD_NOTHING = 0,\n\tR = 1,\n"), "{header}");
    assert!(!header.contains("X_CMD_UNSPEC"), "{header}");
}

#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(cmd = 5, deleted = 77)]
struct Thing {
    #[nl(attr = 1, key)]
    a: u32,
}

#[derive(NlMessage)]
#[nl(cmd = 77)]
struct ThingGone {
    #[nl(attr = 1)]
    a: u32,
}

#[test]
fn the_number_of_what_has_been_deleted_has_a_name() {
    let header = |protocol: &ProtocolDef| CHeader::new(protocol).uapi().to_string();
    let text = header(&protocol(Thing::SCHEMAS));
    assert!(text.contains("X_CMD_THING = 5,\n"), "{text}");
    assert!(
        text.contains(
            "/* Event: what X_CMD_THING describes has been deleted. */\n\tX_CMD_THING_DELETED = 77,"
        ),
        "{text}"
    );
    let named = header(&protocol(const { &[Thing::SCHEMAS[0], ThingGone::SCHEMAS[0]] }));
    assert!(named.contains("X_CMD_THING_GONE = 77,") && !named.contains("DELETED"), "{named}");
}

#[derive(NlMessage)]
#[nl(ty = 20)]
struct Typed {}

#[test]
fn messages_stand_in_the_list_of_their_kind() {
    assert_refused(&protocol(Typed::SCHEMAS), &["`Typed` in `FamilyDef.requests`", "`cmd`"]);
    assert_refused(
        &ProtocolDef { answers: Read::SCHEMAS, ..protocol(&[]) },
        &["`Read` in `ProtocolDef.answers`", "`ty`"],
    );
}

#[test]
fn names_of_families_and_groups_fit_the_kernel() {
    let named = |name, groups| ProtocolDef {
        family: Some(FamilyDef { name, groups, ..family(Read::SCHEMAS) }),
        ..ProtocolDef::new("x")
    };
    assert_written(&named("fifteen-letters", &["fifteen-letters"]));
    assert_refused(&named("sixteen--letters", &[]), &["\"sixteen--letters\" has 16 bytes", "1 to 15"]);
    assert_refused(&named("", &[]), &["0 bytes"]);
    assert_refused(&named("a\"b", &[]), &["characters"]);
    assert_refused(&named("x", &["sixteen--letters"]), &["group"]);
    assert_refused(&named("x", &["a-b", "a_b"]), &["`X_MCGRP_A_B`", "\"a-b\"", "\"a_b\""]);
}

#[test]
fn groups_are_in_the_order_of_their_numbers() {
    let group = |name, value| Constant { name, value, doc: "" };
    let groups = |groups: Vec<Constant>| ProtocolDef { groups: groups.leak(), ..protocol(Read::SCHEMAS) };
    assert_written(&groups(vec![group("a", 1), group("b", 3)]));
    assert_refused(&groups(vec![group("b", 3), group("a", 1)]), &["`a` has the number 1 behind 3"]);
    assert_refused(&groups(vec![group("a", 0)]), &["from 1 on"]);
    assert_refused(&groups(vec![group("none", 1)]), &["`X_GRP_NONE`", "the group `none`"]);
}

#[derive(NlAttrs)]
struct Ends {
    #[nl(attr = 1)]
    max: u8,
}

#[derive(NlAttrs)]
struct Marks {
    #[nl(attr = 1)]
    größe: u8,
    #[nl(attr = 2)]
    gräße: u8,
}

#[derive(NlMessage)]
#[nl(cmd = 3)]
struct Öffnen {
    #[nl(attr = 1)]
    a: u8,
}

/// A limit that the derives refuse.
const LIMITED: &AttrSet = &AttrSet::new(
    "Limited",
    "",
    &[AttrSchema::of(ValueType::U8, Presence::Optional).named(2, "kind", "").within(&Limits::NONE.max(300))],
);

#[test]
fn each_constant_is_one_thing() {
    let sets = |sets: &'static [_]| ProtocolDef { sets, ..protocol(Read::SCHEMAS) };
    assert_refused(&sets(&[Ends::SCHEMA]), &["`X_ENDS_A_MAX`", "the attribute `max`"]);
    assert_refused(&sets(&[LIMITED]), &["limit 300", "`Limited.kind`"]);
}

#[test]
fn names_are_such_as_c_and_the_kernel_leave() {
    let constant = |name| ProtocolDef {
        constants: vec![Constant { name, value: 1, doc: "" }].leak(),
        ..protocol(Read::SCHEMAS)
    };
    assert_written(&constant("LIMIT"));
    for name in ["", "9P", "A-B", "LÄNGE"] {
        assert_refused(&constant(name), &["is not a name in C", name]);
    }
    for name in ["int", "current", "NULL", "list_head", "NLA_U8", "INT_MAX", "NLMSG_DONE"] {
        assert_refused(&constant(name), &["is a word of C or of the kernel", name]);
    }
    let marks = ProtocolDef { sets: &[Marks::SCHEMA], ..protocol(Read::SCHEMAS) };
    assert_refused(&marks, &["`X_MARKS_A_GRößE`, the name of the attribute `größe`", "is not a name in C"]);
    assert_refused(&protocol(Öffnen::SCHEMAS), &["the message `Öffnen`", "is not a name in C"]);
    assert_refused(&constant("R"), &["the constant `R`", "the message `Read`"]);
}

mod e {
    /// A struct in C.
    #[nl_tlv::nl_struct]
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Stamp {
        pub(crate) at: u64,
    }
}

mod f {
    /// Another one.
    #[nl_tlv::nl_struct]
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct Stamp {
        pub(crate) at: u32,
    }
}

#[derive(NlMessage)]
#[nl(cmd = 1)]
struct Stamps {
    #[nl(attr = 1)]
    one: e::Stamp,
    #[nl(attr = 2)]
    two: f::Stamp,
}

#[derive(NlAttrs)]
#[nl(c_prefix = "WHOLE_A")]
struct Short {
    #[nl(attr = 1)]
    row: Option<u8>,
}

nests!(OfShortNames: Short, Whole);

#[test]
fn names_of_a_specification_stand_for_one_thing() {
    for (requests, parts) in [
        (Stamps::SCHEMAS, ["`stamp`", "the struct `Stamp` of 8 bytes", "of 4 bytes"]),
        (OfShortNames::SCHEMAS, ["`whole`", "`Short` (1 row)", "`Whole` (1 row, 2 col)"]),
    ] {
        let protocol = protocol(requests);
        assert_written(&protocol);
        let write = AssertUnwindSafe(|| Spec::new(&protocol).family().to_string());
        let panic = catch_unwind(write).expect_err("it is written");
        let text = panic.downcast_ref::<String>().expect("a text");
        assert!(parts.iter().all(|part| text.contains(part)), "{text}");
    }
}
