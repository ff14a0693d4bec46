#[derive(nl_tlv::NlAttrs, Debug, Clone)]
struct Step {
    #[nl(attr = 1)]
    plans: Vec<Plan>,
}

#[derive(nl_tlv::NlAttrs, Debug, Clone)]
struct Plan {
    #[nl(attr = 1)]
    steps: Option<Box<Step>>,
}

fn main() {}
