//! What follows from an address that is typed: `dst=10.1.0.0/16` says the family and the length of the prefix, which
//! netlink has in the header of the message. And what a route, a rule or a neighbour is if nothing else is typed, as `ip`
//! has it; and which flags of a link are changed.

use crate::catalogue::names::{dashed, same};
use crate::fields;
use crate::json::read::{Mistake, known};
use crate::json::write::header_key;
use nl_tlv::schema::{AttrSchema, AttrSet, MessageSchema, StructSchema, ValueType};
use serde_json::{Map, Value as Json};
use std::net::IpAddr;

/// A request that is being typed.
struct Request<'j> {
    typed: &'j mut Map<String, Json>,
    header: &'static StructSchema,
    set: &'static AttrSet,
}

/// Puts into the header what the addresses say, unless it is typed.
///
/// # Errors
///
/// If a length is too large, or typed twice.
pub fn complete(json: &mut Json, schema: &'static MessageSchema) -> Result<(), Mistake> {
    let (Json::Object(typed), Some(header)) = (json, schema.header) else { return Ok(()) };
    let set = schema.attrs;
    let mut request = Request { typed, header, set };
    let keys: Vec<String> = request.typed.keys().cloned().collect();
    for key in &keys {
        if let Some(attr) = known(set, key).filter(|attr| may_be_address(attr.value)) {
            request.address(key, attr)?;
        }
    }
    match header.name {
        "RtMsg" => request.route(schema.name),
        "FibRuleHdr" if schema.name == "Rule" => request.rule(),
        // The kernel takes one without a state, and never uses it.
        "NdMsg" if schema.name == "Neighbour" => request.set("state", "permanent"),
        "IfInfoMsg" => request.link(),
        _ => {}
    }
    Ok(())
}

/// Whether an attribute can hold an IP address.
fn may_be_address(value: ValueType) -> bool {
    match value {
        ValueType::Ip | ValueType::Ipv4 | ValueType::Ipv6 => true,
        ValueType::SubMessage { schema, .. } => schema.forms.iter().any(|(_, form)| may_be_address(*form)),
        _ => false,
    }
}

impl Request<'_> {
    /// Whether a field of the header is typed, in any of its spellings.
    fn has(&self, field: &str) -> bool {
        let key = header_key(field, Some(self.set));
        let is_in_header =
            |json: &Json| json.as_object().is_some_and(|all| all.keys().any(|own| same(own, field)));
        self.typed.iter().any(|(own, json)| same(own, &key) || own == "header" && is_in_header(json))
    }

    /// Sets a field of the header that is not typed.
    fn set(&mut self, field: &str, value: impl Into<Json>) {
        if self.header.fields.iter().any(|own| own.name == field) && !self.has(field) {
            self.typed.insert(header_key(field, Some(self.set)), value.into());
        }
    }

    fn address(&mut self, key: &str, attr: &AttrSchema) -> Result<(), Mistake> {
        let Some(text) = self.typed.get(key).and_then(Json::as_str).map(str::to_owned) else { return Ok(()) };
        let prefix = fields::prefix_len(self.header, attr.name);
        if prefix.is_some() && matches!(text.as_str(), "default" | "any" | "all") {
            self.typed.remove(key);
            return Ok(());
        }
        let (address, len) =
            text.split_once('/').map_or((&*text, None), |(address, len)| (address, Some(len)));
        let Ok(address) = address.parse::<IpAddr>() else { return Ok(()) };
        let (family, most) = if address.is_ipv4() { (2, 32) } else { (10, 128) };
        self.set("family", family);
        let Some(field) = prefix else { return Ok(()) };
        let wrong = |text: String| Mistake { path: key.to_owned(), text, is_unknown: false };
        let len = match len.map(str::parse::<u8>) {
            None => most,
            Some(Ok(len)) if len <= most => len,
            Some(_) => return Err(wrong(format!("expected a length from 0 to {most} behind the slash"))),
        };
        if text.contains('/') && self.has(field.name) {
            return Err(wrong(format!("the length is given twice: here, and as {}", dashed(field.name))));
        }
        self.set(field.name, len);
        self.typed.insert(key.to_owned(), address.to_string().into());
        Ok(())
    }

    /// Flags that are typed are those that are changed: without a mask the kernel takes all others away.
    fn link(&mut self) {
        let flags = self.typed.iter().find(|(name, _)| same(name, "flags")).map(|(_, flags)| flags.clone());
        match flags {
            Some(Json::Array(all)) => {
                let words: Option<Vec<&str>> = all.iter().map(Json::as_str).collect();
                if let Some(words) = words {
                    self.set("change", words.join("|"));
                }
            }
            Some(flags) => self.set("change", flags),
            None => {}
        }
    }

    /// A rule to make looks into a table, or goes on at another rule. The kernel takes one that does neither, and then
    /// refuses each packet that it is for.
    fn rule(&mut self) {
        let is_typed = |name: &str| self.typed.keys().any(|key| same(key, name));
        let (has_table, has_target) = (is_typed("table"), is_typed("goto"));
        let looks_up = !has_target && !self.has("action");
        self.set("action", if has_target { "goto" } else { "to-tbl" });
        if looks_up && !has_table {
            self.set("table", 254);
        }
    }

    /// What `ip route` says where nothing is typed: a route to make is one to a host or network, made by hand; one to
    /// delete may have any scope.
    fn route(&mut self, message: &str) {
        // In the attribute `via` the kernel wants the family of another protocol.
        if self.typed.get("via").and_then(Json::as_str).is_some_and(|text| text.parse::<IpAddr>().is_ok())
            && let Some(gateway) = self.typed.remove("via")
        {
            self.typed.insert("gateway".into(), gateway);
        }
        let is_typed = |name: &&str| self.typed.keys().any(|key| same(key, name));
        let has_gateway = ["gateway", "via", "multipath", "nh-id"].iter().any(is_typed);
        match message {
            "Route" => {
                let is_direct = !has_gateway && !self.has("type");
                self.set("type", "unicast");
                self.set("protocol", "boot");
                self.set("scope", if is_direct { "link" } else { "universe" });
            }
            "DelRoute" => self.set("scope", "nowhere"),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;
    use serde_json::json;

    fn completed(family: &str, message: &str, mut json: Json) -> Result<Json, String> {
        let catalogue = Catalogue::new();
        let schema = catalogue.family(family)?.message(message)?;
        complete(&mut json, schema).map_err(|mistake| mistake.to_string())?;
        Ok(json)
    }

    #[test]
    fn an_address_says_its_family_and_length() {
        let of = |json| completed("rt-route", "getroute", json).unwrap();
        assert_eq!(of(json!({"dst": "8.8.8.8"})), json!({"dst": "8.8.8.8", "family": 2, "dst-len": 32}));
        assert_eq!(
            of(json!({"dst": "2001:db8::/32"})),
            json!({"dst": "2001:db8::", "family": 10, "dst-len": 32})
        );
        assert_eq!(of(json!({"dst": "default", "oif": 1})), json!({"oif": 1}));
        let typed = json!({"dst": "10.0.0.0", "dst-len": 8, "family": "inet"});
        assert_eq!(of(typed.clone()), typed);
        let address = completed("rt-addr", "newaddr", json!({"local": "10.0.0.1/24"})).unwrap();
        assert_eq!(address, json!({"local": "10.0.0.1", "family": 2, "prefixlen": 24}));
    }

    #[test]
    fn a_length_that_is_wrong_or_given_twice_is_an_error() {
        for (json, says) in [
            (json!({"dst": "10.0.0.0/33"}), "dst: expected a length from 0 to 32"),
            (json!({"dst": "10.0.0.0/x"}), "dst: expected a length from 0 to 32"),
            (json!({"dst": "10.0.0.0/8", "dst-len": 8}), "dst: the length is given twice"),
        ] {
            let err = completed("rt-route", "getroute", json).unwrap_err();
            assert!(err.contains(says), "{err}");
        }
    }

    #[test]
    fn flags_of_a_link_that_are_typed_are_those_that_change() {
        let of = |json| completed("rt-link", "newlink", json).unwrap();
        assert_eq!(of(json!({"flags": "up"})), json!({"flags": "up", "change": "up"}));
        assert_eq!(of(json!({"flags": ["up", "promisc"]}))["change"], "up|promisc");
        let typed = json!({"flags": 0, "change": "up"});
        assert_eq!(of(typed.clone()), typed);
        assert_eq!(of(json!({"ifname": "v0"})), json!({"ifname": "v0"}));
    }

    #[test]
    fn a_route_is_what_ip_would_make_of_it() {
        let of = |message, json| completed("rt-route", message, json).unwrap();
        let made = of("newroute", json!({"dst": "10.1.0.0/16", "via": "10.0.0.1"}));
        assert_eq!((&made["gateway"], made.get("via")), (&json!("10.0.0.1"), None));
        assert_eq!(
            (&made["type"], &made["scope"], &made["protocol"]),
            (&json!("unicast"), &json!("universe"), &json!("boot"))
        );
        assert_eq!(of("newroute", json!({"dst": "10.1.0.0/16", "oif": 1}))["scope"], "link");
        assert_eq!(of("newroute", json!({"dst": "10.1.0.0/16", "type": "blackhole"}))["scope"], "universe");
        assert_eq!(of("delroute", json!({"dst": "10.1.0.0/16"}))["scope"], "nowhere");
    }

    #[test]
    fn a_rule_and_a_neighbour_are_what_ip_would_make_of_them() {
        let rule = |json| completed("rt-rule", "newrule", json).unwrap();
        let looks_up = rule(json!({"src": "10.0.0.0/8", "table": 99}));
        assert_eq!((&looks_up["action"], &looks_up["table"]), (&json!("to-tbl"), &json!(99)));
        let main = rule(json!({"src": "10.0.0.0/8"}));
        assert!(main.as_object().unwrap().values().any(|value| *value == 254), "{main}");
        let goes_on = rule(json!({"src": "10.0.0.0/8", "goto": 400}));
        assert_eq!(goes_on["action"], "goto");
        assert!(!goes_on.as_object().unwrap().keys().any(|key| key.contains("table")), "{goes_on}");
        assert_eq!(rule(json!({"action": "prohibit"})), json!({"action": "prohibit"}));
        let neighbour = |json| completed("rt-neigh", "newneigh", json).unwrap();
        assert_eq!(neighbour(json!({"dst": "10.0.0.1"}))["state"], "permanent");
        assert_eq!(neighbour(json!({"dst": "10.0.0.1", "state": "stale"}))["state"], "stale");
    }
}
