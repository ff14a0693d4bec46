use nl_tlv::NlAttrs;

#[derive(NlAttrs, Debug)]
#[nl(ty = 25)]
struct Set {
    #[nl(attr = 1)]
    number: u32,
}

fn main() {}
