//! Interfaces of WireGuard with their peers, ours against those of `wg`.

use super::lacks;
use super::netns::in_namespace;
use super::route;
use super::twins::run;
use nl_tlv::socket::Connection;
use nl_tlv_families::jobs::CREATE;
use nl_tlv_families::rt_link::Link;
use nl_tlv_families::values::WgKey;
use nl_tlv_families::wireguard::{GetDevice, NAME, SetDevice, Wgallowedip, Wgpeer};

const PRIVATE: &str = "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=";
const PUBLIC: &str = "HIgo9xNzJMWLKASShiTqIybxZ0U3wGLiUeJ1PKf8ykw=";
const PEER: &str = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=";
const OTHER: &str = "TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0=";
const SHARED: &str = "FpCyhws9cxwWoV4xELtfJvjJN+zQVRPISllRWgeopVE=";

fn key(text: &str) -> WgKey {
    text.parse().unwrap()
}

#[test]
fn peers_are_as_wg_shows_them() {
    let test = "tunnels::peers_are_as_wg_shows_them";
    in_namespace(test, || {
        if let Err(err) = route().request_with(&Link::wireguard("wg0"), CREATE) {
            return lacks(test, &err.to_string());
        }
        let mut conn = Connection::generic(NAME).unwrap();
        let allowed = [("10.7.0.0", 16), ("2001:db8:7::", 48)]
            .map(|(address, len)| Wgallowedip::new(address.parse().unwrap(), len));
        let peers = [
            Wgpeer::new(key(PEER))
                .endpoint("192.0.2.1:51820".parse().unwrap())
                .preshared_key(key(SHARED))
                .keepalive(25)
                .allowed_ips(&allowed),
            Wgpeer::new(key(OTHER)).endpoint("[2001:db8::1]:7".parse().unwrap()),
        ];
        let settings = SetDevice::named("wg0").private_key(key(PRIVATE)).listen_port(51821).fwmark(0x10);
        conn.request(&settings.replace_peers().peers(&peers)).unwrap();
        let device = format!("{PRIVATE}\t{PUBLIC}\t51821\t0x10");
        let peer = format!("{PEER}\t{SHARED}\t192.0.2.1:51820\t10.7.0.0/16,2001:db8:7::/48\t0\t0\t0\t25");
        let other = format!("{OTHER}\t(none)\t[2001:db8::1]:7\t(none)\t0\t0\t0\toff");
        let dump = match run("wg show wg0 dump") {
            Ok(dump) => dump,
            Err(reason) => return lacks(test, &reason),
        };
        let mut lines: Vec<&str> = dump.lines().collect();
        lines[1..].sort_unstable();
        let mut expected = [peer.as_str(), &other];
        expected.sort_unstable();
        assert_eq!((lines[0], &lines[1..]), (device.as_str(), &expected[..]));
        println!("20 values compared, 0 differ");

        let mut devices = conn.dump(&GetDevice::named("wg0")).unwrap();
        let read = devices.next::<GetDevice<'_>>().unwrap().unwrap();
        assert_eq!((read.private_key, read.public_key), (Some(key(PRIVATE)), Some(key(PUBLIC))));
        let read: Vec<Wgpeer<'_>> = read.peers.unwrap().iter().map(Result::unwrap).collect();
        for made in &peers {
            let found = read.iter().find(|read| read.public_key == made.public_key).unwrap();
            assert_eq!(found.endpoint, made.endpoint);
        }
        drop(devices);

        // A peer is changed, another one removed.
        let less = [Wgallowedip::new("10.8.0.0".parse().unwrap(), 24)];
        let changes = [
            Wgpeer::new(key(PEER)).only_if_known().replace_allowed_ips().allowed_ips(&less),
            Wgpeer::new(key(OTHER)).remove(),
        ];
        conn.request(&SetDevice::named("wg0").peers(&changes)).unwrap();
        assert_eq!(run("wg show wg0 allowed-ips").unwrap(), format!("{PEER}\t10.8.0.0/24\n"));
    });
}
