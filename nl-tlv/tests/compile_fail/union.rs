use nl_tlv::NlAttrs;

#[derive(NlAttrs)]
union Set {
    number: u32,
    bytes: [u8; 4],
}

fn main() {}
