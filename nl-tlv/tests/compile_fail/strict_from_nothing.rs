//! From type 0 on, or from beyond the last that there can be, nothing is strict.
use nl_tlv::NlAttrs;

#[derive(NlAttrs)]
#[nl(strict_start_type = 0)]
struct FromZero {
    #[nl(attr = 1)]
    a: u32,
}

#[derive(NlAttrs)]
#[nl(strict_start_type = 0x4000)]
struct FromBeyond {
    #[nl(attr = 1)]
    a: u32,
}

fn main() {}
