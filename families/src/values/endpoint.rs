//! `struct sockaddr_in` and `struct sockaddr_in6` in an attribute: an address and a port.

use core::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use nl_tlv::schema::ValueType;
use nl_tlv::value::{Emit, Parse};
use nl_tlv::{Attr, AttrWriter, Error};

/// An address and a port as the kernel's `struct sockaddr` has them; one of another family is kept as it is.
///
/// ```
/// use nl_tlv_families::values::Endpoint;
/// let endpoint = Endpoint::of("[2001:db8::1]:51820".parse().unwrap());
/// assert_eq!(endpoint.address().unwrap().port(), 51820);
/// ```
#[derive(Clone, Copy, Debug)]
#[doc(alias = "sockaddr")]
pub struct Endpoint<'a>(State<'a>);

#[derive(Clone, Copy, Debug)]
enum State<'a> {
    Built(SocketAddr),
    Parsed(&'a [u8]),
}

/// `AF_INET` and `AF_INET6`.
const FAMILIES: [u16; 2] = [2, 10];

impl Endpoint<'_> {
    /// This address and port.
    #[must_use]
    pub const fn of(address: SocketAddr) -> Self {
        Self(State::Built(address))
    }

    /// The address and the port, if the family is that of IPv4 or IPv6.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        match self.0 {
            State::Built(address) => Some(address),
            State::Parsed(bytes) => parse(bytes),
        }
    }
}

/// The port is in network order in both; what stands behind it is the address, or the flow information and then the address.
fn parse(bytes: &[u8]) -> Option<SocketAddr> {
    let (family, rest) = bytes.split_first_chunk::<2>()?;
    let (port, rest) = rest.split_first_chunk::<2>()?;
    let port = u16::from_be_bytes(*port);
    let (head, rest) = rest.split_first_chunk::<4>()?;
    match u16::from_ne_bytes(*family) {
        2 => Some(SocketAddrV4::new(Ipv4Addr::from(*head), port).into()),
        10 => {
            let (address, rest) = rest.split_first_chunk::<16>()?;
            let scope = u32::from_ne_bytes(*rest.first_chunk::<4>()?);
            let flow = u32::from_be_bytes(*head);
            Some(SocketAddrV6::new(Ipv6Addr::from(*address), port, flow, scope).into())
        }
        _ => None,
    }
}

impl From<SocketAddr> for Endpoint<'_> {
    fn from(address: SocketAddr) -> Self {
        Self::of(address)
    }
}

impl<'a> Parse<'a> for Endpoint<'a> {
    #[inline(always)]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        Ok(Self(State::Parsed(attr.payload())))
    }
}

impl Emit for Endpoint<'_> {
    const TYPE: ValueType = ValueType::Bytes;

    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        match self.0 {
            State::Parsed(bytes) => w.bytes(bytes),
            State::Built(address) => {
                w.bytes(&FAMILIES[usize::from(address.is_ipv6())].to_ne_bytes())?;
                w.bytes(&address.port().to_be_bytes())?;
                match address {
                    SocketAddr::V4(address) => {
                        w.bytes(&address.ip().octets())?;
                        w.bytes(&[0; 8])
                    }
                    SocketAddr::V6(address) => {
                        w.bytes(&address.flowinfo().to_be_bytes())?;
                        w.bytes(&address.ip().octets())?;
                        w.bytes(&address.scope_id().to_ne_bytes())
                    }
                }
            }
        }
    }
}

/// By address and port; those of other families by their bytes.
impl PartialEq for Endpoint<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self.0, other.0) {
            (State::Parsed(ours), State::Parsed(theirs)) => ours == theirs,
            _ => self.address() == other.address(),
        }
    }
}

impl Eq for Endpoint<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use nl_tlv::{Header, Messages, NlMessage};

    #[derive(NlMessage)]
    #[nl(ty = 16)]
    struct Peer<'a> {
        #[nl(attr = 4)]
        endpoint: Endpoint<'a>,
    }

    #[test]
    fn an_address_is_read_as_it_was_written() {
        for (text, len) in [("192.0.2.1:51820", 16), ("[2001:db8::1]:7", 28), ("[fe80::1%3]:9", 28)] {
            let endpoint = Endpoint::of(text.parse().unwrap());
            let mut buf = [0xa5; 64];
            let bytes = Peer { endpoint }.emit(&mut buf, Header::request()).unwrap();
            assert_eq!(bytes.len(), 20 + len, "{text}");
            let read = Peer::parse(&Messages::new(bytes).next().unwrap().unwrap()).unwrap().endpoint;
            assert_eq!((read.address(), read), (endpoint.address(), endpoint), "{text}");
        }
    }

    #[test]
    fn an_address_of_another_family_is_none() {
        let read: Endpoint<'_> = Attr::new(4, &[7; 16]).parse().unwrap();
        assert_eq!(read.address(), None);
    }
}
