//! What the RTM module holds, whoever has put it there.

use crate::{Failure, connect, ensure};
use nl_tlv_lab::rtm::{RouteGet, RouteReply, TableDel, TableGet, TableReply};

/// Deletes all tables, after they were read and agree with their routes.
pub(crate) fn clear() -> Result<(), Failure> {
    let mut conn = connect()?;
    let (mut names, mut routes) = (Vec::new(), 0);
    let mut dump = conn.dump(&TableGet::default())?;
    while let Some(table) = dump.next::<TableReply<'_>>()? {
        routes += table.routes as usize;
        names.push(table.name.to_owned());
    }
    drop(dump);
    let mut found = 0;
    let mut dump = conn.dump(&RouteGet::default())?;
    while let Some(route) = dump.next::<RouteReply<'_>>()? {
        ensure!(route.nexthop.iter().all(|hop| hop.is_ok()) && !route.nexthop.is_empty(), "{route:?}");
        found += 1;
    }
    drop(dump);
    ensure!(found == routes, "{found} routes, but the tables say {routes}");
    for name in &names {
        conn.request(&TableDel { name })?;
    }
    Ok(())
}
