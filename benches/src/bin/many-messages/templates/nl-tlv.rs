use nl_tlv::{Error, Header, Message, NlAttrs, NlMessage, Repeat};
// each:
#[derive(NlAttrs, Clone, Debug)]
pub struct Hop__<'a> {
    #[nl(attr = 1__)]
    pub gateway: Option<core::net::Ipv4Addr>,
    #[nl(attr = 2__)]
    pub oif: Option<&'a str>,
}

#[derive(NlMessage, Clone, Debug)]
#[nl(ty = 2__)]
pub struct Message__<'a> {
    #[nl(attr = 1__)]
    pub name: &'a str,
    #[nl(attr = 2__)]
    pub metric: Option<u32>,
    #[nl(attr = 3__)]
    pub flags: Option<u16>,
    #[nl(attr = 4__)]
    pub hops: Repeat<'a, Hop__<'a>>,
}

#[inline(never)]
pub fn parse__<'a>(message: &Message<'a>) -> Result<Message__<'a>, Error> {
    let found = Message__::parse(message)?;
    for hop in &found.hops {
        core::hint::black_box(hop?);
    }
    Ok(found)
}

#[inline(never)]
pub fn emit__<'b>(message: &Message__<'_>, buf: &'b mut [u8]) -> Result<&'b [u8], Error> {
    message.emit(buf, Header::new())
}
