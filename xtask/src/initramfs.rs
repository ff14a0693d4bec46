//! The guest's file system: a cpio archive of the `newc` kind, written without root and without `cpio`.

use std::collections::BTreeMap;

/// Files of a guest; directories come into being with what is in them.
#[derive(Debug, Default)]
pub(crate) struct Initramfs {
    nodes: BTreeMap<String, Node>,
}

#[derive(Debug)]
enum Node {
    Directory,
    File { mode: u32, contents: Vec<u8> },
    Link(String),
    Device { major: u32, minor: u32 },
}

impl Initramfs {
    /// A file that can be run.
    pub(crate) fn program(&mut self, path: &str, contents: impl Into<Vec<u8>>) {
        self.insert(path, Node::File { mode: 0o755, contents: contents.into() });
    }

    /// A file that can be read.
    pub(crate) fn file(&mut self, path: &str, contents: impl Into<Vec<u8>>) {
        self.insert(path, Node::File { mode: 0o644, contents: contents.into() });
    }

    /// A symbolic link.
    pub(crate) fn link(&mut self, path: &str, target: &str) {
        self.insert(path, Node::Link(target.to_owned()));
    }

    /// A character device.
    pub(crate) fn device(&mut self, path: &str, major: u32, minor: u32) {
        self.insert(path, Node::Device { major, minor });
    }

    /// A directory.
    pub(crate) fn directory(&mut self, path: &str) {
        self.insert(path, Node::Directory);
    }

    fn insert(&mut self, path: &str, node: Node) {
        let path = path.trim_matches('/');
        for (end, _) in path.match_indices('/') {
            self.nodes.entry(path[..end].to_owned()).or_insert(Node::Directory);
        }
        self.nodes.insert(path.to_owned(), node);
    }

    /// The archive.
    pub(crate) fn emit(&self) -> Vec<u8> {
        let mut archive = Vec::new();
        // In order of the names, so a directory comes before what is in it.
        for (inode, (path, node)) in (1..).zip(&self.nodes) {
            let (mode, contents, device): (u32, &[u8], (u32, u32)) = match node {
                Node::Directory => (0o040_755, &[], (0, 0)),
                Node::File { mode, contents } => (0o100_000 | mode, contents, (0, 0)),
                Node::Link(target) => (0o120_777, target.as_bytes(), (0, 0)),
                Node::Device { major, minor } => (0o020_600, &[], (*major, *minor)),
            };
            entry(&mut archive, inode, path, mode, contents, device);
        }
        entry(&mut archive, 0, "TRAILER!!!", 0, &[], (0, 0));
        archive
    }
}

/// A header of 110 characters, the name with its NUL, the contents; each padded to 4 bytes.
fn entry(archive: &mut Vec<u8>, inode: u32, name: &str, mode: u32, contents: &[u8], device: (u32, u32)) {
    let links = if mode & 0o170_000 == 0o040_000 { 2 } else { 1 };
    let (size, name_size) = (contents.len(), name.len() + 1);
    let fields = [inode, mode, 0, 0, links, 0].map(|field| field as usize);
    archive.extend_from_slice(b"070701");
    for field in fields.into_iter().chain([size, 0, 0, device.0 as usize, device.1 as usize, name_size, 0]) {
        archive.extend_from_slice(format!("{field:08x}").as_bytes());
    }
    archive.extend_from_slice(name.as_bytes());
    archive.push(0);
    archive.resize(archive.len().next_multiple_of(4), 0);
    archive.extend_from_slice(contents);
    archive.resize(archive.len().next_multiple_of(4), 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(archive: &[u8]) -> Vec<String> {
        let (mut names, mut rest) = (Vec::new(), archive);
        while !rest.is_empty() {
            let number = |field: usize| {
                let text = std::str::from_utf8(&rest[6 + 8 * field..14 + 8 * field]).unwrap();
                usize::from_str_radix(text, 16).unwrap()
            };
            let (size, name_size) = (number(6), number(11));
            names.push(String::from_utf8(rest[110..110 + name_size - 1].to_vec()).unwrap());
            rest = &rest[(110 + name_size).next_multiple_of(4) + size.next_multiple_of(4)..];
        }
        names
    }

    #[test]
    fn directories_come_before_what_is_in_them_and_the_trailer_ends() {
        let mut guest = Initramfs::default();
        guest.program("/lib/modules/6.1/greet.ko", *b"12345");
        guest.link("/bin/sh", "busybox");
        guest.device("/dev/console", 5, 1);
        let names = names(&guest.emit());
        let expected =
            "bin bin/sh dev dev/console lib lib/modules lib/modules/6.1 lib/modules/6.1/greet.ko TRAILER!!!";
        assert_eq!(names.join(" "), expected);
    }

    #[test]
    fn every_header_is_110_characters() {
        let archive = Initramfs::default().emit();
        assert_eq!(archive.len(), (110 + "TRAILER!!!".len() + 1).next_multiple_of(4));
        assert!(archive.starts_with(b"070701"));
    }
}
