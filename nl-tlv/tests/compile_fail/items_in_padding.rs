//! The items of a flexible array that would begin in the padding of the struct: who reads them cannot tell them from it.

use nl_tlv::value::{Array, Headed};
use nl_tlv::{NlMessage, nl_struct};

#[nl_struct]
struct Entry {
    id: u32,
    kind: u8,
}

#[derive(NlMessage, Debug, PartialEq)]
#[nl(ty = 20)]
struct Entries<'a> {
    #[nl(attr = 1)]
    entry: Headed<Entry, Array<'a, u8>>,
}

fn main() {}
