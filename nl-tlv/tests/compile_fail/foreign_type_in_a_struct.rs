use nl_tlv::nl_struct;

#[derive(Clone, Debug, PartialEq)]
struct Plain;

#[nl_struct]
struct Header {
    plain: Plain,
}

fn main() {}
