//! Our walk and our validator beside libmnl's, on the same bytes.
//!
//! Both have to find the same attributes, and to refuse the same one first. Where libmnl (1.0.4) does otherwise than
//! the kernel, which is what we follow, that is known and says so here; any other difference is a finding:
//!
//! | libmnl | the kernel, and we |
//! |---|---|
//! | a number of another length: `ERANGE` | `EINVAL` where the family is strict; longer ones pass where it is not |
//! | a string with a NUL: the last byte has to be it | a NUL anywhere in it; without one `EINVAL`, empty or not |
//! | a type beyond the last: `EOPNOTSUPP`; type 0 passes | both `EINVAL`, or skipped |
//! | `NLA_F_NESTED` is not looked at | missing or unexpected: `EINVAL` where the family is strict |
//! | bytes behind the last attribute are not looked at | `EINVAL` where the family is strict |
//! | nests are validated one level at a time, as deep as the caller likes | ten levels |
//! | attributes of a message end with its padding, which it need not have | they end with its length |
//! | a message of 2^31 bytes and more is taken for a short one | it is longer than the bytes that there are |

mod ffi;

use arbitrary::Unstructured;
use ffi::{Area, DataType, Found};
use nl_tlv::schema::{
    AttrSchema, AttrSet, Limits, MAX_DEPTH, MessageSchema, Presence, Strictness, ValueType, validate_attrs,
};
use nl_tlv::{Attrs, MessageId, MessageType, Messages};
use nl_tlv_testing::random::near_miss;

const EINVAL: i32 = 22;
const ERANGE: i32 = 34;
const EOPNOTSUPP: i32 = 95;

/// What libmnl can hold attributes against, each type once, and in a nest the same again.
static SET: AttrSet = AttrSet {
    name: "Mnl",
    doc: "",
    attrs: &[
        attr(1, "u8", ValueType::U8),
        attr(2, "u16", ValueType::U16),
        attr(3, "u32", ValueType::U32),
        attr(4, "u64", ValueType::U64),
        attr(5, "string", ValueType::String),
        attr(6, "flag", ValueType::Flag),
        attr(7, "nested", ValueType::Nested(nl_tlv::schema::SetRef::new(&|| &SET))),
        attr(8, "nul_string", ValueType::NulString),
        attr(9, "binary", ValueType::Bytes),
        attr(10, "mac", ValueType::Mac),
    ],
    c_prefix: None,
    part_of: None,
    strict_start_type: None,
};

const LAST: u16 = 10;

const NESTED: u16 = 7;

static MESSAGE: MessageSchema = MessageSchema {
    name: "Mnl",
    doc: "",
    id: MessageId::Type(MessageType(20)),
    c_name: None,
    header: None,
    attrs: &SET,
    payload: None,
    deleted: None,
};

const fn attr(ty: u16, name: &'static str, value: ValueType) -> AttrSchema {
    AttrSchema {
        ty,
        name,
        doc: "",
        value,
        presence: Presence::Optional,
        limits: Limits::NONE,
        is_net_byteorder: false,
    }
}

/// Compares with libmnl: on the bytes, and on attributes drawn from them, which have one thing wrong.
pub fn mnl(bytes: &[u8]) {
    compare(bytes);
    if let Ok(missed) = near_miss(&MESSAGE, &mut Unstructured::new(bytes)) {
        compare(&missed.bytes);
        compare(missed.bytes.get(16..).unwrap_or_default());
    }
}

fn compare(bytes: &[u8]) {
    messages(bytes);
    assert_eq!(found(bytes, 0), Area::new(bytes).attrs(), "{bytes:02x?}");
    let ours = validate_attrs(&SET, Attrs::new(bytes), Strictness::STRICT_ATTRS);
    let ours = ours.err().map(|verdict| (verdict.ext_ack().offset, verdict.errno().get().cast_signed()));
    let mnl = refused(bytes, 0, 0);
    assert_eq!(ours, mnl, "ours, libmnl's; {bytes:02x?}");
}

/// The same messages, and in each the same attributes, with and without a family header in front of them.
fn messages(bytes: &[u8]) {
    let mut messages = Messages::new(bytes);
    loop {
        let rest = messages.remainder();
        let area = Area::new(rest);
        let Some(Ok(message)) = messages.next() else {
            assert!(!area.is_message(), "{rest:02x?}");
            return;
        };
        assert!(area.is_message(), "{rest:02x?}");
        // As if the padding were part of it.
        let padded = message.as_bytes().len().next_multiple_of(4);
        let mut with_padding = rest[..padded.min(rest.len())].to_vec();
        with_padding.resize(padded, 0);
        for family in [0, 4, 16] {
            let mnl = area.message_attrs(family);
            let from = 16 + family as usize;
            let ours = found(with_padding.get(from..).unwrap_or_default(), from);
            assert_eq!(Some(ours), mnl, "{rest:02x?}");
        }
    }
}

/// The attributes that our walk finds.
fn found(bytes: &[u8], start: usize) -> Vec<Found> {
    let attrs = Attrs::new(bytes).map_while(Result::ok);
    let found = attrs.map(|attr| Found {
        offset: start + attr.offset() as usize,
        ty: attr.ty().get(),
        payload_len: u16::try_from(attr.payload().len()).unwrap(),
    });
    found.collect()
}

/// A refusal: where, if it is an attribute that is refused, and the errno.
type Refusal = (Option<u32>, i32);

/// What a program with libmnl refuses first, in the kernel's words: its callback skips unknown types, validates the
/// others, and goes into nests.
fn refused(bytes: &[u8], start: usize, depth: usize) -> Option<Refusal> {
    if depth >= MAX_DEPTH {
        return Some((None, EINVAL));
    }
    Area::new(bytes).attrs().into_iter().find_map(|found| {
        let attr = &bytes[found.offset..found.offset + 4 + usize::from(found.payload_len)];
        let at = start + found.offset;
        match validate(attr, found.ty) {
            Err(errno) => Some((u32::try_from(at).ok(), errno)),
            Ok(()) if found.ty == NESTED && attr.len() > 4 => refused(&attr[4..], at + 4, depth + 1),
            Ok(()) => None,
        }
    })
}

/// What libmnl says of an attribute, in the kernel's words; each difference is asserted to be the one that is known.
fn validate(attr: &[u8], ty: u16) -> Result<(), i32> {
    let (area, payload) = (Area::new(attr), &attr[4..]);
    let is_beyond = area.validate_type(LAST).is_err_and(|errno| errno == EOPNOTSUPP);
    assert_eq!(is_beyond, ty > LAST);
    let number = |len: usize, data_type| {
        let verdict = area.validate(data_type, None);
        assert_eq!(verdict, if payload.len() == len { Ok(()) } else { Err(ERANGE) });
        verdict.map_err(|_| EINVAL)
    };
    match ty {
        1 => number(1, DataType::U8),
        2 => number(2, DataType::U16),
        3 => number(4, DataType::U32),
        4 => number(8, DataType::U64),
        5 => area.validate(DataType::String, None),
        6 => area.validate(DataType::Flag, None),
        NESTED => area.validate(DataType::Nested, None),
        8 => {
            let expected = match payload.last() {
                None => Err(ERANGE),
                Some(0) => Ok(()),
                Some(_) => Err(EINVAL),
            };
            assert_eq!(area.validate(DataType::NulString, None), expected);
            if payload.contains(&0) { Ok(()) } else { Err(EINVAL) }
        }
        9 => area.validate(DataType::Binary, None),
        10 => area.validate(DataType::Binary, Some(6)),
        _ => Ok(()),
    }
}
