use nl_tlv::nl_struct;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Mode {
    Off,
    On,
}

#[nl_struct]
struct Layout {
    mode: Mode,
}

fn main() {}
