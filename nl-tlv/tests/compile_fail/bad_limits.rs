use nl_tlv::NlAttrs;

#[derive(NlAttrs, Debug)]
struct Set<'a> {
    #[nl(attr = 1, max = "9")]
    first: u32,
    #[nl(attr = 2, min = 9, max = 1)]
    second: u32,
    #[nl(attr = 3, range = 1..=9, max = 9)]
    third: u32,
    #[nl(attr = 4, max_len = 65532)]
    fourth: &'a str,
    #[nl(attr = 5, mask = -1)]
    fifth: u32,
    #[nl(attr = 6, range = 5..30)]
    sixth: u32,
    #[nl(attr = 7, range = 5..=300)]
    seventh: Option<u8>,
    #[nl(attr = 8, max = 1 << 40, mask = 1 << 40 | 1)]
    eighth: u64,
    #[nl(attr = 9, mask = 0x1ff)]
    ninth: u8,
}

fn main() {}
