use nl_tlv::{NlMessage, Rest};

#[derive(NlMessage, Debug)]
#[nl(ty = 25)]
struct Message<'a> {
    #[nl(payload)]
    payload: &'a [u8],
    #[nl(attr = 1)]
    number: u32,
    #[nl(rest)]
    rest: Rest<'a>,
}

fn main() {}
