//! nl-tlv
