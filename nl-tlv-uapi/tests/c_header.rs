//! The C headers of a protocol that has what greet's, which the kernel module is compiled with, has not.

use core::net::{IpAddr, Ipv4Addr};
use nl_tlv::schema::AttrSet;
use nl_tlv::value::{Array, Bitfield32, ByType, Headed, IndexedArray, MacAddr};
use nl_tlv::{NlAttrs, NlMessage, NlSubMessage, NlValue, Repeat};
use nl_tlv_uapi::{CHeader, Constant, FamilyDef, ProtocolDef};
use std::fs;
use std::path::Path;
use std::process::Command;

/// A next hop, [`Route`]'s.
#[derive(NlAttrs, Clone, Debug)]
struct NextHop {
    /// Gateway.
    #[nl(attr = 1)]
    gateway: Option<IpAddr>,
    #[nl(attr = 0)]
    mac: Option<MacAddr>,
}

/// A route.
///
/// This paragraph is for readers of the documentation.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 25)]
struct RouteNew<'a> {
    /// Metric.
    #[nl(attr = 4, max = 100_000)]
    metric: Option<u32>,
    /// Name of the table, a string that is so well described that its comment does not fit into a single line of C.
    #[nl(attr = 1, min_len = 1, max_len = 31)]
    table: &'a str,
    #[nl(attr = 3)]
    next_hops: Repeat<'a, NextHop>,
    #[nl(attr = 5, min = -40_000)]
    shift: Option<i64>,
    #[nl(attr = 6, be, mask = 3)]
    port: Option<u16>,
    #[nl(attr = 7, min = 1)]
    serial: Option<u64>,
    #[nl(attr = 8)]
    router: Option<Ipv4Addr>,
    #[nl(attr = 9, be, min = 100_000)]
    large: Option<u64>,
}

/// One with another name in C.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 24, c_name = "RTM_GONE")]
struct RouteGone {}

/// A tree.
static TREE: AttrSet = AttrSet {
    name: "Tree",
    doc: "A tree.",
    attrs: &[nl_tlv::schema::AttrSchema {
        ty: 1,
        name: "branch",
        doc: "A branch, which is a tree.",
        value: nl_tlv::schema::ValueType::Nested(nl_tlv::schema::SetRef::new(&|| &TREE)),
        presence: nl_tlv::schema::Presence::Optional,
        limits: nl_tlv::schema::Limits::NONE,
        is_net_byteorder: false,
    }],
    c_prefix: Some("TREE"),
    part_of: None,
    strict_start_type: None,
};

static RTM: ProtocolDef = ProtocolDef {
    requests: RouteNew::SCHEMAS,
    answers: RouteGone::SCHEMAS,
    groups: &[
        Constant { name: "tables", value: 1, doc: "Changes of tables." },
        Constant { name: "routes", value: 2, doc: "" },
    ],
    sets: &[&TREE],
    ..ProtocolDef::new("rtm")
};

#[track_caller]
fn assert_text(text: impl core::fmt::Display, expected: &str) {
    let (text, expected) = (text.to_string(), expected.trim_start().replace("    ", "\t"));
    for (line, (ours, theirs)) in text.lines().zip(expected.lines()).enumerate() {
        assert_eq!(ours, theirs, "line {}", line + 1);
    }
    assert_eq!(text, expected);
}

#[test]
fn constants_without_a_name_are_called_after_the_types() {
    assert_text(
        CHeader::new(&RTM).license("MIT").uapi(),
        "
/* SPDX-License-Identifier: MIT */

#ifndef _UAPI_RTM_H
#define _UAPI_RTM_H

enum rtm_msg {
    /* One with another name in C. */
    RTM_GONE = 24,
    /* A route. */
    RTM_ROUTE_NEW = 25,
};

enum rtm_grp {
    RTM_GRP_NONE = 0,
    /* Changes of tables. */
    RTM_GRP_TABLES = 1,
    RTM_GRP_ROUTES = 2,

    __RTM_GRP_MAX,
    RTM_GRP_MAX = __RTM_GRP_MAX - 1
};

enum rtm_route_new_attr {
    RTM_ROUTE_NEW_A_UNSPEC = 0,
    /*
     * Name of the table, a string that is so well described that its
     * comment does not fit into a single line of C.
     */
    RTM_ROUTE_NEW_A_TABLE = 1,
    RTM_ROUTE_NEW_A_NEXT_HOPS = 3,
    /* Metric. */
    RTM_ROUTE_NEW_A_METRIC = 4,
    RTM_ROUTE_NEW_A_SHIFT = 5,
    RTM_ROUTE_NEW_A_PORT = 6,
    RTM_ROUTE_NEW_A_SERIAL = 7,
    RTM_ROUTE_NEW_A_ROUTER = 8,
    RTM_ROUTE_NEW_A_LARGE = 9,

    __RTM_ROUTE_NEW_A_MAX,
    RTM_ROUTE_NEW_A_MAX = __RTM_ROUTE_NEW_A_MAX - 1
};

enum rtm_next_hop_attr {
    RTM_NEXT_HOP_A_MAC = 0,
    /* Gateway. */
    RTM_NEXT_HOP_A_GATEWAY = 1,

    __RTM_NEXT_HOP_A_MAX,
    RTM_NEXT_HOP_A_MAX = __RTM_NEXT_HOP_A_MAX - 1
};

enum tree_attr {
    TREE_UNSPEC = 0,
    /* A branch, which is a tree. */
    TREE_BRANCH = 1,

    __TREE_MAX,
    TREE_MAX = __TREE_MAX - 1
};

#endif /* _UAPI_RTM_H */
",
    );
}

#[test]
fn policies_say_what_the_kernel_can_check() {
    assert_text(
        CHeader::new(&RTM).note("Generated.").policy(),
        "
/* Generated. */

#ifndef _RTM_POLICY_H
#define _RTM_POLICY_H

#include <net/netlink.h>

#include \"rtm_uapi.h\"

static const struct nla_policy rtm_next_hop_policy[RTM_NEXT_HOP_A_MAX + 1] = {
    /* RTM_NEXT_HOP_A_MAC, of type 0, has no policy: the kernel skips it, or refuses it. */
    /* No policy says this, the module checks it: 4 or 16 bytes. */
    [RTM_NEXT_HOP_A_GATEWAY] = NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
};

static struct netlink_range_validation rtm_route_new_metric_range = {
    .min = 0ULL,
    .max = 100000ULL,
};

static struct netlink_range_validation_signed rtm_route_new_shift_range = {
    .min = -40000LL,
    .max = 9223372036854775807LL,
};

static const struct nla_policy rtm_route_new_policy[RTM_ROUTE_NEW_A_MAX + 1] = {
    /* No policy says this, the module checks it: required, at least 1 byte. */
    [RTM_ROUTE_NEW_A_TABLE] = { .type = NLA_NUL_STRING, .len = 31 },
    [RTM_ROUTE_NEW_A_NEXT_HOPS] = NLA_POLICY_NESTED(rtm_next_hop_policy),
    [RTM_ROUTE_NEW_A_METRIC] = NLA_POLICY_FULL_RANGE(NLA_U32, &rtm_route_new_metric_range),
    [RTM_ROUTE_NEW_A_SHIFT] = NLA_POLICY_FULL_RANGE_SIGNED(NLA_S64, &rtm_route_new_shift_range),
    /* No policy says this, the module checks it: only bits of 0x3. */
    [RTM_ROUTE_NEW_A_PORT] = { .type = NLA_BE16 },
    [RTM_ROUTE_NEW_A_SERIAL] = NLA_POLICY_MIN(NLA_U64, 1),
    [RTM_ROUTE_NEW_A_ROUTER] = NLA_POLICY_EXACT_LEN(4),
    /* No policy says this, the module checks it: at least 100000. */
    [RTM_ROUTE_NEW_A_LARGE] = NLA_POLICY_EXACT_LEN(8),
};

static const struct nla_policy tree_policy[TREE_MAX + 1];

static const struct nla_policy tree_policy[TREE_MAX + 1] = {
    [TREE_BRANCH] = NLA_POLICY_NESTED(tree_policy),
};

#endif /* _RTM_POLICY_H */
",
    );
}

/// How far it reaches.
#[derive(NlValue, Clone, Copy, Debug)]
#[repr(i8)]
enum Scope {
    Nowhere = -1,
    Link = 1,
    #[nl(other)]
    Other(i8),
}

/// What it can do.
#[derive(NlValue, Clone, Copy, Debug)]
#[nl(flags)]
struct Abilities(u64);

nl_tlv::bitflags::bitflags! {
    impl Abilities: u64 {
        const ECHO = 1;
        const MULTI_PATH = 1 << 40;
    }
}

#[derive(NlAttrs, Clone, Debug)]
struct Tunnel {
    #[nl(attr = 1)]
    scope: Option<Scope>,
}

/// Nests only.
#[derive(NlSubMessage, Clone, Debug)]
enum Nests {
    #[nl(when = "tunnel")]
    Tunnel(Tunnel),
}

/// A nest, and a struct with attributes behind it.
#[derive(NlSubMessage, Clone, Debug)]
enum Mixed {
    #[nl(when = "tunnel")]
    Tunnel(Tunnel),
    #[nl(when = "peer")]
    Peer(Headed<Bitfield32, Tunnel>),
}

#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 20, strict_start_type = 3)]
struct Link<'a> {
    #[nl(attr = 1)]
    kind: Option<&'a str>,
    #[nl(attr = 2, select = kind)]
    data: Option<Nests>,
    #[nl(attr = 3, select = kind)]
    mixed: Option<Mixed>,
    #[nl(attr = 4)]
    scopes: Option<Array<'a, Scope>>,
    #[nl(attr = 5)]
    abilities: Option<Abilities>,
    #[nl(attr = 6)]
    counted: Option<IndexedArray<'a, u32>>,
    #[nl(attr = 7)]
    by_scope: Option<ByType<'a, Tunnel>>,
    #[nl(attr = 8, select = kind)]
    flagged: Option<Flagged>,
    #[nl(attr = 9, select = kind)]
    outside: Option<Outside>,
    #[nl(attr = 10, select = kind)]
    similar: Option<Similar>,
}

/// A nest and a number, for a kernel that has no policy for them.
#[derive(NlSubMessage, Clone, Debug)]
#[nl(nested_flag)]
enum Flagged {
    #[nl(when = "tunnel")]
    Tunnel(Tunnel),
    #[nl(when = "mark")]
    Mark(u32),
}

/// Forms whose names in C are equal, or empty.
#[derive(NlSubMessage, Clone, Debug)]
enum Similar {
    #[nl(when = "a-b")]
    Mark(u32),
    #[nl(when = "a_b")]
    Score(u16),
    #[nl(when = "ä")]
    Letter(u8),
}

#[derive(NlAttrs, Clone, Debug)]
#[nl(selected_outside)]
struct Outside {
    #[nl(attr = 1, select)]
    similar: Option<Similar>,
}

/// Numbers of the sizes that C writes in its own way.
#[derive(NlValue, Clone, Copy, Debug)]
#[nl(uint)]
#[repr(u64)]
enum Weight {
    Light = 1,
    Heavy = 0xffff_ffff_ffff_fffe,
    #[nl(other)]
    Other(u64),
}

/// Depths.
#[derive(NlValue, Clone, Copy, Debug)]
#[repr(i64)]
enum Depth {
    Abyss = -0x8000_0000_0000_0000,
    Surface = 0,
    #[nl(other)]
    Other(i64),
}

#[derive(NlMessage, Clone, Debug)]
#[nl(cmd = 1)]
struct Put {
    #[nl(attr = 1, uint, range = 1..=100_000)]
    weight: u64,
    #[nl(attr = 2, sint)]
    height: Option<i64>,
    #[nl(attr = 3)]
    named: Option<Weight>,
    #[nl(attr = 4)]
    depth: Option<Depth>,
    #[nl(attr = 5, be, max = 7)]
    cold: Option<i16>,
    #[nl(attr = 6, mask = 0x1_0000_0001)]
    wide: Option<u64>,
}

#[derive(NlMessage, Clone, Debug)]
#[nl(cmd = 2)]
struct Weighed {
    #[nl(attr = 1, uint)]
    weight: u64,
    #[nl(attr = 2)]
    count: u64,
}

static GOODS: ProtocolDef = ProtocolDef {
    constants: &[Constant { name: "GOODS_ALL", value: u64::MAX, doc: "All of them." }],
    family: Some(FamilyDef {
        name: "goods",
        version: 1,
        requests: Put::SCHEMAS,
        answers: Weighed::SCHEMAS,
        groups: &["changes"],
    }),
    ..ProtocolDef::new("goods")
};

#[test]
fn numbers_of_two_sizes_say_which_kernel_they_need() {
    let header = CHeader::new(&GOODS).policy().to_string();
    let answered = "/* GOODS_WEIGHED_A_WEIGHT: nla_put_uint() needs Linux 6.7. */";
    assert!(header.contains(answered) && header.matches("nla_put").count() == 1, "{header}");
    for (attr, instead) in
        [("WEIGHT", "u64 without uint"), ("HEIGHT", "i64 without sint"), ("NAMED", "u64 without uint")]
    {
        let row = header.find(&format!("[GOODS_PUT_A_{attr}]")).unwrap();
        let before = &header[..row];
        let comment = &before[before.rfind("};\n").max(before.rfind("] =")).unwrap_or_default()..];
        assert!(comment.contains("Needs Linux 6.7") && comment.contains(instead), "{header}");
    }
}

#[test]
fn what_the_kernel_would_check_otherwise_is_left_to_the_module() {
    let header = CHeader::new(&GOODS).policy().to_string();
    for (unchecked, entry) in [
        ("at most 7", "[GOODS_PUT_A_COLD] = { .type = NLA_BE16 }"),
        ("only bits of 0x100000001", "[GOODS_PUT_A_WIDE] = { .type = NLA_U64 }"),
    ] {
        let text = format!("the module checks it: {unchecked}. */\n\t{entry},");
        assert!(header.contains(&text), "{header}");
    }
}

/// What the tables need of the kernel's `net/netlink.h`.
const NETLINK_H: &str = "\
#define __maybe_unused __attribute__((unused))
#define S64_MIN (-9223372036854775807LL - 1)
enum { NLA_UNSPEC, NLA_U8, NLA_U16, NLA_U32, NLA_U64, NLA_S8, NLA_S16, NLA_S32, NLA_S64, NLA_BE16, NLA_BE32,
    NLA_UINT, NLA_SINT, NLA_STRING, NLA_NUL_STRING, NLA_BINARY, NLA_FLAG, NLA_NESTED, NLA_NESTED_ARRAY };
struct nlattr { unsigned short nla_len, nla_type; };
struct netlink_ext_ack;
struct nla_policy;
int nla_validate(const void *head, int len, int max, const struct nla_policy *policy, struct netlink_ext_ack *extack);
int nla_strcmp(const struct nlattr *attr, const char *text);
void *nla_data(const struct nlattr *attr);
int nla_len(const struct nlattr *attr);
#define NL_SET_ERR_MSG_ATTR(extack, attr, text) ((void)(extack), (void)(attr))
#define EINVAL 22
struct netlink_range_validation { unsigned long long min, max; };
struct netlink_range_validation_signed { long long min, max; };
struct nla_policy {
    unsigned char type;
    unsigned short len, strict_start_type;
    short min, max;
    const struct nla_policy *nested;
    const struct netlink_range_validation *range;
    const struct netlink_range_validation_signed *range_signed;
};
#define NLA_POLICY_RANGE(t, a, b) { .type = t, .min = a, .max = b }
#define NLA_POLICY_MIN(t, a) { .type = t, .min = a }
#define NLA_POLICY_MAX(t, b) { .type = t, .max = b }
#define NLA_POLICY_FULL_RANGE(t, r) { .type = t, .range = r }
#define NLA_POLICY_FULL_RANGE_SIGNED(t, r) { .type = t, .range_signed = r }
#define NLA_POLICY_EXACT_LEN(n) NLA_POLICY_RANGE(NLA_BINARY, n, n)
#define NLA_POLICY_MIN_LEN(n) NLA_POLICY_MIN(NLA_BINARY, n)
#define NLA_POLICY_NESTED(p) { .type = NLA_NESTED, .nested = p, .len = sizeof(p) / sizeof((p)[0]) - 1 }
#define NLA_POLICY_NESTED_ARRAY(p) \
    { .type = NLA_NESTED_ARRAY, .nested = p, .len = sizeof(p) / sizeof((p)[0]) - 1 }
";

#[test]
fn the_headers_are_c() {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("headers");
    fs::create_dir_all(dir.join("net")).unwrap();
    fs::write(dir.join("net/netlink.h"), NETLINK_H).unwrap();
    for protocol in [&RTM, &LINKS, &GOODS] {
        let name = protocol.name;
        let (header, unit) = (CHeader::new(protocol), dir.join(format!("{name}.c")));
        fs::write(dir.join(format!("{name}_uapi.h")), header.uapi().to_string()).unwrap();
        fs::write(dir.join(format!("{name}_policy.h")), header.policy().to_string()).unwrap();
        let constants = header.uapi().to_string();
        let macros = constants.lines().filter_map(|line| line.strip_prefix("#define ")?.split_once(' '));
        let numbers = macros.filter(|(_, value)| !value.contains('"'));
        let used: String = numbers.map(|(name, _)| format!("long long used_{name} = {name};\n")).collect();
        fs::write(&unit, format!("#include \"{name}_policy.h\"\n{used}")).unwrap();
        let flags = ["-std=gnu11", "-fsyntax-only", "-Wall", "-Werror", "-Wno-unused-variable"];
        match Command::new("cc").args(flags).arg("-I").arg(&dir).arg(&unit).output() {
            Ok(out) => assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr)),
            Err(_) => return eprintln!("SKIP: no C compiler"),
        }
    }
}

static LINKS: ProtocolDef = ProtocolDef { requests: Link::SCHEMAS, ..ProtocolDef::new("links") };

#[test]
fn names_of_numbers_are_constants_and_large_ones_macros() {
    let header = CHeader::new(&LINKS).uapi().to_string();
    let start = header.find("/* How far").unwrap();
    let end = header.find("enum links_link_attr").unwrap();
    assert_text(
        &header[start..end],
        "
/* How far it reaches. */
enum links_scope {
    LINKS_SCOPE_NOWHERE = -1,
    LINKS_SCOPE_LINK = 1,
};

/* What it can do. */
#define LINKS_ABILITIES_ECHO 0x1ULL
#define LINKS_ABILITIES_MULTI_PATH 0x10000000000ULL

",
    );
    assert!(header.contains("enum links_tunnel_attr {"), "{header}");
}

#[test]
fn nests_whose_types_are_no_policys_are_nests_and_what_is_selected_has_a_table() {
    let header = CHeader::new(&LINKS).policy().to_string();
    let start = header.find("static").unwrap();
    let end = header.find("#endif").unwrap();
    assert_text(
        header[start..end].replace("\t    ", "\t\t"),
        r#"
static const struct nla_policy __maybe_unused
links_tunnel_policy[LINKS_TUNNEL_A_MAX + 1] = {
    [LINKS_TUNNEL_A_SCOPE] = { .type = NLA_S8 },
};

static const struct nla_policy links_outside_policy[LINKS_OUTSIDE_A_MAX + 1] = {
    [LINKS_OUTSIDE_A_SIMILAR] = { .type = NLA_BINARY },
};

static const struct nla_policy links_link_policy[LINKS_LINK_A_MAX + 1] = {
    [0] = { .strict_start_type = LINKS_LINK_A_MIXED },
    [LINKS_LINK_A_KIND] = { .type = NLA_NUL_STRING },
    [LINKS_LINK_A_DATA] = { .type = NLA_NESTED },
    [LINKS_LINK_A_MIXED] = { .type = NLA_BINARY },
    [LINKS_LINK_A_SCOPES] = { .type = NLA_BINARY },
    [LINKS_LINK_A_ABILITIES] = { .type = NLA_U64 },
    [LINKS_LINK_A_COUNTED] = { .type = NLA_NESTED },
    [LINKS_LINK_A_BY_SCOPE] = NLA_POLICY_NESTED_ARRAY(links_tunnel_policy),
    [LINKS_LINK_A_FLAGGED] = { .type = NLA_UNSPEC },
    [LINKS_LINK_A_OUTSIDE] = NLA_POLICY_NESTED(links_outside_policy),
    [LINKS_LINK_A_SIMILAR] = { .type = NLA_BINARY },
};

static const struct nla_policy
links_link_mixed_peer_policy[LINKS_LINK_A_MAX + 1] = {
    [LINKS_LINK_A_MIXED] = NLA_POLICY_MIN_LEN(8),
};

/* Checks LINKS_LINK_A_MIXED in the form that LINKS_LINK_A_KIND selects. */
static inline int
links_link_mixed_check(const struct nlattr *attr,
               const struct nlattr *by,
               struct netlink_ext_ack *extack)
{
    if (!nla_strcmp(by, "tunnel"))
        return nla_validate(nla_data(attr), nla_len(attr), LINKS_TUNNEL_A_MAX,
                    links_tunnel_policy, extack);
    if (!nla_strcmp(by, "peer"))
        return nla_validate(attr, attr->nla_len, LINKS_LINK_A_MAX,
                    links_link_mixed_peer_policy, extack);
    NL_SET_ERR_MSG_ATTR(extack, by, "selects no form");
    return -EINVAL;
}

static const struct nla_policy
links_link_similar_a_b_policy[LINKS_LINK_A_MAX + 1] = {
    [LINKS_LINK_A_SIMILAR] = { .type = NLA_U32 },
};

static const struct nla_policy
links_link_similar_a_b_1_policy[LINKS_LINK_A_MAX + 1] = {
    [LINKS_LINK_A_SIMILAR] = { .type = NLA_U16 },
};

static const struct nla_policy
links_link_similar___policy[LINKS_LINK_A_MAX + 1] = {
    [LINKS_LINK_A_SIMILAR] = { .type = NLA_U8 },
};

/* Checks LINKS_LINK_A_SIMILAR in the form that LINKS_LINK_A_KIND selects. */
static inline int
links_link_similar_check(const struct nlattr *attr,
             const struct nlattr *by,
             struct netlink_ext_ack *extack)
{
    if (!nla_strcmp(by, "a-b"))
        return nla_validate(attr, attr->nla_len, LINKS_LINK_A_MAX,
                    links_link_similar_a_b_policy, extack);
    if (!nla_strcmp(by, "a_b"))
        return nla_validate(attr, attr->nla_len, LINKS_LINK_A_MAX,
                    links_link_similar_a_b_1_policy, extack);
    if (!nla_strcmp(by, "\303\244"))
        return nla_validate(attr, attr->nla_len, LINKS_LINK_A_MAX,
                    links_link_similar___policy, extack);
    NL_SET_ERR_MSG_ATTR(extack, by, "selects no form");
    return -EINVAL;
}

"#,
    );
}
