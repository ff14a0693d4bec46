//! The same made twice: by our messages on one device, and by a program on another.

use super::lacks;
use nl_tlv::socket::Connection;
use nl_tlv_families::jobs::{CREATE, IfIndex};
use nl_tlv_families::rt_link::{GetLink, Link};
use serde_json::Value as Json;
use std::process::Command;

/// Two devices of one kind: ours, and the program's.
pub(crate) struct Twins {
    pub(crate) ours: IfIndex,
    names: [&'static str; 2],
    compared: usize,
}

/// What a program prints, if it succeeds.
pub(crate) fn run(words: &str) -> Result<String, String> {
    let mut words = words.split(' ');
    let program = words.next().unwrap();
    let output = Command::new(program).args(words).output().map_err(|err| format!("{program}: {err}"))?;
    match output.status.success() {
        true => Ok(String::from_utf8(output.stdout).unwrap()),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
    }
}

/// What a program prints, as JSON; nothing printed is an empty list.
pub(crate) fn json(words: &str) -> Json {
    let text = run(words).unwrap();
    if text.trim().is_empty() { Json::Array(Vec::new()) } else { serde_json::from_str(&text).unwrap() }
}

/// How many values there are.
pub(crate) fn values(json: &Json) -> usize {
    match json {
        Json::Array(items) => items.iter().map(values).sum(),
        Json::Object(fields) => fields.values().map(values).sum(),
        _ => 1,
    }
}

impl Twins {
    /// Two pairs of veth, of which one end each is used.
    pub(crate) fn veth(conn: &mut Connection) -> Self {
        for (name, peer) in [("ours", "peer1"), ("their", "peer2")] {
            conn.request_with(&Link::veth(name, peer), CREATE).unwrap();
        }
        let ours = conn.get::<Link>(&GetLink::named("ours")).unwrap().index();
        Self { ours, names: ["ours", "their"], compared: 0 }
    }

    /// Runs a program with `DEV` replaced by the name of its device. If it cannot, the kernel cannot.
    pub(crate) fn theirs(&self, what: &str, words: &str) -> bool {
        let done = run(&words.replace("DEV", self.names[1]));
        if let Err(reason) = &done {
            lacks(what, reason);
        }
        done.is_ok()
    }

    /// Holds what a program shows of both against each other.
    pub(crate) fn assert_equal(&mut self, words: &str) {
        let [ours, theirs] = self.names.map(|name| {
            let shown = run(&words.replace("DEV", name)).unwrap();
            let same_name = shown.replace(name, "DEV").replace("peer1", "PEER").replace("peer2", "PEER");
            // `tc` shows classes as text, whatever it is asked for.
            let as_words = || same_name.split_whitespace().map(Json::from).collect();
            without_own(serde_json::from_str(&same_name).unwrap_or_else(|_| as_words()))
        });
        assert!(values(&theirs) > 1, "{words} shows nothing");
        assert_eq!(ours, theirs, "{words}");
        self.compared += values(&ours);
    }
}

/// Without what differs from one device to the other: numbers that the kernel gives, and counters.
fn without_own(json: Json) -> Json {
    match json {
        Json::Array(items) => items.into_iter().map(without_own).collect(),
        Json::Object(fields) => {
            let own = ["ifindex", "installed", "last_used", "index", "dev"];
            let kept = fields.into_iter().filter(|(key, _)| !own.contains(&key.as_str()));
            kept.map(|(key, value)| (key, without_own(value))).collect()
        }
        other => other,
    }
}

impl Drop for Twins {
    fn drop(&mut self) {
        if self.compared > 0 {
            println!("{} values compared, 0 differ", self.compared);
        }
    }
}
