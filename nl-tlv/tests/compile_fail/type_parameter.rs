use nl_tlv::NlAttrs;

#[derive(NlAttrs, Debug)]
struct Set<T> {
    #[nl(attr = 1)]
    value: T,
}

fn main() {}
