use nl_tlv::{NlMessage, NlSubMessage, NlValue, nl_struct};

#[nl_struct]
struct Fixed {
    #[nl(text)]
    number: u8,
    #[nl(width = 8)]
    another: u8,
}

#[derive(NlValue)]
#[repr(u8)]
enum Number {
    #[nl(attr = 1)]
    One = 1,
    #[nl(other)]
    Other(u8),
}

#[derive(NlMessage)]
enum Messages {
    #[nl(when = 1)]
    Fixed(Fixed),
}

#[derive(NlSubMessage)]
enum Forms {
    #[nl(select)]
    Number(u32),
}

fn main() {}
