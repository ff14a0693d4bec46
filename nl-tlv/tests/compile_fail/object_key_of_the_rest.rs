use nl_tlv::{NlMessage, Rest};

#[derive(NlMessage, Debug, Clone, PartialEq)]
#[nl(ty = 24, deleted = 25)]
struct Route<'a> {
    #[nl(rest, key)]
    rest: Rest<'a>,
}

fn main() {}
