use nl_tlv::NlAttrs;

#[derive(Clone, Debug)]
struct Plain;

#[derive(NlAttrs, Clone, Debug)]
struct Set {
    #[nl(attr = 1)]
    plain: Vec<Plain>,
}

fn main() {}
