//! What is typed behind an operation: JSON, or `name=value` for each attribute.
//!
//! | typed | means |
//! |---|---|
//! | `mtu=1500` | a value |
//! | `linkinfo.kind=veth` | a value in a nest |
//! | `nexthop[1].gateway=10.1.1.1` | a value in the second of several |
//! | `alt-ifname=a alt-ifname=b` | several values |
//! | `up` | an attribute without payload |
//! | `match={"hex": "00ff"}` | JSON as the value |

use crate::error::Failure;
use crate::input;
use crate::json::read::Mistake;
use crate::json::text;
use serde_json::{Map, Value as Json};

/// What was typed, and what it means.
#[derive(Debug)]
pub struct Typed {
    /// The attributes.
    pub json: Json,
    words: Vec<Word>,
}

#[derive(Debug)]
struct Word {
    text: String,
    /// The path, as a [`Mistake`] has it.
    path: String,
}

impl Typed {
    /// Reads the words of a command line.
    ///
    /// # Errors
    ///
    /// Which word cannot be understood.
    pub fn new(words: &[String]) -> Result<Self, Failure> {
        if let [only] = words
            && (only.starts_with('{') || only == "-")
        {
            return Self::json(only);
        }
        let mut json = Json::Object(Map::new());
        let mut read = Vec::new();
        for word in words {
            let (path, value) =
                word.split_once('=').map_or((word.as_str(), None), |(path, value)| (path, Some(value)));
            let value = match value {
                None => Json::Bool(true),
                Some(text) if text.starts_with(['{', '[']) => {
                    text::parse(text).map_err(|err| Failure::Usage(format!("{word}: {err}")))?
                }
                Some(text) => Json::String(text.to_owned()),
            };
            let segments = segments(path).ok_or_else(|| {
                Failure::Usage(format!(
                    "{word}: expected NAME=VALUE, where NAME is as in `linkinfo.kind` or `nexthop[0].oif`"
                ))
            })?;
            let path = insert(&mut json, &segments, value, &mut read)
                .ok_or_else(|| Failure::Usage(format!("{word}: another word says something else there")))?;
            read.push(Word { text: word.clone(), path });
        }
        Ok(Self { json, words: read })
    }

    fn json(text: &str) -> Result<Self, Failure> {
        let mut owned = text.to_owned();
        if text == "-" {
            let read = input::text(std::io::stdin(), input::MAX_LEN);
            owned = read.map_err(|err| err.about("standard input"))?;
        }
        let json =
            text::parse(&owned).map_err(|err| Failure::Usage(format!("the JSON cannot be read: {err}")))?;
        Ok(Self { json, words: Vec::new() })
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.json.as_object().is_some_and(Map::is_empty)
    }

    /// Gives a value another name, and the word that it was typed as.
    pub fn rename(&mut self, from: &str, to: &str) {
        let Some(value) = self.json.as_object_mut().and_then(|all| all.remove(from)) else { return };
        self.json[to] = value;
        self.words.iter_mut().filter(|word| word.path == from).for_each(|word| word.path = to.to_owned());
    }

    /// The value at the path of a [`Mistake`].
    pub fn place(&mut self, path: &str) -> Option<&mut Json> {
        let (mut at, mut rest) = (&mut self.json, path);
        while !rest.is_empty() {
            rest = rest.trim_start_matches('.');
            if let Some((index, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                at = at.get_mut(index.parse::<usize>().ok()?)?;
                rest = after;
                continue;
            }
            // A name may have dots in it: `header.ifindex`.
            let is_step = |name: &str| {
                let after = rest.get(name.len()..).filter(|_| rest.starts_with(name));
                after.is_some_and(|after| after.is_empty() || after.starts_with(['.', '[']))
            };
            let name = at.as_object()?.keys().find(|name| is_step(name))?.clone();
            rest = &rest[name.len()..];
            at = at.get_mut(&name)?;
        }
        Some(at)
    }

    /// A mistake, and below it the place in what was typed.
    pub fn explain(&self, mistake: &Mistake) -> String {
        let is_bare =
            |word: &&Word| word.path == mistake.path && !word.text.contains('=') && !mistake.is_unknown;
        let advice = self.words.iter().find(is_bare).map(|word| format!("; write {}=VALUE", word.text));
        format!("{mistake}{}{}", advice.unwrap_or_default(), self.point(&mistake.path))
    }

    /// The words with a mark under the one that a path belongs to.
    pub fn point(&self, path: &str) -> String {
        let is_of = |word: &&Word| {
            let rest = path.strip_prefix(word.path.as_str());
            let inner = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
            let outer = word.path.strip_prefix(path).is_some_and(|rest| rest.starts_with(['.', '[']));
            inner || outer
        };
        let exact =
            self.words.iter().filter(|word| word.path == path).chain(self.words.iter().filter(is_of)).next();
        let Some(found) = exact.filter(|_| !path.is_empty()) else { return String::new() };
        let mut line = String::from("\n  ");
        let mut marks = String::from("\n  ");
        for word in &self.words {
            let width = word.text.chars().count();
            let mark = if std::ptr::eq(word, found) { "^" } else { " " };
            line += &word.text;
            line.push(' ');
            marks += &mark.repeat(width);
            marks.push(' ');
        }
        format!("{}{}", line.trim_end(), marks.trim_end())
    }
}

/// A step of a path.
#[derive(Clone, Debug, PartialEq)]
enum Segment {
    Name(String),
    Index(usize),
}

fn segments(path: &str) -> Option<Vec<Segment>> {
    let mut found = Vec::new();
    for part in path.split('.') {
        let (name, indices) = part.split_once('[').map_or((part, None), |(name, rest)| (name, Some(rest)));
        if name.is_empty() {
            return None;
        }
        found.push(Segment::Name(name.to_owned()));
        for index in indices.into_iter().flat_map(|indices| indices.split('[')) {
            let index: usize = index.strip_suffix(']')?.parse().ok()?;
            if index > 4096 {
                return None;
            }
            found.push(Segment::Index(index));
        }
    }
    Some(found)
}

/// Puts a value at a place, and says which path it has there: none where a value stands already.
///
/// `papers.size` is in the first of several `papers`, whether it is typed before or behind `papers[1].size`.
fn insert(into: &mut Json, segments: &[Segment], value: Json, words: &mut [Word]) -> Option<String> {
    let mut path = String::new();
    let mut at = into;
    for (i, segment) in segments.iter().enumerate() {
        match segment {
            Segment::Name(name) => {
                at = object_in(at, &mut path)?;
                path += if path.is_empty() { "" } else { "." };
                path += name;
                let object = at.as_object_mut()?;
                let is_again = i + 1 == segments.len() && object.contains_key(name);
                at = object.entry(name.clone()).or_insert(Json::Null);
                if is_again {
                    return Some(again(at, value, path));
                }
            }
            Segment::Index(index) => {
                let all = list_in(at, &path, words)?;
                path += &format!("[{index}]");
                if all.len() <= *index {
                    all.resize(index + 1, Json::Null);
                }
                at = all.get_mut(*index)?;
            }
        }
    }
    at.is_null().then(|| *at = value)?;
    Some(path)
}

/// The object that a name is looked up in: of several, the first.
fn object_in<'j>(mut at: &'j mut Json, path: &mut String) -> Option<&'j mut Json> {
    if at.is_array() {
        at = at.get_mut(0)?;
        *path += "[0]";
    }
    if at.is_null() {
        *at = Json::Object(Map::new());
    }
    at.is_object().then_some(at)
}

/// The list that an index counts in. What was typed without an index is the first of it.
fn list_in<'j>(at: &'j mut Json, path: &str, words: &mut [Word]) -> Option<&'j mut Vec<Json>> {
    if !at.is_array() {
        *at = Json::Array(Vec::from_iter(Some(at.take()).filter(|first| !first.is_null())));
        for word in words {
            let rest = word.path.strip_prefix(path).filter(|rest| rest.is_empty() || rest.starts_with('.'));
            if let Some(rest) = rest {
                word.path = format!("{path}[0]{rest}");
            }
        }
    }
    at.as_array_mut()
}

/// A second value of one attribute makes a list.
fn again(at: &mut Json, value: Json, path: String) -> String {
    if !at.is_array() {
        *at = Json::Array(vec![at.take()]);
    }
    let Some(all) = at.as_array_mut() else { return path };
    let index = all.iter().position(Json::is_null).unwrap_or(all.len());
    all.resize(all.len().max(index + 1), Json::Null);
    if let Some(hole) = all.get_mut(index) {
        *hole = value;
    }
    format!("{path}[{index}]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn typed(words: &[&str]) -> Typed {
        Typed::new(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn words_become_an_object() {
        let typed = typed(&[
            "ifname=v0",
            "linkinfo.kind=veth",
            "linkinfo.data.peer.ifname=v1",
            "up",
            "a=1",
            "a=2",
            "hop[1].oif=3",
        ]);
        assert_eq!(
            typed.json,
            json!({"ifname": "v0", "linkinfo": {"kind": "veth", "data": {"peer": {"ifname": "v1"}}}, "up": true,
                "a": ["1", "2"], "hop": [null, {"oif": "3"}]})
        );
    }

    #[test]
    fn what_has_another_name_is_shown_where_it_was_typed() {
        let mut typed = typed(&["a=1", "b=x"]);
        typed.rename("b", "header.b");
        typed.rename("c", "header.c");
        assert_eq!(typed.json, json!({"a": "1", "header.b": "x"}));
        assert_eq!(typed.point("header.b"), "\n  a=1 b=x\n      ^^^");
    }

    #[test]
    fn a_mistake_is_shown_in_its_place() {
        let typed = typed(&["ifname=v0", "mtu=abc"]);
        let mistake = Mistake { path: "mtu".into(), text: "expected a number".into(), is_unknown: false };
        assert_eq!(
            typed.explain(&mistake),
            "mtu: expected a number\n  ifname=v0 mtu=abc\n            ^^^^^^^"
        );
    }

    #[test]
    fn what_has_no_index_is_the_first_of_several() {
        let all = json!({"papers": [{"size": "A4", "sheets": "3"}, {"size": "A3"}]});
        let orders: [&[&str]; 3] = [
            &["papers.size=A4", "papers.sheets=3", "papers[1].size=A3"],
            &["papers.size=A4", "papers[1].size=A3", "papers.sheets=3"],
            &["papers[0].size=A4", "papers[1].size=A3", "papers[0].sheets=3"],
        ];
        for words in orders {
            assert_eq!(typed(words).json, all, "{words:?}");
        }
        for words in [&["a=x", "a[1]=y"], &["a[1]=y", "a=x"]] {
            assert_eq!(typed(words).json, json!({"a": ["x", "y"]}), "{words:?}");
        }
        let typed = typed(&["papers.size=A4", "papers[1].size=A3"]);
        assert!(typed.point("papers[0].size").ends_with("\n  ^^^^^^^^^^^^^^"), "{typed:?}");
    }

    #[test]
    fn no_word_takes_the_place_of_another() {
        for words in [["a[0]=x", "a[0]=y"], ["linkinfo=x", "linkinfo.kind=veth"], ["a=x", "a[0]=y"]] {
            let refused = Typed::new(&words.map(str::to_owned)).unwrap_err().to_string();
            assert!(refused.contains(&format!("{}: another word", words[1])), "{refused}");
        }
    }

    #[test]
    fn what_is_not_a_path_is_refused() {
        for word in ["=1", "a..b=1", "a[x]=1", "a[99999]=1"] {
            assert!(Typed::new(&[word.to_owned()]).is_err(), "{word}");
        }
    }
}
