use nl_tlv::NlAttrs;

#[derive(NlAttrs, Debug)]
enum Choice {
    #[nl(attr = 1)]
    Two(u32, u32),
    #[nl(attr = 2)]
    None,
    #[nl(attr = 3)]
    Named { number: u32 },
}

fn main() {}
