//! JSON out of text. A key that an object has twice is an error: which value is meant, nobody knows.

use serde_json::{Error, Map, Value as Json};
use std::fmt;

/// Reads a value.
///
/// # Errors
///
/// Where the text is not JSON, or has a key twice.
pub fn parse(text: &str) -> Result<Json, Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let Unique(json) = serde::Deserialize::deserialize(&mut reader)?;
    reader.end()?;
    Ok(json)
}

/// A value whose objects have each key once.
struct Unique(Json);

impl<'de> serde::Deserialize<'de> for Unique {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Visitor).map(Self)
    }
}

struct Visitor;

impl<'de> serde::de::Visitor<'de> for Visitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut from: A) -> Result<Json, A::Error> {
        let mut all = Vec::new();
        while let Some(Unique(value)) = from.next_element()? {
            all.push(value);
        }
        Ok(all.into())
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut from: A) -> Result<Json, A::Error> {
        let mut all = Map::new();
        while let Some(key) = from.next_key::<String>()? {
            if all.contains_key(&key) {
                return Err(serde::de::Error::custom(format_args!("the key `{key}` is given twice")));
            }
            let Unique(value) = from.next_value()?;
            all.insert(key, value);
        }
        Ok(all.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_given_twice_is_an_error_with_its_place() {
        for (text, says) in [
            ("{\"a\": 1, \"a\": 2}", "the key `a` is given twice at line 1 column 12"),
            ("{\"b\": [{\"a\": {}, \"a\": 2}]}", "the key `a` is given twice"),
            ("{} {}", "trailing characters"),
        ] {
            assert!(parse(text).unwrap_err().to_string().contains(says), "{}", parse(text).unwrap_err());
        }
    }

    #[test]
    fn what_is_right_is_read_as_it_is() {
        let text = r#"{"a":1.5,"b":[-1,null,true,"x\n",18446744073709551615],"c":{"a":{}}}"#;
        assert_eq!(parse(text).unwrap().to_string(), text);
        assert_eq!(parse(text).unwrap(), serde_json::from_str::<Json>(text).unwrap());
    }
}
