//! The faults that users of other netlink libraries reported, and the test that shows for each that it does not happen
//! here. `families` is `nl-tlv/tests/families`, `watched` and `socket` likewise; other paths are those of the workspace.
//!
//! Reading:
//!
//! | | what | test |
//! |---|---|---|
//! | R1, R2 | VLANs of a bridge's port in `IFLA_AF_SPEC` | `families/reported.rs`: `vlans_of_a_bridges_port_are_where_other_links_have_addresses` |
//! | R3 | link-layer addresses of no bytes, four, six, twenty | `families/reported.rs`: `neighbour_of_a_tunnel_has_an_address_of_no_bytes_or_of_four`; `families/rtnetlink_reads.rs`: `link_layer_addresses_have_any_length` |
//! | R4 | interface names of any bytes | `watched/facts.rs`: `interface_names_of_any_bytes_are_listed_watched_and_renamed` |
//! | R5 | `NLA_F_NET_BYTEORDER` | `nl-tlv/tests/net_byteorder.rs`: `number_with_the_flag_is_read_in_network_order`, `every_kind_of_number_is_read_so`, `definition_says_that_the_flag_is_written`, `what_is_copied_keeps_the_flag`, `limits_hold_for_the_number_that_is_meant`; `nltool/tests/decode.rs`: `numbers_in_network_order_are_numbers` |
//! | R6 | requests with the old 4-byte header | `nltool/tests/decode.rs`: `requests_with_the_old_short_header_are_read` |
//! | R7 | structs of another length | `nl-tlv/tests/c_structs.rs`: `shorter_headers_and_structs_are_read_where_that_was_chosen`; `nl-tlv/tests/derive_values.rs`: `of_a_longer_struct_the_known_part_is_read`, `what_a_shorter_struct_lacks_is_zero_where_that_was_chosen` |
//! | R8 | addresses of other families, told apart by the header | `families/other_families.rs`: `addresses_of_any_length_are_read_and_emitted`, `label_of_mpls_is_no_address_of_ipv4`, `addresses_are_shown_as_their_family_has_them`; `families/sockets_and_controller_read.rs`: `sockets_of_one_family_are_not_taken_for_those_of_another` |
//! | R9 | next hops and encapsulations of routes, for readers of schemas | `families/next_hops.rs`: `hops_are_shown_by_name`, `offsets_in_hops_have_paths`, `errors_in_hops_have_paths`, `hop_with_a_wrong_length_costs_no_hop_in_front_of_it`, `hop_with_a_wrong_length_costs_nothing_outside_its_attribute`, `damaged_attribute_in_a_hop_costs_that_hop_only`, `labels_of_a_hop_are_read_and_shown`, `segments_of_a_hop_are_read_and_shown`; `families/live/encap.rs`: `segments_of_a_route_and_of_a_hop_are_read_as_ip_reads_them`; `nltool/tests/next_hops.rs`: `hops_are_shown_by_name`, `hops_are_objects_in_json`, `json_of_hops_becomes_the_same_bytes_again`, `hops_that_were_typed_have_their_lengths` |
//! | R10 | captures of other forms, a strace of several sockets, device events | `nltool/tests/decode.rs`: `all_forms_of_a_capture_read_the_same`, `device_events_are_text`; `nltool/src/capture/strace.rs`: `each_socket_has_its_own_protocol` |
//!
//! The conversation:
//!
//! | | what | test |
//! |---|---|---|
//! | C1 | routes that are appended, and next hops of IPv6 | `watched/facts.rs`: `appended_routes_are_told_apart`; `watched/changes.rs`: `watched_routes_equal_a_fresh_dump` |
//! | C2 | routes that vanish without an event | `watched/facts.rs`: `routes_that_vanish_without_an_event_are_asked_for_again` |
//! | C3 | a port of a bridge is a link | `watched/facts.rs`: `port_of_a_bridge_neither_comes_nor_goes`; `lab/tests/rtnetlink.rs`: `monitor_tells_changes_of_links` |
//! | C4 | one object that cannot be read | `socket/watch.rs`: `object_that_cannot_be_read_is_told_once_and_costs_that_object_only`; `socket/collect.rs`: `object_that_cannot_be_read_costs_that_object_only`; `socket/route.rs`: `object_that_cannot_be_read_does_not_end_the_dump`; `watched/near_misses.rs`: `of_routes_cost_no_other_route`, `of_links_cost_no_other_link` |
//! | C5 | the echo is the reply | `watched/facts.rs`: `echo_is_the_reply` |
//! | C6 | transactions of nftables | `watched/facts.rs`: `transactions_are_one_datagram_and_all_or_nothing`, `transaction_without_privileges_is_refused_at_once` |
//! | C7 | a link of 41,096 bytes | `watched/facts.rs`: `link_with_three_hundred_alternative_names_is_read` |
//! | C8 | the namespace of the thread that opened | `socket/tasks/kernel.rs`: `dump_from_a_task_is_in_the_namespace_of_the_thread_that_opened_the_connection` |
//! | C9 | an acknowledgement before the reply | `socket/usersock.rs`: `acknowledgement_where_a_reply_was_expected_is_told` |
//! | C10 | what is missing in a nest is named | `nl-tlv/tests/schema_locate.rs`: `a_missing_attribute_is_named_with_its_nest`; `socket/generic.rs`: `missing_attribute_is_named` |
//! | C11 | an event while a request is held; a join that is refused | `socket/watch.rs`: `what_happens_while_the_dump_is_on_its_way_is_part_of_the_first_look`; `watched/facts.rs`: `join_without_privileges_says_the_group_and_the_capability` |
//! | C12 | errors of `collect` have a path | `socket/collect.rs`: `object_that_cannot_be_read_costs_that_object_only` |
//! | C13 | addresses that contradict the header | `families/contradictions.rs`: `addresses_of_another_family_than_the_header_are_refused`, `definition_has_a_check_of_its_own`; `families/live/links.rs`: `route_that_contradicts_its_header_changes_nothing` |
//! | C14 | statistics are no change | `families/reported.rs`: `statistics_are_no_change_of_a_link` |
//! | C15 | connection tracking; rules of nftables | `watched/netfilter.rs`: `tracked_connections_are_told_from_the_first_packet_to_the_last`, `watched_filter_rules_equal_a_fresh_dump` |
//! | C16 | exactly that object is deleted | `families/live/delete.rs`: `routes_are_deleted_from_their_dump_entries`, `rules_are_deleted_from_their_dump_entries`, `addresses_are_deleted_from_their_dump_entries`, `neighbours_are_deleted_from_their_dump_entries`, `next_hops_are_deleted_from_their_dump_entries`, `links_are_deleted_from_their_dump_entries` |
//! | C17 | nothing waits for what cannot come | `watched/facts.rs`: `request_without_an_answer_ends_at_once` |
//! | C18 | `ENETDOWN` has its name | `watched/facts.rs`: `device_that_is_down_is_said_by_the_name_of_its_number`; `lab/tests/rtm.rs`: `the_same_table_twice_is_error_code_100` |
//!
//! Writing:
//!
//! | | what | test |
//! |---|---|---|
//! | W1 | a format that counts words | `nl-tlv/tests/tlv.rs`: `record_that_would_be_read_otherwise_than_it_was_written_is_refused` |
//! | W2 | a type that is too large, a payload that is too long | `nl-tlv/tests/tlv.rs`: `type_that_is_too_large_is_told_from_a_payload_that_is_too_long` |
//! | W3 | what cannot be written is named, in nests too | `watched/facts.rs`: `attribute_that_cannot_be_written_is_named_in_nests_too` |
//! | W4 | a form of bytes has the type of its field | `nl-tlv/tests/derive_forms.rs`: `a_form_of_bytes_has_the_type_of_its_field_whatever_was_said` |
//!
//! Mistakes in definitions, each of which has one error or two that say what to write:
//!
//! | | what | test |
//! |---|---|---|
//! | D1 | `String` or `Vec` without the feature `alloc` | `nl-tlv-derive/src/advice.rs`: `owned_types_need_the_feature_alloc` |
//! | D2 | an enum without `NlValue` | `nl-tlv/tests/compile_fail`: `enum_without_value`, `struct_of_an_enum_without_value` |
//! | D3 | `[u32; 4]` | `nl-tlv/tests/compile_fail`: `array_of_integers` |
//! | D4 | `Option<bool>` | `nl-tlv/tests/compile_fail`: `optional_flag` |
//! | D5 | `be` on a type that is in network order already | `nl-tlv/tests/compile_fail`: `network_order_of_an_address` |
//! | D6 | a message as a field | `nl-tlv/tests/compile_fail`: `message_as_a_field` |
//! | D7 | a C struct without its derives | `nl-tlv/tests/compile_fail`: `not_a_value`, `header_is_no_struct` |
//! | D8 | `u16` in a C struct | `nl-tlv/tests/c_structs.rs`: `sizes_and_offsets_are_those_of_the_c_compiler` |
//! | D9 | a key with a wrong name | `nl-tlv/tests/compile_fail`: `unknown_key` |
//! | D10 | `max` on a string | `nl-tlv/tests/compile_fail`: `limits_of_another_type` |

use std::fs;
use std::path::Path;

/// The rows of the tables above, with the tests of each: the file, and the function.
fn rows() -> Vec<(String, Vec<(String, String)>)> {
    let source = include_str!("reports.rs");
    let lines = source.lines().filter_map(|line| line.strip_prefix("//! | "));
    let rows = lines.filter(|line| line.starts_with(['R', 'C', 'W', 'D'])).map(|line| {
        let (names, rest) = line.split_once(" | ").unwrap();
        let tests = rest.rsplit(" | ").next().unwrap().trim_end_matches(" |");
        (names.to_owned(), tests.split("; ").flat_map(of_one_file).collect())
    });
    rows.collect()
}

/// The tests in `` `file`: `one`, `two` ``.
fn of_one_file(text: &str) -> Vec<(String, String)> {
    let mut quoted = text.split('`').skip(1).step_by(2);
    let file = quoted.next().unwrap();
    quoted.map(|test| (file.to_owned(), test.to_owned())).collect()
}

fn source(file: &str) -> String {
    let is_ours = ["families", "watched", "socket"].iter().any(|own| file.starts_with(&format!("{own}/")));
    let path = if is_ours { format!("nl-tlv/tests/{file}") } else { file.to_owned() };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|err| panic!("{}: {err}", path.display()))
}

/// Whether a mistake is among those that are compiled, with what the compiler says to it.
fn explained(mistake: &str) -> bool {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compile_fail");
    ["rs", "stderr"].iter().all(|end| dir.join(mistake).with_extension(end).exists())
}

#[test]
fn every_report_names_tests_that_exist() {
    for (row, tests) in rows() {
        assert!(!tests.is_empty(), "{row} has no test");
        for (file, test) in tests {
            if file.ends_with("compile_fail") {
                assert!(explained(&test), "{row}: nothing says what is wrong in `{test}`");
                continue;
            }
            let source = source(&file);
            let (before, _) = source
                .split_once(&format!("fn {test}()"))
                .unwrap_or_else(|| panic!("{row}: {file} has no `{test}`"));
            let last = before.trim_end().lines().last().unwrap_or_default();
            assert_eq!(last.trim(), "#[test]", "{row}: `{test}` in {file} is not a test");
        }
    }
}

#[test]
fn every_report_has_a_row() {
    let names: Vec<String> = rows()
        .iter()
        .flat_map(|(names, _)| names.split(", ").map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let expected = (1..=18).map(|n| format!("C{n}")).chain((1..=4).map(|n| format!("W{n}")));
    let expected = expected.chain((1..=10).map(|n| format!("R{n}")));
    let expected = expected.chain((1..=10).map(|n| format!("D{n}")));
    let missing: Vec<_> = expected.filter(|name| !names.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
