//! What a C compiler makes of the headers, compared with what Rust has: programs are compiled, as C and as C++ with all
//! warnings, and run.

use nl_tlv::schema::{NumberSchema, Strictness, ValueType, validate};
use nl_tlv::value::Array;
use nl_tlv::{Header, Messages, NlMessage, NlValue, Writer, nl_struct};
use nl_tlv_uapi::{CHeader, FamilyDef, ProtocolDef};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the headers need of the kernel's `net/netlink.h`: the sizes of the fields are the kernel's.
const NETLINK_H: &str = "\
#include <stdint.h>
#define __maybe_unused __attribute__((unused))
#define S64_MIN INT64_MIN
enum { NLA_UNSPEC, NLA_U64 = 4, NLA_STRING, NLA_NUL_STRING = 10, NLA_BINARY, NLA_S64 = 15 };
enum { NONE, RANGE, MIN, MAX, RANGE_PTR };
struct netlink_range_validation { uint64_t min, max; };
struct netlink_range_validation_signed { int64_t min, max; };
struct nla_policy {
    uint8_t type, validation_type;
    uint16_t len;
    union {
        const struct netlink_range_validation *range;
        struct { int16_t min, max; };
    };
};
#define NLA_POLICY_RANGE(t, a, b) { .type = t, .validation_type = RANGE, .min = a, .max = b }
#define NLA_POLICY_MIN(t, a) { .type = t, .validation_type = MIN, .min = a }
#define NLA_POLICY_MAX(t, b) { .type = t, .validation_type = MAX, .max = b }
#define NLA_POLICY_FULL_RANGE(t, r) { .type = t, .validation_type = RANGE_PTR, .range = r }
#define NLA_POLICY_EXACT_LEN(n) NLA_POLICY_RANGE(NLA_BINARY, n, n)
#define NLA_POLICY_MIN_LEN(n) NLA_POLICY_MIN(NLA_BINARY, n)
";

/// A directory with the headers of a protocol.
fn headers(name: &str, protocol: &ProtocolDef) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(dir.join("net")).unwrap();
    fs::write(dir.join("net/netlink.h"), NETLINK_H).unwrap();
    let (header, name) = (CHeader::new(protocol), protocol.name);
    fs::write(dir.join(format!("{name}_uapi.h")), header.uapi().to_string()).unwrap();
    fs::write(dir.join(format!("{name}_policy.h")), header.policy().to_string()).unwrap();
    dir
}

/// What a program writes that a compiler makes of this source; `None` if there is no such compiler.
#[track_caller]
fn output(dir: &Path, compiler: &str, language: &str, source: &str) -> Option<String> {
    let (unit, program) = (dir.join(format!("unit.{language}")), dir.join(format!("unit-{language}")));
    fs::write(&unit, source).unwrap();
    let all = ["-Wall", "-Wextra", "-Werror", "-Wno-missing-field-initializers", "-Wno-type-limits"];
    let mut command = Command::new(compiler);
    let run = command.args(["-x", language]).args(all).arg("-I").arg(dir).arg(&unit).arg("-o").arg(&program);
    let run = run.output();
    let Ok(made) = run else {
        eprintln!("SKIP: no {compiler}");
        return None;
    };
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let out = Command::new(&program).output().unwrap();
    assert!(out.status.success(), "{out:?}");
    Some(String::from_utf8(out.stdout).unwrap())
}

#[derive(NlValue, Clone, Copy, Debug)]
#[repr(i64)]
enum Wide {
    Most = i64::MAX,
    Least = i64::MIN,
    Minus = -1,
    Zero = 0,
    #[nl(other)]
    Other(i64),
}

#[derive(NlValue, Clone, Copy, Debug)]
#[nl(sint)]
#[repr(i64)]
enum Varying {
    Less = -0x1_0000_0000,
    More = 0xffff_ffff,
    #[nl(other)]
    Other(i64),
}

#[derive(NlValue, Clone, Copy, Debug)]
#[repr(i32)]
enum Word {
    Least = i32::MIN,
    Minus = -1,
    #[nl(other)]
    Other(i32),
}

#[derive(NlValue, Clone, Copy, Debug)]
#[repr(i8)]
enum Small {
    Least = i8::MIN,
    Minus = -1,
    #[nl(other)]
    Other(i8),
}

#[derive(NlValue, Clone, Copy, Debug)]
#[repr(u64)]
enum Huge {
    One = 1,
    Most = 0xffff_ffff_ffff_fff0,
    #[nl(other)]
    Other(u64),
}

#[derive(NlValue, Clone, Copy, Debug)]
#[repr(u32)]
enum Half {
    One = 1,
    Most = 0xffff_fff0,
    #[nl(other)]
    Other(u32),
}

#[derive(NlValue, Clone, Copy, Debug)]
#[nl(flags)]
struct Bits(u64);

nl_tlv::bitflags::bitflags! {
    impl Bits: u64 {
        const LOW = 1;
        const HIGH = 1 << 63;
    }
}

#[derive(NlValue, Clone, Copy, Debug)]
#[nl(flags)]
struct HalfBits(u32);

nl_tlv::bitflags::bitflags! {
    impl HalfBits: u32 {
        const LOW = 1;
        const HIGH = 1 << 31;
    }
}

/// All, with `/*` and `*/` in the comment: /* here */, and in /*/.
#[derive(NlMessage, Clone, Debug)]
#[nl(cmd = 1)]
struct Numbers {
    #[nl(attr = 1)]
    wide: Option<Wide>,
    #[nl(attr = 2)]
    varying: Option<Varying>,
    #[nl(attr = 3)]
    word: Option<Word>,
    #[nl(attr = 4)]
    small: Option<Small>,
    #[nl(attr = 5)]
    huge: Option<Huge>,
    #[nl(attr = 6)]
    half: Option<Half>,
    #[nl(attr = 7)]
    bits: Option<Bits>,
    #[nl(attr = 8)]
    half_bits: Option<HalfBits>,
}

static NUM: ProtocolDef = ProtocolDef {
    family: Some(FamilyDef {
        name: "num",
        version: 1,
        requests: Numbers::SCHEMAS,
        answers: &[],
        groups: &[],
    }),
    ..ProtocolDef::new("num")
};

/// The type in C.
fn c_type(schema: &NumberSchema) -> &'static str {
    match schema.base {
        ValueType::S64 | ValueType::Sint => "long long",
        ValueType::S32 => "int",
        ValueType::S8 => "signed char",
        ValueType::U64 => "unsigned long long",
        _ => "unsigned int",
    }
}

/// A number as C can write it, in the type.
fn literal(ty: &str, number: i128) -> String {
    match number {
        ..0 => format!("({ty})({}LL - 1)", number + 1),
        _ => format!("({ty}){number}ULL"),
    }
}

/// How each constant compares with each number of its type, and what is left without its bits.
fn comparisons() -> (String, String) {
    let (mut program, mut expected) = (String::new(), String::new());
    for attr in Numbers::SCHEMAS[0].attrs.attrs {
        let ValueType::Named(schema) = attr.value else { panic!("{attr:?}") };
        let ty = c_type(schema);
        for (name, constant) in schema.names() {
            let c_name = format!("NUM_{}_{}", attr.name.to_uppercase(), name.to_uppercase());
            for number in schema.names().map(|(_, number)| number).chain([0, 1, 2]) {
                let x = literal(ty, number);
                program += &format!("\t{{ volatile {ty} x = {x}; ");
                program += &format!("printf(\"%d %d\\n\", x < {c_name}, x > {c_name}); }}\n");
                let (less, greater) = (number < constant, number > constant);
                expected += &format!("{} {}\n", i32::from(less), i32::from(greater));
            }
            if schema.is_flags {
                let all = if ty == "unsigned int" { i128::from(u32::MAX) } else { u64::MAX.into() };
                program += &format!("\t{{ volatile {ty} x = {}; ", literal(ty, all));
                program += &format!("x &= ~{c_name}; printf(\"%llx\\n\", (unsigned long long)x); }}\n");
                expected += &format!("{:x}\n", all & !constant);
            }
        }
    }
    (format!("#include <stdio.h>\n#include \"num_uapi.h\"\n\nint main(void)\n{{\n{program}}}\n"), expected)
}

#[test]
fn constants_compare_in_c_as_in_rust() {
    let dir = headers("numbers", &NUM);
    let (program, expected) = comparisons();
    for (compiler, language) in [("cc", "c"), ("c++", "c++")] {
        if let Some(output) = output(&dir, compiler, language, &program) {
            assert_eq!(output, expected);
        }
    }
}

/// One that is longer than 16 signed bits can count.
#[nl_struct]
#[derive(Clone, Copy, Debug)]
struct Long {
    bytes: [u8; 33_000],
}

/// Bytes of many lengths.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 20)]
struct Lengths<'a> {
    #[nl(attr = 1, min_len = 4, max_len = 40_000)]
    between: Option<&'a [u8]>,
    #[nl(attr = 2)]
    exactly: Option<[u8; 40_000]>,
    #[nl(attr = 3)]
    long: Option<Long>,
    #[nl(attr = 4, min_len = 40_000)]
    at_least: Option<&'a [u8]>,
    #[nl(attr = 5, max_len = 40_000)]
    at_most: Option<&'a [u8]>,
    #[nl(attr = 6, max_len = 0)]
    empty: Option<&'a [u8]>,
    #[nl(attr = 7, max_len = 0)]
    empty_text: Option<&'a str>,
    #[nl(attr = 8, min_len = 32_767, max_len = 32_768)]
    around: Option<&'a [u8]>,
    #[nl(attr = 9, max_len = 32_767)]
    short: Option<&'a [u8]>,
    #[nl(attr = 10, max_len = 65_531)]
    longest: Option<&'a [u8]>,
    #[nl(attr = 11, min_len = 4, max_len = 65_531)]
    open: Option<&'a [u8]>,
    #[nl(attr = 12)]
    items: Option<Array<'a, u32>>,
    #[nl(attr = 13, min_len = 32_767)]
    last_short: Option<&'a [u8]>,
}

static LEN: ProtocolDef = ProtocolDef { requests: Lengths::SCHEMAS, ..ProtocolDef::new("len") };

/// For each attribute and each length given: whether the table accepts so many bytes. A limit below 0 is one that the
/// kernel warns of.
const TABLE: &str = r#"
#include <stdio.h>
#include <stdlib.h>
#include "len_policy.h"

static int accepts(const struct nla_policy *pt, unsigned long len)
{
	unsigned long min = 0, max = 65535;

	if (pt->type == NLA_NUL_STRING && !len)
		return 0;
	if (pt->type == NLA_NUL_STRING)
		len--;
	if (pt->len && len > pt->len)
		return 0;
	if (pt->validation_type == RANGE_PTR) {
		min = pt->range->min;
		max = pt->range->max;
	} else if (pt->validation_type != NONE && (pt->min < 0 || pt->max < 0)) {
		abort();
	}
	if (pt->validation_type == RANGE || pt->validation_type == MIN)
		min = pt->min;
	if (pt->validation_type == RANGE || pt->validation_type == MAX)
		max = pt->max;
	return len >= min && len <= max;
}

int main(void)
{
	static const unsigned long lens[] = { LENS };
	unsigned long type, i;

	for (type = 1; type <= LEN_LENGTHS_A_MAX; type++)
		for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
			printf("%lu %lu %d\n", type, lens[i], accepts(&len_lengths_policy[type], lens[i]));
}
"#;

#[test]
fn a_table_accepts_the_lengths_that_validate_accepts() {
    const LENS: [usize; 16] = [
        0, 1, 3, 4, 32_766, 32_767, 32_768, 32_769, 32_999, 33_000, 33_001, 39_999, 40_000, 40_001, 65_530,
        65_531,
    ];
    let dir = headers("lengths", &LEN);
    let lens = LENS.map(|len| len.to_string()).join(", ");
    let Some(output) = output(&dir, "cc", "c", &TABLE.replace("LENS", &lens)) else { return };
    let (schema, zeros) = (Lengths::SCHEMAS[0], [0_u8; 65_531]);
    let mut buf = vec![0; 70_000];
    let mut lines = output.lines();
    for attr in schema.attrs.attrs {
        for len in LENS {
            let mut w = Writer::new(&mut buf);
            w.message(schema.id, Header::request(), |w| w.put_value(attr.ty, &&zeros[..len])).unwrap();
            let message = Messages::new(w.as_bytes()).next().unwrap().unwrap();
            let accepted = validate(schema, &message, Strictness::STRICT).is_ok();
            let expected = format!("{} {len} {}", attr.ty, i32::from(accepted));
            assert_eq!(lines.next(), Some(&*expected), "{}", attr.name);
        }
    }
    assert_eq!(lines.next(), None);
}
