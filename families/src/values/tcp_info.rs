//! What TCP says of a connection.

use nl_tlv::nl_struct;

/// `struct tcp_info` of Linux 7.3: what `ss -ti` shows of a connection. Times are microseconds and rates bytes per second,
/// unless another unit is named.
///
/// An older kernel's struct is shorter, and what it does not have is 0. Its length says what it has:
///
/// ```
/// use nl_tlv::NlStruct;
/// use nl_tlv_families::values::TcpInfo;
///
/// let info = [1; 136]; // `Socket::info` of Linux 4.1
/// let has = |name| TcpInfo::SCHEMA.fields.iter().any(|field| field.name == name && field.offset < info.len());
/// assert!(has("tcpi_bytes_received") && !has("tcpi_segs_out"));
/// assert_eq!(TcpInfo::from_prefix(&info).unwrap().tcpi_segs_out, 0);
/// ```
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
    /// Segments, as `tcpi_segs_in`.
    pub tcpi_segs_out: u32,
    pub tcpi_segs_in: u32,
    pub tcpi_notsent_bytes: u32,
    pub tcpi_min_rtt: u32,
    /// Segments with data, as `tcpi_data_segs_out`.
    pub tcpi_data_segs_in: u32,
    pub tcpi_data_segs_out: u32,
    pub tcpi_delivery_rate: u64,
    /// How long data were sent.
    pub tcpi_busy_time: u64,
    /// How long the window of the receiver was too small.
    pub tcpi_rwnd_limited: u64,
    /// How long the send buffer was too small.
    pub tcpi_sndbuf_limited: u64,
    /// Segments, as `tcpi_delivered_ce`.
    pub tcpi_delivered: u32,
    pub tcpi_delivered_ce: u32,
    pub tcpi_bytes_sent: u64,
    pub tcpi_bytes_retrans: u64,
    pub tcpi_dsack_dups: u32,
    pub tcpi_reord_seen: u32,
    pub tcpi_rcv_ooopack: u32,
    /// Bytes, as `tcpi_rcv_wnd`.
    pub tcpi_snd_wnd: u32,
    pub tcpi_rcv_wnd: u32,
    pub tcpi_rehash: u32,
    pub tcpi_total_rto: u16,
    pub tcpi_total_rto_recoveries: u16,
    /// Milliseconds.
    pub tcpi_total_rto_time: u32,
    /// Segments.
    pub tcpi_received_ce: u32,
    pub tcpi_delivered_e1_bytes: u32,
    pub tcpi_delivered_e0_bytes: u32,
    pub tcpi_delivered_ce_bytes: u32,
    pub tcpi_received_e1_bytes: u32,
    pub tcpi_received_e0_bytes: u32,
    pub tcpi_received_ce_bytes: u32,
    /// `tcpi_ecn_mode` and `tcpi_accecn_opt_seen`, two bits each, `tcpi_accecn_fail_mode`, four bits, and `tcpi_options2`.
    pub ecn: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use nl_tlv::NlStruct;

    #[test]
    fn fields_are_where_c_has_them() {
        // `offsetof` with `linux/tcp.h` of Linux 7.3.
        let offsets = [
            ("tcpi_rto", 8),
            ("tcpi_pacing_rate", 104),
            ("tcpi_segs_out", 136),
            ("tcpi_min_rtt", 148),
            ("tcpi_delivery_rate", 160),
            ("tcpi_delivered", 192),
            ("tcpi_bytes_sent", 200),
            ("tcpi_rcv_ooopack", 224),
            ("tcpi_rcv_wnd", 232),
            ("tcpi_total_rto", 240),
            ("tcpi_received_ce_bytes", 272),
        ];
        for (name, offset) in offsets {
            let field = TcpInfo::SCHEMA.fields.iter().find(|field| field.name == name).unwrap();
            assert_eq!(field.offset, offset, "{name}");
        }
        assert_eq!(TcpInfo::SCHEMA.len, 280);
    }
}
