//! The loops in C, as safe functions. The only file of this crate with `unsafe`.
#![allow(unsafe_code)]

use core::ffi::c_int;

use crate::records::{Families, Links, Named, Nests, RouteRequest, Routes, Walk};

/// Declares C functions that read a dump, and a safe function of the same name for each.
macro_rules! readers {
    ($($(#[$attr:meta])* fn $name:ident($($arg:ident: $ty:ty),*) -> $out:ty;)*) => {$(
        $(#[$attr])*
        pub(crate) fn $name(bytes: &[u8] $(, $arg: $ty)*) -> Option<$out> {
            unsafe extern "C" {
                fn $name(at: *const u8, len: usize $(, $arg: $ty)*, out: *mut $out) -> c_int;
            }
            let mut out = <$out>::default();
            // SAFETY: `bytes` is readable for its length and `out` writable for the call; the struct is `repr(C)` and
            // laid out as in `c/checked.h`; the C code keeps neither pointer.
            let status = unsafe { $name(bytes.as_ptr(), bytes.len() $(, $arg)*, &mut out) };
            (status == 0).then_some(out)
        }
    )*};
}

readers! {
    fn checked_walk(ty: u16, family: usize) -> Walk;
    fn checked_routes() -> Routes;
    fn checked_links() -> Links;
    fn checked_families() -> Families;
    fn checked_nests() -> Nests;
    fn predicted_walk(ty: u16, family: usize) -> Walk;
    fn predicted_routes() -> Routes;
    fn predicted_links() -> Links;
    fn predicted_families() -> Families;
}

#[cfg(feature = "peers")]
readers! {
    fn mnl_walk(ty: u16, family: usize) -> Walk;
    fn mnl_routes() -> Routes;
    fn mnl_links() -> Links;
    fn mnl_families() -> Families;
}

/// Declares a C function that writes messages made of items, and a safe function of the same name.
macro_rules! writer {
    ($name:ident, $item:ty) => {
        /// The sum of the lengths of what was written, each message at the start of `buffer`.
        pub(crate) fn $name(buffer: &mut [u8], items: &[$item]) -> Option<usize> {
            unsafe extern "C" {
                fn $name(buffer: *mut u8, capacity: usize, items: *const $item, count: usize) -> i64;
            }
            // SAFETY: `buffer` is writable and `items` readable for the lengths given; the item is `repr(C)` and laid
            // out as in `c/checked.h`; names in it end with a NUL; the C code keeps neither pointer.
            let total = unsafe { $name(buffer.as_mut_ptr(), buffer.len(), items.as_ptr(), items.len()) };
            usize::try_from(total).ok()
        }
    };
}

writer!(checked_emit, RouteRequest);
writer!(checked_emit_nests, Named);
#[cfg(feature = "peers")]
writer!(mnl_emit, RouteRequest);
