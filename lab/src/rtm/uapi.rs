//! What the C header, the policies and the specification of the RTM module are generated from.

use super::{
    GROUP_ROUTES, GROUP_TABLES, NAME_MAX, NEXTHOPS_MAX, PROTOCOL, ROUTES_MAX, RouteDel, RouteGet, RouteNew,
    RouteReply, TABLE_EXISTS, TABLES_MAX, TableClear, TableDel, TableGet, TableNew, TableReply,
    WEIGHT_DEFAULT,
};
use nl_tlv::NlMessage;
use nl_tlv::schema::MessageSchema;
use nl_tlv_uapi::{Constant, Exchange, ProtocolDef};

/// The RTM protocol.
pub static RTM: ProtocolDef = ProtocolDef {
    doc: "Routing table manager: tables of routes, with lookup by the longest prefix.",
    number: Some(Constant {
        name: "NETLINK_RTM",
        value: PROTOCOL as u64,
        doc: "Netlink protocol that the RTM module registers unless told otherwise.",
    }),
    constants: &[
        Constant {
            name: "RTM_NAME_MAX",
            value: NAME_MAX as u64,
            doc: "Longest name of a table or an interface, in bytes, without the NUL.",
        },
        Constant {
            name: "RTM_NEXTHOPS_MAX",
            value: NEXTHOPS_MAX as u64,
            doc: "Largest number of next hops of a route.",
        },
        Constant {
            name: "RTM_TABLES_MAX",
            value: TABLES_MAX as u64,
            doc: "Largest number of tables of a network namespace, unless told otherwise.",
        },
        Constant {
            name: "RTM_ROUTES_MAX",
            value: ROUTES_MAX as u64,
            doc: "Largest number of routes of a network namespace, unless told otherwise.",
        },
        Constant {
            name: "RTM_WEIGHT_DEFAULT",
            value: WEIGHT_DEFAULT as u64,
            doc: "Weight of a next hop that says nothing of it.",
        },
        Constant {
            name: "RTM_TABLE_EXISTS",
            value: TABLE_EXISTS.unsigned_abs() as u64,
            doc: "Error code, negated, for a table that exists already; not ENETDOWN.",
        },
    ],
    requests: &[
        TableNew::SCHEMAS[0],
        TableDel::SCHEMAS[0],
        TableGet::SCHEMAS[0],
        TableClear::SCHEMAS[0],
        RouteNew::SCHEMAS[0],
        RouteDel::SCHEMAS[0],
        RouteGet::SCHEMAS[0],
    ],
    groups: &[
        Constant { name: "tables", value: GROUP_TABLES as u64, doc: "Receives every change of a table." },
        Constant { name: "routes", value: GROUP_ROUTES as u64, doc: "Receives every change of a route." },
    ],
    exchanges: &[
        Exchange::Do(TableGet::SCHEMAS[0], TableReply::SCHEMAS[0]),
        Exchange::Dump(TableGet::SCHEMAS[0], TableReply::SCHEMAS[0]),
        Exchange::Do(RouteGet::SCHEMAS[0], RouteReply::SCHEMAS[0]),
        Exchange::Dump(RouteGet::SCHEMAS[0], RouteReply::SCHEMAS[0]),
        Exchange::Event(TableReply::SCHEMAS[0], "tables"),
        Exchange::Event(&TABLE_GONE, "tables"),
        Exchange::Event(RouteReply::SCHEMAS[0], "routes"),
        Exchange::Event(&ROUTE_GONE, "routes"),
    ],
    ..ProtocolDef::new("rtm")
};

/// Event: a table has been deleted.
static TABLE_GONE: MessageSchema =
    gone(TableReply::SCHEMAS[0], TableDel::SCHEMAS[0], "Event: a table has been deleted.");

/// Event: a route has been deleted.
static ROUTE_GONE: MessageSchema =
    gone(RouteReply::SCHEMAS[0], RouteDel::SCHEMAS[0], "Event: a route has been deleted.");

/// What a deleted object is like: a message with the number of the request that deletes it.
const fn gone(reply: &MessageSchema, del: &MessageSchema, doc: &'static str) -> MessageSchema {
    MessageSchema { id: del.id, c_name: del.c_name, doc, ..*reply }
}
