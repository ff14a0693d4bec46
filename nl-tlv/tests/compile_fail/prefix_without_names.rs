//! A value without names has nothing that a prefix in C could be for.
use nl_tlv::NlValue;

#[derive(NlValue)]
#[nl(c_prefix = "PORT")]
struct Port(u16);

fn main() {}
