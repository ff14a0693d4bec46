struct NoValue;

#[derive(nl_tlv::NlSubMessage)]
enum Data {
    #[nl(when = "vlan")]
    Vlan(NoValue),
}

fn main() {}
