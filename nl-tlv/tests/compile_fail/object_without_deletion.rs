use nl_tlv::NlMessage;

#[derive(NlMessage, Debug, Clone, PartialEq)]
#[nl(ty = 24)]
struct Route {
    #[nl(attr = 1, key)]
    dst: u32,
}

fn main() {}
