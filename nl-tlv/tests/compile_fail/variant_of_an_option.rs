use nl_tlv::{NlAttrs, Repeat};

#[derive(NlAttrs, Debug)]
enum Choice<'a> {
    #[nl(attr = 1)]
    Maybe(Option<u32>),
    #[nl(attr = 2)]
    Many(Repeat<'a, u32>),
}

type May = Option<u32>;
type Numbers<'a> = Repeat<'a, u32>;

#[derive(NlAttrs, Debug)]
enum Aliased<'a> {
    #[nl(attr = 1)]
    Maybe(May),
    #[nl(attr = 2)]
    Many(Numbers<'a>),
}

fn main() {}
