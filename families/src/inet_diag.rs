//! Sockets of TCP, UDP and the like, over sock_diag: a fixed struct in each direction, and attributes behind it.
//! Source: `net/ipv4/inet_diag.c`, `inet_sk_diag_fill`.

use crate::imports::first;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use nl_tlv::schema::MessageSchema;
use nl_tlv::value::{Array, NlStr};
use nl_tlv::{NlMessage, NlStruct, Rest, nl_struct};

/// The messages, for readers of schemas. The answer and the request have the same number; the answer comes first.
pub const SCHEMAS: &[&MessageSchema] = &[first(Socket::SCHEMAS), first(SocketGet::SCHEMAS)];

/// `struct inet_diag_sockid`: ports and addresses of both ends, interface, cookie. An IPv4 address is the first four
/// bytes.
#[nl_struct(zero_extend)]
pub struct SocketId {
    #[nl(be)]
    pub idiag_sport: u16,
    #[nl(be)]
    pub idiag_dport: u16,
    pub idiag_src: [u8; 16],
    pub idiag_dst: [u8; 16],
    pub idiag_if: u32,
    pub idiag_cookie: [u8; 8],
}

/// `struct inet_diag_req_v2`: family, `IPPROTO_*`, a bit for each attribute wanted (that of type n is n - 1), a bit for
/// each state, and which socket; all zero in a dump.
#[nl_struct(zero_extend)]
pub struct InetDiagReqV2 {
    pub sdiag_family: u8,
    pub sdiag_protocol: u8,
    pub idiag_ext: u8,
    pub pad: u8,
    pub idiag_states: u32,
    pub id: SocketId,
}

/// Asks for one socket, or in a dump for all.
#[derive(NlMessage, Clone, Copy, Debug, Default, PartialEq)]
#[nl(ty = 20)]
pub struct SocketGet<'a> {
    #[nl(fixed_header)]
    pub header: InetDiagReqV2,
    /// A program that selects: `struct inet_diag_bc_op`.
    #[nl(attr = 1)]
    pub bytecode: Option<&'a [u8]>,
    /// The protocol, where its number takes more than a byte: 262 is MPTCP.
    #[nl(attr = 3)]
    pub protocol: Option<u32>,
}

impl SocketGet<'_> {
    /// All sockets of a family and protocol, in any state, with all there is to know.
    #[must_use]
    pub fn all(sdiag_family: u8, sdiag_protocol: u8) -> Self {
        let idiag_states = u32::MAX;
        let header = InetDiagReqV2 {
            sdiag_family,
            sdiag_protocol,
            idiag_ext: 0xff,
            idiag_states,
            ..Default::default()
        };
        Self { header, bytecode: None, protocol: None }
    }

    /// All sockets of MPTCP (`IPPROTO_MPTCP`), as [`all`](Self::all).
    #[must_use]
    pub fn mptcp(family: u8) -> Self {
        Self { protocol: Some(262), ..Self::all(family, 0) }
    }
}

/// `struct inet_diag_msg`.
#[nl_struct(zero_extend)]
pub struct InetDiagMsg {
    pub idiag_family: u8,
    /// `TCP_ESTABLISHED` (1), `TCP_LISTEN` (10) and so on.
    pub idiag_state: u8,
    pub idiag_timer: u8,
    pub idiag_retrans: u8,
    pub id: SocketId,
    pub idiag_expires: u32,
    pub idiag_rqueue: u32,
    pub idiag_wqueue: u32,
    pub idiag_uid: u32,
    pub idiag_inode: u32,
}

impl InetDiagMsg {
    /// Address and port of this end.
    #[must_use]
    pub fn local(&self) -> (IpAddr, u16) {
        (ip(self.idiag_family, &self.id.idiag_src), self.id.idiag_sport)
    }

    /// Address and port of the other end; zero without one.
    #[must_use]
    pub fn remote(&self) -> (IpAddr, u16) {
        (ip(self.idiag_family, &self.id.idiag_dst), self.id.idiag_dport)
    }
}

fn ip(family: u8, bytes: &[u8; 16]) -> IpAddr {
    match (family, bytes) {
        (2, &[a, b, c, d, ..]) => Ipv4Addr::new(a, b, c, d).into(),
        _ => Ipv6Addr::from(*bytes).into(),
    }
}

/// A socket.
#[derive(NlMessage, Clone, Debug, Default, PartialEq)]
#[nl(ty = 20, pad = 14)]
pub struct Socket<'a> {
    #[nl(fixed_header)]
    pub header: InetDiagMsg,
    /// The directions that are shut down: 1 receiving, 2 sending.
    #[nl(attr = 8)]
    pub shutdown: Option<u8>,
    #[nl(attr = 5)]
    pub tos: Option<u8>,
    #[nl(attr = 6)]
    pub tclass: Option<u8>,
    #[nl(attr = 11)]
    pub skv6only: Option<u8>,
    #[nl(attr = 15)]
    pub mark: Option<u32>,
    #[nl(attr = 17)]
    pub class_id: Option<u32>,
    #[nl(attr = 21)]
    pub cgroup_id: Option<u64>,
    /// `struct inet_diag_sockopt`: a bit for each option.
    #[nl(attr = 22)]
    pub sockopt: Option<[u8; 2]>,
    #[nl(attr = 1)]
    pub meminfo: Option<MemInfo>,
    /// By `SK_MEMINFO_*`.
    #[nl(attr = 7)]
    pub skmeminfo: Option<Array<'a, u32>>,
    /// Of TCP a [`TcpInfo`], longer with each kernel: see [`tcp_info`](Socket::tcp_info).
    #[nl(attr = 2)]
    pub info: Option<&'a [u8]>,
    #[nl(attr = 4)]
    pub cong: Option<NlStr<'a>>,
    #[nl(attr = 3)]
    pub vegasinfo: Option<[u8; 16]>,
    #[nl(attr = 9)]
    pub dctcpinfo: Option<[u8; 16]>,
    #[nl(attr = 16)]
    pub bbrinfo: Option<BbrInfo>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

impl Socket<'_> {
    /// What TCP says of the connection.
    #[must_use]
    pub fn tcp_info(&self) -> Option<TcpInfo> {
        TcpInfo::from_prefix(self.info?)
    }
}

/// `struct inet_diag_meminfo`, in bytes.
#[nl_struct(zero_extend)]
pub struct MemInfo {
    pub idiag_rmem: u32,
    pub idiag_wmem: u32,
    pub idiag_fmem: u32,
    pub idiag_tmem: u32,
}

/// `struct tcp_bbr_info`.
#[nl_struct(zero_extend)]
pub struct BbrInfo {
    pub bbr_bw_lo: u32,
    pub bbr_bw_hi: u32,
    pub bbr_min_rtt: u32,
    pub bbr_pacing_gain: u32,
    pub bbr_cwnd_gain: u32,
}

/// The beginning of `struct tcp_info`, which every kernel has. Times are microseconds unless another unit is named.
#[nl_struct(zero_extend)]
pub struct TcpInfo {
    pub tcpi_state: u8,
    pub tcpi_ca_state: u8,
    pub tcpi_retransmits: u8,
    pub tcpi_probes: u8,
    pub tcpi_backoff: u8,
    pub tcpi_options: u8,
    /// `tcpi_snd_wscale` and `tcpi_rcv_wscale`, four bits each.
    pub wscale: u8,
    /// `tcpi_delivery_rate_app_limited` and `tcpi_fastopen_client_fail`.
    pub limited: u8,
    pub tcpi_rto: u32,
    pub tcpi_ato: u32,
    pub tcpi_snd_mss: u32,
    pub tcpi_rcv_mss: u32,
    pub tcpi_unacked: u32,
    pub tcpi_sacked: u32,
    pub tcpi_lost: u32,
    pub tcpi_retrans: u32,
    pub tcpi_fackets: u32,
    /// Milliseconds, as the three after it.
    pub tcpi_last_data_sent: u32,
    pub tcpi_last_ack_sent: u32,
    pub tcpi_last_data_recv: u32,
    pub tcpi_last_ack_recv: u32,
    pub tcpi_pmtu: u32,
    pub tcpi_rcv_ssthresh: u32,
    pub tcpi_rtt: u32,
    pub tcpi_rttvar: u32,
    pub tcpi_snd_ssthresh: u32,
    pub tcpi_snd_cwnd: u32,
    pub tcpi_advmss: u32,
    pub tcpi_reordering: u32,
    pub tcpi_rcv_rtt: u32,
    pub tcpi_rcv_space: u32,
    pub tcpi_total_retrans: u32,
    pub tcpi_pacing_rate: u64,
    pub tcpi_max_pacing_rate: u64,
    pub tcpi_bytes_acked: u64,
    pub tcpi_bytes_received: u64,
}
