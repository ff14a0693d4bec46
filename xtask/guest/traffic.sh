# Netlink traffic of many tools, which tcpdump writes into /run/traffic.pcap: what the families are tested with.
# A command may fail where a kernel lacks what it is about.

# The shell has an `ip` and a `tc` of its own. A tool may wait for an event that never comes (`iw scan` on Linux 7.3), so
# each is ended, but only when it has had many times what it needs: a machine that is busy makes them slow.
for tool in bridge conntrack dcb devlink ethtool ip ipset nft ss tc wg; do
	eval "$tool() { timeout 300 /usr/local/bin/$tool \"\$@\"; }"
done
iw() {
	timeout 60 /usr/local/bin/iw "$@"
}

echo root:x:0:0::/:/bin/sh >/etc/passwd
mkdir -p /etc/iproute2
echo '1 cmp' >/etc/iproute2/ematch_map
printf 'icmp 1\ntcp 6\nudp 17\nesp 50\nah 51\nipv6-icmp 58\n' >/etc/protocols
mkdir -p /run /var/run

for module in nlmon nf_conntrack_netlink nf_tables nfnetlink_log tcp_diag udp_diag unix_diag af_packet_diag netlink_diag; do
	modprobe "$module"
done
ip link add nlmon0 type nlmon
ip link set nlmon0 up
tcpdump -Z root -B 8192 -s 0 -U --immediate-mode -i nlmon0 -w /run/traffic.pcap &
tcpdump=$!
sleep 1

link() {
	ip link add "$@"
}

# Links of all kinds.
link d0 type veth peer name d1
link v0 type veth peer name v1
link br0 type bridge vlan_filtering 1 mcast_snooping 1 mcast_querier 1
link br1 type bridge stp_state 1 ageing_time 20000 mcast_vlan_snooping 0
link bo0 type bond mode active-backup miimon 100
link bo1 type bond mode 802.3ad lacp_rate fast xmit_hash_policy layer3+4
link link d0 name vl5 type vlan id 5 egress-qos-map 1:2 ingress-qos-map 3:4
link link d0 name vl6 type vlan protocol 802.1ad id 6 gvrp on
link link d0 name mv0 type macvlan mode bridge
link link d0 name mv1 type macvlan mode source macaddr add 02:00:00:00:00:77
link link d0 name mt0 type macvtap mode vepa
link link d1 name ipv0 type ipvlan mode l2
link vx0 type vxlan id 42 dstport 4789 local 192.0.2.1
link vx6 type vxlan id 43 dstport 4790 group ff05::100 dev d0
link vxe type vxlan external vnifilter
link vrf0 type vrf table 100
link wg0 type wireguard
link gre1 type gre local 192.0.2.1 remote 192.0.2.2 key 7
link gretap1 type gretap local 192.0.2.1 remote 192.0.2.3
link erspan1 type erspan seq key 9 local 192.0.2.1 remote 192.0.2.8 erspan_ver 1 erspan 5
link gre6 type ip6gre local 2001:db8::1 remote 2001:db8::2
link ip6t type ip6tnl mode ip6ip6 local 2001:db8::1 remote 2001:db8::3
link sit1 type sit local 192.0.2.1 remote 192.0.2.4
link ipip1 type ipip local 192.0.2.1 remote 192.0.2.5
link vti1 type vti local 192.0.2.1 remote 192.0.2.9 key 3
link gnv0 type geneve id 7 remote 192.0.2.6
link bare0 type bareudp dstport 6635 ethertype mpls_uc
link nk0 type netkit
link link d0 name ms0 type macsec encrypt on
link xf0 type xfrm dev d0 if_id 7
link ifb0 type ifb
link du0 numtxqueues 4 type dummy
link hsr0 type hsr slave1 v0 slave2 v1
link te0 type team
link vc0 type vcan
link cvx0 type vxcan peer name cvx1
link can0 type can
ip tuntap add tun0 mode tun
ip tuntap add tap0 mode tap multi_queue
ip link del hsr0
ip link set v1 master br0
ip link set du0 master bo0
ip link set eth9 up
for dev in d0 d1 v0 v1 br0 br1 vx0 vxe bo0 du0 ifb0 wg0 gre1 te0 lo; do
	ip link set "$dev" up
done
ip link property add dev d0 altname other0
ip link set d0 alias something mtu 1400 txqueuelen 500
ip link set v1 type bridge_slave cost 5 priority 3 learning off guard on
ip link set d1 address 02:00:00:00:00:01
ip link set d0 down
ip link set d0 name d7
ip link set d7 name d0
ip link set d0 up
ip link set d0 xdp off
ip netns add other
ip link add n0 type veth peer name n1 netns other
ip netns list-id
ip link del n0

# Addresses, routes, rules, neighbours.
ip addr add 192.0.2.1/24 brd + label d0:1 dev d0
ip addr add 192.0.2.2/24 valid_lft 1000 preferred_lft 500 dev d0
ip addr add 192.0.2.100 peer 192.0.2.101/32 dev gre1
ip addr add 2001:db8::1/64 nodad dev d0
ip addr add 2001:db8::7/64 noprefixroute mngtmpaddr dev d0
ip addr del 192.0.2.2/24 dev d0
ip route add 10.1.0.0/16 via 192.0.2.7
ip route add 10.2.0.0/16 nexthop via 192.0.2.7 weight 2 nexthop via 192.0.2.8
ip route add 10.3.0.0/16 via 192.0.2.7 mtu lock 1400 advmss 1300 rto_min 5ms metric 7 congctl reno
ip route add 10.4.0.0/16 via inet6 2001:db8::2 dev d0
ip route add 10.7.0.0/16 encap ip id 7 dst 192.0.2.9 dev vxe
ip route add 10.8.0.0/16 encap mpls 16/17 via 192.0.2.7
ip route add blackhole 10.5.0.0/16
ip route add unreachable 10.15.0.0/16 table 3000
ip route add 10.16.0.0/16 src 192.0.2.1 via 192.0.2.7 realm 3/4 tos 4 proto static scope global
ip -6 route add 2001:db8:1::/48 via 2001:db8::2 metric 9 expires 100 pref high
ip -6 route add 2001:db8:2::/48 nexthop via 2001:db8::2 nexthop via 2001:db8::3
ip -6 route add 2001:db8:3::/48 encap seg6 mode encap segs 2001:db8::9 dev d0
ip -6 route add 2001:db8:4::/48 encap seg6local action End.DX6 nh6 2001:db8::9 dev d0
ip -6 route add 2001:db8:5::/48 encap ioam6 trace prealloc type 0x800000 ns 0 size 12 dev d0
ip nexthop add id 1 via 192.0.2.7 dev d0
ip nexthop add id 2 via 192.0.2.8 dev d0
ip nexthop add id 3 blackhole
ip nexthop add id 10 group 1,3/2,1
ip nexthop add id 11 group 1/2 type resilient buckets 8 idle_timer 60
ip route add 10.6.0.0/16 nhid 10
ip route get 10.1.0.1
ip route get fibmatch 10.3.0.1 mark 5
ip -6 route get 2001:db8:1::1
ip neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev d0
ip neigh add proxy 192.0.2.77 dev d0
ip neigh add 2001:db8::9 lladdr 02:00:00:00:00:09 nud stale extern_learn dev d0
ip ntable change name arp_cache dev d0 base_reachable 20000
ip rule add from 10.0.0.0/8 table 99 priority 100
ip rule add fwmark 1/0xff sport 22 dport 80-90 ipproto tcp table 98 priority 101
ip rule add iif d0 oif d1 tos 4 lookup 300 suppress_prefixlength 8 realms 1/2
ip -6 rule add uidrange 5-6 to 2001:db8::/32 prohibit
ip rule add l3mdev pref 1000
ip rule del priority 100
ip address show
ip -s -s -d link show
ip -d -br link show master br0
ip -4 route show table all
ip -6 route show table all
ip neigh show
ip neigh show proxy
ip nexthop show
ip nexthop bucket show
ip -N -d rule show
ip -6 rule show
ip ntable show
ip maddr show
ip mroute show
ip netconf show
ip stats show
ip token list
ip addrlabel list
ip addrlabel add prefix 2001:db8::/48 label 9
ip ila list
ip fou add port 5555 ipproto 4
ip fou show
ip tcp_metrics show
ip mptcp endpoint add 192.0.2.1 dev d0 id 3 subflow
ip mptcp endpoint show
ip mptcp limits set subflows 2 add_addr_accepted 2
ip mptcp limits show
ip macsec show
ip ioam namespace add 123 data 1
ip ioam namespace show
ip sr tunsrc show
ip vrf show

# Bridges.
bridge vlan add dev v1 vid 10 pvid untagged
bridge vlan add dev v1 vid 20-30
bridge vlan add dev br0 vid 10 self
bridge -d -s vlan show
bridge vlan tunnelshow
bridge vlan global show
bridge vni add dev vxe vni 5
bridge vni show
bridge fdb add 02:00:00:00:00:0a dev vx0 dst 192.0.2.10
bridge fdb append 00:00:00:00:00:00 dev vx0 dst 192.0.2.11 vni 9
bridge fdb add 02:00:00:00:00:0b dev v1 master static vlan 10
bridge fdb get 02:00:00:00:00:0b br br0 vlan 10
bridge -s -d fdb show
bridge mdb add dev br0 port v1 grp 239.1.1.1 permanent vid 10
bridge mdb add dev br0 port v1 grp ff05::7 temp
bridge -d -s mdb show
bridge -d link show
bridge link set dev v1 mcast_flood off neigh_suppress on

# Traffic control.
tc qdisc add dev d0 root handle 1: htb default 10
tc class add dev d0 parent 1: classid 1:10 htb rate 1mbit ceil 2mbit
tc class add dev d0 parent 1: classid 1:11 htb rate 40gbit ceil 100gbit
tc qdisc add dev d0 parent 1:10 handle 10: fq_codel limit 100 ecn
tc qdisc add dev v0 root handle 2: tbf rate 1mbit burst 32kbit latency 400ms
tc qdisc add dev br0 root netem delay 10ms 2ms 25% loss 1% duplicate 1% reorder 5% corrupt 1% rate 1mbit
tc qdisc add dev v1 clsact
tc qdisc add dev wg0 root sfq perturb 10
tc qdisc add dev ifb0 root prio bands 4
tc qdisc add dev vl5 root fq
tc qdisc add dev mv0 root cake bandwidth 10mbit
tc qdisc add dev vx0 root red limit 100000 avpkt 1000
tc qdisc add dev gre1 root handle 1: hfsc default 1
tc class add dev gre1 parent 1: classid 1:1 hfsc sc rate 1mbit
tc qdisc add dev ipip1 root handle 1: drr
tc class add dev ipip1 parent 1: classid 1:1 drr quantum 1500
tc qdisc add dev gnv0 root qfq
tc qdisc add dev du0 root mqprio num_tc 2 map 0 1 queues 2@0 2@2 hw 0
tc qdisc add dev sit1 root codel
tc qdisc add dev gretap1 root pie
tc qdisc add dev tap0 root multiq
tc qdisc add dev tun0 root pfifo limit 7
tc filter add dev v1 ingress protocol ip flower dst_ip 10.0.0.1 ip_proto tcp dst_port 22 action drop
tc filter add dev v1 ingress protocol 802.1q flower vlan_id 5 vlan_prio 2 src_mac 02:00:00:00:00:01 action vlan pop
tc filter add dev v1 ingress protocol ipv6 flower src_ip 2001:db8::/32 ip_flags frag ct_state +trk action ct zone 3
tc filter add dev v1 ingress matchall action mirred egress redirect dev d0
tc filter add dev v1 egress matchall action police rate 1mbit burst 10k conform-exceed drop/pipe
tc filter add dev v1 egress matchall action skbedit mark 5 action pedit munge ip ttl set 5 action csum ip
tc filter add dev v1 egress matchall action tunnel_key set src_ip 192.0.2.1 id 5 dst_ip 192.0.2.9 action goto chain 7
tc filter add dev v1 egress matchall action sample rate 10 group 4 action skbmod swap mac action nat ingress 10.0.0.1 10.0.0.2
tc filter add dev v1 egress matchall action mpls push label 5 action ctinfo dscp 63 action gact drop random determ ok 4
tc filter add dev d0 parent 1: protocol ip u32 match ip dst 10.0.0.0/8 flowid 1:10
tc filter add dev d0 parent 1: protocol ip basic match 'cmp(u8 at 0 layer 1 gt 3)' flowid 1:10
tc filter add dev d0 parent 1: handle 5 fw flowid 1:10
tc filter add dev d0 parent 1: handle 1 bpf bytecode '1,6 0 0 0' flowid 1:10
tc chain add dev v1 ingress chain 9 flower
tc actions add action gact drop index 7
tc actions list action gact
for dev in d0 v0 v1 br0 ifb0 gre1 ipip1 gnv0; do
	tc -s -d qdisc show dev "$dev"
	tc -s -d class show dev "$dev"
	tc -s -d filter show dev "$dev"
done
tc -s qdisc show
tc -s filter show dev v1 ingress
tc -s filter show dev v1 egress
tc chain show dev v1 ingress
tc qdisc del dev d0 root

# Netfilter.
ip netns exec other ip link set lo up
nft -f - <<'EOF'
table inet t {
	comment "of a test"
	set s { type ipv4_addr; flags interval, timeout; elements = { 10.0.0.0/8 timeout 1h, 192.0.2.1 } }
	map m { type inet_service : verdict; elements = { 22 : accept, 80 : drop } }
	set dyn { type ipv4_addr; size 100; flags dynamic, timeout; timeout 1m; }
	counter c {
	}
	quota q {
		over 10 mbytes
	}
	limit l {
		rate 5/second burst 3 packets
	}
	ct helper h {
		type "ftp" protocol tcp;
	}
	flowtable f { hook ingress priority 0; devices = { d0 }; }
	chain other {
		limit name "l" accept
	}
	chain in {
		type filter hook input priority 0; policy accept;
		ct state established,related accept
		ip saddr @s counter accept comment "known"
		tcp dport vmap @m
		iifname "d*" meta mark set 5 log prefix "x" group 3
		ip protocol icmp limit rate 5/second accept
		udp dport { 53, 67-69 } counter name c drop
		ip6 saddr 2001:db8::/32 reject with icmpv6 type admin-prohibited
		tcp flags & (fin|syn) == fin update @dyn { ip saddr timeout 30s }
		ct mark set meta mark
		meta l4proto tcp quota name q
		socket transparent 1 accept
		numgen random mod 3 vmap { 0 : accept, 1 : drop, 2 : jump other }
		fib saddr . iif oif missing drop
		jhash ip saddr mod 4 seed 5 == 1 accept
		queue num 3 bypass
	}
	chain through {
		type filter hook forward priority 0;
		tcp option maxseg size set rt mtu
		flow add @f
	}
}
table ip n {
	chain post {
		type nat hook postrouting priority 100;
		oifname "d0" masquerade
		ip protocol tcp snat to 192.0.2.1-192.0.2.5:1000-2000
	}
	chain pre {
		type nat hook prerouting priority -100;
		tcp dport 80 dnat to 10.0.0.1:8080
		udp dport 5 redirect to :7
	}
}
table netdev e {
	chain c {
		type filter hook ingress device d0 priority 0;
		ip ttl 1 drop
		ip dscp set cs1
		fwd to "d1"
	}
}
EOF
nft list ruleset
nft -j list ruleset
nft add element inet t s '{ 172.16.0.1 }'
nft get element inet t s '{ 192.0.2.1 }'
nft reset counters
nft delete table netdev e
/usr/local/bin/nft monitor & monitor=$!
nft add table inet gone
nft delete table inet gone
kill $monitor
ping -c 1 -w 1 127.0.0.1
wget -T 1 -O /dev/null http://127.0.0.1:9/
conntrack -L
conntrack -I -s 10.0.0.1 -d 10.0.0.2 -p tcp --sport 5 --dport 80 --state ESTABLISHED -t 100 -m 5
conntrack -I -s 10.0.0.1 -d 10.0.0.2 -p udp --sport 5 --dport 80 -t 100 --src-nat 10.0.0.7
conntrack -U -s 10.0.0.1 -p tcp -m 7
conntrack -G -s 10.0.0.1 -d 10.0.0.2 -p tcp --sport 5 --dport 80
conntrack -L -o extended
conntrack -S
conntrack -C
conntrack -L expect
conntrack -D -p udp
ipset create s1 hash:ip timeout 100 counters comment
ipset add s1 10.0.0.1 comment one timeout 5
ipset create s2 hash:net family inet6
ipset add s2 2001:db8::/32
ipset create s3 bitmap:port range 0-1024
ipset add s3 22-25
ipset create s4 list:set
ipset add s4 s1
ipset create s5 hash:ip,port,net
ipset add s5 10.0.0.1,tcp:80,10.1.0.0/16
ipset test s1 10.0.0.1
ipset list
ipset save
ipset rename s2 s9
ipset destroy s4
ipset destroy

# Sockets.
nc -l -p 7777 &
nc=$!
sleep 0.2
ss -tuanpOemi
ss -xap
ss -0ap
ss -A netlink -a
ss -4 state listening
ss -K dst 192.0.2.9
kill $nc

# Devices.
for dev in eth9 d0 tap0 br0 lo; do
	for what in '' -a -c -g -i -k -l -T -m --show-eee --show-fec --show-module --show-priv-flags -S --show-ring --show-tunnels --show-phys --show-mm --show-rxfh; do
		ethtool $what "$dev"
	done
	ethtool --include-statistics -a "$dev"
	ethtool -S "$dev" --all-groups
done
ethtool -K d0 gro on tx off
ethtool -G eth9 rx 128
ethtool -A eth9 rx on tx off
ethtool -L tap0 combined 1
ethtool -C tap0 rx-frames 5
ethtool -s eth9 msglvl drv on
ethtool -s eth9 wol g
ethtool --set-eee eth9 eee on
ethtool --show-permaddr eth9 || ethtool -P eth9

# A network card of the kernel's own, with two ports and a virtual function.
modprobe netdevsim
mount -t debugfs none /sys/kernel/debug
mkdir -p /lib/firmware
echo firmware >/lib/firmware/sim.bin
/usr/local/bin/devlink monitor & monitor=$!
sim=netdevsim/netdevsim1
echo '1 2 4' >/sys/bus/netdevsim/new_device
sleep 1
echo 2 >/sys/bus/netdevsim/devices/netdevsim1/sriov_numvfs
devlink dev show
devlink -j dev info $sim
devlink dev eswitch show $sim
devlink dev eswitch set $sim mode switchdev
devlink dev param show
devlink dev param set $sim name max_macs value 16 cmode driverinit
devlink dev param set $sim name test1 value false cmode driverinit
devlink dev param set $sim name test2 value 7 cmode runtime
devlink dev reload $sim action driver_reinit
# The ports are new ones now.
set -- /sys/bus/netdevsim/devices/netdevsim1/net/*
ip link set "${1##*/}" name sim0
ip link set sim0 up
ip addr add 198.51.100.1/24 dev sim0
devlink dev flash $sim file sim.bin
devlink dev selftests show $sim
devlink port show
devlink port param show
devlink port split $sim/0 count 2
devlink port function set $sim/128 hw_addr 02:00:00:00:00:77
devlink port function rate add $sim/group1
devlink port function rate set $sim/group1 tx_share 10mbit tx_max 100mbit
devlink port function rate set $sim/128 parent group1 tx_max 50mbit
devlink port function rate show
devlink port function rate set $sim/128 noparent
devlink port function rate del $sim/group1
devlink resource show $sim
devlink resource set $sim path /IPv4/fib size 64
devlink dpipe table show $sim
devlink sb show
devlink region show
devlink region new $sim/dummy
devlink region new $sim/dummy snapshot 5
devlink region dump $sim/dummy snapshot 5
devlink region read $sim/dummy snapshot 5 address 0 length 16
devlink region del $sim/dummy snapshot 5
devlink health show
devlink health diagnose $sim reporter dummy
echo broken >/sys/kernel/debug/netdevsim/netdevsim1/health/break_health
devlink health show $sim reporter dummy
devlink health dump show $sim reporter dummy
devlink health dump clear $sim reporter dummy
devlink health set $sim reporter dummy grace_period 5 auto_recover true
devlink health recover $sim reporter dummy
devlink health test $sim reporter dummy
devlink trap show
devlink -s -v trap show $sim trap source_mac_is_multicast
devlink trap set $sim trap source_mac_is_multicast action trap
devlink trap group show
devlink trap group set $sim group l2_drops action drop
devlink trap policer show
devlink trap policer set $sim policer 1 rate 1000 burst 512
devlink lc show
for what in '' -a -c -g -i -k -l -T --show-fec --show-tunnels --show-phys --show-module; do
	ethtool $what sim0
done
ethtool -A sim0 rx on tx off
ethtool -C sim0 rx-usecs 5
ethtool -G sim0 rx 128
ethtool --set-fec sim0 encoding rs
ethtool --include-statistics --show-fec sim0
ip stats set dev sim0 l3_stats on
ip stats show dev sim0 group offload subgroup hw_stats_info
ip stats show dev sim0 group offload subgroup l3_stats
ip stats show dev sim0
ip stats set dev sim0 l3_stats off
ip link set sim0 vf 0 mac 02:00:00:00:00:99 vlan 5 rate 7
ip -d -s link show dev sim0
ip route add 203.0.113.0/24 via 198.51.100.2
ip nexthop add id 20 via 198.51.100.2 dev sim0
tc qdisc add dev sim0 root mq
tc qdisc add dev sim0 clsact
tc filter add dev sim0 ingress protocol ip flower skip_sw dst_ip 10.0.0.1 action drop
dcb ets show dev sim0
dcb app show dev sim0
dcb dcbx show dev sim0
echo 1 >/sys/bus/netdevsim/del_device
sleep 1
kill $monitor

# WireGuard.
wg genkey > /run/key
wg set wg0 private-key /run/key listen-port 51820 fwmark 5 \
	peer xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg= allowed-ips 10.7.0.0/16,2001:db8:7::/48 \
	endpoint 192.0.2.1:51820 persistent-keepalive 25 preshared-key /run/key
wg show all dump
wg set wg0 peer xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg= remove

# Wi-Fi without a radio.
iw phy
iw dev
iw list
iw reg set DE
iw reg get
ip link set wlan0 up
ip link set wlan1 up
/usr/local/bin/iw event & event=$!
iw dev wlan0 scan
iw dev wlan0 scan freq 2412 ssid net
iw dev wlan0 scan dump
iw dev wlan0 survey dump
iw dev wlan0 info
iw dev wlan0 link
iw phy phy0 interface add mesh0 type mp mesh_id meshnet
iw dev mesh0 info
iw dev mesh0 del
iw phy phy0 interface add mon0 type monitor flags fcsfail otherbss
iw dev mon0 del
iw dev wlan0 set power_save on
iw dev wlan0 get power_save
iw phy phy0 set txpower fixed 1000
iw phy phy0 set rts 500
iw phy phy0 set coverage 1
iw dev wlan1 set type ibss
ip link set wlan1 down
iw dev wlan1 set type ibss
ip link set wlan1 up
iw dev wlan1 ibss join cell 2412
sleep 1
iw dev wlan1 station dump
iw dev wlan1 ibss leave
kill $event

# IPsec.
ip xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x1234 reqid 5 mode tunnel \
	aead 'rfc4106(gcm(aes))' 0x0102030405060708090a0b0c0d0e0f1011121314 128
ip xfrm state add src 2001:db8::1 dst 2001:db8::2 proto esp spi 7 mode transport mark 5 mask 0xff if_id 9 \
	auth 'hmac(sha256)' 0x01020304050607080102030405060708 enc 'cbc(aes)' 0x01020304050607080102030405060708 \
	flag noecn replay-window 32 encap espinudp 4500 4500 0.0.0.0
ip xfrm state add src 192.0.2.1 dst 192.0.2.9 proto ah spi 9 auth-trunc 'hmac(sha256)' 0x01020304050607080102030405060708 96
ip xfrm policy add dir out src 10.1.0.0/16 dst 10.2.0.0/16 priority 5 tmpl src 192.0.2.1 dst 192.0.2.2 proto esp reqid 5 mode tunnel
ip xfrm policy add dir in src 10.2.0.0/16 dst 10.1.0.0/16 mark 5 if_id 9 action block
/usr/local/bin/ip xfrm monitor & monitor=$!
ip -s xfrm state
ip -s xfrm policy
ip xfrm state count
ip xfrm policy count
ip xfrm policy get dir out src 10.1.0.0/16 dst 10.2.0.0/16
ip xfrm state get src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x1234
ip xfrm state allocspi src 192.0.2.1 dst 192.0.2.2 proto esp min 100 max 200
ip xfrm state delete src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x1234
ip xfrm policy flush
ip xfrm state flush
kill $monitor

# What goes again.
for dev in d0 br0 vx0 bo0 tun0; do
	ip link del "$dev"
done
sleep 1
kill $tcpdump
wait $tcpdump
