use nl_tlv::NlMessage;

#[derive(NlMessage, Debug)]
#[nl(ty = 25, c_name = "RTM-NEW")]
struct Message {
    #[nl(attr = 1)]
    number: u32,
}

#[derive(NlMessage, Clone, Debug)]
#[nl(ty = [21, 22], c_name = ["ONE", "TWO", "THREE"])]
struct Three {}

fn main() {}
