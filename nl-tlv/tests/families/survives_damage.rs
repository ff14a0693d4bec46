//! Every proper prefix of each capture, once as it is and once with a message length that fits, and every change of a
//! telling byte: the typed reader returns, and what is emitted of what it accepts reads and emits as
//! the same bytes again.

use crate::support::{Vector, each_change_at, prefixes};
use crate::{each_family, header, only};
use nl_tlv::{Messages, NlMessage};
use std::collections::BTreeSet;

macro_rules! survives_damage {
    ($test:ident: $message:path, $($name:literal)*) => {
        #[test]
        fn $test() {
            use $message as Subject;
            for (nth, vector) in [$($name),*].map(Vector::load).iter().enumerate() {
                assert!(read(&vector.bytes), "{}", vector.name);
                for prefix in prefixes(&vector.bytes) {
                    assert!(!read(prefix), "{}", vector.name);
                    read(&reframed(prefix));
                }
                each_change_at(&vector.bytes, places(vector, nth), |changed| {
                    read(changed);
                });
            }

            /// Whether the datagram is one such message.
            fn read(datagram: &[u8]) -> bool {
                let mut messages = Messages::new(datagram);
                let Some(Ok(message)) = messages.next() else { return false };
                if let Ok(attrs) = Subject::attrs(&message) {
                    let most = datagram.len() / 4 + 1;
                    assert!(attrs.take(most + 1).count() <= most);
                }
                let Ok(parsed) = Subject::parse(&message) else { return false };
                let mut buf = vec![0xa5; 2 * datagram.len()];
                // What is read when asked for can still be damaged: then it cannot be emitted.
                let Ok(emitted) = parsed.emit(&mut buf, header(&message)) else { return false };
                let mut again = vec![0xa5; emitted.len()];
                let again = Subject::parse(&only(emitted)).unwrap().emit(&mut again, header(&message)).unwrap();
                assert!(again == emitted, "{datagram:?}");
                messages.next().is_none()
            }
        }
    };
}

each_family! { survives_damage }

/// Which bytes to change: all but those far inside a long payload, where one is as good as another. Long messages of one
/// family begin alike, so that of the later ones it is what lies in nests.
fn places(vector: &Vector, nth: usize) -> Vec<usize> {
    let lines = vector.lines.iter().filter(|line| nth == 0 || vector.bytes.len() < LONG || line.depth > 0);
    let places = lines.flat_map(|line| line.offset..vector.bytes.len().min(line.offset + BEGINNING));
    places.collect::<BTreeSet<_>>().into_iter().collect()
}

/// So many bytes are a long message.
const LONG: usize = 1000;

/// So many bytes of an attribute are changed, its header's among them.
const BEGINNING: usize = 16;

/// The bytes with a message length that says how many they are.
fn reframed(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let len = u32::try_from(bytes.len()).unwrap().to_ne_bytes();
    if let Some(field) = bytes.first_chunk_mut() {
        *field = len;
    }
    bytes
}
