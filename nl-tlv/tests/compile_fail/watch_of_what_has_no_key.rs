use nl_tlv::NlMessage;
use nl_tlv::socket::{Connection, Protocol, Watch};

#[derive(NlMessage, Debug, Clone, PartialEq)]
#[nl(ty = 24)]
struct Route {
    #[nl(attr = 1)]
    dst: u32,
}

fn main() {
    let conn = Connection::open(Protocol::ROUTE).unwrap();
    let _ = Watch::<Route>::new(conn, &Route { dst: 0 });
}
