use nl_tlv::NlValue;

#[derive(NlValue, Clone, Copy, Debug, PartialEq)]
#[nl(uint)]
#[repr(u32)]
enum Small {
    One = 1,
    #[nl(other)]
    Other(u32),
}

#[derive(NlValue, Clone, Copy, Debug, PartialEq)]
#[nl(uint, sint)]
#[repr(u64)]
enum Both {
    One = 1,
    #[nl(other)]
    Other(u64),
}

fn main() {}
