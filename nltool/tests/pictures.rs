//! The pictures of the book are what the program draws today.

mod common;

use common::NLTOOL;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The picture that the page of the crate `nl-tlv` has too, where a link could not reach it.
const IN_RUSTDOC: &str = "route.svg";

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

/// The file of each picture, and the arguments that draw it.
fn pictures() -> Vec<(PathBuf, Vec<String>)> {
    let list = fs::read_to_string(docs().join("captures/pictures.txt")).unwrap();
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    let split = |line: &str| {
        let mut words = line.split_whitespace().map(str::to_owned);
        let file = docs().join("src/pictures").join(words.next().unwrap());
        (file, words.collect())
    };
    lines.map(split).collect()
}

#[test]
fn pictures_of_the_book_are_drawn_from_their_captures() {
    let is_writing = std::env::var_os("PICTURES").is_some_and(|value| value == "write");
    let pictures = pictures();
    assert!(pictures.len() >= 9);
    for (file, arguments) in pictures {
        let drawn =
            Command::new(NLTOOL).args(&arguments).current_dir(docs().join("captures")).output().unwrap();
        assert!(drawn.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&drawn.stderr));
        if file.ends_with(IN_RUSTDOC) {
            compare(&docs().join("../nl-tlv/route.html"), &inline(&drawn.stdout), is_writing);
        }
        compare(&file, &drawn.stdout, is_writing);
    }
}

fn compare(file: &Path, drawn: &[u8], is_writing: bool) {
    if is_writing {
        fs::write(file, drawn).unwrap();
    }
    let is_fresh = fs::read(file).is_ok_and(|kept| kept == drawn);
    assert!(is_fresh, "{} differs: PICTURES=write cargo test -p nltool --test pictures", file.display());
}

/// An image that holds its picture. On a narrow page it is scrolled and keeps a size at which it can be read.
fn inline(svg: &[u8]) -> Vec<u8> {
    let mut image = String::from(
        "<div style=\"overflow-x: auto\"><img style=\"min-width: 46rem\" alt=\"The bytes of the message\" \
         src=\"data:image/svg+xml,",
    );
    for byte in svg {
        match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'.' | b'/' | b'=' | b':' => {
                image.push(char::from(*byte))
            }
            other => image += &format!("%{other:02X}"),
        }
    }
    image += "\"></div>\n";
    image.into_bytes()
}

#[test]
fn each_picture_of_the_book_has_a_line() {
    let listed: Vec<PathBuf> = pictures().into_iter().map(|(file, _)| file).collect();
    for entry in fs::read_dir(docs().join("src/pictures")).unwrap() {
        let file = entry.unwrap().path();
        assert!(listed.contains(&file), "{} is in no line of pictures.txt", file.display());
    }
}
