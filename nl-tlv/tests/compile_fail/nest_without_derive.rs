use nl_tlv::{NlAttrs, NlMessage};
use std::time::Duration;

struct Limit {
    high: u32,
}

enum Rate {
    Fixed(u32),
    Named(String),
}

#[derive(NlAttrs)]
struct Set<'a> {
    #[nl(attr = 1)]
    limit: Limit,
    #[nl(attr = 2)]
    rate: Rate,
    #[nl(attr = 3)]
    timeout: Duration,
    #[nl(attr = 4)]
    name: &'a str,
}

#[derive(NlAttrs)]
struct Own {
    #[nl(attr = 1)]
    high: u32,
}

#[derive(NlAttrs)]
struct Borrowed<'a> {
    #[nl(attr = 1)]
    own: &'a Own,
}

#[derive(NlMessage)]
#[nl(ty = 20)]
struct SensorNew<'a> {
    #[nl(attr = 1)]
    set: Set<'a>,
}

fn main() {
    let set = Set { limit: Limit { high: 1 }, rate: Rate::Fixed(1), timeout: Duration::ZERO, name: "a" };
    let message = SensorNew { set };
    let mut buf = [0; 64];
    let bytes = message.emit(&mut buf, nl_tlv::Header::new()).unwrap();
    for message in nl_tlv::Messages::new(bytes) {
        let message = message.unwrap();
        let SensorNew { set } = SensorNew::parse(&message).unwrap();
        println!("{} {:?}", set.name, set.timeout);
        for attr in SensorNew::attrs(&message).unwrap() {
            match attr.unwrap() {
                SensorNewAttr::Set(set) => println!("{}", set.limit.high),
                _ => {}
            }
        }
    }
}
