use nl_tlv::NlMessage;

#[derive(NlMessage, Debug, Clone, PartialEq)]
#[nl(ty = 24, deleted = 25)]
struct Route {
    #[nl(attr = 1, key = [cmd])]
    header: u32,
}

fn main() {}
