use nl_tlv::NlAttrs;

#[derive(NlAttrs, Debug)]
#[nl(c_prefix = RTM_A)]
struct Set {
    #[nl(attr)]
    first: u32,
    #[nl(attr = "2")]
    second: u32,
    #[nl(attr = 3, be = true)]
    third: u32,
    #[nl(attr = 4, range = 1..4)]
    fourth: u32,
    #[nl(attr(5))]
    fifth: u32,
    #[nl(attr = 6, key = true)]
    sixth: u32,
}

#[derive(nl_tlv::NlMessage, Debug)]
#[nl(ty = "34")]
struct Typed {
    #[nl(attr = 1)]
    first: u32,
}

fn main() {}
