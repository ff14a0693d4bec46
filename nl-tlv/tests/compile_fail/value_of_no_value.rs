use nl_tlv::NlValue;
use std::path::Path;
use std::time::Duration;

#[derive(NlValue, Clone, Copy, Debug, PartialEq)]
struct Millis(Duration);

#[derive(NlValue, Clone, Debug, PartialEq)]
struct Place<'a>(Option<&'a Path>);

fn main() {}
