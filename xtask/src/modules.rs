//! The kernel's own modules that go into the guest, with the tables that `modprobe` reads.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::command::{capture, tool};

/// What example programs and scenarios use: link types, and the tap for netlink traffic; and what the tests of the
/// kernel's families use: traffic control, tunnels, IPsec with its algorithms, sets, and Wi-Fi without a radio.
#[rustfmt::skip]
const WANTED: &[&str] = &[
    "8021q", "bridge", "dummy", "macvlan", "netlink_diag", "nlmon", "veth", "vxlan",
    "ipvlan", "vrf", "bonding", "ifb", "wireguard", "netdevsim",
    "sch_htb", "sch_tbf", "sch_prio", "sch_netem", "sch_fq_codel", "sch_ingress",
    "cls_u32", "cls_flower", "cls_matchall", "act_mirred", "act_gact",
    "xfrm_user", "esp4", "esp6", "authenc", "seqiv", "echainiv", "gcm", "cbc", "hmac", "sha256_generic",
    "aes_generic", "ghash_generic", "ctr", "crypto_null", "drbg", "jitterentropy_rng", "sha512_generic", "tun",
    "ip_set_hash_ip", "ip_set_hash_net", "ip_set_bitmap_port", "ip_set_hash_ipportnet", "ip_set_list_set",
    "mac80211_hwsim",
    "fou", "nfsd", "openvswitch", "ovpn", "team", "e1000", "crc32c_generic",
    "ip_gre", "ip6_gre", "sit", "ipip", "ip6_tunnel", "ip_vti", "geneve", "bareudp", "netkit", "macsec", "macvtap", "hsr",
    "xfrm_interface", "vcan", "vxcan", "can_dev", "mpls_router", "mpls_iptunnel", "ila", "ah4",
    "sch_sfq", "sch_fq", "sch_cake", "sch_red", "sch_hfsc", "sch_drr", "sch_qfq", "sch_mqprio", "sch_codel", "sch_pie", "sch_multiq",
    "cls_basic", "cls_fw", "cls_bpf", "em_cmp", "act_police", "act_skbedit", "act_pedit", "act_csum", "act_tunnel_key",
    "act_sample", "act_skbmod", "act_nat", "act_mpls", "act_ctinfo", "act_vlan", "act_ct",
    "nf_tables", "nft_ct", "nft_chain_nat", "nft_nat", "nft_masq", "nft_redir", "nft_log", "nft_limit", "nft_reject_inet",
    "nft_quota", "nft_counter", "nft_objref", "nft_socket", "nft_numgen", "nft_fib_inet", "nft_hash", "nft_queue",
    "nft_flow_offload", "nf_flow_table_inet", "nft_dup_ipv4", "nft_fwd_netdev", "nft_dup_netdev", "nf_conntrack_netlink",
    "nf_conntrack_ftp", "nf_log_syslog", "nfnetlink_log", "ip_set_hash_ipport",
    "tcp_diag", "udp_diag", "unix_diag", "af_packet_diag",
];

/// One module, uncompressed.
#[derive(Debug)]
pub(crate) struct Module {
    /// As the kernel spells it.
    pub(crate) name: String,
    /// The file's bytes.
    pub(crate) contents: Vec<u8>,
    depends: Vec<String>,
    aliases: Vec<String>,
}

impl Module {
    /// From the bytes of a `.ko` file.
    pub(crate) fn new(name: &str, contents: Vec<u8>) -> Self {
        let depends = field(&contents, "depends").into_iter().flat_map(|list| {
            let names: Vec<String> = list.split(',').filter(|name| !name.is_empty()).map(spelled).collect();
            names
        });
        let (depends, aliases) = (depends.collect(), field(&contents, "alias"));
        Self { name: spelled(name), contents, depends, aliases }
    }
}

/// The modules of `WANTED` that the kernel has as files, and those that they depend on.
pub(crate) fn wanted(dir: &Path) -> Result<Vec<Module>> {
    let mut files = BTreeMap::new();
    index(&dir.join("kernel"), &mut files)?;
    let mut found: Vec<Module> = Vec::new();
    let mut names: Vec<String> = WANTED.iter().copied().map(spelled).collect();
    while let Some(name) = names.pop() {
        // What is no file is built in, or not offered by this kernel.
        if let Some(path) = files.get(&name).filter(|_| found.iter().all(|module| module.name != name)) {
            let module = Module::new(&name, read(path)?);
            names.extend(module.depends.iter().cloned());
            found.push(module);
        }
    }
    Ok(found)
}

/// `modules.dep` and `modules.alias` of all of them, which lie in one directory.
pub(crate) fn tables(modules: &[Module]) -> (String, String) {
    let (mut dep, mut alias) = (String::new(), String::new());
    for module in modules {
        let depends: String = closure(modules, module).iter().map(|name| format!(" {name}.ko")).collect();
        dep.push_str(&format!("{}.ko:{depends}\n", module.name));
        for pattern in &module.aliases {
            alias.push_str(&format!("alias {pattern} {}\n", module.name));
        }
    }
    (dep, alias)
}

/// Everything that a module depends on: what is needed first comes last.
fn closure(modules: &[Module], of: &Module) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut next: Vec<&String> = of.depends.iter().collect();
    while let Some(name) = next.pop() {
        if let Some(module) = modules.iter().find(|module| &module.name == name) {
            names.retain(|known| known != name);
            names.push(name.clone());
            next.extend(&module.depends);
        }
    }
    names
}

fn index(dir: &Path, files: &mut BTreeMap<String, PathBuf>) -> Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            index(&entry.path(), files)?;
        } else if let Some((name, _)) = entry.file_name().to_string_lossy().split_once(".ko") {
            files.insert(spelled(name), entry.path());
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let contents = fs::read(path)?;
    if path.extension().is_some_and(|extension| extension == "xz") {
        let output = capture(tool("xz").arg("-dc").arg(path))?;
        anyhow::ensure!(output.status.success(), "cannot unpack {}", path.display());
        return Ok(output.stdout);
    }
    Ok(contents)
}

/// The values of a field of the `.modinfo` section, whose entries are `name=value` between NULs.
fn field(contents: &[u8], name: &str) -> Vec<String> {
    let start = format!("{name}=");
    contents
        .split(|&byte| byte == 0)
        .filter_map(|entry| std::str::from_utf8(entry).ok()?.strip_prefix(&start).map(str::to_owned))
        .collect()
}

fn spelled(name: &str) -> String {
    name.replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(name: &str, info: &str) -> Module {
        Module::new(name, info.replace('|', "\0").into_bytes())
    }

    #[test]
    fn module_information_is_read_from_the_file() {
        let vxlan = module(
            "vxlan",
            "\x7fELF|license=GPL|alias=rtnl-link-vxlan|depends=udp_tunnel,ip6-udp-tunnel|name=vxlan|",
        );
        assert_eq!(vxlan.depends, ["udp_tunnel", "ip6_udp_tunnel"]);
        assert_eq!(vxlan.aliases, ["rtnl-link-vxlan"]);
    }

    #[test]
    fn an_empty_list_of_dependencies_is_none() {
        assert!(module("dummy", "|depends=|").depends.is_empty());
    }

    #[test]
    fn tables_name_the_whole_chain_the_first_needed_last() {
        let modules = [
            module("bridge", "|depends=stp,llc|alias=rtnl-link-bridge|"),
            module("stp", "|depends=llc|"),
            module("llc", "|depends=|"),
        ];
        let (dep, alias) = tables(&modules);
        assert_eq!(dep, "bridge.ko: stp.ko llc.ko\nstp.ko: llc.ko\nllc.ko:\n");
        assert_eq!(alias, "alias rtnl-link-bridge bridge\n");
    }
}
