use nl_tlv::NlAttrs;

#[derive(NlAttrs, Debug, Clone)]
struct NextHop {
    #[nl(attr = 1, key)]
    gateway: u32,
}

fn main() {}
