//! Messages and attributes as views over bytes, and how they are written.

#[path = "views/attr.rs"]
mod attr;
#[path = "views/message.rs"]
mod message;
#[path = "views/writer.rs"]
mod writer;
