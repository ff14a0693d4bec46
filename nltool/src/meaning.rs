//! Numbers that people know by name, although no definition says so: interfaces, address families, routing tables.

use crate::catalogue::names::same;
use crate::kernel;

/// What a number stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    Interface,
    AddressFamily,
    Table,
}

impl Meaning {
    /// By the name of the attribute or field.
    pub fn of(name: &str) -> Option<Self> {
        const INDICES: [&str; 7] = ["index", "ifindex", "link", "master", "oif", "iif", "lower"];
        match name {
            _ if name.ends_with("family") => Some(Self::AddressFamily),
            "table" => Some(Self::Table),
            _ if INDICES.iter().any(|index| name.ends_with(index)) => Some(Self::Interface),
            _ => None,
        }
    }

    /// All names, as far as they are known.
    pub fn names(self) -> Vec<String> {
        match self {
            Self::Interface => kernel::link_names(),
            other => other.constants().iter().map(|(_, name)| (*name).to_owned()).collect(),
        }
    }

    /// The number that has a name; of an interface, in this machine's kernel.
    pub fn number(self, name: &str) -> Option<u32> {
        match self {
            Self::Interface => kernel::link_index(name),
            other => other.constant(name),
        }
    }

    /// The number that has a name everywhere.
    pub fn constant(self, name: &str) -> Option<u32> {
        self.constants().iter().find(|(_, own)| same(own, name)).map(|(number, _)| *number)
    }

    const fn constants(self) -> &'static [(u32, &'static str)] {
        match self {
            Self::Interface => &[],
            Self::AddressFamily => FAMILIES,
            Self::Table => TABLES,
        }
    }

    /// The end of an error: what a name would have to be.
    pub fn otherwise(self) -> &'static str {
        match self {
            Self::Interface => ", which is not the name of an interface either",
            Self::AddressFamily => {
                ", which is not one of unspec, unix, inet, inet6, bridge, netlink, packet, mpls"
            }
            Self::Table => ", which is not one of main, local, default",
        }
    }
}

/// `AF_*`.
const FAMILIES: &[(u32, &str)] = &[
    (0, "unspec"),
    (1, "unix"),
    (2, "inet"),
    (10, "inet6"),
    (7, "bridge"),
    (16, "netlink"),
    (17, "packet"),
    (28, "mpls"),
];

/// `RT_TABLE_*`.
const TABLES: &[(u32, &str)] = &[(254, "main"), (255, "local"), (253, "default")];
