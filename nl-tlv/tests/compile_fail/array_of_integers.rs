use nl_tlv::NlAttrs;

#[derive(NlAttrs, Clone, Debug)]
struct Set {
    #[nl(attr = 1)]
    weights: Option<[u32; 4]>,
}

fn main() {}
