//! `--spec`: families that are defined at run time.

mod common;

use common::{run, stdout, text};
use std::path::PathBuf;

/// A part of the controller's own family, in words of our own, so that the kernel answers it.
const SPEC: &str = "
name: nlctrl
protocol: genetlink-legacy
version: 2
attribute-sets:
  - name: asked
    attributes:
      - {name: number, type: u16}
      - {name: called, type: string, checks: {max-len: 15}}
      - {name: edition, type: u32}
operations:
  enum-model: directional
  list:
    - {name: ask, attribute-set: asked, do: {request: {value: 3, attributes: [called]}, reply: {value: 1, attributes: [number]}}}
";

fn file(name: &str, text: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("nltool-spec-{}-{name}.yaml", std::process::id()));
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn the_kernel_answers_a_family_that_a_file_defines() {
    let path = file("good", SPEC);
    let spec = path.display().to_string();
    let answer = stdout(&["--spec", &spec, "do", "nlctrl", "ask", "called=nlctrl", "--json"], b"");
    let described = stdout(&["--spec", &spec, "describe", "nlctrl", "ask"], b"");
    let refused = run(&["--spec", &spec, "do", "nlctrl", "ask", "called=a-name-that-is-too-long"], b"");
    std::fs::remove_file(path).unwrap();
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(
        (&answer["number"], &answer["called"], &answer["edition"]),
        (&16.into(), &"nlctrl".into(), &2.into())
    );
    assert!(
        described.contains("called  string with NUL, at most 15 bytes  [string with NUL, at most 15 bytes]"),
        "{described}"
    );
    assert_eq!(refused.status.code(), Some(2), "{}", text(&refused.stderr));
}

#[test]
fn a_file_that_is_no_specification_is_one_line_and_an_exit_code() {
    let path = file("bad", "name: [");
    let output = run(&["--spec", &path.display().to_string(), "families"], b"");
    std::fs::remove_file(path).unwrap();
    assert_eq!((output.status.code(), text(&output.stderr).lines().count()), (Some(1), 1), "{output:?}");
    assert!(text(&output.stderr).contains("this is not YAML"));
}
