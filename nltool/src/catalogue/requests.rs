//! Requests that the lists of the families leave out, because an answer with other contents has the same number.

use nl_tlv::NlMessage;
use nl_tlv::schema::MessageSchema;
use nl_tlv_families::{devlink, ethtool, rt_mdb};

/// Of devlink.
pub(super) const DEVLINK: &[&[&MessageSchema]] =
    &[devlink::SCHEMAS, devlink::RateNew::SCHEMAS, devlink::PortGetReply::SCHEMAS];

/// Of ethtool.
pub(super) const ETHTOOL: &[&[&MessageSchema]] = &[
    ethtool::SCHEMAS,
    ethtool::LinkinfoSet::SCHEMAS,
    ethtool::LinkmodesSet::SCHEMAS,
    ethtool::DebugSet::SCHEMAS,
    ethtool::WolSet::SCHEMAS,
    ethtool::PrivflagsGet::SCHEMAS,
    ethtool::PrivflagsSet::SCHEMAS,
    ethtool::RingsGet::SCHEMAS,
    ethtool::RingsSet::SCHEMAS,
    ethtool::ChannelsGet::SCHEMAS,
    ethtool::ChannelsSet::SCHEMAS,
    ethtool::CoalesceGet::SCHEMAS,
    ethtool::CoalesceSet::SCHEMAS,
    ethtool::PauseGet::SCHEMAS,
    ethtool::PauseSet::SCHEMAS,
    ethtool::EeeGet::SCHEMAS,
    ethtool::EeeSet::SCHEMAS,
    ethtool::TsinfoGet::SCHEMAS,
    ethtool::CableTestAct::SCHEMAS,
    ethtool::CableTestTdrAct::SCHEMAS,
    ethtool::TunnelInfoGet::SCHEMAS,
    ethtool::FecGet::SCHEMAS,
    ethtool::FecSet::SCHEMAS,
    ethtool::ModuleEepromGet::SCHEMAS,
    ethtool::StatsGet::SCHEMAS,
    ethtool::PhcVclocksGet::SCHEMAS,
    ethtool::ModuleGet::SCHEMAS,
    ethtool::ModuleSet::SCHEMAS,
    ethtool::PseGet::SCHEMAS,
    ethtool::PseSet::SCHEMAS,
    ethtool::PlcaSetCfg::SCHEMAS,
    ethtool::PlcaGetStatus::SCHEMAS,
    ethtool::MmSet::SCHEMAS,
    ethtool::ModuleFwFlashAct::SCHEMAS,
    ethtool::TsconfigGet::SCHEMAS,
    ethtool::TsconfigSet::SCHEMAS,
    ethtool::RssSet::SCHEMAS,
    ethtool::RssCreateAct::SCHEMAS,
    ethtool::RssDeleteAct::SCHEMAS,
    ethtool::MseGet::SCHEMAS,
];

/// Of rt-mdb.
pub(super) const RT_MDB: &[&[&MessageSchema]] =
    &[rt_mdb::SCHEMAS, rt_mdb::AddMdb::SCHEMAS, rt_mdb::RemoveMdb::SCHEMAS];
