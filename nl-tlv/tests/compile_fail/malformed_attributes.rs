use nl_tlv::NlAttrs;

#[derive(NlAttrs, Debug)]
struct Set {
    #[nl]
    first: u32,
    #[nl = "attr"]
    second: u32,
    #[nl()]
    third: u32,
    #[nl(4)]
    fourth: u32,
    #[nl(attr =)]
    fifth: u32,
}

fn main() {}
