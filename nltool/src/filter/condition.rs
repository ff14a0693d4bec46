//! Conditions on the value of an attribute or of a header's field: `--where mtu=1500`.

use super::order::{Order, Prefix, has_order, is_address};
use crate::catalogue::names::{hint, same, value_name};
use crate::catalogue::places;
use crate::describe::type_words;
use crate::fields;
use crate::json::value;
use crate::kernel;
use crate::meaning::{Meaning, is_interface};
use nl_tlv::Error;
use nl_tlv::Message;
use nl_tlv::schema::{Item, MessageSchema, StructSchema, Value, ValueType, Visitor, walk};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A condition about the value of an attribute or a header's field.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    path: Vec<String>,
    test: Test,
    value: String,
    /// The number of the interface that the value is the name of.
    index: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Test {
    Equal,
    Unequal,
    Contains,
    Ordered(Order),
}

/// How each test is written; those that begin like another one come first.
const TESTS: [(&str, Test); 7] = [
    ("!=", Test::Unequal),
    ("<=", Test::Ordered(Order::LessOrEqual)),
    (">=", Test::Ordered(Order::GreaterOrEqual)),
    ("<", Test::Ordered(Order::Less)),
    (">", Test::Ordered(Order::Greater)),
    ("=", Test::Equal),
    ("~", Test::Contains),
];

impl std::str::FromStr for Condition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let at = text.find(['=', '!', '~', '<', '>']).filter(|at| *at > 0).ok_or(
            "expected ATTRIBUTE=VALUE, with =, !=, ~, <, <=, > or >= between them; a shell wants quotes around < and >: \
             'mtu>1000'",
        )?;
        let (path, rest) = text.split_at(at);
        let (test, value) = TESTS
            .iter()
            .find_map(|(sign, test)| Some((*test, rest.strip_prefix(sign)?)))
            .ok_or("expected `!=`")?;
        if matches!(test, Test::Ordered(_)) && value.is_empty() {
            return Err("the value behind the comparison is missing".into());
        }
        let path = path.split('.').map(str::to_owned).collect();
        Ok(Self { path, test, value: value.to_owned(), index: None })
    }
}

impl Condition {
    fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// Whether some of these messages can have the value.
    pub fn check(&self, schemas: &[&'static MessageSchema]) -> Result<(), String> {
        let found = places::find(schemas, &self.path);
        let path = self.path.join(".");
        if found.is_empty() {
            let of = match schemas {
                [only] => only.name,
                _ => "no message",
            };
            let names = places::names(schemas);
            let hint = hint(self.name(), names.iter().map(String::as_str));
            let has = if of == "no message" { "has" } else { "has no attribute or field" };
            return Err(format!("--where {path}: {of} {has} `{path}`{hint}"));
        }
        let meanings: Vec<Meaning> =
            schemas.iter().filter_map(|schema| Meaning::of(self.name(), schema)).collect();
        let checked = match self.test {
            Test::Contains => Ok(()),
            Test::Equal | Test::Unequal => self.check_value(&found, &meanings),
            Test::Ordered(_) => {
                // Of several places, the one that is typed without a path is not in a nest.
                let direct = match &self.path[..] {
                    [only] => places::direct(schemas, only),
                    _ => Vec::new(),
                };
                self.check_order(if direct.is_empty() { &found } else { &direct }, &meanings)
            }
        };
        checked.map_err(|err| format!("--where {path}: {err}"))
    }

    /// Whether the value is a number, or a name that is one.
    fn is_number(&self, meanings: &[Meaning]) -> bool {
        value::parse_number(&self.value).is_some()
            || self.index.is_some()
            || meanings.iter().any(|meaning| meaning.constant(&self.value).is_some())
    }

    /// Whether a value of one of these types can be the one that is asked for.
    fn check_value(&self, types: &[ValueType], meanings: &[Meaning]) -> Result<(), String> {
        if self.is_number(meanings) || self.value.parse::<Ipv4Addr>().is_ok() {
            return Ok(());
        }
        let mut names = Vec::new();
        for ty in types {
            match ty {
                ValueType::Named(schema) if !schema.is_flags => {
                    names.extend(schema.names().map(|(name, _)| value_name(name)))
                }
                ty if value::is_number(*ty) => {}
                _ => return Ok(()),
            }
        }
        match names.iter().any(|name| same(name, &self.value)) {
            true => Ok(()),
            false if names.is_empty() => Err(self.no_number(meanings)),
            false => Err(format!(
                "there is no value `{}`{}",
                self.value,
                hint(&self.value, names.iter().map(String::as_str))
            )),
        }
    }

    /// Whether values of one of these types have an order, and can be compared with the one that is typed.
    fn check_order(&self, types: &[ValueType], meanings: &[Meaning]) -> Result<(), String> {
        let ordered: Vec<ValueType> = types.iter().copied().filter(|ty| has_order(*ty)).collect();
        let is_bound = |ty: &ValueType| match ty {
            ty if is_address(*ty) => Prefix::parse(&self.value).is_some(),
            ValueType::Named(schema) => {
                self.is_number(&[]) || schema.names().any(|(name, _)| same(name, &self.value))
            }
            _ => self.is_number(meanings),
        };
        match (&ordered[..], types) {
            ([], [ty, ..]) => {
                Err(format!("its values have no order ({}): write =, != or ~", type_words(*ty)))
            }
            (ordered, _) if ordered.iter().any(is_bound) => Ok(()),
            (ordered, _) if ordered.iter().copied().any(is_address) => {
                Err(format!("`{}` is not an address or a prefix, such as 10.0.0.0/8", self.value))
            }
            _ => Err(self.no_number(meanings)),
        }
    }

    fn no_number(&self, meanings: &[Meaning]) -> String {
        let value = &self.value;
        match meanings.first() {
            Some(Meaning::Interface) => {
                format!("`{value}` is not a number, and not the name of an interface that is known here")
            }
            Some(other) => format!("`{value}` is not a number{}", other.otherwise()),
            None => format!("`{value}` is not a number"),
        }
    }

    /// Learns the number of an interface that the value is the name of, from this machine's kernel.
    pub fn ask_kernel(&mut self) {
        if is_interface(self.name()) && value::parse_number(&self.value).is_none() {
            self.index = kernel::link_index(&self.value);
        }
    }

    /// Whether a message has the value.
    pub fn holds(&self, schema: &'static MessageSchema, message: &Message<'_>) -> bool {
        let mut search = Search { condition: self, schema, path: Vec::new(), is_there: false, header: None };
        let mut found = walk(schema, message.as_bytes(), &mut search).is_err();
        if !found && !search.is_there {
            found = search.default_route().is_err();
        }
        match self.test {
            Test::Unequal => !found && search.is_there,
            _ => found,
        }
    }

    fn fits(&self, text: &str) -> bool {
        match self.test {
            Test::Contains => text.contains(&self.value),
            Test::Equal | Test::Unequal => text == self.value,
            Test::Ordered(_) => false,
        }
    }

    /// Whether a number is the one that is asked for, or stands to it as it should. Its name may be typed instead.
    fn fits_number(&self, number: i128, named: impl Fn(&str) -> Option<i128>) -> bool {
        let typed = value::parse_number(&self.value).or_else(|| named(&self.value));
        let typed = typed.or(self.index.map(i128::from));
        match self.test {
            Test::Contains => false,
            Test::Equal | Test::Unequal => typed == Some(number),
            Test::Ordered(order) => typed.is_some_and(|typed| order.of_numbers(number, typed)),
        }
    }
}

/// The value was found.
struct Found;

struct Search<'c, 'm> {
    condition: &'c Condition,
    schema: &'static MessageSchema,
    path: Vec<&'static str>,
    is_there: bool,
    /// The header of the message: the length of a prefix is in it.
    header: Option<(&'static StructSchema, &'m [u8])>,
}

impl<'m> Search<'_, 'm> {
    /// Whether a name ends the path that is looked for.
    fn is_place(&self, name: &str) -> bool {
        let Some((last, before)) = self.condition.path.split_last() else { return false };
        // The entries of an array have no names.
        let mut there = self.path.iter().rev().filter(|name| !name.is_empty());
        same(name, last)
            && before.iter().rev().all(|wanted| there.next().is_some_and(|there| same(wanted, there)))
    }

    fn test(&mut self, name: &str, value: Value<'_>) -> Result<(), Found> {
        self.is_there = true;
        let condition = self.condition;
        let is_found = match value {
            Value::Named(names, number) => condition.fits_number(number, |typed| {
                names.names().find(|(name, _)| same(name, typed)).map(|(_, number)| number)
            }),
            Value::Number(number) => condition.fits_number(number, |typed| {
                let address = || typed.parse::<Ipv4Addr>().ok().map(|address| u32::from(address).into());
                let named = Meaning::of(name, self.schema).and_then(|meaning| meaning.constant(typed));
                named.or_else(address).map(i128::from)
            }),
            Value::Ip(address) => self.fits_address(name, address),
            _ => false,
        };
        match is_found || texts(value).iter().any(|text| condition.fits(text)) {
            true => Err(Found),
            false => Ok(()),
        }
    }

    fn fits_address(&self, name: &str, address: IpAddr) -> bool {
        let (test, typed) = (self.condition.test, &self.condition.value);
        match test {
            Test::Ordered(order) => {
                // The length beside the address of an interface is that of its network.
                let len = self.prefix_len(name).filter(|_| matches!(name, "dst" | "src"));
                let prefixes = Prefix::new(address, len).zip(Prefix::parse(typed));
                prefixes.is_some_and(|(own, bound)| order.of_prefixes(own, bound))
            }
            _ if typed.contains('/') => {
                let prefix = self.prefix_len(name).map(|len| format!("{address}/{len}"));
                prefix.is_some_and(|prefix| self.condition.fits(&prefix))
            }
            _ => typed == "default" && self.prefix_len(name) == Some(0) && address.is_unspecified(),
        }
    }

    /// The kernel does not send the destination of a default route, and the source of most routes and rules.
    fn default_route(&mut self) -> Result<(), Found> {
        let (Some((header, bytes)), [name]) = (self.header, &self.condition.path[..]) else { return Ok(()) };
        let family = header.fields.first().and_then(|field| fields::read(field, bytes));
        let address = match family {
            Some(Value::Number(2)) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            Some(Value::Number(10)) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
            _ => return Ok(()),
        };
        let is_route = matches!(header.name, "RtMsg" | "FibRuleHdr") && matches!(&**name, "dst" | "src");
        if is_route && self.prefix_len(name) == Some(0) {
            self.test(name, Value::Ip(address))
        } else {
            Ok(())
        }
    }

    /// The length of the prefix that an address is, which the header has.
    fn prefix_len(&self, name: &str) -> Option<u32> {
        let (schema, bytes) = self.header?;
        let field = fields::prefix_len(schema, name)?;
        match fields::read(field, bytes)? {
            Value::Number(len) => len.try_into().ok(),
            _ => None,
        }
    }

    fn fields(&mut self, schema: &'static StructSchema, bytes: &'m [u8]) -> Result<(), Found> {
        for field in schema.fields {
            let is_place = self.is_place(field.name);
            let has_fields = matches!(field.value, ValueType::Struct(_));
            let Some(value) = fields::read(field, bytes).filter(|_| is_place || has_fields) else { continue };
            if is_place {
                self.test(field.name, value)?;
            }
            self.inside(field.name, value)?;
        }
        Ok(())
    }

    /// The fields of a struct.
    fn inside(&mut self, name: &'static str, value: Value<'m>) -> Result<(), Found> {
        let Value::Struct(schema, bytes) = value else { return Ok(()) };
        self.path.push(name);
        self.fields(schema, bytes)?;
        self.path.pop();
        Ok(())
    }
}

impl<'m> Visitor<'m> for Search<'_, 'm> {
    type Error = Found;

    fn header(&mut self, schema: &'static StructSchema, _: u32, bytes: &'m [u8]) -> Result<(), Found> {
        if !self.path.is_empty() {
            return self.fields(schema, bytes);
        }
        self.header = Some((schema, bytes));
        self.path.extend((self.condition.path.len() > 1).then_some("header"));
        self.fields(schema, bytes)?;
        self.path.clear();
        Ok(())
    }

    fn value(&mut self, item: &Item<'m>, value: Value<'m>, _: Option<Error>) -> Result<(), Found> {
        let Some(name) = item.name else { return Ok(()) };
        if self.is_place(name) {
            self.test(name, value)?;
        }
        self.inside(name, value)
    }

    fn open(&mut self, item: &Item<'m>) -> Result<(), Found> {
        self.path.push(item.known.map_or("", |known| known.name));
        Ok(())
    }

    fn close(&mut self) -> Result<(), Found> {
        self.path.pop();
        Ok(())
    }

    fn damage(&mut self, _: Option<&Item<'m>>, _: Error, _: &'m [u8]) -> Result<(), Found> {
        Ok(())
    }
}

/// The forms in which a value may be written.
fn texts(value: Value<'_>) -> Vec<String> {
    match value {
        Value::Text(text) => vec![String::from_utf8_lossy(text).into_owned()],
        Value::Named(_, number) => vec![number.to_string(), value.to_string()],
        Value::Number(number) => vec![number.to_string(), format!("{number:#x}")],
        other => vec![other.to_string()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    #[test]
    fn conditions_are_read() {
        let condition: Condition = "linkinfo.kind~vet".parse().unwrap();
        assert_eq!((condition.path.len(), condition.test, &*condition.value), (2, Test::Contains, "vet"));
        for (text, test) in [
            ("a!=b", Test::Unequal),
            ("a<=b", Test::Ordered(Order::LessOrEqual)),
            ("a<b", Test::Ordered(Order::Less)),
            ("a>=b", Test::Ordered(Order::GreaterOrEqual)),
            ("a>b=c", Test::Ordered(Order::Greater)),
        ] {
            assert_eq!(text.parse::<Condition>().unwrap().test, test, "{text}");
        }
        for wrong in ["ab", "=b", "a!b", ">1", "a>", "a<="] {
            assert!(wrong.parse::<Condition>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_comparison_needs_an_order() {
        let catalogue = Catalogue::new();
        let check = |family: &str, condition: &str| {
            let schemas: Vec<_> = catalogue.family(family).unwrap().schemas().collect();
            condition.parse::<Condition>().unwrap().check(&schemas)
        };
        for (family, right) in [
            ("rt-link", "mtu>1000"),
            ("rt-link", "stats64.rx-packets>=1"),
            ("rt-link", "operstate<up"),
            ("rt-route", "dst<=10.0.0.0/8"),
            ("rt-route", "table<main"),
            ("rt-link", "index>=2"),
        ] {
            assert_eq!(check(family, right), Ok(()), "{right}");
        }
        for (family, wrong, says) in [
            (
                "rt-link",
                "ifname>a",
                "--where ifname: its values have no order (string with NUL): write =, != or ~",
            ),
            ("rt-link", "header.flags>1", "have no order (u32 (flags "),
            ("rt-route", "flags>1", "have no order (u32 (flags "),
            ("rt-link", "address<1", "have no order (link-layer address)"),
            ("rt-link", "mtu>abc", "--where mtu: `abc` is not a number"),
            ("rt-route", "dst>abc", "`abc` is not an address or a prefix, such as 10.0.0.0/8"),
            ("rt-route", "dst<10.0.0.0/33", "is not an address or a prefix"),
            ("rt-route", "table>mian", "`mian` is not a number, which is not one of main, local, default"),
        ] {
            let err = check(family, wrong).unwrap_err();
            assert!(err.contains(says), "{wrong}: {err}");
        }
    }
}
