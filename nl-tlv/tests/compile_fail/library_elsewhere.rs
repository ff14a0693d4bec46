use nl_tlv::NlAttrs;

#[derive(NlAttrs)]
#[nl(crate = nl_tlv)]
struct WithoutQuotes {
    #[nl(attr = 1)]
    a: u32,
}

#[derive(NlAttrs)]
#[nl(crate = "no such path")]
struct NoPath {
    #[nl(attr = 1)]
    a: u32,
}

fn main() {}
