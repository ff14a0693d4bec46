use nl_tlv::NlSubMessage;

const ONE: u8 = 1;

#[derive(NlSubMessage)]
enum Numbers {
    #[nl(when = 1)]
    A(u32),
    #[nl(when = 0x1)]
    B(u32),
}

#[derive(NlSubMessage)]
enum Texts {
    #[nl(when = "a")]
    A(u32),
    #[nl(when = "a")]
    B(u32),
}

#[derive(NlSubMessage)]
enum Constants {
    #[nl(when = 1)]
    A(u32),
    #[nl(when = ONE)]
    B(u32),
}

fn main() {}
