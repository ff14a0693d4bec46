//! The validator against the rows of the kernel's behaviour: what is refused, in which mode, with which errno and text.
//!
//! The scenario `CHECK` holds it against a running kernel.

use nl_tlv::control::Errno;
use nl_tlv::schema::StructSchema;
use nl_tlv::schema::{
    AttrSchema, AttrSet, Limits, MAX_DEPTH, MessageSchema, Presence, Selector, SetRef, Strictness,
    SubMessageSchema, ValueType, validate, validate_attrs,
};
use nl_tlv::value::Bitfield32;
use nl_tlv::{Attrs, Header, MessageId, MessageType, Messages, NlStruct, Writer};

const fn attr(ty: u16, value: ValueType, limits: Limits) -> AttrSchema {
    AttrSchema {
        ty,
        name: "attr",
        doc: "",
        value,
        presence: Presence::Optional,
        limits,
        is_net_byteorder: false,
    }
}

const fn plain(ty: u16, value: ValueType) -> AttrSchema {
    attr(ty, value, Limits::NONE)
}

const fn set(attrs: &'static [AttrSchema]) -> AttrSet {
    AttrSet { name: "Set", doc: "", attrs, c_prefix: None, part_of: None, strict_start_type: None }
}

const NONE: Limits = Limits::NONE;
const UP_TO_4: Limits = Limits { max_len: Some(4), ..NONE };

static SET: AttrSet = set(&[
    plain(1, ValueType::U8),
    plain(2, ValueType::U16),
    plain(3, ValueType::U32),
    plain(4, ValueType::U64),
    plain(5, ValueType::S8),
    plain(6, ValueType::S64),
    plain(7, ValueType::Be16),
    plain(8, ValueType::Be32),
    attr(9, ValueType::String, UP_TO_4),
    attr(10, ValueType::NulString, UP_TO_4),
    plain(11, ValueType::String),
    plain(12, ValueType::NulString),
    attr(13, ValueType::Bytes, UP_TO_4),
    attr(14, ValueType::Bytes, Limits { min_len: Some(2), max_len: Some(4), ..NONE }),
    attr(15, ValueType::Bytes, Limits { min_len: Some(2), ..NONE }),
    plain(16, ValueType::Mac),
    plain(17, ValueType::Flag),
    plain(18, ValueType::Nested(SetRef::new(&|| &SET))),
    plain(19, ValueType::NestedArray(SetRef::new(&|| &SET))),
    attr(20, ValueType::Bitfield32(None), Limits { mask: Some(0xf), ..NONE }),
    attr(21, ValueType::U8, Limits { min: Some(10), max: Some(20), ..NONE }),
    attr(22, ValueType::S32, Limits { min: Some(-10), ..NONE }),
    attr(23, ValueType::Be16, Limits { max: Some(20), ..NONE }),
    attr(24, ValueType::U32, Limits { mask: Some(0xff), ..NONE }),
    plain(25, ValueType::Reject),
    attr(26, ValueType::Bitfield32(None), Limits { mask: Some(0), ..NONE }),
    plain(27, ValueType::Be64),
    attr(28, ValueType::U64, Limits { max: Some(u64::MAX as i128 - 1), ..NONE }),
    attr(29, ValueType::S8, Limits { min: Some(-128), max: Some(-1), ..NONE }),
    plain(30, ValueType::Ip),
    plain(32, ValueType::U8),
    attr(33, ValueType::Uint, Limits { max: Some(1 << 40), ..NONE }),
    attr(34, ValueType::Sint, Limits { min: Some(-5), ..NONE }),
    plain(35, ValueType::Indexed(&ValueType::U8)),
    plain(36, ValueType::ByType(&ValueType::U8)),
    plain(37, ValueType::Pad),
    attr(38, ValueType::Units { value: &ValueType::U16, len: 2 }, UP_TO_4),
    plain(39, ValueType::Struct(&GROWN)),
    attr(40, ValueType::Uint, Limits { mask: Some(0xff), ..NONE }),
    plain(41, ValueType::ByType(&ValueType::Nested(SetRef::new(&|| &SET)))),
    plain(42, ValueType::Headed(<Bitfield32 as NlStruct>::SCHEMA, SetRef::new(&|| &SET))),
    plain(43, ValueType::SubMessage { selector: None, schema: &NESTS }),
    plain(44, ValueType::SubMessage { selector: None, schema: &MIXED }),
    plain(45, ValueType::Nested(SetRef::new(&|| &NEWER))),
    plain(46, ValueType::SubMessage { selector: None, schema: &FLAGGED }),
    plain(47, ValueType::SubMessage { selector: None, schema: &OUTSIDE }),
]);

/// Forms that are nests, and forms of which only one is.
static NESTS: SubMessageSchema = forms(&[(Selector::Number(1), ValueType::Nested(SetRef::new(&|| &SET)))]);
static MIXED: SubMessageSchema = forms(&[
    (Selector::Number(1), ValueType::Nested(SetRef::new(&|| &SET))),
    (Selector::Number(2), ValueType::U32),
]);

/// The same, for a kernel that has no policy for them.
static FLAGGED: SubMessageSchema = SubMessageSchema { nested_flag: true, ..MIXED };

/// A set whose own forms are selected from outside.
static OUTSIDE: SubMessageSchema =
    SubMessageSchema { otherwise: ValueType::Nested(SetRef::new(&|| &SET)), ..forms(&[]) };

const fn forms(forms: &'static [(Selector<'static>, ValueType)]) -> SubMessageSchema {
    SubMessageSchema { name: "Forms", doc: "", forms, otherwise: ValueType::Bytes, nested_flag: false }
}

/// Strict from type 2 on.
static NEWER: AttrSet = AttrSet {
    strict_start_type: Some(2),
    ..set(&[
        plain(1, ValueType::U8),
        plain(2, ValueType::U8),
        plain(3, ValueType::Nested(SetRef::new(&|| &SET))),
    ])
};

/// A struct that may be shorter.
static GROWN: StructSchema = StructSchema { zero_extend: true, ..*<Bitfield32 as NlStruct>::SCHEMA };

/// In no attribute of the set: type 31 and those beyond 47.
const UNSPEC: u16 = 31;
const BEYOND: u16 = 48;
const NESTED: u16 = 0x8000;
/// Where the attributes of the tests begin.
const START: u32 = 20;

fn nla(nla_type: u16, payload: &[u8]) -> Vec<u8> {
    let nla_len = u16::try_from(payload.len()).unwrap() + 4;
    let mut bytes = [nla_len.to_ne_bytes(), nla_type.to_ne_bytes()].concat();
    bytes.extend(payload);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

/// The verdict as text, short: `ok`, or errno, text and offset from the start.
fn verdict(bytes: &[u8], mode: Strictness) -> String {
    match validate_attrs(&SET, Attrs::at(bytes, START), mode) {
        Ok(()) => "ok".into(),
        Err(verdict) => {
            let offset =
                verdict.ext_ack().offset.map_or("nowhere".into(), |offset| (offset - START).to_string());
            format!("{:?} {} at {offset}", verdict.errno(), verdict.message().unwrap())
        }
    }
}

fn check(cases: &[(u16, &[u8], Strictness, &str)]) {
    for &(nla_type, payload, mode, expected) in cases {
        let bytes = [nla(1, &[7]), nla(nla_type, payload)].concat();
        let found = verdict(&bytes, mode);
        let wanted = if expected == "ok" { "ok".into() } else { format!("{expected} at 8") };
        assert_eq!(found, wanted, "attribute {nla_type:#x} of {payload:?}, {mode:?}");
    }
}

const LIBERAL: Strictness = Strictness::LIBERAL;
const STRICT: Strictness = Strictness::STRICT;
const FAILED: &str = "ERANGE Attribute failed policy validation";
const INVALID: &str = "EINVAL Attribute failed policy validation";
const LENGTH: &str = "EINVAL invalid attribute length";
const OUT_OF_RANGE: &str = "ERANGE integer out of range";
const BINARY: &str = "ERANGE binary attribute size out of range";

#[test]
fn unknown_types_are_refused_with_maxtype() {
    let unknown = "EINVAL Unknown attribute type";
    check(&[
        (0, &[], LIBERAL, "ok"),
        (0, &[], Strictness::MAXTYPE, unknown),
        (BEYOND, &[1], STRICT.difference(Strictness::MAXTYPE), "ok"),
        (BEYOND, &[1], Strictness::MAXTYPE, unknown),
        (NESTED | BEYOND, &[1], STRICT, unknown),
        (0x4000, &[1], STRICT, unknown),
    ]);
}

#[test]
fn trailing_bytes_are_refused_with_trailing_and_named_nowhere() {
    let leftover = "EINVAL bytes leftover after parsing attributes at nowhere";
    let complete = nla(1, &[7]);
    let lie = [3, 5, 0xffff].map(|len: u16| [len.to_ne_bytes(), [1, 0]].concat());
    for tail in [&[0][..], &[0; 3], &[0; 4], &lie[0], &lie[1], &lie[2]] {
        let bytes = [&complete, tail].concat();
        assert_eq!(verdict(&bytes, STRICT.difference(Strictness::TRAILING)), "ok", "{tail:?}");
        assert_eq!(verdict(&bytes, Strictness::TRAILING), leftover, "{tail:?}");
        let nest = nla(NESTED | 18, &bytes);
        assert_eq!(verdict(&nest, STRICT), leftover, "{tail:?}");
    }
    assert_eq!(verdict(&complete[..5], STRICT), "ok", "the padding of the last one may be absent");
}

#[test]
fn numbers_of_another_length_are_refused_when_strict_and_shorter_ones_always() {
    for (ty, len) in [(1, 1), (2, 2), (3, 4), (4, 8), (5, 1), (6, 8), (7, 2), (8, 4)] {
        for found in 0..12 {
            let (liberal, strict) = match found {
                found if found < len => (FAILED, LENGTH),
                found if found == len => ("ok", "ok"),
                _ => ("ok", LENGTH),
            };
            check(&[
                (ty, &vec![0; found], LIBERAL, liberal),
                (ty, &vec![0; found], Strictness::STRICT_ATTRS, strict),
            ]);
            check(&[(ty, &vec![0; found], STRICT.difference(Strictness::STRICT_ATTRS), liberal)]);
        }
    }
}

#[test]
fn the_flag_of_nests_is_required_and_refused_with_nested() {
    let (missing, unexpected) = ("EINVAL NLA_F_NESTED is missing", "EINVAL NLA_F_NESTED not expected");
    check(&[
        (18, &[], LIBERAL, "ok"),
        (18, &[], Strictness::NESTED, missing),
        (19, &[1], Strictness::NESTED, missing),
        (NESTED | 18, &[], STRICT, "ok"),
        (NESTED | 17, &[], STRICT.difference(Strictness::NESTED), "ok"),
        (NESTED | 17, &[], Strictness::NESTED, unexpected),
        (NESTED | 25, &[], Strictness::NESTED, unexpected),
        (NESTED | 1, &[1, 2], Strictness::NESTED, unexpected),
        (NESTED | 1, &[1, 2], STRICT, LENGTH),
        (NESTED | UNSPEC, &[1], Strictness::NESTED, "ok"),
    ]);
}

#[test]
fn rejected_flags_and_bitfields_are_refused_in_every_mode() {
    let bits = |value: u32, selector: u32| [value.to_ne_bytes(), selector.to_ne_bytes()].concat();
    for mode in [LIBERAL, STRICT] {
        check(&[
            (25, &[], mode, INVALID),
            (25, &[1, 2], mode, INVALID),
            (17, &[], mode, "ok"),
            (17, &[0], mode, FAILED),
            (20, &bits(5, 7), mode, "ok"),
            (20, &bits(0, 0), mode, "ok"),
            (20, &bits(5, 7)[..7], mode, FAILED),
            (20, &[0; 9], mode, FAILED),
            (20, &bits(0, 0x10), mode, INVALID),
            (20, &bits(0x10, 0x10), mode, INVALID),
            (20, &bits(8, 7), mode, INVALID),
            (26, &bits(0, 0), mode, INVALID),
            (26, &[], mode, FAILED),
        ]);
    }
}

#[test]
fn strings_need_a_byte_and_where_they_say_so_a_nul() {
    for mode in [LIBERAL, STRICT] {
        check(&[
            (9, b"", mode, FAILED),
            (9, b"\0", mode, "ok"),
            (9, b"1234", mode, "ok"),
            (9, b"1234\0", mode, "ok"),
            (9, b"12345", mode, FAILED),
            (9, b"1234\0\0", mode, FAILED),
            (9, b"12\0\0\0", mode, "ok"),
            (10, b"", mode, INVALID),
            (10, b"1234", mode, INVALID),
            (10, b"1234\0", mode, "ok"),
            (10, b"12345\0", mode, INVALID),
            (10, b"1\x002345", mode, FAILED),
            (11, b"", mode, FAILED),
            (11, &[b'x'; 100], mode, "ok"),
            (12, b"", mode, INVALID),
            (12, &[b'x'; 100], mode, INVALID),
            (12, b"x\0y", mode, "ok"),
        ]);
    }
}

#[test]
fn bytes_are_held_against_their_limits() {
    for mode in [LIBERAL, STRICT] {
        check(&[
            (13, &[0; 4], mode, "ok"),
            (13, &[0; 5], mode, FAILED),
            (14, &[0; 1], mode, BINARY),
            (14, &[0; 2], mode, "ok"),
            (14, &[0; 4], mode, "ok"),
            (14, &[0; 5], mode, BINARY),
            (15, &[0; 1], mode, BINARY),
            (15, &[0; 999], mode, "ok"),
            (16, &[0; 5], mode, BINARY),
            (16, &[0; 6], mode, "ok"),
            (16, &[0; 7], mode, BINARY),
            (27, &[0; 4], mode, BINARY),
            (27, &[0; 8], mode, "ok"),
            (30, &[0; 3], mode, BINARY),
            (30, &[0; 5], mode, "ok"),
            (30, &[0; 17], mode, BINARY),
        ]);
    }
}

#[test]
fn numbers_are_held_against_ranges_and_masks() {
    for mode in [LIBERAL, STRICT] {
        check(&[
            (21, &[9], mode, OUT_OF_RANGE),
            (21, &[10], mode, "ok"),
            (21, &[20], mode, "ok"),
            (21, &[21], mode, OUT_OF_RANGE),
            (22, &(-11_i32).to_ne_bytes(), mode, OUT_OF_RANGE),
            (22, &(-10_i32).to_ne_bytes(), mode, "ok"),
            (22, &i32::MIN.to_ne_bytes(), mode, OUT_OF_RANGE),
            (22, &i32::MAX.to_ne_bytes(), mode, "ok"),
            (23, &[0, 20], mode, "ok"),
            (23, &[20, 0], mode, OUT_OF_RANGE),
            (24, &0xff_u32.to_ne_bytes(), mode, "ok"),
            (24, &0x100_u32.to_ne_bytes(), mode, "EINVAL reserved bit set"),
            (28, &u64::MAX.to_ne_bytes(), mode, OUT_OF_RANGE),
            (28, &(u64::MAX - 1).to_ne_bytes(), mode, "ok"),
            (29, &[0xff], mode, "ok"),
            (29, &[0x80], mode, "ok"),
            (29, &[0], mode, OUT_OF_RANGE),
        ]);
    }
    check(&[(21, &[9, 10], LIBERAL, OUT_OF_RANGE), (21, &[15, 99], LIBERAL, "ok")]);
}

#[test]
fn numbers_of_two_lengths_have_one_of_them_in_every_mode() {
    for mode in [LIBERAL, STRICT] {
        for ty in [33, 34] {
            for len in [0, 1, 3, 5, 7, 9] {
                check(&[(ty, &vec![0; len], mode, LENGTH)]);
            }
            check(&[(ty, &[0; 4], mode, "ok"), (ty, &[0; 8], mode, "ok")]);
        }
        check(&[
            (33, &(1_u64 << 40).to_ne_bytes(), mode, "ok"),
            (33, &((1_u64 << 40) + 1).to_ne_bytes(), mode, OUT_OF_RANGE),
            (34, &(-5_i32).to_ne_bytes(), mode, "ok"),
            (34, &(-6_i32).to_ne_bytes(), mode, OUT_OF_RANGE),
            (34, &(-5_i64).to_ne_bytes(), mode, "ok"),
            (34, &(-6_i64).to_ne_bytes(), mode, OUT_OF_RANGE),
            (40, &0x1ff_u64.to_ne_bytes(), mode, "EINVAL reserved bit set"),
            (40, &0xff_u32.to_ne_bytes(), mode, "ok"),
        ]);
    }
}

#[test]
fn what_a_policy_has_no_type_for_is_held_against_what_is_left_of_it() {
    check(&[
        (35, &[0; 3], LIBERAL, FAILED),
        (36, &[0; 4], LIBERAL, "ok"),
        (35, &[0; 4], STRICT, "EINVAL NLA_F_NESTED is missing"),
        (NESTED | 36, &[0xff; 5], STRICT, "ok"),
        (37, &[], STRICT.difference(Strictness::UNSPEC), "ok"),
        (37, &[], STRICT, "EINVAL Unsupported attribute"),
        (38, &[0; 3], STRICT, "ok"),
        (38, &[0; 5], STRICT, FAILED),
        (39, &[0; 3], STRICT, "ok"),
        (39, &[0; 9], STRICT, FAILED),
    ]);
}

#[test]
fn numbers_of_eight_bytes_in_network_order_have_that_length_with_and_without_sign() {
    static NUMBERS: AttrSet = set(&[plain(1, ValueType::Be64), plain(2, ValueType::BeS64)]);
    for ty in [1, 2] {
        let verdict = |payload: &[u8]| {
            validate_attrs(&NUMBERS, Attrs::new(&nla(ty, payload)), Strictness::LIBERAL).is_ok()
        };
        assert_eq!([4, 8, 9].map(|len| verdict(&[0; 9][..len])), [false, true, false], "{ty}");
    }
}

#[test]
fn types_without_policy_are_refused_with_unspec() {
    check(&[
        (UNSPEC, &[1], LIBERAL, "ok"),
        (UNSPEC, &[1], STRICT.difference(Strictness::UNSPEC), "ok"),
        (UNSPEC, &[1], Strictness::UNSPEC, "EINVAL Unsupported attribute"),
    ]);
}

#[test]
fn nests_are_empty_or_hold_attributes_that_are_checked() {
    let short = nla(1, &[1, 2]);
    check(&[
        (18, &[0; 3], LIBERAL, FAILED),
        (19, &[0; 3], LIBERAL, FAILED),
        (NESTED | 19, &[], STRICT, "ok"),
    ]);
    assert_eq!(
        verdict(&nla(NESTED | 18, &[nla(17, &[]), short.clone()].concat()), STRICT),
        format!("{LENGTH} at 8")
    );
    let items = [nla(0, &[]), nla(77, &nla(17, &[])), nla(NESTED, &short)].concat();
    assert_eq!(verdict(&nla(NESTED | 19, &items), STRICT), format!("{LENGTH} at 20"));
    assert_eq!(verdict(&nla(19, &items), LIBERAL), "ok");
}

#[test]
fn items_of_an_array_are_empty_or_hold_attributes_and_nothing_behind_them_is_looked_at() {
    let short = |len| nla(NESTED | 19, &[nla(1, &[]), nla(2, &vec![0; len])].concat());
    assert_eq!(verdict(&short(0), STRICT), "ok");
    (1..4).for_each(|len| assert_eq!(verdict(&short(len), LIBERAL), "ERANGE Array element too short at 8"));
    let trailing = nla(NESTED | 19, &[nla(1, &nla(17, &[])), vec![9, 0, 1, 0]].concat());
    assert_eq!(verdict(&trailing, STRICT), "ok");
}

#[test]
fn what_another_attribute_selects_is_a_nest_if_every_form_is() {
    let (missing, unexpected) = ("EINVAL NLA_F_NESTED is missing", "EINVAL NLA_F_NESTED not expected");
    let bad = nla(1, &[]);
    check(&[
        (NESTED | 43, &bad, STRICT, "ok"),
        (43, &bad, LIBERAL, "ok"),
        (43, &bad, STRICT, missing),
        (43, &[1, 2], LIBERAL, FAILED),
        (44, &[1, 2], STRICT, "ok"),
        (46, &[1, 2], LIBERAL, "ok"),
        (NESTED | 46, &bad, Strictness::NESTED, "ok"),
        (46, &[1, 2], STRICT, "EINVAL Unsupported attribute"),
        (47, &bad, STRICT, missing),
        (NESTED | 44, &bad, STRICT, unexpected),
    ]);
    let inside = nla(NESTED | 47, &nla(17, &[1]));
    assert_eq!(verdict(&inside, LIBERAL), format!("{FAILED} at 4"));
}

#[test]
fn items_whose_types_are_values_are_checked_as_those_of_an_array() {
    let (good, bad) = (nla(0x3fff, &nla(1, &[7])), nla(0x3fff, &nla(1, &[7, 7])));
    assert_eq!(verdict(&nla(NESTED | 41, &good), STRICT), "ok");
    assert_eq!(verdict(&nla(NESTED | 41, &bad), STRICT), "EINVAL invalid attribute length at 8");
}

#[test]
fn attributes_behind_a_struct_are_bytes_of_at_least_the_struct() {
    check(&[
        (42, &[0; 7], LIBERAL, BINARY),
        (42, &[0; 8], STRICT, "ok"),
        (42, &[0xff; 30], STRICT, "ok"),
        (NESTED | 42, &[0; 8], STRICT, "EINVAL NLA_F_NESTED not expected"),
    ]);
}

#[test]
fn newer_attributes_are_held_against_their_policy_strictly() {
    let length = "EINVAL invalid attribute length";
    let inside = |attr: &[u8]| verdict(&nla(45, attr), LIBERAL);
    assert_eq!(inside(&nla(1, &[1, 2])), "ok");
    assert_eq!(inside(&nla(2, &[1, 2])), format!("{length} at 4"));
    assert_eq!(inside(&nla(3, &[])), "EINVAL NLA_F_NESTED is missing at 4");
    assert_eq!(inside(&nla(NESTED | 3, &nla(1, &[1, 2]))), format!("{length} at 8"));
    // Beyond the last type the mode alone decides.
    assert_eq!(inside(&nla(4, &[1, 2])), "ok");
}

#[test]
fn deeper_than_the_kernel_goes_is_refused_and_named_nowhere() {
    for array in [false, true] {
        let wrap = |inside: Vec<u8>| match array {
            true => nla(NESTED | 19, &nla(1, &inside)),
            false => nla(NESTED | 18, &inside),
        };
        let mut bytes = nla(1, &[7]);
        (1..MAX_DEPTH).for_each(|_| bytes = wrap(bytes.clone()));
        assert_eq!(verdict(&bytes, STRICT), "ok");
        let deeper = verdict(&wrap(bytes), LIBERAL);
        assert_eq!(deeper, "EINVAL allowed policy recursion depth exceeded at nowhere");
    }
}

#[test]
fn a_set_that_is_part_of_another_knows_its_own_attributes_and_the_other_ones_last_type() {
    static PART: AttrSet =
        AttrSet { part_of: Some(SetRef::new(&|| &SET)), ..set(&[plain(3, ValueType::U32)]) };
    let refused = |ty, mode| {
        let bytes = nla(ty, &[0; 4]);
        let verdict = validate_attrs(&PART, Attrs::new(&bytes), mode).err();
        verdict.and_then(|verdict| verdict.message().map(str::to_owned))
    };
    assert_eq!(refused(3, STRICT), None);
    assert_eq!(refused(25, LIBERAL), None);
    assert_eq!(refused(25, STRICT).as_deref(), Some("Unsupported attribute"));
    assert_eq!(refused(BEYOND, STRICT).as_deref(), Some("Unknown attribute type"));
}

#[test]
fn of_a_message_the_header_is_needed_and_offsets_count_from_its_start() {
    let schema = |id| MessageSchema {
        name: "Message",
        doc: "",
        id,
        c_name: None,
        header: Some(<Bitfield32 as NlStruct>::SCHEMA),
        attrs: &SET,
        payload: None,
        deleted: None,
    };
    let refused = |id, payload: &[u8]| {
        let mut buf = [0; 64];
        let mut w = Writer::new(&mut buf);
        w.message(id, Header::new().family(MessageType(30)), |w| w.bytes(payload)).unwrap();
        let message = Messages::new(w.as_bytes()).next().unwrap().unwrap();
        let refused = validate(&schema(id), &message, STRICT).err();
        refused
            .map(|refused| (refused.errno(), refused.message().map(str::to_owned), refused.ext_ack().offset))
    };
    let raw = MessageId::Type(MessageType(30));
    let genl = MessageId::Command { cmd: 1, version: 1 };
    let bad = [&[0; 8][..], &nla(1, &[])].concat();
    assert_eq!(refused(raw, &[0; 7]), Some((Errno::EINVAL, Some("Invalid header length".to_owned()), None)));
    assert_eq!(refused(genl, &[0; 7]), Some((Errno::EINVAL, None, None)));
    assert_eq!((refused(raw, &[0; 8]), refused(genl, &[0; 8])), (None, None));
    assert_eq!(
        refused(raw, &bad),
        Some((Errno::EINVAL, Some("invalid attribute length".to_owned()), Some(24)))
    );
    assert_eq!(
        refused(genl, &bad),
        Some((Errno::EINVAL, Some("invalid attribute length".to_owned()), Some(28)))
    );
}
