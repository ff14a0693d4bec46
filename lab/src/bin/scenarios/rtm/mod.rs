//! What RTM must do.

mod batches;
pub(crate) mod client;
mod dumps;
mod events;
mod limits;
mod lookup;
pub(crate) mod object;
pub(crate) mod processes;
pub(crate) mod races;
mod refusals;
mod routes;
mod tables;
mod texts;

use crate::harness::Bench;
use crate::{Outcome, Scenario};
use client::Client;
use nl_tlv_lab::rtm::TableDel;

/// The scenarios of RTM.
pub(crate) const SCENARIOS: &[&[Scenario]] = &[
    batches::SCENARIOS,
    tables::SCENARIOS,
    routes::SCENARIOS,
    refusals::SCENARIOS,
    texts::SCENARIOS,
    lookup::SCENARIOS,
    dumps::SCENARIOS,
    events::SCENARIOS,
    processes::SCENARIOS,
    races::SCENARIOS,
    limits::SCENARIOS,
];

/// Each scenario begins without tables.
pub(crate) fn delete_all(bench: &Bench) -> Outcome {
    let client = Client::new(bench)?;
    for table in client.dump_tables()?.objects {
        client.ok(&TableDel { name: &table.name }, nl_tlv::Flags::empty())?;
    }
    Ok(())
}
