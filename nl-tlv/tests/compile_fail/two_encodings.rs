use nl_tlv::NlAttrs;

#[derive(NlAttrs, Debug)]
struct Set<'a> {
    #[nl(attr = 1, text, no_nul)]
    name: &'a [u8],
}

fn main() {}
