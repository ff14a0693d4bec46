//! Encodings: which of its forms on the wire a value has, as a type parameter. Users write [`Be`] in types; for the others
//! there are keys.

/// Encoding: host byte order; strings end with a NUL.
#[derive(Clone, Copy, Debug)]
pub enum Native {}

/// Encoding: network byte order. Key `be`.
#[derive(Clone, Copy, Debug)]
pub enum Be {}

/// Encoding: network byte order, and the attribute says so with `NLA_F_NET_BYTEORDER`. Key `net_byteorder`.
#[derive(Clone, Copy, Debug)]
#[doc(alias = "NLA_F_NET_BYTEORDER")]
pub enum NetByteorder {}

/// Encoding: an unsigned integer of 4 or 8 bytes in host order; read from either, written as the shorter that holds it.
/// Key `uint`.
#[derive(Clone, Copy, Debug)]
#[doc(alias = "NLA_UINT")]
pub enum Uint {}

/// Encoding: the same of a signed integer. Key `sint`.
#[derive(Clone, Copy, Debug)]
#[doc(alias = "NLA_SINT")]
pub enum Sint {}

/// Encoding: bytes as a string, which ends with a NUL and need not be UTF-8. Key `text`.
#[derive(Clone, Copy, Debug)]
pub enum Text {}

/// Encoding: a string that is written without a NUL. Key `no_nul`.
#[derive(Clone, Copy, Debug)]
pub enum NoNul {}
