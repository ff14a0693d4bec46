//! Every proper prefix of each capture, once as it is and once with a message length that fits, and every change of a
//! byte: the typed reader returns, and what it accepts can be emitted and read again.

use crate::support::{Vector, each_change, prefixes};
use crate::{Address, Family, Link, Neighbour, Route, header, only};
use nl_tlv::{Messages, NlMessage};

macro_rules! survives_damage {
    ($test:ident: $message:ident, $($name:literal)*) => {
        #[test]
        fn $test() {
            for vector in [$($name),*].map(Vector::load) {
                assert!(read(&vector.bytes), "{}", vector.name);
                for prefix in prefixes(&vector.bytes) {
                    assert!(!read(prefix), "{}", vector.name);
                    read(&reframed(prefix));
                }
                each_change(&vector.bytes, |changed| {
                    read(changed);
                });
            }

            /// Whether the datagram is one such message.
            fn read(datagram: &[u8]) -> bool {
                let mut messages = Messages::new(datagram);
                let Some(Ok(message)) = messages.next() else { return false };
                if let Ok(attrs) = $message::attrs(&message) {
                    let most = datagram.len() / 4 + 1;
                    assert!(attrs.take(most + 1).count() <= most);
                }
                let Ok(parsed) = $message::parse(&message) else { return false };
                let mut buf = vec![0xa5; 2 * datagram.len()];
                let emitted = parsed.emit(&mut buf, header(&message)).unwrap();
                assert_eq!($message::parse(&only(emitted)).unwrap(), parsed);
                messages.next().is_none()
            }
        }
    };
}

survives_damage! { damaged_veths_return: Link, "link_veth" }
survives_damage! { damaged_bridges_return: Link, "link_bridge" }
survives_damage! { damaged_macvlans_return: Link, "link_macvlan" }
survives_damage! { damaged_vxlans_return: Link, "link_vxlan" }
survives_damage! { damaged_routes_return: Route, "route_plain" "route_filtered" "route_multipath" }
survives_damage! { damaged_addresses_return: Address, "address" }
survives_damage! { damaged_neighbours_return: Neighbour, "neighbour" }
survives_damage! { damaged_families_return: Family, "genl_nlctrl" }

/// The bytes with a message length that says how many they are.
fn reframed(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let len = u32::try_from(bytes.len()).unwrap().to_ne_bytes();
    if let Some(field) = bytes.first_chunk_mut() {
        *field = len;
    }
    bytes
}
