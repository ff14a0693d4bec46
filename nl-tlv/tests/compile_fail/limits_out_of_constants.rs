use nl_tlv::NlAttrs;

const LEAST: u32 = 9;
const MOST: u32 = 1;

#[derive(NlAttrs, Debug)]
struct Set {
    #[nl(attr = 1, min = LEAST, max = MOST)]
    number: u32,
}

#[derive(nl_tlv::NlValue, Clone, Copy, Debug)]
#[repr(u8)]
enum Priority {
    Low = 1,
    High = 3,
    #[nl(other)]
    Other(u8),
}

#[derive(NlAttrs, Debug)]
struct Job {
    #[nl(attr = 1, max = Priority::High)]
    priority: Priority,
}

fn main() {}
