use nl_tlv::NlMessage;

#[derive(NlMessage, Debug)]
#[nl(ty = 25, attrs = u32)]
struct Route {
    #[nl(attr = 1)]
    number: u32,
}

fn main() {}
