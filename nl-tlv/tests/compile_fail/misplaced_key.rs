use nl_tlv::NlMessage;

#[derive(NlMessage, Debug)]
#[nl(ty = 25, attr = 1)]
struct Message {
    #[nl(attr = 1, c_prefix = "RTM_A")]
    number: u32,
}

fn main() {}
