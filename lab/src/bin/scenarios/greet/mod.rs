//! What greet must do.

pub(crate) mod check;
pub(crate) mod events;
mod genl;
pub(crate) mod namespaces;
mod raw;

use crate::Scenario;

/// The scenarios of greet.
pub(crate) const SCENARIOS: &[&[Scenario]] =
    &[raw::SCENARIOS, events::SCENARIOS, genl::SCENARIOS, check::SCENARIOS, namespaces::SCENARIOS];
