//! IPsec: security associations and the policies that use them.

use super::constants::{AF_INET, AF_INET6, IPPROTO_ESP};
use super::{NotRepresentable, bytes_of, family_of};
use crate::xfrm::{
    Algo, AlgoAead, AlgoAuth, DelPolicy, DelSa, DumpPolicy, DumpSa, GetSa, Id, LifetimeCfg, Mode, Policy,
    PolicyAction, PolicyDir, PolicyId, PolicyInfo, Sa, SaId, SaInfo, Selector, Template, XfrmAttrs,
};
use core::net::{IpAddr, Ipv4Addr};
use nl_tlv::value::{Array, Headed};

/// An address out of 16 bytes, by its family.
fn address(bytes: [u8; 16], family: u16) -> Option<IpAddr> {
    let [a, b, c, d, ..] = bytes;
    match u8::try_from(family) {
        Ok(AF_INET) => Some(Ipv4Addr::new(a, b, c, d).into()),
        Ok(AF_INET6) => Some(bytes.into()),
        _ => None,
    }
}

/// The name of an algorithm, with a NUL behind it.
fn name(text: &str) -> Result<[u8; 64], NotRepresentable> {
    let mut name = [0; 64];
    if text.len() >= name.len() || text.contains('\0') {
        return Err(NotRepresentable::new("the name of an algorithm has at most 63 bytes, and no NUL"));
    }
    name.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
    Ok(name)
}

/// The family of two addresses.
fn family_of_both(one: IpAddr, other: IpAddr) -> Result<u16, NotRepresentable> {
    match (family_of(one), family_of(other)) {
        (one, other) if one == other => Ok(one.into()),
        _ => Err(NotRepresentable::FAMILIES),
    }
}

/// The length of a key in bits. One that this does not hold is too long for an attribute, so that it is refused there.
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
    /// Packets from one prefix to another. The kernel refuses a prefix that is longer than its address.
    ///
    /// # Errors
    ///
    /// If the two are of different families.
    pub fn between(
        (source, prefixlen_s): (IpAddr, u8),
        (destination, prefixlen_d): (IpAddr, u8),
    ) -> Result<Self, NotRepresentable> {
        let family = family_of_both(source, destination)?;
        let (saddr, daddr) = (bytes_of(source), bytes_of(destination));
        Ok(Self { family, saddr, prefixlen_s, daddr, prefixlen_d, ..Self::default() })
    }
}

impl<'a> Sa<'a> {
    /// Packets of ESP from one address to another, with this index; in transport mode until [`tunnel`](Self::tunnel) is
    /// called.
    ///
    /// # Errors
    ///
    /// If the two are of different families.
    pub fn esp(source: IpAddr, destination: IpAddr, spi: u32) -> Result<Self, NotRepresentable> {
        let family = family_of_both(source, destination)?;
        let header = SaInfo {
            sel: Selector { family, ..Selector::default() },
            id: Id { daddr: bytes_of(destination), spi, proto: IPPROTO_ESP },
            saddr: bytes_of(source),
            lft: LifetimeCfg::unlimited(),
            family,
            ..SaInfo::default()
        };
        Ok(Self { header, attrs: XfrmAttrs::default() })
    }

    /// Whole packets are packed into others.
    #[must_use]
    pub fn tunnel(mut self) -> Self {
        self.header.mode = Mode::Tunnel;
        self
    }

    /// Sets the number by which policies find it.
    #[must_use]
    pub fn reqid(mut self, reqid: u32) -> Self {
        self.header.reqid = reqid;
        self
    }

    /// Encrypts and authenticates at once: `rfc4106(gcm(aes))`. The key ends with the salt; the last number is the length
    /// of the check value in bits.
    ///
    /// # Errors
    ///
    /// If the name has more than 63 bytes, or a NUL.
    pub fn aead(mut self, algorithm: &str, key: &'a [u8], icv_len: u32) -> Result<Self, NotRepresentable> {
        let header = AlgoAead { name: name(algorithm)?, key_len: bits(key), icv_len };
        self.alg_aead = Some(Headed { header, contents: Array::new(key) });
        Ok(self)
    }

    /// Encrypts: `cbc(aes)`.
    ///
    /// # Errors
    ///
    /// If the name has more than 63 bytes, or a NUL.
    pub fn encrypt(mut self, algorithm: &str, key: &'a [u8]) -> Result<Self, NotRepresentable> {
        let header = Algo { name: name(algorithm)?, key_len: bits(key) };
        self.alg_crypt = Some(Headed { header, contents: Array::new(key) });
        Ok(self)
    }

    /// Authenticates: `hmac(sha256)`. The last number is the length of what is sent of the hash, in bits.
    ///
    /// # Errors
    ///
    /// If the name has more than 63 bytes, or a NUL.
    pub fn authenticate(
        mut self,
        algorithm: &str,
        key: &'a [u8],
        trunc_len: u32,
    ) -> Result<Self, NotRepresentable> {
        let header = AlgoAuth { name: name(algorithm)?, key_len: bits(key), trunc_len };
        self.alg_auth_trunc = Some(Headed { header, contents: Array::new(key) });
        Ok(self)
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
    /// Deletes exactly this association.
    #[must_use]
    pub fn of(sa: &Sa<'_>) -> Self {
        Self { header: identity(sa), attrs: XfrmAttrs { mark: sa.mark, ..XfrmAttrs::default() } }
    }
}

impl GetSa<'_> {
    /// Asks for this association as the kernel has it.
    #[must_use]
    pub fn of(sa: &Sa<'_>) -> Self {
        Self { header: identity(sa), attrs: XfrmAttrs { mark: sa.mark, ..XfrmAttrs::default() } }
    }
}

impl DumpSa<'_> {
    /// Asks for all associations.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }
}

impl Template {
    /// What ESP does between two addresses: it looks for an association with this number.
    ///
    /// # Errors
    ///
    /// If the two are of different families.
    pub fn esp(source: IpAddr, destination: IpAddr, reqid: u32) -> Result<Self, NotRepresentable> {
        let all = u32::MAX;
        Ok(Self {
            id: Id { daddr: bytes_of(destination), proto: IPPROTO_ESP, ..Id::default() },
            family: family_of_both(source, destination)?,
            saddr: bytes_of(source),
            reqid,
            aalgos: all,
            ealgos: all,
            calgos: all,
            ..Self::default()
        })
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

    /// Sets its place among policies: the lowest is asked first.
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
    /// Deletes exactly this policy.
    #[must_use]
    pub fn of(policy: &Policy<'_>) -> Self {
        let PolicyInfo { sel, index, dir, .. } = policy.header;
        let XfrmAttrs { mark, if_id, policy_type, sec_ctx, .. } = policy.attrs;
        Self {
            header: PolicyId { sel, index, dir },
            attrs: XfrmAttrs { mark, if_id, policy_type, sec_ctx, ..XfrmAttrs::default() },
        }
    }
}

impl DumpPolicy<'_> {
    /// Asks for all policies.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;

    #[test]
    fn addresses_of_two_families_are_refused() {
        let (four, six) = ("10.0.0.1".parse().unwrap(), "fd00::1".parse().unwrap());
        assert!(Sa::esp(four, six, 1).is_err());
        assert!(Template::esp(six, four, 1).is_err());
        assert!(Selector::between((four, 8), (six, 8)).is_err());
        let passed_on = Selector::between((four, 40), (four, 8)).unwrap();
        assert_eq!((passed_on.prefixlen_s, passed_on.prefixlen_d), (40, 8));
    }

    #[test]
    fn the_name_of_an_algorithm_is_never_cut() {
        let [fits, long] = [63, 64].map(|len| "x".repeat(len));
        assert_eq!(name(&fits).unwrap()[62..], *b"x\0");
        assert!(name(&long).is_err());
        assert!(name("cbc(aes)\0").is_err());
    }
}
