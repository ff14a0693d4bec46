use nl_tlv::NlAttrs;

#[derive(NlAttrs, Debug)]
#[nl(pad(8, 9))]
struct Set {
    #[nl(attr(2))]
    number: u32,
    #[nl(attr = 3, max_len(3))]
    name: String,
    #[nl(attr = 4, be(true))]
    port: u16,
    #[nl(attr = 5, select(port))]
    form: u32,
    #[nl(attr = 6, range(1, 3))]
    level: u32,
    #[nl(attr = 7, key(name))]
    part: u32,
    #[nl(attr 8)]
    behind_a_blank: u32,
    #[nl(attr: 9)]
    behind_a_colon: u32,
    #[nl(attr = 10, max-len = 3)]
    with_a_hyphen: u32,
    #[nl(attr = 11 max = 3)]
    without_a_comma: u32,
}

fn main() {}
