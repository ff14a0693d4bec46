use nl_tlv::{NlAttrs, Rest};

#[derive(NlAttrs, Debug)]
struct Set<'a> {
    #[nl(rest, be, max = 3)]
    rest: Rest<'a>,
}

fn main() {}
