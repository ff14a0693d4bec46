//! Names of families and of their operations.

use super::Candidate;
use crate::catalogue::names::{by_verb, is_answer};
use crate::catalogue::{Catalogue, Family};
use crate::decode::text::protocol_name;
use crate::describe::first_sentence;
use nl_tlv::schema::MessageSchema;

/// The families that a command takes.
pub fn families(catalogue: &Catalogue, command: &str) -> Vec<Candidate> {
    let is_taken = |family: &&Family| match command {
        "policies" => family.is_generic(),
        "monitor" => family.is_generic() || !family.groups.is_empty(),
        _ => true,
    };
    let taken = catalogue.families().iter().filter(is_taken);
    taken
        .map(|family| (family.name.to_owned(), format!("{} netlink", protocol_name(family.protocol))))
        .collect()
}

/// The operations of families that a command takes; as the schemas write them if what is typed has a capital letter.
pub fn names(families: &[&Family], command: &str, typed: &str) -> Vec<Candidate> {
    let is_taken = |schema: &&&'static MessageSchema| match command {
        "dump" => by_verb(schema.name).0 == "get",
        "do" => !is_answer(schema.name),
        _ => true,
    };
    let has_capital = typed.contains(|letter: char| letter.is_ascii_uppercase());
    let mut found = Vec::new();
    for family in families {
        for schema in family.messages.iter().filter(is_taken) {
            let name = if has_capital { schema.name.to_owned() } else { family.operation(schema) };
            found.push((name, first_sentence(schema.doc).trim().to_owned()));
        }
    }
    found.sort();
    found.dedup_by(|left, right| left.0 == right.0);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_that_is_offered_names_its_message() {
        let catalogue = Catalogue::new();
        for family in catalogue.families() {
            for schema in family.messages {
                let name = family.operation(schema);
                assert_eq!(family.message(&name).unwrap().name, schema.name, "{} {name}", family.name);
            }
        }
    }

    #[test]
    fn names_are_those_of_the_specifications() {
        let catalogue = Catalogue::new();
        let names = |family: &str, command: &str| -> Vec<String> {
            names(&[catalogue.family(family).unwrap()], command, "")
                .into_iter()
                .map(|(name, _)| name)
                .collect()
        };
        assert_eq!(names("rt-route", "do"), ["delroute", "getroute", "newroute"]);
        assert_eq!(names("rt-route", "dump"), ["getroute"]);
        assert!(names("netdev", "do").contains(&"page-pool-get".to_owned()));
        assert!(!names("netdev", "do").contains(&"dev-add-ntf".to_owned()));
    }
}
