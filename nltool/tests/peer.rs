//! `nltool` and servers in user space.

mod common;

use common::{run, text};
use nl_tlv::control::{Errno, ExtAck, emit_done, emit_refusal};
use nl_tlv::socket::{Address, Protocol, Socket};
use nl_tlv::{Flags, Header, MessageType, Messages, Writer};
use nl_tlv_lab::peer::spawn;
use nl_tlv_lab::rtm::peer::RtmService;
use std::path::PathBuf;

/// The specification of RTM, with another number.
fn specification(test: &str, protocol: u32) -> PathBuf {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../kmod/generated/rtm.yaml");
    let spec = std::fs::read_to_string(path).unwrap();
    let file = std::env::temp_dir().join(format!("nltool-{test}-{}-{protocol}.yaml", std::process::id()));
    std::fs::write(&file, spec.replace("protonum: 30", &format!("protonum: {protocol}"))).unwrap();
    file
}

#[test]
fn a_server_in_user_space_is_asked_by_its_port_id() {
    let server = spawn(RtmService::default(), 0).unwrap();
    let port_id = server.port_id.to_string();
    let spec = specification("peer", 2);
    let ask_at = |port_id: &str, args: &[&str]| {
        let all = [&["--spec", spec.to_str().unwrap()][..], args, &["--peer", port_id]].concat();
        run(&all, b"")
    };
    let ask = |args: &[&str]| ask_at(&port_id, args);
    let missing = ask(&["do", "rtm", "table-get", "name=blue"]);
    let stderr = text(&missing.stderr);
    let says = format!(
        "the server at port id {port_id} refused table-get: ENOENT (no such object) at table-get.name"
    );
    assert!(missing.status.code() == Some(3) && stderr.contains(&says), "{stderr}");
    let none = ask(&["dump", "rtm", "table-get"]);
    assert!(none.status.success() && none.stdout.is_empty(), "{}", text(&none.stderr));
    // A port id that nobody has any more.
    let port_id = Socket::open(Protocol::USERSOCK).unwrap().port_id().to_string();
    let gone = ask_at(&port_id, &["dump", "rtm", "table-get"]);
    let says = format!(
        "nltool: nobody listens at port id {port_id} of netlink protocol 2 (usersock): start the server, or write its port id \
         behind --peer\n"
    );
    assert_eq!((gone.status.code(), text(&gone.stderr)), (Some(1), &*says));
    std::fs::remove_file(&spec).unwrap();
}

#[test]
fn answers_to_the_first_requests_of_a_socket_of_before_are_not_taken() {
    let server = Socket::open(Protocol::USERSOCK).unwrap();
    let port_id = server.port_id().to_string();
    let serving = std::thread::spawn(move || {
        let mut buffer = [0; 1024];
        let (request, client) = server.recv(&mut buffer).unwrap();
        let request = Messages::new(request).next().unwrap().unwrap();
        for seq in 0..3 {
            let (mut before, mut buf) = ([0; 16], [0; 64]);
            let mut w = Writer::new(&mut before);
            w.message(MessageType(20).into(), Header::request().seq(seq), |_| Ok(())).unwrap();
            let before = Messages::new(w.finish()).next().unwrap().unwrap();
            let mut w = Writer::new(&mut buf);
            emit_refusal(&mut w, &before, client.port_id, Errno::EBUSY, &ExtAck::NONE).unwrap();
            server.send_to(w.as_bytes(), Address::port(client.port_id)).unwrap();
        }
        let mut buf = [0; 64];
        let mut w = Writer::new(&mut buf);
        emit_done(&mut w, &request, client.port_id, None, Flags::empty(), &ExtAck::NONE).unwrap();
        server.send_to(w.as_bytes(), Address::port(client.port_id)).unwrap();
    });
    let spec = specification("late", 2);
    let args = ["--spec", spec.to_str().unwrap(), "dump", "rtm", "table-get", "--peer", &port_id];
    let output = run(&args, b"");
    assert!(output.status.success(), "{}", text(&output.stderr));
    serving.join().unwrap();
    std::fs::remove_file(&spec).unwrap();
}

#[test]
fn what_does_not_answer_says_what_is_missing() {
    for (protocol, says) in [
        (2, "the kernel does not answer at netlink protocol 2 (usersock), which is for processes"),
        (29, "this kernel does not have netlink protocol 29; load the module that makes it"),
    ] {
        let spec = specification("nobody", protocol);
        for command in ["do", "dump"] {
            let output = run(&["--spec", spec.to_str().unwrap(), command, "rtm", "table-get"], b"");
            assert_eq!(output.status.code(), Some(1));
            assert!(text(&output.stderr).contains(says), "{}", text(&output.stderr));
        }
        std::fs::remove_file(&spec).unwrap();
    }
}
