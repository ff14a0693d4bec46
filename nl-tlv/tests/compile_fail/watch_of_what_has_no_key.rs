use nl_tlv::NlMessage;
use nl_tlv::socket::{Connection, Protocol};

#[derive(NlMessage, Debug, Clone, PartialEq)]
#[nl(ty = 24)]
struct Route {
    #[nl(attr = 1)]
    dst: u32,
}

fn main() {
    let conn = Connection::open(Protocol::ROUTE).unwrap();
    let _ = conn.watch::<Route>(&Route { dst: 0 });
}
