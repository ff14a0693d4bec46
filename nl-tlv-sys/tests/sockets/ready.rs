//! Tasks that wait for a socket.

use crate::common::{NETLINK_USERSOCK, bound, errno};
use nl_tlv_sys::{Address, ReadySocket};
use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::task::{Context, Waker};
use tokio::runtime::{Builder, Runtime};

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_io().build().unwrap()
}

#[test]
fn task_waits_for_each_datagram_and_for_none_that_was_read() {
    let (client, _) = bound(NETLINK_USERSOCK);
    let (server, port_id) = bound(NETLINK_USERSOCK);
    runtime().block_on(async {
        let server = ReadySocket::new(server).unwrap();
        for _ in 0..3 {
            let mut waiting = pin!(poll_fn(|cx| server.poll_readable(cx)));
            let first = waiting.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(first.is_pending(), "nothing has come, or it was read");
            client.send_to(b"datagram", Address::port(port_id)).unwrap();
            waiting.await.unwrap();
            assert_eq!(server.socket().recv(&mut [0; 64]).unwrap().len, 8);
        }
    });
}

#[test]
fn receive_and_send_fail_where_they_would_block() {
    let (server, port_id) = bound(NETLINK_USERSOCK);
    let (client, _) = bound(NETLINK_USERSOCK);
    runtime().block_on(async {
        let client = ReadySocket::new(client).unwrap();
        assert_eq!(errno(client.socket().recv(&mut [0; 64])), libc::EAGAIN);
        server.set_recv_buffer(0).unwrap();
        let full = (0..1000).find_map(|_| client.socket().send_to(&[0; 512], Address::port(port_id)).err());
        assert_eq!(full.and_then(|err| err.raw_os_error()), Some(libc::EAGAIN));
    });
}

#[test]
fn socket_outside_a_runtime_is_an_error() {
    let (socket, _) = bound(NETLINK_USERSOCK);
    assert_eq!(ReadySocket::new(socket).unwrap_err().kind(), io::ErrorKind::NotConnected);
}

#[test]
fn task_is_woken_by_another_thread() {
    let (server, port_id) = bound(NETLINK_USERSOCK);
    let (client, _) = bound(NETLINK_USERSOCK);
    runtime().block_on(async {
        let server = ReadySocket::new(server).unwrap();
        let sending = std::thread::spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(20));
            client.send_to(b"datagram", Address::port(port_id)).unwrap();
        });
        poll_fn(|cx| server.poll_readable(cx)).await.unwrap();
        sending.join().unwrap();
    });
}
