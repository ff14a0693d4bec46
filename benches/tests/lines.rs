//! The network of a container, as `examples/container.rs` makes it, with the crate `rtnetlink`: how many lines of code each
//! program has in the default layout of `rustfmt`.

use std::path::Path;
use std::process::Command;

/// Lines that are neither empty nor comments.
fn lines(program: &str) -> usize {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(program);
    // Where no file of this repository says how wide a line is.
    let dir = std::env::temp_dir().join(format!("lines-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let copy = dir.join("program.rs");
    std::fs::copy(source, &copy).unwrap();
    let output = Command::new("rustfmt").args(["--edition", "2024"]).arg(&copy).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(&copy).unwrap();
    std::fs::remove_dir_all(&dir).unwrap();
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count()
}

#[test]
fn a_container_takes_at_most_six_tenths_of_the_lines_of_rtnetlink() {
    let ours = lines("examples/container.rs");
    let theirs = lines("benches/src/bin/container-rtnetlink.rs");
    println!("{ours} lines, {theirs} with rtnetlink");
    assert!(ours * 10 <= theirs * 6, "{ours} lines of {theirs}");
    let said = format!("It has {ours} lines of code in the default layout, and {theirs} with");
    assert!(
        include_str!("../../docs/src/guide/side-by-side.md").contains(&said),
        "the book does not say: {said}"
    );
}
