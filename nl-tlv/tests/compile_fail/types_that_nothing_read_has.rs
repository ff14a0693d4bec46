use nl_tlv::{NlAttrs, NlMessage};
use std::fmt::Debug;

#[derive(NlAttrs, Clone, Debug)]
struct Static {
    #[nl(attr = 1)]
    name: &'static str,
}

#[derive(NlAttrs)]
struct Bytes {
    #[nl(attr = 1)]
    bytes: [u8],
}

#[derive(NlAttrs)]
struct Text {
    #[nl(attr = 1)]
    text: str,
}

#[derive(NlAttrs)]
struct Any {
    #[nl(attr = 1)]
    any: dyn Debug,
}

#[derive(NlAttrs, Clone, Debug)]
struct Texts<'a> {
    #[nl(attr = 1)]
    texts: [&'a str; 2],
}

#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 20)]
struct Optional {
    #[nl(payload)]
    number: Option<u32>,
}

#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 21)]
struct Payload {
    #[nl(payload)]
    bytes: Vec<u8>,
}

#[derive(NlAttrs, Debug)]
struct References<'a> {
    #[nl(attr = 1)]
    text: &'a String,
    #[nl(attr = 2)]
    number: &'a u32,
    #[nl(attr = 3)]
    numbers: Option<&'a Vec<u32>>,
    #[nl(attr = 4)]
    changed: &'a mut str,
    #[nl(attr = 5)]
    flags: Vec<bool>,
}

fn main() {}
