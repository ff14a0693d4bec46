//! `links` agrees with `ip` about links of every kind that this kernel has, in a network namespace of its own.

mod common;

use common::{example, in_namespace};
use serde_json::Value;

#[test]
fn links_agrees_with_ip() {
    const SETUP: &str = "ip link add veth0 type veth peer name veth1 && ip link set veth0 mtu 1400 up && \
        ip link add br0 type bridge && ip link add link veth0 name mac0 type macvlan && \
        ip link add vx0 type vxlan id 42 dstport 4789 && ip link set lo up";
    let script =
        format!("{SETUP} && ip -details -json link && echo && {} --json", example("links").display());
    let Some(output) = in_namespace(&script, |_| {}) else { return };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let stdout = String::from_utf8(output.stdout).unwrap();
    let mut documents = serde_json::Deserializer::from_str(&stdout).into_iter::<Value>();
    let (ip, links) = (documents.next().unwrap().unwrap(), documents.next().unwrap().unwrap());
    let (ip, links) = (ip.as_array().unwrap(), links.as_array().unwrap());
    assert_eq!(links.len(), ip.len());
    assert!(links.len() >= 6, "{links:?}");
    for (link, ip) in links.iter().zip(ip) {
        for key in ["ifindex", "ifname", "operstate", "mtu", "address"] {
            assert_eq!(link[key], ip[key], "{key} of {}", ip["ifname"]);
        }
        assert_eq!(link["kind"], ip["linkinfo"]["info_kind"], "kind of {}", ip["ifname"]);
    }
}
