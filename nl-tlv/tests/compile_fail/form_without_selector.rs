use nl_tlv::Attr;

#[derive(nl_tlv::NlSubMessage)]
enum Data<'a> {
    Vlan(u32),
    #[nl(when)]
    Veth(u32),
    #[nl(when = true)]
    Gre(u32),
    #[nl(when = "a", other)]
    Both(Attr<'a>),
    #[nl(when = "b")]
    Empty,
    #[nl(other)]
    One(Attr<'a>),
    #[nl(other)]
    Two(Attr<'a>),
}

fn main() {}
