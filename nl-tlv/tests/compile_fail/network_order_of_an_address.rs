use core::net::Ipv4Addr;
use nl_tlv::NlAttrs;

#[derive(NlAttrs, Clone, Debug)]
struct Set {
    #[nl(attr = 1, be)]
    gateway: Ipv4Addr,
}

fn main() {}
