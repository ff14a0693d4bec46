//! Between two sockets over `NETLINK_USERSOCK`: what any user may do, without a kernel module.

use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use nl_tlv_sys::{Address, NetlinkSocket, sock_filter};

use crate::common::*;

#[test]
fn unicast_arrives_with_its_sender() {
    let (server, server_port_id) = bound(NETLINK_USERSOCK);
    let (client, client_port_id) = bound(NETLINK_USERSOCK);
    client.send_to(b"question", Address::port(server_port_id)).unwrap();
    let mut buffer = [0; 64];
    let received = server.recv(&mut buffer).unwrap();
    assert_eq!(&buffer[..received.len], b"question");
    assert_eq!(received.sender, Address::port(client_port_id));

    server.send_to(b"answer", received.sender).unwrap();
    let received = client.recv(&mut buffer).unwrap();
    assert_eq!(&buffer[..received.len], b"answer");
    assert_eq!(received.sender, Address::port(server_port_id));
}

#[test]
fn first_send_binds() {
    let (server, server_port_id) = bound(NETLINK_USERSOCK);
    let client = NetlinkSocket::open(NETLINK_USERSOCK).unwrap();
    assert_eq!(client.local_port_id().unwrap(), 0);
    client.send_to(b"hello", Address::port(server_port_id)).unwrap();
    let port_id = client.local_port_id().unwrap();
    assert_ne!(port_id, 0);
    assert_eq!(server.recv(&mut [0; 64]).unwrap().sender.port_id, port_id);
    assert_eq!(errno(client.autobind()), libc::EINVAL);
}

#[test]
fn taken_port_id_is_refused() {
    let (_owner, port_id) = bound(NETLINK_USERSOCK);
    let other = NetlinkSocket::open(NETLINK_USERSOCK).unwrap();
    assert_eq!(errno(other.bind(Address::port(port_id))), libc::EADDRINUSE);
    let free = free_port_id();
    other.bind(Address::port(free)).unwrap();
    assert_eq!(other.local_port_id().unwrap(), free);
}

#[test]
fn absent_receiver_refuses() {
    let (client, _) = bound(NETLINK_USERSOCK);
    assert_eq!(errno(client.send_to(b"hello", Address::port(free_port_id()))), libc::ECONNREFUSED);
    assert_eq!(errno(client.send(b"to the kernel")), libc::ECONNREFUSED);
}

#[test]
fn connected_socket_hears_its_peer_only() {
    let (server, server_port_id) = bound(NETLINK_USERSOCK);
    let (client, client_port_id) = bound(NETLINK_USERSOCK);
    let (stranger, _) = bound(NETLINK_USERSOCK);
    client.connect(Address::port(server_port_id)).unwrap();
    client.send(b"question").unwrap();
    let from = server.recv(&mut [0; 64]).unwrap().sender;
    assert_eq!(from, Address::port(client_port_id));
    assert_eq!(errno(stranger.send_to(b"forged", from)), libc::ECONNREFUSED);
    server.send_to(b"answer", from).unwrap();
    assert_eq!(client.recv(&mut [0; 64]).unwrap().sender, Address::port(server_port_id));
}

#[test]
fn runts_pass_and_nothing_does_not() {
    let (server, server_port_id) = bound(NETLINK_USERSOCK);
    let (client, _) = bound(NETLINK_USERSOCK);
    for runt in [&b"abc"[..], b"x"] {
        client.send_to(runt, Address::port(server_port_id)).unwrap();
        let mut buffer = [0; 64];
        let received = server.recv(&mut buffer).unwrap();
        assert_eq!(&buffer[..received.len], runt);
        assert!(!received.is_truncated());
    }
    assert_eq!(errno(client.send_to(b"", Address::port(server_port_id))), libc::ENODATA);
}

#[test]
fn empty_buffer_takes_a_datagram_and_tells_its_length() {
    let (server, server_port_id) = bound(NETLINK_USERSOCK);
    let (client, _) = bound(NETLINK_USERSOCK);
    client.send_to(b"hello", Address::port(server_port_id)).unwrap();
    let received = server.recv(&mut []).unwrap();
    assert_eq!((received.len, received.full_len, received.is_truncated()), (0, 5, true));
    assert_eq!(errno(server.try_recv(&mut [])), libc::EAGAIN);
}

#[test]
fn datagram_over_the_send_buffer_is_refused() {
    let (_server, server_port_id) = bound(NETLINK_USERSOCK);
    let (client, _) = bound(NETLINK_USERSOCK);
    client.set_send_buffer(8192).unwrap();
    client.send_to(&[0; 8192], Address::port(server_port_id)).unwrap();
    assert_eq!(errno(client.send_to(&[0; 65536], Address::port(server_port_id))), libc::EMSGSIZE);
}

#[test]
fn full_receiver_refuses_a_sender_that_does_not_block() {
    let (server, server_port_id) = bound(NETLINK_USERSOCK);
    let (client, _) = bound(NETLINK_USERSOCK);
    client.set_nonblocking(true).unwrap();
    server.set_recv_buffer(4096).unwrap();
    let mut sent = 0;
    let refused = loop {
        match client.send_to(&[0; 256], Address::port(server_port_id)) {
            Ok(()) => sent += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(refused.raw_os_error(), Some(libc::EAGAIN));
    for _ in 0..sent {
        assert_eq!(server.try_recv(&mut [0; 256]).unwrap().len, 256);
    }
    assert_eq!(errno(server.try_recv(&mut [0; 256])), libc::EAGAIN);
}

#[test]
fn receive_buffer_is_doubled_by_the_kernel() {
    let (socket, _) = bound(NETLINK_USERSOCK);
    socket.set_recv_buffer(16 * 1024).unwrap();
    assert_eq!(socket.recv_buffer().unwrap(), 32 * 1024);
    assert_eq!(errno(socket.set_recv_buffer(usize::MAX)), libc::EINVAL);
}

#[test]
fn nothing_to_receive_is_eagain() {
    let (socket, _) = bound(NETLINK_USERSOCK);
    assert_eq!(errno(socket.try_recv(&mut [0; 64])), libc::EAGAIN);
    socket.set_nonblocking(true).unwrap();
    assert_eq!(errno(socket.recv(&mut [0; 64])), libc::EAGAIN);
    let start = Instant::now();
    assert!(!socket.wait_readable(Some(Duration::from_millis(50))).unwrap());
    assert!(start.elapsed() >= Duration::from_millis(40), "{:?}", start.elapsed());
}

#[test]
fn readiness_follows_the_queue() {
    let (server, server_port_id) = bound(NETLINK_USERSOCK);
    let (client, _) = bound(NETLINK_USERSOCK);
    let start = Instant::now();
    assert!(!server.wait_readable(Some(Duration::from_millis(50))).unwrap());
    assert!(start.elapsed() >= Duration::from_millis(50));
    assert!(!server.wait_readable(Some(Duration::ZERO)).unwrap());
    client.send_to(b"hello", Address::port(server_port_id)).unwrap();
    assert!(server.wait_readable(None).unwrap());
    assert!(server.wait_readable(Some(Duration::MAX)).unwrap());
    server.recv(&mut [0; 64]).unwrap();
    assert!(!server.wait_readable(Some(Duration::ZERO)).unwrap());
}

#[test]
fn filter_drops_in_silence() {
    let (server, server_port_id) = bound(NETLINK_USERSOCK);
    let (client, _) = bound(NETLINK_USERSOCK);
    let instruction = |code: u32, jt, jf, k| sock_filter { code: code as u16, jt, jf, k };
    let starts_with_y = [
        instruction(libc::BPF_LD | libc::BPF_B | libc::BPF_ABS, 0, 0, 0),
        instruction(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, 0, 1, u32::from(b'y')),
        instruction(libc::BPF_RET | libc::BPF_K, 0, 0, u32::MAX),
        instruction(libc::BPF_RET | libc::BPF_K, 0, 0, 0),
    ];
    server.attach_filter(&starts_with_y).unwrap();
    for text in [&b"no"[..], b"yes", b"never", b"yet"] {
        client.send_to(text, Address::port(server_port_id)).unwrap();
    }
    for text in [&b"yes"[..], b"yet"] {
        let mut buffer = [0; 64];
        let received = server.try_recv(&mut buffer).unwrap();
        assert_eq!(&buffer[..received.len], text);
    }
    assert_eq!(errno(server.try_recv(&mut [0; 64])), libc::EAGAIN);
}

#[test]
fn impossible_filters_are_refused() {
    let (socket, _) = bound(NETLINK_USERSOCK);
    let pass = sock_filter { code: libc::BPF_RET as u16, jt: 0, jf: 0, k: u32::MAX };
    let jump_out = sock_filter { code: libc::BPF_JMP as u16, jt: 0, jf: 0, k: 9 };
    for program in [vec![], vec![jump_out], vec![pass; 4097], vec![pass; 65_537]] {
        assert_eq!(errno(socket.attach_filter(&program)), libc::EINVAL, "{} instructions", program.len());
    }
    socket.attach_filter(&[pass; 4096]).unwrap();
}

#[test]
fn two_threads_share_a_socket() {
    let (server, server_port_id) = bound(NETLINK_USERSOCK);
    let (client, _) = bound(NETLINK_USERSOCK);
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..100 {
                let mut buffer = [0; 64];
                let received = server.recv(&mut buffer).unwrap();
                server.send_to(&buffer[..received.len], received.sender).unwrap();
            }
        });
        scope.spawn(|| {
            for number in 0..100 {
                client.send_to(&[number], Address::port(server_port_id)).unwrap();
            }
        });
        for number in 0..100 {
            let mut buffer = [0; 64];
            client.recv(&mut buffer).unwrap();
            assert_eq!(buffer[0], number);
        }
    });
}

#[test]
fn signals_do_not_end_a_receive_or_a_wait() {
    static SIGNALS: AtomicUsize = AtomicUsize::new(0);
    extern "C" fn count(_: libc::c_int) {
        SIGNALS.fetch_add(1, Ordering::Relaxed);
    }
    // SAFETY: zero is a value of all fields.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    // Without `SA_RESTART` a signal makes system calls fail with `EINTR`.
    action.sa_sigaction = count as *const () as usize;
    // SAFETY: `action` is complete, and its handler does nothing but add to an atomic number.
    assert_eq!(unsafe { libc::sigaction(libc::SIGUSR1, &action, std::ptr::null_mut()) }, 0);

    let (server, server_port_id) = bound(NETLINK_USERSOCK);
    let (client, _) = bound(NETLINK_USERSOCK);
    // SAFETY: no argument and no precondition.
    let receiver = unsafe { libc::pthread_self() };
    // Disturbs the receiver ten times, then sends.
    let disturb_then_send = |started: &Barrier| {
        started.wait();
        for _ in 0..10 {
            thread::sleep(Duration::from_millis(5));
            // SAFETY: the receiver's thread waits for this one at the end of the scope, so it is alive.
            assert_eq!(unsafe { libc::pthread_kill(receiver, libc::SIGUSR1) }, 0);
        }
        client.send_to(b"hello", Address::port(server_port_id)).unwrap();
    };
    let started = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| disturb_then_send(&started));
        started.wait();
        assert_eq!(server.recv(&mut [0; 64]).unwrap().len, 5);
    });
    thread::scope(|scope| {
        scope.spawn(|| disturb_then_send(&started));
        started.wait();
        assert!(server.wait_readable(Some(Duration::from_secs(10))).unwrap());
    });
    // Signals that are pending at the same time become one.
    assert!((2..=20).contains(&SIGNALS.load(Ordering::Relaxed)));
}

/// A port id that nobody has: the kernel chose it for a socket that is closed by now.
fn free_port_id() -> u32 {
    // The first of a process is its process id, which another test may be given at any time.
    let (_first, _) = bound(NETLINK_USERSOCK);
    bound(NETLINK_USERSOCK).1
}
