use nl_tlv::{NlAttrs, NlMessage, Rest};

#[derive(NlAttrs)]
struct Set<'a> {
    #[nl(rest)]
    rest: Rest<'a>,
    #[nl(rest)]
    more: Rest<'a>,
}

#[derive(NlMessage)]
#[nl(ty = 20)]
struct Text<'a> {
    #[nl(payload)]
    text: &'a str,
    #[nl(payload)]
    more: &'a str,
}

fn main() {}
