//! Sockets of the internet: which are asked for, and what their headers and TCP say.

use super::constants::AF_INET;
use crate::inet_diag::{GetSocket, InetDiagExt, InetDiagMsg, InetDiagReqV2, Request, Socket, TcpStates};
use crate::values::TcpInfo;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use nl_tlv::NlStruct;

/// `IPPROTO_MPTCP`, which takes more than a byte.
const MPTCP: u32 = 262;

impl GetSocket<'_> {
    /// Asks for all sockets of an address family and protocol, in any state, with all attributes.
    #[must_use]
    pub fn all(family: u8, protocol: u8) -> Self {
        let header = InetDiagReqV2 {
            sdiag_family: family,
            sdiag_protocol: protocol,
            idiag_ext: InetDiagExt::all(),
            idiag_states: TcpStates::all(),
            ..InetDiagReqV2::default()
        };
        Self { header, ..Self::default() }
    }

    /// Asks for all sockets of MPTCP (`IPPROTO_MPTCP`), as [`all`](Self::all).
    #[must_use]
    pub fn mptcp(family: u8) -> Self {
        let attrs = Request { protocol: Some(MPTCP), ..Request::default() };
        Self { attrs, ..Self::all(family, 0) }
    }
}

impl InetDiagMsg {
    /// Address and port of this end.
    #[must_use]
    pub fn local(&self) -> (IpAddr, u16) {
        (ip(self.family, &self.id.src), self.id.sport)
    }

    /// Address and port of the other end; zero without one.
    #[must_use]
    pub fn remote(&self) -> (IpAddr, u16) {
        (ip(self.family, &self.id.dst), self.id.dport)
    }
}

fn ip(family: u8, bytes: &[u8; 16]) -> IpAddr {
    match (family, bytes) {
        (AF_INET, &[a, b, c, d, ..]) => Ipv4Addr::new(a, b, c, d).into(),
        _ => Ipv6Addr::from(*bytes).into(),
    }
}

impl Socket<'_> {
    /// What TCP says of the connection. `info` is longer with each kernel: what this one does not have is 0. Of other protocols
    /// it is something else.
    #[must_use]
    pub fn tcp_info(&self) -> Option<TcpInfo> {
        TcpInfo::from_prefix(self.info?)
    }
}
