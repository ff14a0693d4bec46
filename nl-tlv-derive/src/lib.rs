//! nl-tlv-derive
