//! Every constant and every wire struct against the system's `linux/*.h`.

#[path = "support/c.rs"]
mod c;

use nl_tlv::control::genl::{self, Family};
use nl_tlv::control::{Errno, ExtAck, Policy, emit_refusal, emit_whole_refusal};
use nl_tlv::value::Bitfield32;
use nl_tlv::wire::{GenlMsgHdr, NlMsgHdr};
use nl_tlv::{AttrType, AttrWriter, Attrs, DeleteFlags, Error, Flags, GetFlags, Header, MessageId};
use nl_tlv::{Message, MessageType, Messages, NewFlags, NlStruct, Writer};

/// The C expression as it is written, and our value as a `u64`.
macro_rules! same {
    ($($c:expr => $ours:expr),* $(,)?) => {
        [$(($c, u64::try_from($ours).unwrap())),*]
    };
}

/// Size of a struct, and offset and size of each field.
fn layout<T: NlStruct>(c: &str) -> Vec<(String, u64)> {
    let number = |len: usize| u64::try_from(len).unwrap();
    let fields = T::SCHEMA.fields.iter().flat_map(|field| {
        let name = field.name;
        [
            (format!("offsetof(struct {c}, {name})"), number(field.offset)),
            (format!("sizeof(((struct {c} *)0)->{name})"), number(field.len)),
        ]
    });
    let whole = [
        (format!("sizeof(struct {c})"), number(T::SCHEMA.len)),
        (format!("_Alignof(struct {c})"), number(T::SCHEMA.align)),
    ];
    whole.into_iter().chain(fields).collect()
}

#[test]
fn flags_are_the_kernels() {
    let expected = same! {
        "NLM_F_REQUEST" => Flags::REQUEST.bits(),
        "NLM_F_MULTI" => Flags::MULTI.bits(),
        "NLM_F_ACK" => Flags::ACK.bits(),
        "NLM_F_ECHO" => Flags::ECHO.bits(),
        "NLM_F_DUMP_INTR" => Flags::DUMP_INTR.bits(),
        "NLM_F_DUMP_FILTERED" => Flags::DUMP_FILTERED.bits(),
        "NLM_F_ROOT" => GetFlags::ROOT.bits(),
        "NLM_F_MATCH" => GetFlags::MATCH.bits(),
        "NLM_F_ATOMIC" => GetFlags::ATOMIC.bits(),
        "NLM_F_DUMP" => GetFlags::DUMP.bits(),
        "NLM_F_REPLACE" => NewFlags::REPLACE.bits(),
        "NLM_F_EXCL" => NewFlags::EXCL.bits(),
        "NLM_F_CREATE" => NewFlags::CREATE.bits(),
        "NLM_F_APPEND" => NewFlags::APPEND.bits(),
        "NLM_F_NONREC" => DeleteFlags::NONREC.bits(),
        "NLM_F_BULK" => DeleteFlags::BULK.bits(),
    };
    c::assert_values("flags", &expected);
    let (mut request, mut buf) = ([0; 16], [0; 128]);
    let mut w = Writer::new(&mut request);
    w.message(MessageType(16).into(), Header::request(), |_| Ok(())).unwrap();
    let request = Messages::new(w.finish()).next().unwrap().unwrap();
    let mut w = Writer::new(&mut buf);
    let why = ExtAck { offset: Some(16), ..ExtAck::NONE };
    emit_refusal(&mut w, &request, 0, Errno::EINVAL, &ExtAck::NONE).unwrap();
    emit_whole_refusal(&mut w, &request, 0, Errno::EINVAL, &why).unwrap();
    let flags: Vec<_> = Messages::new(w.as_bytes()).map(|message| message.unwrap().flags().bits()).collect();
    c::assert_values(
        "flags of refusals",
        &same! { "NLM_F_CAPPED" => flags[0], "NLM_F_ACK_TLVS" => flags[1] },
    );
}

#[test]
fn types_and_limits_are_the_kernels() {
    let expected = same! {
        "NLMSG_NOOP" => MessageType::NOOP.0,
        "NLMSG_ERROR" => MessageType::ERROR.0,
        "NLMSG_DONE" => MessageType::DONE.0,
        "NLMSG_OVERRUN" => MessageType::OVERRUN.0,
        "NLMSG_MIN_TYPE" => MessageType::FIRST_OF_FAMILY.0,
        "(unsigned short)NLA_F_NESTED" => AttrType::NESTED_FLAG,
        "NLA_F_NET_BYTEORDER" => AttrType::NET_BYTEORDER_FLAG,
        "(unsigned short)NLA_TYPE_MASK" => AttrType::MASK,
        "(unsigned short)NLA_TYPE_MASK" => AttrType::MAX.get(),
        "(unsigned short)-1 - NLA_HDRLEN" => AttrWriter::MAX_PAYLOAD,
    };
    c::assert_values("types", &expected);
}

#[test]
fn wire_structs_are_laid_out_as_the_kernels() {
    let layouts = [
        layout::<NlMsgHdr>("nlmsghdr"),
        layout::<GenlMsgHdr>("genlmsghdr"),
        layout::<Bitfield32>("nla_bitfield32"),
    ];
    let expected = layouts.concat();
    let expected: Vec<_> = expected.iter().map(|(c, ours)| (c.as_str(), *ours)).collect();
    c::assert_values("layouts", &expected);
    // The header of an attribute is the library's own: what it writes shows it.
    let mut buf = [0; 64];
    let attr = fill(&mut buf, |w| w.put(0x1122, &[7])).payload();
    let at = |part: &[u8]| attr.windows(part.len()).position(|window| window == part).unwrap();
    let expected = same! {
        "sizeof(struct nlattr)" => at(&[7]),
        "offsetof(struct nlattr, nla_type)" => at(&0x1122_u16.to_ne_bytes()),
    };
    c::assert_values("layouts of headers", &expected);
}

#[test]
fn error_names_are_the_kernels() {
    let known =
        (1..4096).filter_map(Errno::new).filter_map(|errno| Some((errno.name()?, errno.get().into())));
    let known: Vec<_> = known.collect();
    assert!(known.len() > 20);
    c::assert_values("errno", &known);
}

#[test]
fn policy_types_are_the_kernels() {
    let expected = same! {
        "NL_ATTR_TYPE_INVALID" => Policy::INVALID,
        "NL_ATTR_TYPE_FLAG" => Policy::FLAG,
        "NL_ATTR_TYPE_U8" => Policy::U8,
        "NL_ATTR_TYPE_U16" => Policy::U16,
        "NL_ATTR_TYPE_U32" => Policy::U32,
        "NL_ATTR_TYPE_U64" => Policy::U64,
        "NL_ATTR_TYPE_S8" => Policy::S8,
        "NL_ATTR_TYPE_S16" => Policy::S16,
        "NL_ATTR_TYPE_S32" => Policy::S32,
        "NL_ATTR_TYPE_S64" => Policy::S64,
        "NL_ATTR_TYPE_BINARY" => Policy::BINARY,
        "NL_ATTR_TYPE_STRING" => Policy::STRING,
        "NL_ATTR_TYPE_NUL_STRING" => Policy::NUL_STRING,
        "NL_ATTR_TYPE_NESTED" => Policy::NESTED,
        "NL_ATTR_TYPE_NESTED_ARRAY" => Policy::NESTED_ARRAY,
        "NL_ATTR_TYPE_BITFIELD32" => Policy::BITFIELD32,
    };
    c::assert_values("policy_types", &expected);
}

#[test]
fn extended_acks_are_written_with_the_kernels_numbers() {
    let policy = Policy {
        ty: Policy::U8,
        min_signed: Some(1),
        max_signed: Some(2),
        min: Some(3),
        max: Some(4),
        min_len: Some(5),
        max_len: Some(6),
        policy_index: Some(7),
        policy_max_type: Some(8),
        bitfield32_mask: Some(9),
        mask: Some(10),
    };
    let ack = ExtAck {
        message: Some("m"),
        offset: Some(1),
        cookie: Some(&[2]),
        policy: Some(policy),
        missing_type: Some(3),
        missing_nest: Some(4),
    };
    let mut buf = [0; 256];
    let attrs = fill(&mut buf, |w| ack.emit(w)).attrs();
    let Some(Ok(policy)) = attrs.clone().nth(3) else { panic!("no policy") };
    let names = ["MSG", "OFFS", "COOKIE", "POLICY", "MISS_TYPE", "MISS_NEST"];
    assert_types("ext_ack", "NLMSGERR_ATTR_", &names, attrs);
    let names =
        ["TYPE", "MIN_VALUE_S", "MAX_VALUE_S", "MIN_VALUE_U", "MAX_VALUE_U", "MIN_LENGTH", "MAX_LENGTH"];
    let more = ["POLICY_IDX", "POLICY_MAXTYPE", "BITFIELD32_MASK", "MASK"];
    assert_types("policy", "NL_POLICY_TYPE_ATTR_", &[&names[..], &more].concat(), policy.nested());
}

#[test]
fn the_controllers_constants_are_the_kernels() {
    let expected = same! {
        "GENL_ID_CTRL" => genl::CONTROLLER.0,
        "GENL_NAMSIZ - 1" => genl::MAX_NAME,
        "CTRL_CMD_GETFAMILY" => genl::GETFAMILY,
        "CTRL_CMD_NEWFAMILY" => genl::NEWFAMILY,
    };
    c::assert_values("controller", &expected);
    let mut buf = [0; 64];
    let mut w = Writer::new(&mut buf);
    genl::emit_get_family(&mut w, Header::request(), "greet").unwrap();
    let message = Messages::new(w.as_bytes()).next().unwrap().unwrap();
    assert_types("get_family", "CTRL_ATTR_", &["FAMILY_NAME"], message.attrs_after(4));
}

#[test]
fn families_are_read_by_the_kernels_numbers() {
    let names = ["FAMILY_NAME", "FAMILY_ID", "VERSION", "HDRSIZE", "MAXATTR", "OPS", "MCAST_GROUPS"];
    let inner = ["OP_ID", "OP_FLAGS", "MCAST_GRP_NAME", "MCAST_GRP_ID"];
    let Some(outer) = numbers("family", "CTRL_ATTR_", &names) else { return };
    let Some(inner) = numbers("family_nests", "CTRL_ATTR_", &inner) else { return };
    let ([name, id, version, hdrsize, maxattr, ops, groups], [op_id, op_flags, group_name, group_id]) =
        (outer.try_into().unwrap(), inner.try_into().unwrap());
    let mut buf = [0; 256];
    let mut w = Writer::new(&mut buf);
    let command = MessageId::Command { cmd: genl::NEWFAMILY, version: 2 };
    w.message(command, Header::new().family(genl::CONTROLLER), |w| {
        w.put_value(name, &"greet")?;
        w.put_value(id, &0x1c_u16)?;
        w.put_value(version, &1_u32)?;
        w.put_value(hdrsize, &2_u32)?;
        w.put_value(maxattr, &3_u32)?;
        w.nest(ops, |w| {
            w.nest(1, |w| {
                w.put_value(op_id, &4_u32)?;
                w.put_value(op_flags, &5_u32)
            })
        })?;
        w.nest(groups, |w| {
            w.nest(1, |w| {
                w.put_value(group_name, &"events")?;
                w.put_value(group_id, &6_u32)
            })
        })
    })
    .unwrap();
    let message = Messages::new(w.as_bytes()).next().unwrap().unwrap();
    let family = Family::parse(&message).unwrap();
    assert_eq!((&*family.name, family.id.0, family.version), ("greet", 0x1c, 1));
    assert_eq!((family.header_len, family.max_attr), (2, 3));
    assert_eq!(family.ops, [(4, 5)]);
    assert_eq!(family.groups, [("events".to_owned(), 6)]);
}

/// A message with these contents.
fn fill(buf: &mut [u8], contents: impl FnOnce(&mut AttrWriter<'_>) -> Result<(), Error>) -> Message<'_> {
    let mut w = Writer::new(buf);
    w.message(MessageType::ERROR.into(), Header::new(), contents).unwrap();
    Messages::new(w.finish()).next().unwrap().unwrap()
}

/// Asserts that the attributes have the types that C calls by these names, in this order.
fn assert_types(test: &str, prefix: &str, names: &[&str], attrs: Attrs<'_>) {
    let found: Vec<_> = attrs.map(|attr| attr.unwrap().ty().get()).collect();
    assert_eq!(found.len(), names.len());
    if let Some(expected) = numbers(test, prefix, names) {
        assert_eq!(found, expected, "{names:?}");
    }
}

/// Attribute types by their names in C.
fn numbers(test: &str, prefix: &str, names: &[&str]) -> Option<Vec<u16>> {
    let names: Vec<_> = names.iter().map(|name| format!("{prefix}{name}")).collect();
    let values = c::values(test, &names.iter().map(String::as_str).collect::<Vec<_>>())?;
    Some(values.into_iter().map(|value| u16::try_from(value).unwrap()).collect())
}
