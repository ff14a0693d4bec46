//! Project tasks: the kernel lane, the generated C headers, the whole test run.
//!
//! No module is ever loaded into the machine's own kernel: `vm` and `e2e` boot
//! Debian's kernels in QEMU, from packages that are unpacked under `target/`.

mod api;
mod apt;
mod cli;
mod coccinelle;
mod command;
mod coverage;
mod delays;
mod dkms;
mod e2e;
mod families;
mod fuzz;
mod host;
mod initramfs;
mod install;
mod jobs;
mod kernel;
mod kernel_source;
mod lane;
mod linux;
mod load;
mod log_scan;
mod module;
mod modules;
mod netdevsim;
mod oldest;
mod own_module;
mod paths;
mod patience;
mod programs;
mod published;
mod python;
mod qemu;
mod sanitize;
mod slab;
mod steps;
mod tally;
mod tap;
mod traffic;
mod uapi;
mod version;
mod vm;
mod ynl;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::parse().and_then(cli::run) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
