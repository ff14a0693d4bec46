//! nl-tlv-sys
