use nlink::Result;
use nlink::macros::{GenlMessage, NetlinkAttrs};
use nlink::netlink::MessageBuilder;
// each:
#[derive(NetlinkAttrs, Clone, Debug)]
pub struct Hop__ {
    #[genl_attr(1__u16)]
    pub gateway: Option<u32>,
    #[genl_attr(2__u16)]
    pub oif: Option<String>,
}

#[derive(GenlMessage, Clone, Debug)]
#[genl_message(cmd = 1)]
pub struct Message__ {
    #[genl_attr(1__u16)]
    pub name: String,
    #[genl_attr(2__u16)]
    pub metric: Option<u32>,
    #[genl_attr(3__u16)]
    pub flags: Option<u16>,
    #[genl_attr(4__u16, nested)]
    pub hop: Option<Hop__>,
}

#[inline(never)]
pub fn parse__(payload: &[u8]) -> Result<Message__> {
    Message__::from_bytes(payload)
}

#[inline(never)]
pub fn emit__(message: &Message__, builder: &mut MessageBuilder) -> Result<()> {
    message.to_bytes(builder)
}
