//! libmnl, as safe functions. The only file of this crate with `unsafe`.
#![allow(unsafe_code)]

use core::ffi::{c_int, c_uint, c_void};
use std::io;

/// What libmnl holds an attribute against: `enum mnl_attr_data_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum DataType {
    U8 = 1,
    U16 = 2,
    U32 = 3,
    U64 = 4,
    String = 5,
    Flag = 6,
    Nested = 8,
    NulString = 10,
    Binary = 11,
}

/// An attribute that libmnl found: where its header lies, and what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) offset: usize,
    pub(super) ty: u16,
    pub(super) payload_len: u16,
}

/// A refusal: the errno.
pub(super) type Refused = i32;

#[link(name = "mnl")]
unsafe extern "C" {
    fn mnl_nlmsg_ok(message: *const c_void, len: c_int) -> bool;
    fn mnl_attr_ok(attr: *const c_void, len: c_int) -> bool;
    fn mnl_attr_get_type(attr: *const c_void) -> u16;
    fn mnl_attr_get_payload_len(attr: *const c_void) -> u16;
    fn mnl_attr_type_valid(attr: *const c_void, max: u16) -> c_int;
    fn mnl_attr_validate(attr: *const c_void, ty: c_uint) -> c_int;
    fn mnl_attr_validate2(attr: *const c_void, ty: c_uint, len: usize) -> c_int;
    fn mnl_attr_parse(message: *const c_void, offset: c_uint, each: Each, data: *mut c_void) -> c_int;
    fn mnl_attr_parse_payload(payload: *const c_void, len: usize, each: Each, data: *mut c_void) -> c_int;
}

/// A callback for each attribute; 1 goes on.
type Each = extern "C" fn(*const c_void, *mut c_void) -> c_int;

/// Bytes as libmnl wants them: aligned to four, and with so many zeros behind them that its reading of padding, which
/// it takes for granted, stays within.
pub(super) struct Area {
    words: Vec<u32>,
    len: usize,
}

/// What [`collect`] fills.
struct Collected {
    start: *const c_void,
    found: Vec<Found>,
}

impl Area {
    /// A copy of the bytes.
    pub(super) fn new(bytes: &[u8]) -> Self {
        let word = |chunk: &[u8]| {
            let mut word = [0; 4];
            word[..chunk.len()].copy_from_slice(chunk);
            u32::from_ne_bytes(word)
        };
        let words = bytes.chunks(4).map(word).chain([0; 4]).collect();
        Self { words, len: bytes.len() }
    }

    fn start(&self) -> *const c_void {
        self.words.as_ptr().cast()
    }

    /// `mnl_attr_parse_payload`: the attributes that these bytes are.
    pub(super) fn attrs(&self) -> Vec<Found> {
        let mut collected = Collected { start: self.start(), found: Vec::new() };
        let data = (&raw mut collected).cast();
        // SAFETY: `len` bytes are readable at `start`, which is aligned; `data` is what `collect` expects, and nothing
        // else uses it before the call returns.
        unsafe { mnl_attr_parse_payload(self.start(), self.len, collect, data) };
        collected.found
    }

    /// `mnl_attr_parse` of a message with `family` bytes of family header, if [`Self::is_message`] allows to look.
    pub(super) fn message_attrs(&self, family: u32) -> Option<Vec<Found>> {
        if !self.is_message() {
            return None;
        }
        let mut collected = Collected { start: self.start(), found: Vec::new() };
        let data = (&raw mut collected).cast();
        // SAFETY: `is_message` holds, so `nlmsg_len` lies within `len` bytes; what libmnl takes beyond it, up to three
        // bytes of padding and a header, lies in the zeros behind. `data` as above.
        unsafe { mnl_attr_parse(self.start(), family, collect, data) };
        Some(collected.found)
    }

    /// `mnl_nlmsg_ok` of these bytes, of which libmnl looks at sixteen once they are that many.
    ///
    /// A length of 2^31 and more is no message here either, although libmnl 1.0.4 takes it for one.
    pub(super) fn is_message(&self) -> bool {
        let is_sane = self.len >= 16 && i32::try_from(self.words[0]).is_ok();
        // SAFETY: 16 bytes, the header, are readable and aligned; more is not looked at.
        is_sane && unsafe { mnl_nlmsg_ok(self.start(), c_int::try_from(self.len).unwrap_or(c_int::MAX)) }
    }

    /// `mnl_attr_type_valid` and `mnl_attr_validate` (with `exact`, `mnl_attr_validate2`) of the first attribute.
    pub(super) fn validate(&self, ty: DataType, exact: Option<usize>) -> Result<(), Refused> {
        assert!(self.first_is_whole(), "only an attribute that libmnl has found is validated");
        // SAFETY: the attribute's header and all of its payload are readable, as was asserted.
        let status = unsafe {
            match exact {
                None => mnl_attr_validate(self.start(), ty as c_uint),
                Some(len) => mnl_attr_validate2(self.start(), ty as c_uint, len),
            }
        };
        refusal(status)
    }

    /// `mnl_attr_type_valid` of the first attribute.
    pub(super) fn validate_type(&self, max: u16) -> Result<(), Refused> {
        assert!(self.first_is_whole(), "only an attribute that libmnl has found is validated");
        // SAFETY: as above; only the header is looked at.
        refusal(unsafe { mnl_attr_type_valid(self.start(), max) })
    }

    fn first_is_whole(&self) -> bool {
        let len = c_int::try_from(self.len).unwrap_or(c_int::MAX);
        // SAFETY: sixteen bytes at least are readable; libmnl looks at the header if `len` is that of one.
        unsafe { mnl_attr_ok(self.start(), len) }
    }
}

/// The errno behind a status.
fn refusal(status: c_int) -> Result<(), Refused> {
    match status {
        ..0 => Err(io::Error::last_os_error().raw_os_error().unwrap_or(0)),
        0.. => Ok(()),
    }
}

extern "C" fn collect(attr: *const c_void, data: *mut c_void) -> c_int {
    // SAFETY: libmnl passes on the pointer that it was given with this function: a `Collected` that nothing else uses
    // meanwhile.
    let collected = unsafe { &mut *data.cast::<Collected>() };
    // SAFETY: libmnl has seen that the header and payload of `attr` lie within the area.
    let (ty, payload_len) = unsafe { (mnl_attr_get_type(attr), mnl_attr_get_payload_len(attr)) };
    let offset = attr.addr() - collected.start.addr();
    collected.found.push(Found { offset, ty, payload_len });
    1
}
