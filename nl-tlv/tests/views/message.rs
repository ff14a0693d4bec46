//! Messages as views.

use nl_tlv::wire::{GenlMsgHdr, NlMsgHdr};
use nl_tlv::{ErrorKind, Messages, NlStruct};

fn message(nlmsg_len: u32, payload: &[u8]) -> Vec<u8> {
    let header = NlMsgHdr { nlmsg_len, nlmsg_type: 20, ..NlMsgHdr::default() };
    [&header.to_bytes()[..], payload].concat()
}

#[test]
fn unaligned_messages_follow_each_other_after_padding() {
    let datagram = [message(17, &[1, 0, 0, 0]), message(18, &[2, 3])].concat();
    let payloads: Vec<_> = Messages::new(&datagram).map(|m| m.unwrap().payload().to_vec()).collect();
    assert_eq!(payloads, [&[1][..], &[2, 3]]);
}

#[test]
fn lying_lengths_are_one_error_and_then_the_end() {
    for (len, kind) in [
        (0, ErrorKind::LengthBelowHeader),
        (15, ErrorKind::LengthBelowHeader),
        (25, ErrorKind::LengthBeyondEnd),
        (1 << 31, ErrorKind::LengthBeyondEnd),
        (u32::MAX, ErrorKind::LengthBeyondEnd),
    ] {
        let datagram = [message(20, &[0; 4]), message(len, &[0; 8])].concat();
        let mut messages = Messages::new(&datagram);
        assert!(messages.next().unwrap().is_ok());
        let err = messages.next().unwrap().unwrap_err();
        assert_eq!((err.kind(), err.offset(), err.found()), (kind, 20, len));
        assert!(messages.next().is_none() && messages.next().is_none());
    }
}

#[test]
fn attributes_begin_after_the_padded_family_header() {
    let bytes = message(16 + 8 + 4, &[1, 2, 3, 4, 5, 0, 0, 0, 4, 0, 9, 0]);
    let message = Messages::new(&bytes).next().unwrap().unwrap();
    let (header, attrs) = message.family_header::<GenlMsgHdr>().unwrap();
    assert_eq!((header.cmd, header.version, attrs.offset()), (1, 2, 20));
    assert_eq!((message.attrs_after(5).offset(), message.attrs_after(5).remainder().len()), (24, 4));
    let err = message.family_header::<NlMsgHdr>().unwrap_err();
    assert_eq!((err.kind(), err.expected(), err.found()), (ErrorKind::Truncated, 16, 12));
}
