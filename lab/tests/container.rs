//! `container`: what ip(8) shows of both namespaces when it is done.

#[allow(dead_code)]
mod common;
#[path = "../../nl-tlv/tests/support/netns.rs"]
mod netns;

use netns::in_namespace;
use serde_json::{Value, json};
use std::env;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::Duration;

/// The program: in a guest beside the test, without a compiler that could build it.
fn example() -> PathBuf {
    match env::var_os("NL_TLV_GUEST") {
        Some(_) => env::current_exe().unwrap().with_file_name("../examples/container"),
        None => common::example("container"),
    }
}

/// A process in a network namespace of its own, until it is dropped.
struct Container(Child);

impl Container {
    fn start() -> Self {
        let child = Command::new("unshare").args(["-n", "sleep", "60"]).spawn().unwrap();
        let namespace = |pid: &str| std::fs::read_link(format!("/proc/{pid}/ns/net")).unwrap();
        while namespace(&child.id().to_string()) == namespace("self") {
            std::thread::sleep(Duration::from_millis(10));
        }
        Self(child)
    }

    fn pid(&self) -> String {
        self.0.id().to_string()
    }

    /// What `ip -json` shows inside.
    fn ip(&self, words: &str) -> Value {
        let pid = self.pid();
        let inside = ["-t", &pid, "-n", "ip", "-details", "-json"];
        output(Command::new("nsenter").args(inside).args(words.split(' ')))
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn ip(words: &str) -> Value {
    output(Command::new("ip").args(["-details", "-json"]).args(words.split(' ')))
}

fn output(command: &mut Command) -> Value {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}

/// These fields of a JSON object.
fn fields(of: &Value, keys: &[&str]) -> Value {
    keys.iter().map(|key| of[*key].clone()).collect()
}

fn find<'j>(list: &'j Value, key: &str, value: &str) -> &'j Value {
    list.as_array().unwrap().iter().find(|entry| entry[key] == value).unwrap_or(&Value::Null)
}

#[test]
fn both_namespaces_are_as_the_container_needs_them() {
    let test = "both_namespaces_are_as_the_container_needs_them";
    in_namespace(test, || {
        let example = example();
        let container = Container::start();
        let ran = Command::new(example).arg(container.pid()).output().unwrap();
        let said = String::from_utf8(ran.stdout).unwrap();
        assert!(ran.status.success(), "{said}{}", String::from_utf8_lossy(&ran.stderr));
        let lacks = said.lines().filter(|line| line.contains("EOPNOTSUPP"));
        lacks.for_each(|line| println!("LACKS: {test}: {line}"));
        assert!(said.contains("28 delete a neighbour: done"), "{said}");
        assert!(said.contains("ports [\"host0\"]\naddresses [10.7.0.2]\n"), "{said}");
        assert!(said.contains("prefixes [0, 24, 16, 16]\nneighbours [10.7.0.1]\n"), "{said}");
        outside(&said);
        inside(&container);
    });
}

fn outside(said: &str) {
    let links = ip("link show");
    let br0 = find(&links, "ifname", "br0");
    assert_eq!(fields(br0, &["address", "mtu"]), json!(["02:00:00:00:00:01", 1400]), "{br0}");
    let data = &br0["linkinfo"]["info_data"]["forward_delay"];
    assert_eq!((&br0["linkinfo"]["info_kind"], data), (&json!("bridge"), &json!(200)));
    let host0 = find(&links, "ifname", "host0");
    assert_eq!(fields(host0, &["master", "mtu"]), json!(["br0", 1400]));
    assert!(host0["flags"].as_array().unwrap().contains(&json!("UP")));
    assert_eq!(*find(&links, "ifname", "vx0"), Value::Null);
    for (name, kind) in [("host0.5", "vlan"), ("vrf0", "vrf"), ("dum0", "dummy")] {
        if said.lines().any(|line| line.ends_with(&format!(" {kind}: done"))) {
            assert_eq!(find(&links, "ifname", name)["linkinfo"]["info_kind"], kind);
        }
    }
    let address = &ip("-4 address show dev br0")[0]["addr_info"][0];
    assert_eq!(fields(address, &["local", "prefixlen"]), json!(["10.7.0.1", 24]));
}

fn inside(container: &Container) {
    let links = container.ip("link show");
    let net0 = find(&links, "ifname", "net0");
    assert_eq!((&net0["mtu"], &net0["linkinfo"]["info_kind"]), (&json!(1300), &json!("veth")));
    let mac0 = find(&links, "ifname", "mac0");
    assert_eq!(mac0["linkinfo"]["info_data"]["mode"], "bridge");
    let addresses = container.ip("address show dev net0");
    let global: Vec<Value> = addresses[0]["addr_info"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|address| address["scope"] == "global")
        .map(|address| fields(address, &["local", "prefixlen"]))
        .collect();
    assert_eq!(global, [json!(["10.7.0.2", 24])]);
    let routes = container.ip("route show");
    let route = |dst: &str| fields(find(&routes, "dst", dst), &["type", "gateway", "dev", "metric"]);
    assert_eq!(route("default"), json!(["unicast", "10.7.0.1", "net0", null]));
    assert_eq!(route("10.8.0.0/16"), json!(["unicast", "10.7.0.9", "net0", 7]));
    assert_eq!(find(&routes, "dst", "10.8.0.0/16")["metrics"], Value::Null);
    assert_eq!(route("10.10.0.0/16"), json!(["blackhole", null, null, null]));
    assert_eq!(*find(&routes, "dst", "10.9.0.0/16"), Value::Null);
    let neighbours = container.ip("-4 neigh show");
    assert_eq!(neighbours.as_array().unwrap().len(), 1);
    let neighbour = fields(&neighbours[0], &["dst", "dev", "lladdr", "state"]);
    assert_eq!(neighbour, json!(["10.7.0.1", "net0", "02:00:00:00:00:01", ["PERMANENT"]]));
    assert!(!container.ip("rule show").to_string().contains("10.8.0.0"));
    println!("35 values compared, 0 differ");
}
