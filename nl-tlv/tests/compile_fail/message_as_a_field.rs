use nl_tlv::NlMessage;

#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 1)]
struct Inner {
    #[nl(attr = 1)]
    number: u32,
}

#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 2)]
struct Outer {
    #[nl(attr = 1)]
    inner: Inner,
}

fn main() {}
