use nl_tlv::NlMessage;

const TEN: u32 = 10;

#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 2)]
struct Refused {
    #[nl(attr = 1)]
    code: u32,
}

#[derive(NlMessage, Clone, Debug)]
#[nl(ty = [20, 15])]
struct Several {
    #[nl(attr = 1)]
    code: u32,
}

#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 20, deleted = 10)]
struct Watched {
    #[nl(attr = 1, key)]
    code: u32,
}

#[derive(NlMessage, Clone, Debug)]
#[nl(ty = TEN)]
struct Constant {
    #[nl(attr = 1)]
    code: u32,
}

fn main() {}
