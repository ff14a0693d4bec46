use nl_tlv::{NlAttrs, Rest};

#[derive(NlAttrs, Debug)]
struct Set<'a> {
    #[nl(attr = 1, rest)]
    rest: Rest<'a>,
}

fn main() {}
