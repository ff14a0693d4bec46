use nl_tlv::NlSubMessage;
use nl_tlv::Repeat;

type Numbers = Vec<u32>;

#[derive(NlSubMessage)]
enum Spelled<'a> {
    #[nl(when = 1)]
    List(Vec<i32>),
    #[nl(when = 2)]
    Bytes(Vec<u8>),
    #[nl(when = 3)]
    Maybe(Option<u32>),
    #[nl(when = 4)]
    Flag(bool),
    #[nl(when = 5)]
    Repeat(Repeat<'a, u32>),
}

#[derive(NlSubMessage)]
enum Alias {
    #[nl(when = 1)]
    Numbers(Numbers),
}

#[derive(NlSubMessage)]
enum Boxed {
    #[nl(when = 1)]
    Numbers(Box<Vec<u32>>),
}

fn main() {}
