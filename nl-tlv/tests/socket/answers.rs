//! Answers that are long, or that cannot be sent.

use nl_tlv::control::{Errno, ErrorMessage};
use nl_tlv::socket::{Address, Protocol, Request, Server, Socket};
use nl_tlv::{Flags, Header, Messages, NlMessage};
use std::io;
use std::time::{Duration, Instant};

#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 100)]
struct Thing {
    #[nl(attr = 1, max = 9999)]
    number: u32,
}

fn thing(number: u32) -> Thing {
    Thing { number }
}

/// Longer than a send buffer is at first.
#[derive(NlMessage, Clone, Debug, PartialEq)]
#[nl(ty = 102)]
struct Long {
    #[nl(attr = 1)]
    parts: Vec<Box<[u8]>>,
}

#[test]
fn answer_that_cannot_be_sent_is_a_refusal() {
    let mut server = Server::open(Protocol::USERSOCK, 0).unwrap();
    let client = Socket::open(Protocol::USERSOCK).unwrap();
    let mut buffer = vec![0; 1 << 20];
    let mut ask = |answer: &dyn Fn(&Request<'_, Socket>) -> io::Result<()>| {
        let asked = thing(2).emit(&mut buffer, Header::request().seq(7)).unwrap();
        client.send_to(asked, Address::port(server.port_id())).unwrap();
        let answered = answer(&server.recv().unwrap()).map_err(|err| err.to_string());
        let (bytes, _) = client.recv_deadline(&mut buffer, Instant::now() + Duration::from_secs(10)).unwrap();
        let message = Messages::new(bytes).next().unwrap().unwrap();
        let refusal = ErrorMessage::parse(&message).ok();
        let text = refusal.and_then(|refusal| refusal.ext_ack().message).map(ToOwned::to_owned);
        (answered, message.as_bytes().len(), refusal.and_then(|refusal| refusal.errno()), text)
    };

    // The send buffer grows for a long answer, as that of a connection for a long request.
    let long = Long { parts: vec![vec![7; 65_000].into(); 5] };
    assert_eq!(ask(&|request| request.reply(&long)), (Ok(()), 16 + 5 * 65_004, None, None));

    // What its definition does not allow is not sent; the client does not wait for it.
    let why = "Thing.number: 10000 is beyond the limit 9999 (offset 16)";
    let refused = (Err(why.to_owned()), Some(Errno::EIO), Some(why.to_owned()));
    let (answered, _, errno, text) = ask(&|request| request.reply(&thing(10_000)));
    assert_eq!((answered, errno, text), refused);
    let (answered, _, errno, text) = ask(&|request| request.dump(&[thing(10_000)], Flags::empty()));
    assert_eq!((answered, errno, text), refused);
}
