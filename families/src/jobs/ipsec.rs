//! IPsec: security associations and the policies that use them.

use super::constants::{AF_INET, AF_INET6, IPPROTO_ESP};
use super::{bits_of, bytes_of, family_of};
use crate::xfrm::{
    Algo, AlgoAead, AlgoAuth, DelPolicy, DelSa, DumpPolicy, DumpSa, GetSa, Id, LifetimeCfg, Mode, Policy,
    PolicyAction, PolicyDir, PolicyId, PolicyInfo, Sa, SaId, SaInfo, Selector, Template, XfrmAttrs,
};
use core::net::{IpAddr, Ipv4Addr};
use nl_tlv::value::{Array, Flexible};

/// An address out of 16 bytes, by its family.
fn address(bytes: [u8; 16], family: u16) -> Option<IpAddr> {
    let [a, b, c, d, ..] = bytes;
    match u8::try_from(family) {
        Ok(AF_INET) => Some(Ipv4Addr::new(a, b, c, d).into()),
        Ok(AF_INET6) => Some(bytes.into()),
        _ => None,
    }
}

/// The name of an algorithm; what is longer than 63 bytes is cut, so that the kernel does not find it.
fn name(text: &str) -> [u8; 64] {
    let mut name = [0; 64];
    let bytes = text.as_bytes().iter().take(63);
    name.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    name
}

/// The length of a key in bits.
fn bits(key: &[u8]) -> u32 {
    u32::try_from(key.len()).unwrap_or(u32::MAX).saturating_mul(8)
}

impl LifetimeCfg {
    /// Without an end.
    #[must_use]
    pub fn unlimited() -> Self {
        Self {
            soft_byte_limit: u64::MAX,
            hard_byte_limit: u64::MAX,
            soft_packet_limit: u64::MAX,
            hard_packet_limit: u64::MAX,
            ..Self::default()
        }
    }
}

impl Selector {
    /// Packets from one prefix to another.
    #[must_use]
    pub fn between((source, source_len): (IpAddr, u8), (destination, destination_len): (IpAddr, u8)) -> Self {
        Self {
            family: family_of(destination).into(),
            saddr: bytes_of(source),
            prefixlen_s: source_len.min(bits_of(source)),
            daddr: bytes_of(destination),
            prefixlen_d: destination_len.min(bits_of(destination)),
            ..Self::default()
        }
    }
}

impl<'a> Sa<'a> {
    /// Packets of ESP from one address to another, with this index; in transport mode until [`tunnel`](Self::tunnel) is
    /// called.
    #[must_use]
    pub fn esp(source: IpAddr, destination: IpAddr, spi: u32) -> Self {
        let family = family_of(destination).into();
        let header = SaInfo {
            sel: Selector { family, ..Selector::default() },
            id: Id { daddr: bytes_of(destination), spi, proto: IPPROTO_ESP },
            saddr: bytes_of(source),
            lft: LifetimeCfg::unlimited(),
            family,
            ..SaInfo::default()
        };
        Self { header, attrs: XfrmAttrs::default() }
    }

    /// Whole packets are packed into others.
    #[must_use]
    pub fn tunnel(mut self) -> Self {
        self.header.mode = Mode::Tunnel;
        self
    }

    /// With the number by which policies find it.
    #[must_use]
    pub fn reqid(mut self, reqid: u32) -> Self {
        self.header.reqid = reqid;
        self
    }

    /// Encrypts and authenticates at once: `rfc4106(gcm(aes))`. The key ends with the salt; the last number is the length
    /// of the check value in bits.
    #[must_use]
    pub fn aead(mut self, algorithm: &str, key: &'a [u8], icv_len: u32) -> Self {
        let header = AlgoAead { name: name(algorithm), key_len: bits(key), icv_len };
        self.alg_aead = Some(Flexible { header, items: Array::new(key) });
        self
    }

    /// Encrypts: `cbc(aes)`.
    #[must_use]
    pub fn encrypt(mut self, algorithm: &str, key: &'a [u8]) -> Self {
        let header = Algo { name: name(algorithm), key_len: bits(key) };
        self.alg_crypt = Some(Flexible { header, items: Array::new(key) });
        self
    }

    /// Authenticates: `hmac(sha256)`. The last number is the length of what is sent of the hash, in bits.
    #[must_use]
    pub fn authenticate(mut self, algorithm: &str, key: &'a [u8], trunc_len: u32) -> Self {
        let header = AlgoAuth { name: name(algorithm), key_len: bits(key), trunc_len };
        self.alg_auth_trunc = Some(Flexible { header, items: Array::new(key) });
        self
    }

    /// Where its packets come from.
    #[must_use]
    pub fn source(&self) -> Option<IpAddr> {
        address(self.header.saddr, self.header.family)
    }

    /// Where its packets go.
    #[must_use]
    pub fn destination(&self) -> Option<IpAddr> {
        address(self.header.id.daddr, self.header.family)
    }
}

/// What tells an association from others.
fn identity(sa: &Sa<'_>) -> SaId {
    let Id { daddr, spi, proto } = sa.header.id;
    SaId { daddr, spi, family: sa.header.family, proto }
}

impl DelSa<'_> {
    /// Exactly this association.
    #[must_use]
    pub fn of(sa: &Sa<'_>) -> Self {
        Self { header: identity(sa), attrs: XfrmAttrs { mark: sa.mark, ..XfrmAttrs::default() } }
    }
}

impl GetSa<'_> {
    /// This association, as the kernel has it.
    #[must_use]
    pub fn of(sa: &Sa<'_>) -> Self {
        Self { header: identity(sa), attrs: XfrmAttrs { mark: sa.mark, ..XfrmAttrs::default() } }
    }
}

impl DumpSa<'_> {
    /// All associations.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }
}

impl Template {
    /// What ESP does between two addresses: it looks for an association with this number.
    #[must_use]
    pub fn esp(source: IpAddr, destination: IpAddr, reqid: u32) -> Self {
        Self {
            id: Id { daddr: bytes_of(destination), proto: IPPROTO_ESP, ..Id::default() },
            family: family_of(destination).into(),
            saddr: bytes_of(source),
            reqid,
            aalgos: u32::MAX,
            ealgos: u32::MAX,
            calgos: u32::MAX,
            ..Self::default()
        }
    }

    /// Whole packets are packed into others.
    #[must_use]
    pub fn tunnel(self) -> Self {
        Self { mode: Mode::Tunnel, ..self }
    }
}

impl<'a> Policy<'a> {
    /// Packets in this direction that a selector finds pass, as the templates say.
    #[must_use]
    pub fn new(dir: PolicyDir, selector: Selector, templates: &'a [Template]) -> Self {
        let header =
            PolicyInfo { sel: selector, dir, lft: LifetimeCfg::unlimited(), ..PolicyInfo::default() };
        let tmpl = Some(Array::new(templates)).filter(|_| !templates.is_empty());
        Self { header, attrs: XfrmAttrs { tmpl, ..XfrmAttrs::default() } }
    }

    /// Its place among policies: the lowest is asked first.
    #[must_use]
    pub fn priority(mut self, priority: u32) -> Self {
        self.header.priority = priority;
        self
    }

    /// The packets do not pass.
    #[must_use]
    pub fn block(mut self) -> Self {
        self.header.action = PolicyAction::Block;
        self
    }
}

impl DelPolicy<'_> {
    /// Exactly this policy.
    #[must_use]
    pub fn of(policy: &Policy<'_>) -> Self {
        let PolicyInfo { sel, index, dir, .. } = policy.header;
        let XfrmAttrs { mark, if_id, .. } = policy.attrs;
        Self {
            header: PolicyId { sel, index, dir },
            attrs: XfrmAttrs { mark, if_id, ..XfrmAttrs::default() },
        }
    }
}

impl DumpPolicy<'_> {
    /// All policies.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }
}
