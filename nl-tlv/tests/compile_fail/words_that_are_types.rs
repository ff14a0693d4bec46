use nl_tlv::NlAttrs;

#[derive(NlAttrs, Clone, Debug)]
struct Set {
    #[nl(attr = 1, optional)]
    a: u32,
    #[nl(attr = 2, required)]
    b: u32,
    #[nl(attr = 3, default = 5)]
    c: u32,
    #[nl(attr = 4, repeated)]
    d: u32,
    #[nl(attr = 5, nested)]
    e: u32,
    #[nl(attr = 6, flag)]
    f: u32,
    #[nl(skip)]
    g: u32,
    #[nl(type = 8)]
    h: u32,
}

#[derive(nl_tlv::NlMessage, Debug)]
#[nl(family = "greet", cmd = 1)]
struct Get {}

fn main() {}
