use nl_tlv::NlMessage;

#[derive(NlMessage, Debug)]
#[nl(ty = 25)]
struct Message {
    #[nl(fixed_header)]
    header: u32,
}

fn main() {}
