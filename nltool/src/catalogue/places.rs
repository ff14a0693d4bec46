//! Where a name is in messages: a header's field, an attribute, and what lies in them.

use super::names::{dashed, same};
use nl_tlv::schema::{AttrSet, MessageSchema, StructSchema, ValueType};
use std::collections::HashSet;

/// Where names are: the fields of a struct, the attributes of a set.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    fields: Option<&'static StructSchema>,
    set: Option<&'static AttrSet>,
}

/// A place and the path to it.
type Reached = (Vec<&'static str>, Place);

impl Place {
    /// What is known by name here.
    fn names(self) -> impl Iterator<Item = (&'static str, ValueType)> {
        let fields = self.fields.into_iter().flat_map(|header| header.fields);
        let of_set = |set: &'static AttrSet| set.attrs.iter().map(|attr| (attr.name, attr.value));
        let whole = self.set.and_then(|set| set.part_of).map(|set| set());
        let attrs = self.set.into_iter().chain(whole).flat_map(of_set);
        fields.map(|field| (field.name, field.value)).chain(attrs)
    }

    /// What tells it from others.
    fn id(self) -> (Option<*const StructSchema>, Option<*const AttrSet>) {
        (self.fields.map(std::ptr::from_ref), self.set.map(std::ptr::from_ref))
    }
}

/// The places in what a name stands for, with those of each form that it may have.
fn within(value: ValueType) -> Vec<Place> {
    let of = |fields, set| vec![Place { fields, set }];
    match value {
        ValueType::Nested(set) | ValueType::NestedArray(set) => of(None, Some(set())),
        ValueType::Headed(header, set) | ValueType::Records { header, set, .. } => {
            of(Some(header), Some(set()))
        }
        ValueType::Struct(header) => of(Some(header), None),
        ValueType::Indexed(value) | ValueType::ByType(value) => within(*value),
        ValueType::SubMessage { schema, .. } => {
            let forms = schema.forms.iter().map(|(_, form)| *form);
            forms.chain([schema.otherwise]).flat_map(within).collect()
        }
        _ => Vec::new(),
    }
}

/// All places that are reached from some, each once, with the shortest path to it.
fn reach(roots: impl Iterator<Item = Reached>) -> Vec<Reached> {
    let mut seen = HashSet::new();
    let mut found: Vec<Reached> = roots.filter(|(_, place)| seen.insert(place.id())).collect();
    let mut at = 0;
    while let Some((path, place)) = found.get(at).cloned() {
        for (name, value) in place.names() {
            let new = within(value).into_iter().filter(|inner| seen.insert(inner.id()));
            found.extend(new.map(|inner| ([&path[..], &[name]].concat(), inner)));
        }
        at += 1;
    }
    found
}

/// What is directly in a message: the fields of its header and its attributes, or what is in its payload.
fn root(schema: &'static MessageSchema) -> Vec<Reached> {
    let payload = schema
        .payload
        .into_iter()
        .flat_map(|payload| within(payload.value).into_iter().map(|place| (vec![payload.name], place)));
    payload.chain([(Vec::new(), Place { fields: schema.header, set: Some(schema.attrs) })]).collect()
}

/// What a path stands for in messages: `kind`, `linkinfo.kind`, `header.family`; its first name may be in a nest.
/// Empty if no message has it.
pub fn find(schemas: &[&'static MessageSchema], path: &[String]) -> Vec<ValueType> {
    let Some((last, before)) = path.split_last() else { return Vec::new() };
    let named = |place: Place, name: &str| -> Vec<ValueType> {
        place.names().filter(|(own, _)| same(own, name)).map(|(_, value)| value).collect()
    };
    let all = reach(schemas.iter().flat_map(|schema| root(schema)));
    let mut places: Vec<Place> = all.into_iter().map(|(_, place)| place).collect();
    for name in before {
        places = places.iter().flat_map(|place| named(*place, name)).flat_map(within).collect();
    }
    if before == ["header"] {
        places.extend(schemas.iter().map(|schema| Place { fields: schema.header, set: None }));
    }
    let mut found: Vec<ValueType> = places.iter().flat_map(|place| named(*place, last)).collect();
    let payloads = schemas.iter().filter_map(|schema| schema.payload);
    let payloads = payloads.filter(|payload| before.is_empty() && same(payload.name, last));
    found.extend(payloads.map(|payload| payload.value));
    found
}

/// What a name stands for that is directly in messages, and not in a nest.
pub fn direct(schemas: &[&'static MessageSchema], name: &str) -> Vec<ValueType> {
    let roots = schemas.iter().flat_map(|schema| root(schema)).filter(|(path, _)| path.is_empty());
    let named = roots.flat_map(|(_, place)| place.names()).filter(|(own, _)| same(own, name));
    named.map(|(_, value)| value).collect()
}

/// All names in messages, as they are typed.
pub fn names(schemas: &[&'static MessageSchema]) -> Vec<String> {
    let found = reach(schemas.iter().flat_map(|schema| root(schema)));
    found.iter().flat_map(|(_, place)| place.names()).map(|(name, _)| dashed(name)).collect()
}

/// The shortest paths that lead to a name in the nests of a set: `linkinfo.kind`.
pub fn paths(set: &'static AttrSet, name: &str) -> Vec<String> {
    let found = reach([(Vec::new(), Place { fields: None, set: Some(set) })].into_iter());
    let has_name =
        |(path, place): &&Reached| !path.is_empty() && place.names().any(|(own, _)| same(own, name));
    let found: Vec<&Reached> = found.iter().filter(has_name).collect();
    let shortest = found.first().map_or(0, |(path, _)| path.len());
    let as_typed = |path: &[&str]| path.iter().map(|name| dashed(name) + ".").collect::<String>() + name;
    let mut paths: Vec<String> =
        found.iter().filter(|(path, _)| path.len() == shortest).map(|(path, _)| as_typed(path)).collect();
    paths.dedup();
    paths
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    fn path(text: &str) -> Vec<String> {
        text.split('.').map(str::to_owned).collect()
    }

    #[test]
    fn names_are_found_however_deep_they_are() {
        let catalogue = Catalogue::new();
        let link = [catalogue.family("rt-link").unwrap().message("newlink").unwrap()];
        for known in
            ["ifname", "kind", "linkinfo.kind", "data.peer.ifname", "header.family", "stats64.rx-packets"]
        {
            assert!(!find(&link, &path(known)).is_empty(), "{known}");
        }
        for unknown in ["ifnam", "ifname.kind", "kind.linkinfo", "header.ifname"] {
            assert!(find(&link, &path(unknown)).is_empty(), "{unknown}");
        }
    }

    #[test]
    fn the_shortest_path_to_a_name_is_told() {
        let catalogue = Catalogue::new();
        let link = catalogue.family("rt-link").unwrap().message("newlink").unwrap();
        let set = link.attrs;
        assert_eq!(paths(set, "kind"), ["linkinfo.kind"]);
        assert_eq!(paths(set, "ageing-time"), ["linkinfo.data.ageing-time"]);
        assert!(paths(set, "no-such").is_empty());
    }
}
