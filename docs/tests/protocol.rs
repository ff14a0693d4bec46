//! The page that defines a protocol has the whole program in its blocks: who copies them has `examples/rooms.rs`, which
//! other tests build and run.

use std::fs;
use std::path::Path;

#[test]
fn blocks_of_the_page_are_the_example() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = fs::read_to_string(root.join("docs/src/guide/protocol.md")).unwrap();
    let blocks = page.split("\n```rs\n").skip(1).filter_map(|block| block.split_once("\n```"));
    let blocks: Vec<&str> = blocks.map(|(block, _)| block).collect();
    let example = fs::read_to_string(root.join("examples/rooms.rs")).unwrap();
    let code = example.lines().skip_while(|line| line.starts_with("//!") || line.is_empty());
    assert_eq!(blocks.join("\n\n"), code.collect::<Vec<_>>().join("\n"));
    assert!(blocks.len() > 4);
}
