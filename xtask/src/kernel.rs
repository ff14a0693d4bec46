//! A kernel under `target/`: image, modules, headers to build against, busybox. They are Debian's, unpacked;
//! those of the sanitised kernel are built.
//!
//! The files of a lane lie in a directory with the name of the release, beside a stamp that names it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::apt::Apt;
use crate::command::{capture, run, said, tool};
use crate::host::Unavailable;
use crate::lane::Lane;
use crate::{kernel_source, paths, version};

/// Raised when what is unpacked, or how, changes: older caches are fetched again.
const LAYOUT: &str = "layout-1";

/// What a stream packed by xz starts with.
const XZ: &[u8] = b"\xfd7zXZ\0";
/// What a program or an unpacked kernel starts with.
const ELF: &[u8] = b"\x7fELF";

/// A kernel that is ready to boot and to build against.
#[derive(Debug)]
pub(crate) struct Kernel {
    pub(crate) lane: Lane,
    /// What `uname -r` says in it.
    pub(crate) release: String,
    dir: PathBuf,
}

impl Kernel {
    /// The lane's kernel, from the cache or fetched.
    pub(crate) fn of(lane: Lane) -> Result<Self> {
        if std::env::consts::ARCH != "x86_64" {
            return Err(Unavailable("the kernel lanes are built and booted on x86-64 only".into()).into());
        }
        let dir = paths::lane(lane.name());
        let kernel = match Self::cached(lane, &dir) {
            Some(kernel) => kernel,
            None => Self::make(lane, &dir).with_context(|| format!("kernel lane {lane}"))?,
        };
        let path = format!("{}\n", kernel.headers().display());
        if fs::read_to_string(dir.join("KDIR")).ok().as_ref() != Some(&path) {
            fs::write(dir.join("KDIR"), path)?;
        }
        Ok(kernel)
    }

    fn cached(lane: Lane, lane_dir: &Path) -> Option<Self> {
        let stamp = fs::read_to_string(lane_dir.join("release")).ok()?;
        let release = stamp.trim().strip_prefix(&layout(lane))?.trim().to_owned();
        let dir = lane_dir.join(&release);
        dir.is_dir().then_some(Self { lane, release, dir })
    }

    fn make(lane: Lane, lane_dir: &Path) -> Result<Self> {
        // Made aside and then renamed, so that an interrupted run leaves nothing half done. The lock on the
        // cache keeps others out.
        let part = fresh(lane_dir.join("part"))?;
        let tree = part.join("tree");
        let kernel = match lane {
            Lane::Sanitized => Self { lane, release: kernel_source::build(&part, &tree)?, dir: tree },
            _ => Self::fetch(lane, &part, tree)?,
        };

        let dir = lane_dir.join(&kernel.release);
        if dir.exists() {
            fs::remove_dir_all(&dir)?;
        }
        fs::rename(&kernel.dir, &dir)?;
        fs::remove_dir_all(&part)?;
        fs::write(lane_dir.join("release"), format!("{} {}\n", layout(lane), kernel.release))?;
        Ok(Self { dir, ..kernel })
    }

    fn fetch(lane: Lane, part: &Path, tree: PathBuf) -> Result<Self> {
        eprintln!("kernel {lane}: reading the package lists");
        let apt = Apt::update(part.join("apt"), lane.suites())?;
        let release = newest_release(&apt, lane)?;
        let packages = packages(&apt, &release)?;
        eprintln!("kernel {lane}: {release}, fetching and unpacking {}", packages.join(" "));
        let kernel = Self { lane, release, dir: tree };
        apt.unpack(&packages, &kernel.dir)?;
        kernel.make_relocatable()?;
        kernel.make_buildable()?;
        kernel.make_tools_runnable(&apt)?;
        Ok(kernel)
    }

    /// The headers' `Makefile` names `/usr/src`: make it look beside itself.
    fn make_relocatable(&self) -> Result<()> {
        let here = "$(realpath $(dir $(lastword $(MAKEFILE_LIST))))";
        let path = self.headers().join("Makefile");
        let text = fs::read_to_string(&path)?;
        let own = format!("/usr/src/linux-headers-{}", self.release);
        // `:=`, because the expression is only true where it stands.
        let text = text.replace(&format!("KBUILD_OUTPUT={own}"), &format!("KBUILD_OUTPUT := {here}"));
        fs::write(&path, text.replace("/usr/src", &format!("{here}/..")))?;
        Ok(())
    }

    /// Lets the machine's own gcc build for this kernel without pahole.
    fn make_buildable(&self) -> Result<()> {
        // Type information for BPF: of no use here, and its absence from this file changes no structure.
        let config = self.headers().join("include/config/auto.conf");
        let kept = |line: &&str| !line.starts_with("CONFIG_DEBUG_INFO_BTF_MODULES=");
        let text = fs::read_to_string(&config)?;
        fs::write(&config, text.lines().filter(kept).map(|line| format!("{line}\n")).collect::<String>())?;

        write_script(&self.headers().join("xtask-cc"), include_str!("../guest/cc.sh"))?;
        let variables = self.headers().join(".kernelvariables");
        let mut text = fs::read_to_string(&variables)?;
        text.push_str("override CC := $(realpath $(dir $(lastword $(MAKEFILE_LIST))))/xtask-cc\n");
        fs::write(&variables, text)?;
        Ok(())
    }

    /// Build tools that ask for a newer C library than the machine has run through one from their own suite.
    fn make_tools_runnable(&self, apt: &Apt) -> Result<()> {
        let mut stranded = Vec::new();
        stranded_tools(&self.dir.join("usr/lib"), &mut stranded)?;
        if stranded.is_empty() {
            return Ok(());
        }
        let aside = self.dir.join("libraries");
        apt.unpack(self.lane.libraries(), &aside)?;
        let loader = "ld-linux-x86-64.so.2";
        let place = ["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu"];
        let path: Vec<String> = place.iter().map(|place| format!("$root/libraries/{place}")).collect();
        let Some(home) = place.iter().find(|place| aside.join(place).join(loader).exists()) else {
            bail!("no {loader} in the suite's libc6");
        };
        for program in stranded {
            let depth = program.strip_prefix(&self.dir)?.components().count() - 1;
            let script = format!(
                "#!/bin/sh\nroot=$(dirname \"$0\")/{up}\nexec \"$root/libraries/{home}/{loader}\" --library-path \"{path}\" \"$0.elf\" \"$@\"\n",
                up = vec![".."; depth].join("/"),
                path = path.join(":"),
            );
            let mut elf = program.clone().into_os_string();
            elf.push(".elf");
            fs::rename(&program, elf)?;
            write_script(&program, &script)?;
        }
        Ok(())
    }

    /// What `KDIR` is set to.
    pub(crate) fn headers(&self) -> PathBuf {
        self.dir.join("usr/src").join(format!("linux-headers-{}", self.release))
    }

    /// What is set when a module is built for it.
    pub(crate) fn module_options(&self) -> &'static [&'static str] {
        match self.lane {
            // The module then counts which of its lines ran.
            Lane::Sanitized => &["GCOV_PROFILE=y"],
            _ => &[],
        }
    }

    /// What QEMU loads: the kernel without its own decompression where it is packed with xz, which takes seconds
    /// to unpack under emulation.
    pub(crate) fn image(&self) -> Result<PathBuf> {
        let unpacked = self.dir.join("vmlinux");
        if unpacked.is_file() {
            return Ok(unpacked);
        }
        let places = [
            self.dir.join(format!("boot/vmlinuz-{}", self.release)),
            self.dir.join(format!("usr/lib/modules/{}/vmlinuz", self.release)),
        ];
        let packed =
            places.into_iter().find(|place| place.is_file()).context("the packages hold no kernel image")?;
        let bytes = fs::read(&packed)?;
        // The stream follows the few kilobytes of the kernel's own start code.
        let head = &bytes[..bytes.len().min(1 << 16)];
        let Some(start) = head.windows(XZ.len()).position(|window| window == XZ) else {
            return Ok(packed);
        };
        let part = self.dir.join(format!("vmlinux-{}", std::process::id()));
        fs::write(&part, &bytes[start..])?;
        let output = capture(tool("xz").args(["-dc", "--single-stream"]).arg(&part))?;
        fs::remove_file(&part)?;
        if !output.stdout.starts_with(ELF) {
            return Ok(packed);
        }
        fs::write(&part, output.stdout)?;
        fs::rename(part, &unpacked)?;
        Ok(unpacked)
    }

    /// Where the kernel's own modules are.
    pub(crate) fn modules(&self) -> Result<PathBuf> {
        let places = ["lib/modules", "usr/lib/modules"].map(|place| self.dir.join(place).join(&self.release));
        places.into_iter().find(|place| place.is_dir()).context("the packages hold no modules")
    }

    /// A shell and its tools in one static program.
    pub(crate) fn busybox(&self) -> Result<PathBuf> {
        let places = ["bin/busybox", "usr/bin/busybox"].map(|place| self.dir.join(place));
        places.into_iter().find(|place| place.is_file()).context("the packages hold no busybox")
    }

    /// The kernel's `scripts`, as far as they check sources: Debian has those in the source package only.
    pub(crate) fn checkers(&self) -> Result<PathBuf> {
        let lane = self.lane;
        let place = self.dir.join("checkers");
        let scripts = place.join("scripts");
        if scripts.is_dir() {
            return Ok(scripts);
        }
        eprintln!("kernel {lane}: fetching the sources, for the scripts that check some");
        let part = fresh(self.dir.join("part"))?;
        let apt = Apt::update(part.join("apt"), lane.suites())?;
        let name = format!("linux-source-{lane}");
        apt.unpack(&[&name], &part.join("source"))?;
        let into = part.join("checkers");
        fs::create_dir_all(&into)?;
        run(tool("tar")
            .args(["--strip-components=1", "-xJf"])
            .arg(part.join("source/usr/src").join(format!("{name}.tar.xz")))
            .arg("-C")
            .arg(&into)
            .args(
                ["checkpatch.pl", "spelling.txt", "const_structs.checkpatch", "coccinelle"]
                    .map(|file| format!("{name}/scripts/{file}")),
            ))?;
        fs::rename(into, place)?;
        fs::remove_dir_all(part)?;
        Ok(scripts)
    }
}

/// What a stamp starts with.
fn layout(lane: Lane) -> String {
    match lane {
        Lane::Sanitized => format!("{LAYOUT}-{:x}", kernel_source::fingerprint()),
        _ => LAYOUT.to_owned(),
    }
}

fn newest_release(apt: &Apt, lane: Lane) -> Result<String> {
    let names = apt.names(lane.headers_prefix())?;
    let newest = version::newest(names.iter().map(String::as_str), "linux-headers-", lane.headers_suffix());
    let newest = newest.context("the suites offer no such kernel for amd64")?;
    Ok(newest.trim_start_matches("linux-headers-").to_owned())
}

/// The image (in one package, or since 7.0 in two), the headers and what they depend on, and a shell.
fn packages(apt: &Apt, release: &str) -> Result<Vec<String>> {
    let headers = format!("linux-headers-{release}");
    let mut packages: Vec<String> = apt
        .depends(&headers)?
        .into_iter()
        .filter(|name| name.starts_with("linux-headers-") || name.starts_with("linux-kbuild-"))
        .collect();
    packages.push(headers);
    let offered = |name: &str| apt.names(name).map(|names| names.iter().any(|found| found == name));
    let split = [format!("linux-binary-{release}"), format!("linux-modules-{release}")];
    let whole = [format!("linux-image-{release}"), format!("linux-image-{release}-unsigned")];
    if offered(&split[0])? {
        packages.extend(split);
    } else {
        let mut image = None;
        for name in whole {
            if image.is_none() && offered(&name)? {
                image = Some(name);
            }
        }
        packages.push(image.context("the suites offer headers, but no image")?);
    }
    packages.push("busybox-static".to_owned());
    Ok(packages)
}

/// The programs below `dir` whose libraries the machine does not have, or has too old.
fn stranded_tools(dir: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let (kind, path) = (entry.file_type()?, entry.path());
        if kind.is_dir() && !path.ends_with("usr/lib/modules") {
            stranded_tools(&path, found)?;
        } else if kind.is_file() && entry.metadata()?.permissions().mode() & 0o100 != 0 {
            let is_elf = fs::read(&path)?.starts_with(ELF);
            if is_elf && said(&capture(tool("ldd").arg(&path))?).contains("not found") {
                found.push(path);
            }
        }
    }
    Ok(())
}

/// The directory, empty.
pub(crate) fn fresh(dir: PathBuf) -> Result<PathBuf> {
    if dir.exists() {
        fs::remove_dir_all(&dir)?;
    }
    fs::create_dir_all(&dir)?;
    Ok(dir)
}

fn write_script(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
    Ok(())
}
