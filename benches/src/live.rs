//! Routes in the kernel, and the loop that dumps them.

use std::io::Write;
use std::process::{Command, Stdio};

use nl_tlv::NlMessage;
use nl_tlv::socket::{Connection, RequestError};

use crate::contenders::nl_tlv::{Route, RtMsg, add_route};
use crate::records::Routes;

/// How many routes the dump has.
pub const ROUTES: u64 = 10_000;

/// `RTM_GETROUTE`, of the main table.
#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 26)]
pub struct RouteGet {
    #[nl(fixed_header)]
    header: RtMsg,
    #[nl(attr = 15)]
    table: Option<u32>,
}

impl Default for RouteGet {
    fn default() -> Self {
        Self { header: RtMsg::ipv4(), table: Some(MAIN) }
    }
}

/// `RT_TABLE_MAIN`.
const MAIN: u32 = 254;

/// Makes a link and [`ROUTES`] routes over it, each with the attributes of the captured ones.
///
/// # Panics
///
/// If `ip` is missing or refuses; it has to run as root of a namespace of its own.
pub fn add_routes() {
    let mut commands = String::from(
        "link add v0 type veth peer name v1\nlink set v1 up\nlink set v0 up\naddr add 192.0.2.1/24 dev v0 noprefixroute\n",
    );
    for n in 0..ROUTES {
        let (high, low) = (n / 250, n % 250);
        commands += &format!("route add 10.{high}.{low}.0/24 via 192.0.2.2 dev v0 onlink metric 100\n");
    }
    let mut ip =
        Command::new("ip").args(["-batch", "-"]).stdin(Stdio::piped()).spawn().expect("ip(8) starts");
    ip.stdin.take().expect("piped").write_all(commands.as_bytes()).expect("ip(8) reads");
    assert!(ip.wait().expect("ip(8) ends").success(), "ip(8) refuses");
}

/// Dumps the routes and sums them up.
///
/// # Errors
///
/// As [`Connection::dump`].
pub fn dump(connection: &mut Connection) -> Result<Routes, RequestError> {
    let mut sum = Routes::default();
    let mut routes = connection.dump(&RouteGet::default())?;
    while let Some(route) = routes.next::<Route>()? {
        add_route(&mut sum, &route);
    }
    Ok(sum)
}

/// Whether a datagram ends with `NLMSG_DONE`, which has 20 bytes.
pub fn is_done(datagram: &[u8]) -> bool {
    let header = datagram.last_chunk::<20>();
    header.is_some_and(|[a, b, c, d, e, f, ..]| {
        (u32::from_ne_bytes([*a, *b, *c, *d]), u16::from_ne_bytes([*e, *f])) == (20, 3)
    })
}
