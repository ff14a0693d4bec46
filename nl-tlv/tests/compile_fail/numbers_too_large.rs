use nl_tlv::NlMessage;

#[derive(NlMessage, Debug)]
#[nl(cmd = 256)]
struct Message {
    #[nl(attr = 0x4000)]
    number: u32,
    #[nl(attr = -1)]
    below: u32,
}

fn main() {}
