use nl_tlv::NlMessage;

#[derive(NlMessage, Debug)]
#[nl(ty = 25)]
struct Message {
    #[nl(fixed_header)]
    header: u32,
}

#[nl_tlv::nl_struct]
struct Header {
    family: u8,
}

#[derive(NlMessage, Debug)]
#[nl(ty = 26)]
struct Optional {
    #[nl(fixed_header)]
    header: Option<Header>,
}

struct Foreign(u32);

#[derive(NlMessage)]
#[nl(ty = 27)]
struct Underived {
    #[nl(fixed_header)]
    header: Foreign,
}

fn main() {}
