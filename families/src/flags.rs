//! Flags: bits that have names. All sets of flags are one generic type, and each is an alias of it, which the compiler reads
//! faster than a hundred types.

use core::fmt::{self, Debug, Formatter};
use core::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Not, Sub, SubAssign};

use nl_tlv::__private::{Emit, Member, NlValue, NumberSchema, ValueType};
use nl_tlv::bitflags::iter::{Iter, IterNames};
use nl_tlv::bitflags::{self, Bits, Flag};

/// A set of flags, like [`rt_link::IfinfoFlags`](crate::rt_link::IfinfoFlags): the names are constants of the alias.
///
/// Bits without a name are kept: `from_bits_retain` makes them, and they are emitted as they were parsed.
/// The methods are those of `bitflags`.
pub struct FlagSet<F: FlagNames>(F::Bits);

/// The names of the flags of one set, and how they are written.
pub trait FlagNames: Sized + 'static {
    /// The number whose bits they are.
    type Bits: Bits + Emit + Into<i128> + Default + Debug + Eq;

    /// How the number is written: in a size of its own, or in 4 or 8 bytes.
    type Encoding;

    /// The name of the alias.
    const NAME: &'static str;

    /// The doc comment of the alias.
    const DOC: &'static str;

    /// The flags, and one without a name for all other bits.
    const FLAGS: &'static [Flag<FlagSet<Self>>];

    /// The flags as numbers, which are looked up by a function that all sets have in common.
    const NAMES: &'static [(&'static str, i128)];
}

impl<F: FlagNames> FlagSet<F> {
    /// No flag.
    #[must_use]
    pub const fn empty() -> Self {
        Self(<F::Bits as Bits>::EMPTY)
    }

    /// All bits, those without a name too.
    #[must_use]
    pub fn all() -> Self {
        bitflags::Flags::all()
    }

    /// The number.
    #[must_use]
    #[inline]
    pub const fn bits(&self) -> F::Bits {
        self.0
    }

    /// The flags of a number, bits without a name too.
    #[must_use]
    #[inline]
    pub const fn from_bits_retain(bits: F::Bits) -> Self {
        Self(bits)
    }

    /// The flag of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        bitflags::Flags::from_name(name)
    }

    /// Whether no bit is set.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0 == <F::Bits as Bits>::EMPTY
    }

    /// Whether all these flags are set.
    #[must_use]
    #[inline]
    pub fn contains(&self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any of these flags is set.
    #[must_use]
    #[inline]
    pub fn intersects(&self, other: Self) -> bool {
        self.0 & other.0 != <F::Bits as Bits>::EMPTY
    }

    /// Sets these flags.
    #[inline]
    pub fn insert(&mut self, other: Self) {
        *self |= other;
    }

    /// Clears these flags.
    #[inline]
    pub fn remove(&mut self, other: Self) {
        *self -= other;
    }

    /// Turns these flags over.
    #[inline]
    pub fn toggle(&mut self, other: Self) {
        *self ^= other;
    }

    /// Sets these flags, or clears them.
    #[inline]
    pub fn set(&mut self, other: Self, value: bool) {
        if value { self.insert(other) } else { self.remove(other) }
    }

    /// The flags that are set in one of both.
    #[must_use]
    #[inline]
    pub fn union(self, other: Self) -> Self {
        self | other
    }

    /// The flags that are set in both.
    #[must_use]
    #[inline]
    pub fn intersection(self, other: Self) -> Self {
        self & other
    }

    /// These flags without others.
    #[must_use]
    #[inline]
    pub fn difference(self, other: Self) -> Self {
        self - other
    }

    /// The flags that are set, one at a time; bits without a name come last, together.
    pub fn iter(&self) -> Iter<Self> {
        bitflags::Flags::iter(self)
    }

    /// The flags with names that are set, and the names.
    pub fn iter_names(&self) -> IterNames<Self> {
        bitflags::Flags::iter_names(self)
    }
}

impl<F: FlagNames> bitflags::Flags for FlagSet<F> {
    const FLAGS: &'static [Flag<Self>] = F::FLAGS;
    type Bits = F::Bits;

    #[inline]
    fn bits(&self) -> F::Bits {
        self.0
    }

    #[inline]
    fn from_bits_retain(bits: F::Bits) -> Self {
        Self(bits)
    }
}

impl<F: FlagNames> NlValue for FlagSet<F> {
    type Held = F::Bits;
    type Encoding = F::Encoding;
    const NAMES: Option<NumberSchema> = Some(NumberSchema {
        name: F::NAME,
        doc: F::DOC,
        c_prefix: None,
        base: <F::Bits as Emit>::TYPE,
        is_flags: true,
        nth: &|i| F::NAMES.get(i).copied(),
    });

    #[inline(always)]
    fn from_held(bits: F::Bits) -> Self {
        Self(bits)
    }

    #[inline(always)]
    fn with_held<R>(&self, f: impl FnOnce(&F::Bits) -> R) -> R {
        f(&self.0)
    }
}

impl<E, F: FlagNames<Bits: Member<E>>> Member<E> for FlagSet<F>
where
    Self: Emit<E>,
{
    const LEN: usize = <F::Bits as Member<E>>::LEN;
    const ALIGN: usize = <F::Bits as Member<E>>::ALIGN;
    const TYPE: ValueType = <Self as Emit<E>>::TYPE;

    #[inline(always)]
    fn read(bytes: &[u8], at: usize) -> Self {
        Self(F::Bits::read(bytes, at))
    }

    #[inline(always)]
    fn write(&self, bytes: &mut [u8], at: usize) {
        self.0.write(bytes, at);
    }
}

impl<F: FlagNames> Clone for FlagSet<F> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<F: FlagNames> Copy for FlagSet<F> {}

impl<F: FlagNames> Default for FlagSet<F> {
    #[inline]
    fn default() -> Self {
        Self::empty()
    }
}

impl<F: FlagNames> PartialEq for FlagSet<F> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<F: FlagNames> Eq for FlagSet<F> {}

impl<F: FlagNames> Debug for FlagSet<F> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_tuple(F::NAME).field(&self.0).finish()
    }
}

macro_rules! formats {
    ($($name:ident)*) => {$(
        impl<F: FlagNames<Bits: fmt::$name>> fmt::$name for FlagSet<F> {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                fmt::$name::fmt(&self.0, f)
            }
        }
    )*};
}

formats!(Binary Octal LowerHex UpperHex);

macro_rules! operators {
    ($($name:ident $method:ident, $assign:ident $assigning:ident: $result:expr;)*) => {$(
        impl<F: FlagNames> $name for FlagSet<F> {
            type Output = Self;

            #[inline]
            fn $method(self, other: Self) -> Self {
                let result: fn(F::Bits, F::Bits) -> F::Bits = $result;
                Self(result(self.0, other.0))
            }
        }

        impl<F: FlagNames> $assign for FlagSet<F> {
            #[inline]
            fn $assigning(&mut self, other: Self) {
                *self = self.$method(other);
            }
        }
    )*};
}

operators! {
    BitOr bitor, BitOrAssign bitor_assign: |own, other| own | other;
    BitAnd bitand, BitAndAssign bitand_assign: |own, other| own & other;
    BitXor bitxor, BitXorAssign bitxor_assign: |own, other| own ^ other;
    Sub sub, SubAssign sub_assign: |own, other| own & !other;
}

impl<F: FlagNames> Not for FlagSet<F> {
    type Output = Self;

    #[inline]
    fn not(self) -> Self {
        Self(!self.0)
    }
}

impl<F: FlagNames> Extend<Self> for FlagSet<F> {
    fn extend<T: IntoIterator<Item = Self>>(&mut self, flags: T) {
        flags.into_iter().for_each(|flags| self.insert(flags));
    }
}

impl<F: FlagNames> FromIterator<Self> for FlagSet<F> {
    fn from_iter<T: IntoIterator<Item = Self>>(flags: T) -> Self {
        flags.into_iter().fold(Self::empty(), |all, flags| all | flags)
    }
}

impl<F: FlagNames> IntoIterator for FlagSet<F> {
    type Item = Self;
    type IntoIter = Iter<Self>;

    fn into_iter(self) -> Iter<Self> {
        self.iter()
    }
}
