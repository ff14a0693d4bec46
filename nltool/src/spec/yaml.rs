//! YAML as a tree that is asked by name.

use std::collections::HashMap;
use yaml_rust2::parser::{Event, EventReceiver, Parser};
use yaml_rust2::{Yaml, YamlLoader};

/// More nodes than a specification has, those of aliases counted each time.
const MAX_NODES: usize = 1 << 20;

/// A value in YAML.
#[derive(Clone, Debug)]
pub(super) struct Node(Yaml);

impl Node {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut size = Size::default();
        Parser::new_from_str(text).load(&mut size, true).map_err(|err| format!("this is not YAML: {err}"))?;
        if size.nodes > MAX_NODES {
            return Err("the file is too large for a specification, with its aliases in full".into());
        }
        let mut all = YamlLoader::load_from_str(text).map_err(|err| format!("this is not YAML: {err}"))?;
        match all.pop() {
            Some(yaml @ Yaml::Hash(_)) => Ok(Self(yaml)),
            _ => Err("this is not a specification of a netlink family".into()),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<Self> {
        match &self.0[name] {
            Yaml::BadValue | Yaml::Null => None,
            found => Some(Self(found.clone())),
        }
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0[name].as_str()
    }

    pub(super) fn number(&self, name: &str) -> Option<i128> {
        self.get(name)?.as_number()
    }

    pub(super) fn is_set(&self, name: &str) -> bool {
        self.0[name].as_bool() == Some(true)
    }

    /// The same with another text under a name.
    pub(super) fn with(&self, name: &str, text: &str) -> Self {
        let mut new = self.0.clone();
        if let Yaml::Hash(members) = &mut new {
            members.insert(Yaml::String(name.to_owned()), Yaml::String(text.to_owned()));
        }
        Self(new)
    }

    /// The same without a name.
    pub(super) fn without(&self, name: &str) -> Self {
        let mut new = self.0.clone();
        if let Yaml::Hash(members) = &mut new {
            members.remove(&Yaml::String(name.to_owned()));
        }
        Self(new)
    }

    /// The entries of a list; none if it is not there.
    pub(super) fn list(&self, name: &str) -> impl Iterator<Item = Self> + use<> {
        self.0[name].as_vec().cloned().unwrap_or_default().into_iter().map(Self)
    }

    /// The value itself as a string; of a number its digits.
    pub(super) fn as_text(&self) -> Option<String> {
        match &self.0 {
            Yaml::String(text) => Some(text.clone()),
            Yaml::Integer(number) => Some(number.to_string()),
            // The parser's integers have 64 bits and a sign: one that has more is a string to it, or a float.
            Yaml::Real(text) => Some(text.clone()),
            Yaml::Boolean(value) => Some(value.to_string()),
            _ => None,
        }
    }

    /// The value itself as a number.
    pub(super) fn as_number(&self) -> Option<i128> {
        let text = self.as_text()?;
        let of_radix = |prefix, radix| i128::from_str_radix(text.strip_prefix(prefix)?, radix).ok();
        text.parse().ok().or_else(|| of_radix("0x", 16)).or_else(|| of_radix("0o", 8))
    }

    pub(super) fn as_bool(&self) -> Option<bool> {
        self.0.as_bool()
    }

    pub(super) fn is_text(&self) -> bool {
        self.0.as_str().is_some()
    }

    pub(super) fn is_null(&self) -> bool {
        self.0.is_null()
    }

    /// The value's own properties, if it has such.
    pub(super) fn properties(&self) -> Option<Vec<(String, Self)>> {
        let members = self.0.as_hash()?.iter();
        members.map(|(name, value)| Some((Self(name.clone()).as_text()?, Self(value.clone())))).collect()
    }

    /// The value's own entries, if it is a list.
    pub(super) fn items(&self) -> Option<Vec<Self>> {
        Some(self.0.as_vec()?.iter().cloned().map(Self).collect())
    }
}

/// How many nodes a document has once each alias is replaced by what it stands for.
#[derive(Default)]
struct Size {
    nodes: usize,
    /// What is open: the number of its anchor, and the nodes before it.
    open: Vec<(usize, usize)>,
    anchors: HashMap<usize, usize>,
}

impl EventReceiver for Size {
    fn on_event(&mut self, event: Event) {
        match event {
            Event::Scalar(_, _, anchor, _) => {
                self.nodes = self.nodes.saturating_add(1);
                self.anchors.insert(anchor, 1);
            }
            Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _) => {
                self.open.push((anchor, self.nodes));
                self.nodes = self.nodes.saturating_add(1);
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some((anchor, before)) = self.open.pop() {
                    self.anchors.insert(anchor, self.nodes.saturating_sub(before));
                }
            }
            Event::Alias(anchor) => {
                let nodes = self.anchors.get(&anchor).copied().unwrap_or_default();
                self.nodes = self.nodes.saturating_add(nodes);
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart
            | Event::DocumentEnd => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_that_stand_for_aliases_do_not_fill_the_memory() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let alias = format!("*a{}", level - 1);
            text += &format!("a{level}: &a{level} [{}]\n", [alias.as_str(); 10].join(", "));
        }
        assert!(Node::parse(&text).unwrap_err().contains("too large"));
        assert!(Node::parse("a: &a [x]\nb: [*a, *a]").is_ok());
    }
}
