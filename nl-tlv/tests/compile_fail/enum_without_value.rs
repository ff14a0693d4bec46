use nl_tlv::NlAttrs;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Scope {
    Universe,
    Link,
}

#[derive(NlAttrs, Clone, Debug)]
struct Set {
    #[nl(attr = 1)]
    scope: Scope,
}

fn main() {
    let _ = [Scope::Universe, Scope::Link];
}
