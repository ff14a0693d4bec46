use nl_tlv::NlAttrs;

#[derive(NlAttrs, Debug)]
struct Set<const N: usize> {
    #[nl(attr = 1)]
    value: [u8; N],
}

fn main() {}
