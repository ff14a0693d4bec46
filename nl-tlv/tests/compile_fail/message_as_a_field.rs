use nl_tlv::NlMessage;

#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 21)]
struct Inner {
    #[nl(attr = 1)]
    number: u32,
}

#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 22)]
struct Outer {
    #[nl(attr = 1)]
    inner: Inner,
}

fn main() {}
