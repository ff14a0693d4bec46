//! Made and read in network namespaces of their own, and held against what ip(8), nft(8), ss(8) and conntrack(8) say.

mod delete;
mod delete_tc;
mod encap;
mod everything;
mod filter;
mod links;
#[path = "../../support/netns.rs"]
mod netns;
#[path = "../../support/random.rs"]
mod random;
mod sockets;

use crate::{header, only};
use netns::{in_namespace, skip};
use nl_tlv::control::Errno;
use nl_tlv::socket::{Connection, Protocol, RequestError};
use nl_tlv::{Message, ParseMessage};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::process::Command;

/// What a program prints; without that program the test is skipped.
fn output(program: &str, args: &[&str]) -> Option<String> {
    let output = match Command::new(program).args(args).output() {
        Ok(output) => output,
        Err(err) => {
            skip(program, &err.to_string());
            return None;
        }
    };
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

/// What a program prints, as JSON.
fn json(program: &str, args: &[&str]) -> Option<Json> {
    Some(serde_json::from_str(&output(program, args)?).unwrap())
}

/// Whether the kernel did it. One that lacks what it takes is a reason to skip.
fn done<T>(what: &str, result: Result<T, RequestError>) -> bool {
    match result {
        Ok(_) => true,
        Err(err) if err.refusal().is_some_and(|refusal| lacks(refusal.errno())) => {
            skip(what, &format!("this kernel: {err}"));
            false
        }
        Err(err) => panic!("{what}: {err}"),
    }
}

/// Whether a kernel says so that lacks a family or a kind: `EOPNOTSUPP`.
fn lacks(errno: Errno) -> bool {
    errno.get() == 95
}

/// A connection, if the kernel has the protocol.
fn open(protocol: Protocol) -> Option<Connection> {
    Connection::open(protocol)
        .map_err(|err| skip(&format!("netlink protocol {}", protocol.number()), &err.to_string()))
        .ok()
}

/// Reads a message, and holds the attributes that it came with against those that it is emitted with.
fn same_again<'m, M: ParseMessage<'m>>(message: &Message<'m>) -> M {
    let parsed = M::parse(message).unwrap();
    let mut buf = vec![0xa5; message.as_bytes().len() + 4];
    let emitted = only(parsed.emit(&mut buf, header(message)).unwrap());
    let attrs = |message: &Message<'_>| {
        let attrs = message.attrs_after(M::SCHEMAS[0].contents_offset() - 16).map(Result::unwrap);
        attrs.map(|attr| (attr.ty().get(), attr.payload().len())).collect::<BTreeSet<_>>()
    };
    assert_eq!(attrs(&emitted), attrs(message), "{}", M::SCHEMAS[0].name);
    parsed
}
