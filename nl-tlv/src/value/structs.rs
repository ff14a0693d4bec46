//! Structs of fixed layout: family headers, and attributes that hold a C struct.

use super::{Describe, Emit, Parse};
use crate::bytes::{from_u16, prefix, tail};
use crate::schema::ValueType;
use crate::wire::{Bitfield32, GenlMsgHdr};
use crate::{Attr, AttrWriter, Error, ErrorKind};
use core::fmt;
use zerocopy::byteorder::{BigEndian, ByteOrder, I16, I32, I64, U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// A struct that lies on the wire as it lies in memory; implemented with `#[derive(NlStruct)]`.
///
/// Alignment 1, no padding: zerocopy's derives check it. It can be a family header or the value of an attribute.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no struct of fixed layout",
    note = "add `#[derive(NlStruct)]`, and zerocopy's `FromBytes`, `IntoBytes`, `Immutable`, `KnownLayout` and `Unaligned`"
)]
pub trait NlStruct: FromBytes + IntoBytes + Immutable + KnownLayout + Unaligned {
    /// Its fields.
    const SCHEMA: &'static StructSchema;
}

/// The description of a struct of fixed layout.
#[derive(Clone, Copy, Debug)]
pub struct StructSchema {
    /// The struct's name.
    pub name: &'static str,
    /// Its size in bytes.
    pub len: usize,
    /// Its fields, in order.
    pub fields: &'static [StructField],
    /// Whether an attribute may hold fewer bytes, the others being zero then (`zero_extend`).
    pub zero_extend: bool,
}

impl StructSchema {
    /// Writes the values of a struct that lies in another: `{ sport 80, dport 22 }`.
    fn fmt_fields(&self, bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "{ ";
        for field in self.fields {
            write!(f, "{separator}{} ", field.name)?;
            field.fmt_value(bytes, f)?;
            separator = ", ";
        }
        f.write_str(" }")
    }
}

/// One field of a struct.
#[derive(Clone, Copy, Debug)]
pub struct StructField {
    /// Its name.
    pub name: &'static str,
    /// Where it begins: bytes from the start of the struct.
    pub offset: usize,
    /// Its size in bytes.
    pub len: usize,
    /// How it reads.
    pub value: StructValueType,
}

impl StructField {
    /// Writes the field's value, out of the struct's bytes.
    ///
    /// # Errors
    ///
    /// The formatter's.
    pub fn fmt_value(&self, bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = crate::bytes::head(tail(bytes, self.offset), self.len);
        let mut wide = [0; 8];
        let big = match self.value {
            StructValueType::Bytes => return write!(f, "{}", crate::schema::Hex(bytes)),
            StructValueType::Struct(schema) => return schema.fmt_fields(bytes, f),
            StructValueType::Native => cfg!(target_endian = "big"),
            StructValueType::Big => true,
        };
        let copy = |(to, from): (&mut u8, &u8)| *to = *from;
        if big {
            wide.iter_mut().rev().zip(bytes.iter().rev()).for_each(copy);
            write!(f, "{}", u64::from_be_bytes(wide))
        } else {
            wide.iter_mut().zip(bytes).for_each(copy);
            write!(f, "{}", u64::from_le_bytes(wide))
        }
    }
}

/// How a field of a struct reads.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum StructValueType {
    /// A number in host order.
    Native,
    /// A number in network order.
    Big,
    /// Bytes.
    Bytes,
    /// Another struct.
    Struct(&'static StructSchema),
}

/// A type that a field of an [`NlStruct`] can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field of a struct on the wire",
    note = "fields are `u8`, `i8`, zerocopy's `native_endian` and `network_endian` integers, `[u8; N]`, and other structs with `#[derive(NlStruct)]`"
)]
pub trait StructFieldValue {
    /// How it reads.
    const TYPE: StructValueType;
}

/// A struct in a struct.
#[diagnostic::do_not_recommend]
impl<T: NlStruct> StructFieldValue for T {
    const TYPE: StructValueType = StructValueType::Struct(T::SCHEMA);
}

impl StructFieldValue for u8 {
    const TYPE: StructValueType = StructValueType::Native;
}

impl StructFieldValue for i8 {
    const TYPE: StructValueType = StructValueType::Native;
}

impl<const N: usize> StructFieldValue for [u8; N] {
    const TYPE: StructValueType = StructValueType::Bytes;
}

macro_rules! numbers {
    ($($number:ident)*) => {$(
        impl<O: ByteOrder + 'static> StructFieldValue for $number<O> {
            const TYPE: StructValueType = order::<O>();
        }
    )*};
}

numbers! { U16 U32 U64 I16 I32 I64 }

/// The order behind a type parameter, known when the constant is evaluated: zerocopy's two orders differ in nothing
/// else, so the one that writes 1 with its first byte zero is the big one.
const fn order<O: ByteOrder>() -> StructValueType {
    let one: [u8; 2] = U16::<O>::new(1).to_bytes();
    let big: [u8; 2] = U16::<BigEndian>::new(1).to_bytes();
    if from_u16(u16::from_ne_bytes(one)) == from_u16(u16::from_ne_bytes(big)) {
        StructValueType::Big
    } else {
        StructValueType::Native
    }
}

/// `NlStruct` for the structs of this crate, which does not depend on its own derive.
macro_rules! nl_structs {
    ($($name:ident { $($field:ident: $ty:ty),* })*) => {$(
        #[diagnostic::do_not_recommend]
        impl NlStruct for $name {
            const SCHEMA: &'static StructSchema = &StructSchema {
                name: stringify!($name),
                len: size_of::<$name>(),
                fields: &[$(StructField {
                    name: stringify!($field),
                    offset: core::mem::offset_of!($name, $field),
                    len: size_of::<$ty>(),
                    value: <$ty as StructFieldValue>::TYPE,
                }),*],
                zero_extend: false,
            };
        }
    )*};
}

/// The three traits of a value for a struct of fixed layout; what `#[derive(NlStruct)]` ends with.
#[doc(hidden)]
#[macro_export]
macro_rules! __struct_value {
    ($name:ty) => {
        impl<'a> $crate::value::Parse<'a> for $name {
            #[inline]
            fn parse(attr: $crate::Attr<'a>) -> ::core::result::Result<Self, $crate::Error> {
                $crate::__private::parse_struct(attr)
            }
        }

        impl $crate::value::Emit for $name {
            #[inline]
            fn emit_payload(
                &self,
                w: &mut $crate::AttrWriter<'_>,
            ) -> ::core::result::Result<(), $crate::Error> {
                $crate::__private::emit_struct(self, w)
            }
        }

        impl $crate::value::Describe for $name {
            const TYPE: $crate::schema::ValueType =
                $crate::schema::ValueType::Struct(<$name as $crate::value::NlStruct>::SCHEMA);
        }
    };
}

nl_structs! {
    GenlMsgHdr { cmd: u8, version: u8, reserved: U16<zerocopy::NativeEndian> }
    Bitfield32 { value: U32<zerocopy::NativeEndian>, selector: U32<zerocopy::NativeEndian> }
}

__struct_value!(GenlMsgHdr);

/// A struct by reference: it lies in the message. A longer payload has fields that are not known here.
impl<'a, T: NlStruct> Parse<'a> for &'a T {
    #[inline]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        prefix::<T>(attr.payload())
            .ok_or_else(|| attr.error(ErrorKind::WrongLength, size_of::<T>(), attr.payload().len()))
    }
}

impl<T: NlStruct> Emit for &T {
    #[inline]
    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        w.bytes(self.as_bytes())
    }
}

impl<T: NlStruct> Describe for &T {
    const TYPE: ValueType = ValueType::Struct(InMessage::<T>::SCHEMA);
}

/// The struct as it lies in a message, where nothing can be added to it.
struct InMessage<T>(core::marker::PhantomData<T>);

impl<T: NlStruct> InMessage<T> {
    const SCHEMA: &'static StructSchema = &StructSchema { zero_extend: false, ..*T::SCHEMA };
}
