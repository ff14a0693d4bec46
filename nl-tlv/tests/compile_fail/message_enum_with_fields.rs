use nl_tlv::Message;

#[derive(nl_tlv::NlMessage)]
enum Messages<'a> {
    New { table: u32 },
    #[nl(other)]
    Other,
    #[nl(other)]
    One(Message<'a>),
    #[nl(other)]
    Two(Message<'a>),
}

fn main() {}
