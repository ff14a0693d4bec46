//! What a health reporter of devlink has found: objects, pairs, arrays and values, as attributes one behind the other.
//!
//! ```text
//! +--------+------+----------+------------+------------+-----+-----
//! | object | pair | "errors" | type `U32` | 7          | end | end    { "errors": 7 }
//! +--------+------+----------+------------+------------+-----+-----
//! ```

use crate::devlink::VarAttrType;
use core::fmt;
use nl_tlv::schema::{SetRef, ValueType};
use nl_tlv::value::{Emit, NlStr, Parse};
use nl_tlv::{Attr, AttrWriter, Attrs, Error, NlAttrs};

/// `DEVLINK_ATTR_FMSG`: what begins, ends or is there, in order.
#[derive(Clone, Copy)]
#[doc(alias = "DEVLINK_ATTR_FMSG")]
pub struct Fmsg<'a>(Attrs<'a>);

/// What one step of a [`Fmsg`] is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FmsgItem<'a> {
    /// An object begins: pairs follow.
    Object,
    /// A pair begins: a name follows, and what it is the name of.
    Pair,
    /// An array begins: values or objects follow.
    Array,
    /// What began last ends.
    End,
    /// The name of a pair.
    Name(NlStr<'a>),
    /// A value.
    Value(FmsgValue<'a>),
}

/// A value in a [`Fmsg`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FmsgValue<'a> {
    Flag(bool),
    U8(u8),
    U32(u32),
    U64(u64),
    Text(NlStr<'a>),
    Binary(&'a [u8]),
    /// Of a type that the kernel does not use here.
    Other(VarAttrType, &'a [u8]),
}

/// `DEVLINK_ATTR_FMSG_OBJ_VALUE_DATA`.
const VALUE: u16 = 113;

/// The attributes of [`Fmsg`].
#[derive(NlAttrs, Clone, Debug, PartialEq)]
enum Part<'a> {
    #[nl(attr = 107)]
    ObjNestStart(bool),
    #[nl(attr = 108)]
    PairNestStart(bool),
    #[nl(attr = 109)]
    ArrNestStart(bool),
    #[nl(attr = 110)]
    NestEnd(bool),
    #[nl(attr = 111)]
    ObjName(NlStr<'a>),
    #[nl(attr = 112)]
    ObjValueType(VarAttrType),
    #[nl(attr = VALUE)]
    ObjValueData(&'a [u8]),
    #[nl(other)]
    Other(Attr<'a>),
}

impl<'a> Fmsg<'a> {
    /// The steps, in order. A message that was full may end with the type of a value: the value is in the next one.
    pub fn items(&self) -> impl Iterator<Item = Result<FmsgItem<'a>, Error>> + use<'a> {
        let mut attrs = self.0;
        core::iter::from_fn(move || {
            loop {
                let item = match attrs.next()? {
                    Ok(attr) => item(attr, &mut attrs),
                    Err(err) => Err(err),
                };
                match item {
                    Ok(Some(item)) => return Some(Ok(item)),
                    Ok(None) => {}
                    Err(err) => return Some(Err(err)),
                }
            }
        })
    }
}

/// What an attribute says, with the one behind it if it is the type of a value.
fn item<'a>(attr: Attr<'a>, behind: &mut Attrs<'a>) -> Result<Option<FmsgItem<'a>>, Error> {
    Ok(Some(match Part::parse(attr)? {
        Part::ObjNestStart(_) => FmsgItem::Object,
        Part::PairNestStart(_) => FmsgItem::Pair,
        Part::ArrNestStart(_) => FmsgItem::Array,
        Part::NestEnd(_) => FmsgItem::End,
        Part::ObjName(name) => FmsgItem::Name(name),
        Part::ObjValueType(ty) => {
            let mut ahead = *behind;
            match ahead.next().transpose()? {
                Some(data) if data.ty().get() == VALUE => {
                    *behind = ahead;
                    FmsgItem::Value(value(ty, data)?)
                }
                _ => return Ok(None),
            }
        }
        Part::ObjValueData(_) | Part::Other(_) => return Ok(None),
    }))
}

/// The value of a type (`devlink_fmsg_item_fill_data`).
fn value(ty: VarAttrType, data: Attr<'_>) -> Result<FmsgValue<'_>, Error> {
    Ok(match ty {
        VarAttrType::Flag => FmsgValue::Flag(data.parse::<u8>()? != 0),
        VarAttrType::U8 => FmsgValue::U8(data.parse()?),
        VarAttrType::U32 => FmsgValue::U32(data.parse()?),
        VarAttrType::U64 => FmsgValue::U64(data.parse()?),
        VarAttrType::NulString => FmsgValue::Text(data.parse()?),
        VarAttrType::Binary => FmsgValue::Binary(data.payload()),
        other => FmsgValue::Other(other, data.payload()),
    })
}

impl<'a> Parse<'a> for Fmsg<'a> {
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        Ok(Self(attr.nested()))
    }
}

impl Emit for Fmsg<'_> {
    const TYPE: ValueType = ValueType::Nested(SetRef::new(&|| Part::SCHEMA));

    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        w.bytes(self.0.remainder())
    }
}

/// Of the same bytes.
impl PartialEq for Fmsg<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.remainder() == other.0.remainder()
    }
}

impl fmt::Debug for Fmsg<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.items()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    extern crate std;
    use nl_tlv::Writer;
    use std::vec::Vec;

    /// `{ "errors": 7 }` and a type without its value.
    fn report(buf: &mut [u8]) -> &[u8] {
        let mut w = Writer::new(buf);
        w.message(nl_tlv::MessageType(20).into(), nl_tlv::Header::new(), |w| {
            w.nest(106, |w| {
                w.put(107, b"")?;
                w.put(108, b"")?;
                w.put_value(111, &NlStr::from("errors"))?;
                w.put_value(112, &VarAttrType::U32)?;
                w.put_value(113, &7_u32)?;
                w.put(110, b"")?;
                w.put(110, b"")?;
                w.put_value(112, &VarAttrType::U8)
            })
        })
        .unwrap();
        w.finish()
    }

    #[test]
    fn a_report_is_read_step_by_step() {
        let mut buf = [0xa5; 256];
        let bytes = report(&mut buf);
        let fmsg: Fmsg<'_> = Attrs::new(&bytes[16..]).next().unwrap().unwrap().parse().unwrap();
        let items: Vec<_> = fmsg.items().map(Result::unwrap).collect();
        let (name, errors) = (FmsgItem::Name("errors".into()), FmsgItem::Value(FmsgValue::U32(7)));
        assert_eq!(items, [FmsgItem::Object, FmsgItem::Pair, name, errors, FmsgItem::End, FmsgItem::End]);
        for len in 0..bytes.len() - 20 {
            let cut = Fmsg::parse(Attr::new(106, &bytes[20..20 + len])).unwrap();
            assert!(cut.items().count() <= len);
        }
    }
}
