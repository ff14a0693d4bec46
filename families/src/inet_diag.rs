//! Sockets of TCP, UDP and the like, over sock_diag: a fixed struct in each direction, and attributes behind it.
//! Source: `net/ipv4/inet_diag.c`, `inet_sk_diag_fill`.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use nl_tlv::value::Array;
use nl_tlv::{NlMessage, NlStruct, Rest};
use zerocopy::native_endian::{U32, U64};
use zerocopy::network_endian::U16 as Be16;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// `struct inet_diag_sockid`: ports and addresses of both ends, interface, cookie. An IPv4 address is the first four
/// bytes.
#[derive(
    NlStruct, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned, Clone, Copy, Default, Debug, PartialEq,
)]
#[repr(C)]
pub struct SocketId {
    pub idiag_sport: Be16,
    pub idiag_dport: Be16,
    pub idiag_src: [u8; 16],
    pub idiag_dst: [u8; 16],
    pub idiag_if: U32,
    pub idiag_cookie: [u8; 8],
}

/// `struct inet_diag_req_v2`: family, `IPPROTO_*`, a bit for each attribute wanted (that of type n is n - 1), a bit for
/// each state, and which socket; all zero in a dump.
#[derive(
    NlStruct, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned, Clone, Copy, Default, Debug, PartialEq,
)]
#[repr(C)]
pub struct InetDiagReqV2 {
    pub sdiag_family: u8,
    pub sdiag_protocol: u8,
    pub idiag_ext: u8,
    pub pad: u8,
    pub idiag_states: U32,
    pub id: SocketId,
}

/// Asks for one socket, or in a dump for all.
#[derive(NlMessage, Clone, Copy, Debug, Default, PartialEq)]
#[nl(ty = 20)]
pub struct SocketGet<'a> {
    #[nl(header)]
    pub header: InetDiagReqV2,
    /// A program that selects: `struct inet_diag_bc_op`.
    #[nl(attr = 1)]
    pub bytecode: Option<&'a [u8]>,
}

impl SocketGet<'_> {
    /// All sockets of a family and protocol, in any state, with all there is to know.
    #[must_use]
    pub fn all(sdiag_family: u8, sdiag_protocol: u8) -> Self {
        let idiag_states = u32::MAX.into();
        let header = InetDiagReqV2 {
            sdiag_family,
            sdiag_protocol,
            idiag_ext: 0xff,
            idiag_states,
            ..Default::default()
        };
        Self { header, bytecode: None }
    }
}

/// `struct inet_diag_msg`.
#[derive(
    NlStruct, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned, Clone, Copy, Default, Debug, PartialEq,
)]
#[repr(C)]
pub struct InetDiagMsg {
    pub idiag_family: u8,
    /// `TCP_ESTABLISHED` (1), `TCP_LISTEN` (10) and so on.
    pub idiag_state: u8,
    pub idiag_timer: u8,
    pub idiag_retrans: u8,
    pub id: SocketId,
    pub idiag_expires: U32,
    pub idiag_rqueue: U32,
    pub idiag_wqueue: U32,
    pub idiag_uid: U32,
    pub idiag_inode: U32,
}

impl InetDiagMsg {
    /// Address and port of this end.
    #[must_use]
    pub fn local(&self) -> (IpAddr, u16) {
        (ip(self.idiag_family, &self.id.idiag_src), self.id.idiag_sport.get())
    }

    /// Address and port of the other end; zero without one.
    #[must_use]
    pub fn remote(&self) -> (IpAddr, u16) {
        (ip(self.idiag_family, &self.id.idiag_dst), self.id.idiag_dport.get())
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
    #[nl(header)]
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
    pub cong: Option<&'a str>,
    #[nl(attr = 3)]
    pub vegasinfo: Option<[u8; 16]>,
    #[nl(attr = 9)]
    pub dctcpinfo: Option<[u8; 16]>,
    #[nl(attr = 16)]
    pub bbrinfo: Option<BbrInfo>,
    #[nl(rest)]
    pub rest: Rest<'a>,
}

impl<'a> Socket<'a> {
    /// What TCP says of the connection.
    #[must_use]
    pub fn tcp_info(&self) -> Option<&'a TcpInfo> {
        TcpInfo::ref_from_prefix(self.info?).ok().map(|(info, _)| info)
    }
}

/// `struct inet_diag_meminfo`, in bytes.
#[derive(
    NlStruct, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned, Clone, Copy, Default, Debug, PartialEq,
)]
#[repr(C)]
pub struct MemInfo {
    pub idiag_rmem: U32,
    pub idiag_wmem: U32,
    pub idiag_fmem: U32,
    pub idiag_tmem: U32,
}

/// `struct tcp_bbr_info`.
#[derive(
    NlStruct, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned, Clone, Copy, Default, Debug, PartialEq,
)]
#[repr(C)]
pub struct BbrInfo {
    pub bbr_bw_lo: U32,
    pub bbr_bw_hi: U32,
    pub bbr_min_rtt: U32,
    pub bbr_pacing_gain: U32,
    pub bbr_cwnd_gain: U32,
}

/// The beginning of `struct tcp_info`, which every kernel has. Times are microseconds unless another unit is named.
#[derive(
    NlStruct, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned, Clone, Copy, Default, Debug, PartialEq,
)]
#[repr(C)]
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
    pub tcpi_rto: U32,
    pub tcpi_ato: U32,
    pub tcpi_snd_mss: U32,
    pub tcpi_rcv_mss: U32,
    pub tcpi_unacked: U32,
    pub tcpi_sacked: U32,
    pub tcpi_lost: U32,
    pub tcpi_retrans: U32,
    pub tcpi_fackets: U32,
    /// Milliseconds, as the three after it.
    pub tcpi_last_data_sent: U32,
    pub tcpi_last_ack_sent: U32,
    pub tcpi_last_data_recv: U32,
    pub tcpi_last_ack_recv: U32,
    pub tcpi_pmtu: U32,
    pub tcpi_rcv_ssthresh: U32,
    pub tcpi_rtt: U32,
    pub tcpi_rttvar: U32,
    pub tcpi_snd_ssthresh: U32,
    pub tcpi_snd_cwnd: U32,
    pub tcpi_advmss: U32,
    pub tcpi_reordering: U32,
    pub tcpi_rcv_rtt: U32,
    pub tcpi_rcv_space: U32,
    pub tcpi_total_retrans: U32,
    pub tcpi_pacing_rate: U64,
    pub tcpi_max_pacing_rate: U64,
    pub tcpi_bytes_acked: U64,
    pub tcpi_bytes_received: U64,
}
