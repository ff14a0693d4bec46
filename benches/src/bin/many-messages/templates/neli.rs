use std::error::Error;
use std::io::Cursor;

use neli::attr::Attribute;
use neli::consts::genl::{Cmd, NlAttrType};
use neli::genl::{AttrTypeBuilder, Genlmsghdr, GenlmsghdrBuilder, Nlattr, NlattrBuilder};
use neli::types::{Buffer, GenlBuffer};
use neli::{FromBytesWithInput, Size, ToBytes, neli_enum};

fn attr<T: NlAttrType, P: Size + ToBytes>(ty: T, payload: P) -> Result<Nlattr<T, Buffer>, Box<dyn Error>> {
    let ty = AttrTypeBuilder::default().nla_type(ty).build()?;
    Ok(NlattrBuilder::default().nla_type(ty).nla_payload(payload).build()?)
}
// each:
#[neli_enum(serialized_type = "u8")]
pub enum Command__ {
    New = 1,
}
impl Cmd for Command__ {}

#[neli_enum(serialized_type = "u16")]
pub enum HopAttr__ {
    Gateway = 1__,
    Oif = 2__,
}
impl NlAttrType for HopAttr__ {}

#[neli_enum(serialized_type = "u16")]
pub enum MessageAttr__ {
    Name = 1__,
    Metric = 2__,
    Flags = 3__,
    Hops = 4__,
}
impl NlAttrType for MessageAttr__ {}

#[derive(Clone, Debug, Default)]
pub struct Hop__ {
    pub gateway: Option<u32>,
    pub oif: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct Message__ {
    pub name: String,
    pub metric: Option<u32>,
    pub flags: Option<u16>,
    pub hops: Vec<Hop__>,
}

fn hop__(nest: &Nlattr<MessageAttr__, Buffer>) -> Result<Hop__, Box<dyn Error>> {
    let mut hop = Hop__::default();
    for attr in nest.get_attr_handle::<HopAttr__>()?.iter() {
        match attr.nla_type().nla_type() {
            HopAttr__::Gateway => hop.gateway = Some(attr.get_payload_as()?),
            HopAttr__::Oif => hop.oif = Some(attr.get_payload_as_with_len()?),
            _ => {}
        }
    }
    Ok(hop)
}

#[inline(never)]
pub fn parse__(payload: &[u8]) -> Result<Message__, Box<dyn Error>> {
    let mut cursor = Cursor::new(payload);
    let found = Genlmsghdr::<Command__, MessageAttr__>::from_bytes_with_input(&mut cursor, payload.len())?;
    let mut message = Message__::default();
    for attr in found.attrs().iter() {
        match attr.nla_type().nla_type() {
            MessageAttr__::Name => message.name = attr.get_payload_as_with_len()?,
            MessageAttr__::Metric => message.metric = Some(attr.get_payload_as()?),
            MessageAttr__::Flags => message.flags = Some(attr.get_payload_as()?),
            MessageAttr__::Hops => message.hops.push(hop__(attr)?),
            _ => {}
        }
    }
    Ok(message)
}

#[inline(never)]
pub fn emit__(message: &Message__, buf: &mut Cursor<Vec<u8>>) -> Result<(), Box<dyn Error>> {
    let mut attrs = GenlBuffer::new();
    attrs.push(attr(MessageAttr__::Name, message.name.as_str())?);
    if let Some(metric) = message.metric {
        attrs.push(attr(MessageAttr__::Metric, metric)?);
    }
    if let Some(flags) = message.flags {
        attrs.push(attr(MessageAttr__::Flags, flags)?);
    }
    for hop in &message.hops {
        let mut nest = attr(MessageAttr__::Hops, Vec::<u8>::new())?;
        if let Some(gateway) = hop.gateway {
            nest = nest.nest(&attr(HopAttr__::Gateway, gateway)?)?;
        }
        if let Some(oif) = &hop.oif {
            nest = nest.nest(&attr(HopAttr__::Oif, oif.as_str())?)?;
        }
        attrs.push(nest);
    }
    let message = GenlmsghdrBuilder::default().cmd(Command__::New).version(1).attrs(attrs).build()?;
    Ok(message.to_bytes(buf)?)
}
