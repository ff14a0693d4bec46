//! A program without std and without an allocator that emits and parses messages with nl-tlv, and exits with 0 only if
//! what it parsed is what it emitted.
//!
//! What a program without std has to bring itself stands here, and so the only `unsafe`; the proof is in `proof.rs`.
#![no_std]
#![no_main]

mod conversation;
mod named;
mod proof;
mod route;

use core::ffi::{c_int, c_void};
use core::panic::PanicInfo;

unsafe extern "C" {
    fn write(fd: c_int, bytes: *const c_void, len: usize) -> isize;

    /// Defined nowhere: an optimised program links only if nothing in it can panic.
    #[cfg(not(debug_assertions))]
    fn nl_tlv_can_panic() -> !;
}

/// What the C library's start code calls.
#[unsafe(no_mangle)]
pub extern "C" fn main() -> c_int {
    let (text, status) = match proof::run() {
        Ok(()) => ("no std, no allocator, no panic: emitted and parsed\n", 0),
        Err(what) => (what, 1),
    };
    // SAFETY: `text` is valid for reads of its own length
    unsafe { write(1, text.as_ptr().cast(), text.len()) };
    status
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    // SAFETY: never called, since a program that could call it does not link
    #[cfg(not(debug_assertions))]
    unsafe {
        nl_tlv_can_panic()
    }
    #[cfg(debug_assertions)]
    loop {}
}

/// The precompiled `core` refers to it, because it was built to unwind.
#[unsafe(no_mangle)]
pub extern "C" fn rust_eh_personality() {}
