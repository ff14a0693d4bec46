//! The order of values: of numbers, and of prefixes, which lie in each other.

use crate::json::value::is_number;
use nl_tlv::schema::ValueType;
use std::net::IpAddr;

/// How a value has to stand to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    /// Whether a number stands so.
    pub fn of_numbers(self, number: i128, bound: i128) -> bool {
        match self {
            Self::Less => number < bound,
            Self::LessOrEqual => number <= bound,
            Self::Greater => number > bound,
            Self::GreaterOrEqual => number >= bound,
        }
    }

    /// Whether a prefix stands so: the smaller one lies in the larger one.
    pub fn of_prefixes(self, own: Prefix, bound: Prefix) -> bool {
        match self {
            Self::Less => own != bound && own.lies_in(bound),
            Self::LessOrEqual => own.lies_in(bound),
            Self::Greater => own != bound && bound.lies_in(own),
            Self::GreaterOrEqual => bound.lies_in(own),
        }
    }
}

/// An address, or all that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prefix {
    /// In network order, at the front of 128 bits; what is behind the length is zero.
    bits: u128,
    len: u32,
    is_ipv4: bool,
}

impl Prefix {
    /// The first bits of an address; all of them without a length.
    pub fn new(address: IpAddr, len: Option<u32>) -> Option<Self> {
        let (bits, most) = match address {
            IpAddr::V4(address) => (u128::from(u32::from(address)) << 96, 32),
            IpAddr::V6(address) => (u128::from(address), 128),
        };
        let len = len.unwrap_or(most);
        let mask = u128::MAX.checked_shl(128_u32.checked_sub(len)?).unwrap_or(0);
        (len <= most).then_some(Self { bits: bits & mask, len, is_ipv4: address.is_ipv4() })
    }

    /// As it is typed: `10.1.0.0/16`, `10.1.2.3`.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, len) = text.split_once('/').map_or((text, None), |(address, len)| (address, Some(len)));
        let len = len.map(str::parse).transpose().ok()?;
        Self::new(address.parse().ok()?, len)
    }

    fn lies_in(self, other: Self) -> bool {
        let mask = u128::MAX.checked_shl(128 - other.len).unwrap_or(0);
        self.is_ipv4 == other.is_ipv4 && self.len >= other.len && self.bits & mask == other.bits
    }
}

/// Whether values of a type have an order.
pub fn has_order(ty: ValueType) -> bool {
    match ty {
        ValueType::Named(schema) => !schema.is_flags,
        ty => is_number(ty) || is_address(ty),
    }
}

/// Whether values of a type are IP addresses, in one form at least.
pub fn is_address(ty: ValueType) -> bool {
    match ty {
        ValueType::Ip | ValueType::Ipv4 | ValueType::Ipv6 => true,
        ValueType::SubMessage { schema, .. } => {
            schema.forms.iter().map(|(_, form)| *form).chain([schema.otherwise]).any(is_address)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix(text: &str) -> Prefix {
        Prefix::parse(text).unwrap()
    }

    #[test]
    fn prefixes_lie_in_each_other() {
        for (own, order, bound, holds) in [
            ("10.1.0.0/16", Order::Less, "10.0.0.0/8", true),
            ("10.0.0.0/8", Order::Less, "10.0.0.0/8", false),
            ("10.0.0.0/8", Order::LessOrEqual, "10.0.0.0/8", true),
            ("11.0.0.0/16", Order::LessOrEqual, "10.0.0.0/8", false),
            ("10.0.0.0/8", Order::GreaterOrEqual, "10.1.2.3", true),
            ("0.0.0.0/0", Order::Greater, "10.1.2.3", true),
            ("::/0", Order::GreaterOrEqual, "10.1.2.3", false),
            ("fd00::1", Order::LessOrEqual, "fd00::/8", true),
            ("10.1.2.3", Order::LessOrEqual, "::/0", false),
        ] {
            assert_eq!(order.of_prefixes(prefix(own), prefix(bound)), holds, "{own} {order:?} {bound}");
        }
    }

    #[test]
    fn what_is_no_prefix_is_not_read() {
        for text in ["10.0.0.0/33", "fd00::/129", "10.0.0/8", "10.0.0.0/", "ten", ""] {
            assert_eq!(Prefix::parse(text), None, "{text}");
        }
        assert_eq!(Prefix::parse("10.1.2.3/8"), Prefix::parse("10.0.0.0/8"));
    }

    #[test]
    fn numbers_have_the_order_of_numbers() {
        let of = |order: Order| [1, 2, 3].map(|number| order.of_numbers(number, 2));
        assert_eq!(of(Order::Less), [true, false, false]);
        assert_eq!(of(Order::LessOrEqual), [true, true, false]);
        assert_eq!(of(Order::Greater), [false, false, true]);
        assert_eq!(of(Order::GreaterOrEqual), [false, true, true]);
    }
}
