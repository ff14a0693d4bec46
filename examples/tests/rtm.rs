//! The client of RTM as a user meets it, against a peer; and the program's unit tests, because cargo builds an example
//! either as a program or as a test.

#[allow(dead_code)]
#[path = "../rtm/main.rs"]
mod rtm;
