use nl_tlv::NlMessage;

#[derive(NlMessage, Debug)]
#[nl(ty = 25)]
enum Message {
    Number(u32),
}

fn main() {}
