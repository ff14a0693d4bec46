use nl_tlv::NlAttrs;

type Flag = bool;
type Name<'a> = &'a str;

#[derive(NlAttrs, Debug)]
struct Set<'a> {
    #[nl(attr = 1, max = 1)]
    is_up: Flag,
    #[nl(attr = 2, max = 31)]
    name: Name<'a>,
}

#[derive(NlAttrs, Debug)]
struct Constants {
    #[nl(attr = 1, max = LIMIT)]
    flag: Flag,
}

const LIMIT: u32 = 1;

fn main() {}
