//! YAML as a tree that is asked by name.

use yaml_rust2::{Yaml, YamlLoader};

/// A value in YAML.
#[derive(Clone, Debug)]
pub(super) struct Node(Yaml);

impl Node {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut all = YamlLoader::load_from_str(text).map_err(|err| format!("this is not YAML: {err}"))?;
        match all.pop() {
            Some(yaml @ Yaml::Hash(_)) => Ok(Self(yaml)),
            _ => Err("this is not a specification of a netlink family".into()),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<Self> {
        match &self.0[name] {
            Yaml::BadValue => None,
            found => Some(Self(found.clone())),
        }
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0[name].as_str()
    }

    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.0[name].as_i64()
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
            Yaml::Boolean(value) => Some(value.to_string()),
            _ => None,
        }
    }
}
