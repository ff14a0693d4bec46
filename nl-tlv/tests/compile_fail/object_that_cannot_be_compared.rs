use nl_tlv::NlMessage;

#[derive(NlMessage, Debug, Clone)]
#[nl(ty = 24, deleted = 25)]
struct Route {
    #[nl(attr = 1, key)]
    dst: u32,
}

fn main() {}
