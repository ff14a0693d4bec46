use nl_tlv::NlAttrs;

#[derive(NlAttrs, Debug)]
struct Set<'a> {
    #[nl(rest)]
    rest: &'a [u8],
}

fn main() {}
