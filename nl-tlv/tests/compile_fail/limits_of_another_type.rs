use nl_tlv::NlAttrs;
use std::net::Ipv4Addr;

#[derive(NlAttrs, Debug)]
struct Set<'a> {
    #[nl(attr = 1, max = 31)]
    name: &'a str,
    #[nl(attr = 2, max_len = 4)]
    number: u32,
    #[nl(attr = 3, max = 1)]
    is_up: bool,
    #[nl(attr = 4, max_len = 4)]
    address: Option<Ipv4Addr>,
    #[nl(attr = 5, max_len = 16)]
    key: Vec<u8>,
    #[nl(attr = 6, max_len = 3)]
    mac: [u8; 6],
}

type Name<'a> = &'a str;
type Number = u32;

#[derive(NlAttrs, Debug)]
struct Aliased<'a> {
    #[nl(attr = 1, max = 31)]
    name: Name<'a>,
    #[nl(attr = 2, max_len = 4)]
    number: Number,
}

fn main() {}
