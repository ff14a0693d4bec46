use core::net::Ipv4Addr;
use nl_tlv::nl_struct;

#[nl_struct]
struct Layout {
    #[nl(be)]
    address: Ipv4Addr,
}

fn main() {}
