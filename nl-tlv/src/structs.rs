//! C structs: family headers, and attributes that hold one. Made with `#[nl_struct]`.

use crate::bytes::{InPlace, align_up, array_at, put_at, tail, window};
use crate::encoding::{Be, Native};
use crate::schema::{StructSchema, ValueType};
use core::net::{Ipv4Addr, Ipv6Addr};

/// A C struct, which has a fixed size and can hold any bytes. Implemented with `#[nl_struct]`.
///
/// It is a family header, or the value of an attribute. Structs grow at their end from one kernel release to the next: if
/// there are more bytes than the struct has, the known part is read; if there are fewer, `zero_extend` takes the missing
/// ones as zero. Padding is written as zero, and ignored when read.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a C struct",
    label = "not a C struct",
    note = "write `#[nl_tlv::nl_struct]` above the definition of `{Self}`"
)]
pub trait NlStruct: Sized {
    /// Its bytes: `[u8; N]`.
    type Bytes: InPlace + AsRef<[u8]> + AsMut<[u8]> + Copy;

    /// Its fields.
    const SCHEMA: &'static StructSchema;

    /// Reads the struct from its bytes.
    #[must_use]
    fn from_bytes(bytes: &Self::Bytes) -> Self;

    /// The bytes of this struct.
    #[must_use]
    fn to_bytes(&self) -> Self::Bytes;

    /// The struct at the start of some bytes; `None` if they are too few, and the struct has no `zero_extend`.
    #[must_use]
    #[inline(always)]
    fn from_prefix(bytes: &[u8]) -> Option<Self> {
        match Self::Bytes::split(bytes) {
            Some((bytes, _)) => Some(Self::from_bytes(bytes)),
            None if Self::SCHEMA.zero_extend => Some(extended(bytes)),
            None => None,
        }
    }
}

/// The struct whose last bytes are missing, and zero therefore.
#[cold]
fn extended<T: NlStruct>(bytes: &[u8]) -> T {
    let mut whole = T::Bytes::zeroed();
    whole.as_mut().iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    T::from_bytes(&whole)
}

/// A type that a field of a C struct can have, and an item of a C array: any so many bytes are one. In host order or with `E` = [`Be`] in network order.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field of a C struct, or an item of an `Array`",
    label = "neither a field of a C struct nor an item of an array",
    note = "fields and items are integers (`u8` to `u64`, `i8` to `i64`), IP and MAC addresses, arrays of them, structs with `#[nl_struct]` and numbers with `#[derive(NlValue)]`; `be` is for integers"
)]
pub trait Member<E = Native>: Sized {
    /// Its size in bytes.
    const LEN: usize;

    /// Its alignment in C.
    const ALIGN: usize;

    /// What it holds.
    const TYPE: ValueType;

    /// The value that begins at this place of a struct's bytes.
    fn read(bytes: &[u8], at: usize) -> Self;

    /// Writes the value to this place of a struct's bytes.
    fn write(&self, bytes: &mut [u8], at: usize);
}

macro_rules! members {
    ($($int:ty, $native:ident, $be:ident;)*) => {$(
        members!(@encoding $int, Native, $native, from_ne_bytes, to_ne_bytes);
        members!(@encoding $int, Be, $be, from_be_bytes, to_be_bytes);
    )*};
    (@encoding $ty:ty, $encoding:ty, $name:ident, $from:ident, $to:ident) => {
        impl Member<$encoding> for $ty {
            const LEN: usize = size_of::<$ty>();
            const ALIGN: usize = align_of::<$ty>();
            const TYPE: ValueType = ValueType::$name;

            #[inline(always)]
            fn read(bytes: &[u8], at: usize) -> Self {
                Self::$from(array_at(bytes, at))
            }

            #[inline(always)]
            fn write(&self, bytes: &mut [u8], at: usize) {
                put_at(bytes, at, self.$to());
            }
        }
    };
}

members! {
    u8, U8, U8;
    u16, U16, Be16;
    u32, U32, Be32;
    u64, U64, Be64;
    i8, S8, S8;
    i16, S16, BeS16;
    i32, S32, BeS32;
    i64, S64, BeS64;
}

macro_rules! addresses {
    ($($address:ty, $ty:ident, $to:expr;)*) => {$(
        impl Member for $address {
            const LEN: usize = size_of::<$address>();
            const ALIGN: usize = align_of::<u32>();
            const TYPE: ValueType = ValueType::$ty;

            #[inline(always)]
            fn read(bytes: &[u8], at: usize) -> Self {
                Self::from(array_at(bytes, at))
            }

            #[inline(always)]
            fn write(&self, bytes: &mut [u8], at: usize) {
                put_at(bytes, at, $to(self));
            }
        }
    )*};
}

// `__be32`, and `struct in6_addr`, which holds words of 32 bits.
addresses! {
    Ipv4Addr, Ipv4, Ipv4Addr::octets;
    Ipv6Addr, Ipv6, Ipv6Addr::octets;
}

/// An array; one of bytes is bytes.
#[diagnostic::do_not_recommend]
impl<T: Member<E>, E, const N: usize> Member<E> for [T; N] {
    const LEN: usize = N.saturating_mul(T::LEN);
    const ALIGN: usize = T::ALIGN;
    const TYPE: ValueType = match T::TYPE {
        ValueType::U8 => ValueType::Array(N),
        _ => ValueType::Units { value: &T::TYPE, len: T::LEN },
    };

    #[inline(always)]
    fn read(bytes: &[u8], at: usize) -> Self {
        core::array::from_fn(|i| T::read(bytes, item_at::<T, E>(at, i)))
    }

    #[inline(always)]
    fn write(&self, bytes: &mut [u8], at: usize) {
        for (i, item) in self.iter().enumerate() {
            item.write(bytes, item_at::<T, E>(at, i));
        }
    }
}

#[inline(always)]
const fn item_at<T: Member<E>, E>(at: usize, i: usize) -> usize {
    at.saturating_add(i.saturating_mul(T::LEN))
}

/// A struct in a struct.
#[diagnostic::do_not_recommend]
impl<T: NlStruct> Member for T {
    const LEN: usize = size_of::<T::Bytes>();
    const ALIGN: usize = T::SCHEMA.align;
    const TYPE: ValueType = ValueType::Struct(T::SCHEMA);

    #[inline(always)]
    fn read(bytes: &[u8], at: usize) -> Self {
        T::from_prefix(tail(bytes, at)).unwrap_or_else(|| extended(&[]))
    }

    #[inline(always)]
    fn write(&self, bytes: &mut [u8], at: usize) {
        if let Some(slot) = window(bytes, at, size_of::<T::Bytes>()) {
            slot.copy_from_slice(self.to_bytes().as_ref());
        }
    }
}

/// Size and alignment of each field of a struct, in order.
pub type Members = [(usize, usize)];

/// Where each field begins, and behind the last one the size of the struct. C leaves room in front of a field up to its
/// alignment, and pads the end of a struct to that of the struct.
#[must_use]
pub const fn offsets<const N: usize>(members: &Members) -> [usize; N] {
    let (mut offsets, mut at, mut left) = ([0; N], 0, members);
    let mut free: &mut [usize] = &mut offsets;
    while let [offset, behind @ ..] = free {
        let ((len, align), rest): (_, &Members) = match left {
            [member, rest @ ..] => (*member, rest),
            [] => ((0, alignment(members)), &[]),
        };
        *offset = align_up(at, align);
        (at, free, left) = (offset.saturating_add(len), behind, rest);
    }
    offsets
}

/// The alignment of a field with this one of its own, for which C says `__attribute__((aligned(least)))`.
#[must_use]
pub const fn aligned(own: usize, least: usize) -> usize {
    if own > least { own } else { least }
}

/// The alignment of a struct: the largest of its fields.
#[must_use]
pub const fn alignment(members: &Members) -> usize {
    match members {
        [(_, align), rest @ ..] => aligned(*align, alignment(rest)),
        [] => 1,
    }
}

/// Implements [`NlStruct`] for structs of this crate, which does not depend on its own macros.
macro_rules! nl_structs {
    ($($name:ident { $($field:ident: $ty:ty),* })*) => {$(
        #[diagnostic::do_not_recommend]
        impl $crate::NlStruct for $name {
            type Bytes = [u8; size_of::<$name>()];
            const SCHEMA: &'static $crate::schema::StructSchema = &$crate::schema::StructSchema {
                name: stringify!($name),
                len: size_of::<$name>(),
                align: align_of::<$name>(),
                fields: &[$($crate::schema::StructField {
                    name: stringify!($field),
                    offset: core::mem::offset_of!($name, $field),
                    len: <$ty as $crate::structs::Member>::LEN,
                    value: <$ty as $crate::structs::Member>::TYPE,
                }),*],
                items: None,
                zero_extend: false,
            };

            #[inline(always)]
            fn from_bytes(bytes: &Self::Bytes) -> Self {
                Self { $($field: <$ty as $crate::structs::Member>::read(bytes, core::mem::offset_of!($name, $field))),* }
            }

            #[inline(always)]
            fn to_bytes(&self) -> Self::Bytes {
                let mut bytes = [0; size_of::<$name>()];
                $(<$ty as $crate::structs::Member>::write(&self.$field, &mut bytes, core::mem::offset_of!($name, $field));)*
                bytes
            }
        }
    )*};
}

pub(crate) use nl_structs;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_placed_as_in_c() {
        // struct { char; short; char; int; char; }
        let members = &[(1, 1), (2, 2), (1, 1), (4, 4), (1, 1)];
        assert_eq!(offsets(members), [0, 2, 4, 8, 12, 16]);
        assert_eq!((alignment(members), offsets(&[]), alignment(&[])), (4, [0], 1));
    }
}
