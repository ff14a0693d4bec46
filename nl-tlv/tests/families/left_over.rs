//! No attribute of any capture, in whatever nest, is one that the family's definition does not know.

use crate::support::Vector;
use crate::{each_family, only};
use nl_tlv::NlMessage;

#[path = "../support/seen.rs"]
mod seen;

pub(crate) use seen::Seen;

macro_rules! knows_every_attribute {
    ($test:ident: $message:path, $($name:literal)*) => {
        #[test]
        fn $test() {
            use $message as Subject;
            for vector in [$($name),*].map(Vector::load) {
                let set = Subject::SCHEMAS[0].attrs;
                let start = Subject::SCHEMAS[0].contents_offset() - 16;
                let mut seen = Seen::default();
                seen.walk(set, only(&vector.bytes).attrs_after(start), Subject::SCHEMAS[0].name);
                assert_eq!(seen.unknown, Vec::<String>::new(), "{}", vector.name);
                assert_eq!(seen.known, attributes(&vector), "{}", vector.name);
            }
        }
    };
}

each_family! { knows_every_attribute }

/// How many attributes the annotations name; those of next hops lie behind structs, where this walk does not come.
fn attributes(vector: &Vector) -> usize {
    let hops = vector.lines.iter().position(|line| line.note.starts_with("struct rtnexthop"));
    let lines = &vector.lines[..hops.unwrap_or(vector.lines.len())];
    lines.iter().filter(|line| !line.note.starts_with("struct")).count()
}
