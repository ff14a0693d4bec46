//! Input that nobody means well: never a panic, the right exit code, and one message that says what is wrong and where.

mod common;

use common::{NLTOOL, capture, run, stdout, text};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// What was said, if the program ended with this exit code and did not panic.
fn failure(output: &Output, code: i32) -> &str {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    assert!(said.starts_with("nltool: "), "{said}");
    said
}

/// A directory of its own, which goes with it.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("nltool-hostile-{}-{name}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn events() -> Vec<u8> {
    std::fs::read(capture("events.pcap")).unwrap()
}

#[test]
fn captures_that_end_early_are_shown_up_to_their_end() {
    let place = Place::new("early");
    let whole = events();
    let file = place.file("cut.pcap", &whole[..whole.len() - 5]);
    let output = run(&["decode", &file], b"");
    let said = failure(&output, 4);
    assert!(
        said.contains("cut.pcap: after ") && said.contains(" packets: the capture ends within"),
        "{said}"
    );
    assert!(text(&output.stdout).lines().count() > 1);
    for form in ["--json", "--tree", "--svg", "--picture", "--conversation"] {
        failure(&run(&["decode", form, &file], b""), 4);
    }
    for len in 0..200 {
        let output = run(&["decode", "--json"], &whole[..len]);
        assert!(matches!(output.status.code(), Some(0 | 1 | 4)), "{len}: {}", text(&output.stderr));
    }
}

#[test]
fn lengths_and_forms_that_cannot_be_right_are_named() {
    let huge = [&events()[..24], &[0; 8], &[0xff; 8]].concat();
    let block = [&[0x0a, 0x0d, 0x0d, 0x0a][..], &[0xff; 4], &[0x4d, 0x3c, 0x2b, 0x1a]].concat();
    for (input, said) in [
        (&huge[..], "a packet has 4294967295 bytes; more than 16777216 are not read"),
        (&block, "a block of the capture has length 4294967295"),
        (b"\x1f\x8b\x08\x00garbage", "deflate"),
        (b"", "nltool: the input is empty"),
        (b"GARBAGE", "the text has no bytes in a form that is read here"),
        (b"\xff\xfe\xfd", "the text has no bytes in a form that is read here"),
    ] {
        let output = run(&["decode"], input);
        assert!(failure(&output, 1).contains(said), "{output:?}");
    }
    // Not a message at all, and much of it.
    let zeros = run(&["decode"], &vec![0; 20 << 20]);
    assert!(
        failure(&zeros, 1).contains("it begins with 00 00 00 00") && zeros.stdout.is_empty(),
        "{zeros:?}"
    );
}

#[test]
fn what_cannot_be_read_is_told_by_the_exit_code() {
    // A program, digits that are not a message, a message with something behind it, and one whose rest is missing.
    let done = "1400000003000000000000000000000000000000";
    for (input, code, said) in [
        (
            &b"\x7fELF\x02\x01\x01\x00"[..],
            1,
            "neither a capture nor netlink messages: it begins with 7f 45 4c 46\n",
        ),
        (b"deadbeefdeadbeefdeadbeefdeadbeef", 1, "the input has no netlink message that could be read\n"),
        (format!("{done}deadbeef").as_bytes(), 4, "1 piece of the input could not be read\n"),
        (format!("{done}\n\n{done}deadbeef\n\n{}", &done[..32]).as_bytes(), 4, "2 pieces of the input"),
    ] {
        for form in [&["decode"][..], &["decode", "--json"], &["decode", "--svg"], &["decode", "--refused"]] {
            let output = run(form, input);
            assert!(failure(&output, code).contains(said), "{form:?}: {output:?}");
        }
    }
    assert_eq!(run(&["decode"], done.as_bytes()).status.code(), Some(0));
    let program = run(&["decode", "/bin/ls"], b"");
    assert!(failure(&program, 1).lines().count() == 1 && program.stdout.is_empty(), "{program:?}");
}

#[test]
fn standard_input_pipes_and_directories_are_told_apart() {
    let place = Place::new("kinds");
    assert_eq!(stdout(&["decode", "-"], &events()), stdout(&["decode"], &events()));
    let fifo = place.0.join("fifo").display().to_string();
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let to = fifo.clone();
    let writer = std::thread::spawn(move || std::fs::write(to, events()));
    assert_eq!(stdout(&["decode", &fifo], b""), stdout(&["decode"], &events()));
    writer.join().unwrap().unwrap();
    let directory = place.0.display().to_string();
    for args in [
        &["decode", &directory][..],
        &["encode", &directory],
        &["policy-diff", &directory],
        &["--spec", &directory, "families"],
        &["monitor", "rt-link", "--seconds", "1", "--pcap", &directory],
    ] {
        let output = run(args, b"");
        let said = failure(&output, 1);
        assert!(said.contains(&directory) && said.contains("directory"), "{said}");
    }
}

#[test]
fn files_without_end_are_refused() {
    for args in [&["--spec", "/dev/zero", "families"][..], &["policy-diff", "/dev/zero", "/dev/null"]] {
        assert!(failure(&run(args, b""), 1).contains("/dev/zero: longer than"), "{args:?}");
    }
    for args in [&["encode"][..], &["do", "rt-link", "newlink", "--dry-run", "-"]] {
        let zero = std::fs::File::open("/dev/zero").unwrap();
        let output = Command::new(NLTOOL).args(args).stdin(zero).output().unwrap();
        assert!(failure(&output, 1).contains("longer than"), "{output:?}");
    }
}

#[test]
fn numbers_and_names_that_cannot_be_are_marked_where_they_were_typed() {
    let long = "9".repeat(400);
    for (typed, said) in [
        ("mtu=NaN", "expected a number, found \"NaN\""),
        ("mtu=-1", "expected a number from 0 to 4294967295, found -1"),
        ("mtu=0x1ffffffff", "found 8589934591"),
        ("mtu=", "expected a number, found \"\""),
        ("mtu=1e3", "expected a number"),
        (&format!("mtu={long}"), "expected a number"),
        ("ifname=a-name-that-is-too-long", "expected at most 15 bytes, found 23"),
        ("address=0g", "expected pairs of hexadecimal digits"),
        ("linkinfo=5", "expected an object"),
        ("#70000=00", "no such attribute"),
    ] {
        let output = run(&["do", "rt-link", "newlink", "--dry-run", typed], b"");
        let lines: Vec<&str> = failure(&output, 2).lines().collect();
        assert!(lines[0].contains(said), "{lines:?}");
        assert!(lines[1].contains(typed) && lines[2].trim().chars().all(|mark| mark == '^'), "{lines:?}");
    }
}

#[test]
fn json_that_is_damaged_or_endless_is_an_error_with_its_place() {
    let deep = "{\"linkinfo\":".repeat(5000);
    for (json, code, said) in [
        (&b"{\"mtu\": NaN}"[..], 2, "line 1 column 9"),
        (b"{\"mtu\": 1e400}", 2, "number out of range"),
        (b"{\"mtu\": 1.5}", 2, "mtu: expected a number, found 1.5"),
        (b"{\"mtu\": 18446744073709551616}", 2, "mtu: expected a number"),
        (b"{\"ifname\": \"\\ud800\"}", 2, "line 1 column"),
        (b"{\"ifname\": \"a\\u0000b\"}", 2, "ifname: the string has a NUL in it"),
        (b"{\"ifname\": \"\xff\xfe\"}", 1, "standard input: not UTF-8"),
        (deep.as_bytes(), 2, "recursion limit"),
        (b"", 2, "EOF"),
    ] {
        let output = run(&["do", "rt-link", "newlink", "--dry-run", "-"], json);
        assert!(failure(&output, code).contains(said), "{}", text(&output.stderr));
    }
    let place = Place::new("json");
    let lines = place.file("lines", b"{}\n{\"type\": \xff}\n");
    let said = run(&["encode", &lines], b"");
    assert!(failure(&said, 1).contains("line 2: not UTF-8"), "{said:?}");
    let lines = place.file("lines", b"\n{\"type\": 99999999999999999999, \"payload\": \"\"}\n");
    let said = run(&["encode", &lines], b"");
    assert!(failure(&said, 2).contains("lines: line 2: `type` is missing"), "{said:?}");
}

#[test]
fn names_that_nobody_has_are_said() {
    for (args, said) in [
        (&["policies", "nlctrll"][..], "no generic netlink family `nlctrll`; did you mean nlctrl?"),
        (&["policies", "rt-link"], "no generic netlink family `rt-link`"),
        (&["monitor", "no-such"], "no family `no-such`"),
        (&["describe", "rt-link", "no-such"], "no operation `no-such`"),
        (&["do", "rt-link", "", "ifname=v0"], "no operation ``"),
    ] {
        assert!(failure(&run(args, b""), 2).contains(said), "{args:?}");
    }
}

#[test]
fn output_that_ends_or_is_full_is_one_line_at_most() {
    let json = ["decode", "--json", &capture("events.pcap")].map(str::to_owned);
    let mut command = Command::new(NLTOOL);
    let mut child = command.args(&json).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
    if Path::new("/dev/full").exists() {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let output = Command::new(NLTOOL).args(&json).stdout(full).output().unwrap();
        assert!(failure(&output, 1).contains("No space left"), "{output:?}");
    }
}
