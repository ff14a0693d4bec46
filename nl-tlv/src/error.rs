//! The one error of parsing and emitting: small, `Copy`, without names.
//!
//! An [`Error`] says what was wrong ([`ErrorKind`]), in which attribute type, at which byte of the message, what was
//! expected and what was found. Names are added when it is shown: [`locate`](crate::schema::locate) turns the offset
//! into a path such as `RouteNew.nexthop[1].gateway`.
#![allow(clippy::as_conversions, reason = "numbers are packed into bits, and taken out again")]

use core::fmt;
use core::num::NonZeroU64;

/// Why a message, an attribute or a TLV could not be read or written.
///
/// 16 bytes, `Copy`. Offsets count from the first byte of the message (its `nlmsghdr`), or of the buffer where there
/// is no message.
///
/// ```
/// use nl_tlv::{Attr, ErrorKind};
///
/// let err = Attr::new(3, &[1, 2, 3]).parse::<u32>().unwrap_err();
/// assert_eq!((err.kind(), err.attr_type()), (ErrorKind::WrongLength, Some(3)));
/// assert_eq!((err.expected(), err.found()), (4, 3));
/// assert_eq!(err.to_string(), "attribute 3: expected 4 bytes, found 3 (offset 0)");
/// assert_eq!(err.reason().to_string(), "expected 4 bytes, found 3");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Error {
    /// From the low end: offset (32 bits), attribute type (16), number of the kind (8), [`KNOWN`] and how `lengths` is read.
    ///
    /// Two words, the first never zero. So a `Result<(), Error>` is returned in two registers and checked with one
    /// comparison, and a result with a value is not copied in pieces that overlap, for which the processor has to wait.
    place: NonZeroU64,
    /// Expected (low half) and found, of numbers without their signs; or as [`WIDE`] or [`TEXT`] say.
    lengths: u64,
}

/// Defines the kinds with their numbers and the way back from a number.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $kind:ident,)*) => {
        /// What is wrong, without the place.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum ErrorKind {
            $($(#[doc = $doc])* $kind,)*
        }

        impl ErrorKind {
            /// The kind with this number.
            const fn from_number(number: u8) -> Self {
                $(if number == Self::$kind as u8 {
                    return Self::$kind;
                })*
                Self::Truncated
            }
        }
    };
}

kinds! {
    /// Fewer bytes remain than a header or a value needs. Expected and found are byte counts.
    Truncated,
    /// A length field is smaller than the header that it counts. Expected is the header's length.
    LengthBelowHeader,
    /// A length field points beyond the end of the data. Expected is what remains, found what it says.
    LengthBeyondEnd,
    /// A payload has another length than its type. If the type has two lengths, expected is the smaller one.
    WrongLength,
    /// A payload is shorter than allowed.
    TooShort,
    /// A payload is longer than allowed.
    TooLong,
    /// A string has no NUL at its end.
    MissingNul,
    /// A string to be emitted has a NUL inside, which would cut it at the receiver.
    InteriorNul,
    /// A string is not UTF-8; found is the length of its valid prefix.
    NotUtf8,
    /// A number is outside its range. Expected is the limit that it violates, found is the number; 0 for a negative one. If
    /// either needs more than 32 bits, the error keeps the number alone for its text, and both are [`u32::MAX`].
    OutOfRange,
    /// A bit is set that must not be. Expected is the mask of allowed bits, found is the number, as in
    /// [`OutOfRange`](Self::OutOfRange).
    ReservedBit,
    /// A required attribute is absent; the offset is that of the attributes in which it was looked for.
    MissingAttr,
    /// An attribute set that must hold exactly one attribute of a choice holds none, or one that is not known.
    UnknownAttr,
    /// A sub-message has no form for its selector, and no variant for others. Found is the selector if it is a number, as
    /// in [`OutOfRange`](Self::OutOfRange). Of a text the error keeps the first bytes, which it prints.
    UnknownForm,
    /// The message contains an attribute that must not be sent.
    Rejected,
    /// The message has another type (or generic netlink command) than the one that was asked for. Expected is 0 if several
    /// were asked for.
    WrongType,
    /// A sub-message is to be emitted in a form that its selector does not select. Expected is the selector that the form
    /// needs, found the one that is there; of texts as in [`UnknownForm`](Self::UnknownForm).
    WrongForm,
    /// An address is of another family than the header of its message. Expected is the header's `AF_*`, found that of
    /// the address.
    WrongFamily,
    /// Nested deeper than the bound that readers have.
    TooDeep,
    /// The buffer is too small; expected is how many bytes are needed in all, found how many there are.
    BufferTooSmall,
    /// A type does not fit its field in the header of a record or attribute. For an attribute expected is the largest
    /// that fits, found the type.
    TypeTooLarge,
    /// A payload does not fit its length field; expected is the largest that does.
    PayloadTooLong,
    /// A nest outgrew its 16-bit length field; expected is the largest that fits.
    NestTooLong,
    /// A message outgrew its 32-bit length field.
    MessageTooLong,
    /// A generic netlink message was emitted without its family's id in the header.
    MissingFamily,
}

/// The result of reading and writing. The code that derives generate uses this name.
pub type Result<T, E = Error> = core::result::Result<T, E>;

impl Error {
    /// An error of a kind at a byte offset, with what was expected and what was found.
    #[cold]
    #[must_use]
    pub const fn new(kind: ErrorKind, offset: u32, expected: u32, found: u32) -> Self {
        Self::pack(kind, NO_TYPE, offset, expected, found)
    }

    /// The same error, about an attribute of this type.
    #[cold]
    #[must_use]
    pub const fn of_attr(self, ty: u16) -> Self {
        self.moved(ty, self.offset())
    }

    /// The same error at another offset.
    #[cold]
    #[must_use]
    pub const fn at(self, offset: u32) -> Self {
        self.moved(self.ty(), offset)
    }

    /// The same error, about a message's payload at an offset instead of an attribute.
    #[cold]
    pub(crate) const fn payload_at(self, offset: u32) -> Self {
        self.moved(NO_TYPE, offset)
    }

    /// The error of a number that violates a limit; without place.
    #[cold]
    pub(crate) fn of_limit(kind: ErrorKind, limit: i128, number: i128) -> Self {
        let bit = |is_set, bit| if is_set { bit } else { 0 };
        let marks = bit(limit < 0, LIMIT_IS_NEGATIVE)
            | bit(number < 0, NUMBER_IS_NEGATIVE)
            | bit(number < limit, IS_BELOW);
        match (u32::try_from(limit.unsigned_abs()), u32::try_from(number.unsigned_abs())) {
            (Ok(limit), Ok(number)) => Self::new(kind, 0, limit, number).marked(marks),
            _ => {
                let lengths = u64::try_from(number.unsigned_abs()).unwrap_or(u64::MAX);
                Self { lengths, ..Self::new(kind, 0, 0, 0) }.marked(marks | WIDE)
            }
        }
    }

    /// The error of a text that was found, or of one that was expected and one that was found; without place. It keeps
    /// their first bytes.
    #[cold]
    pub(crate) fn of_text(kind: ErrorKind, expected: Option<&[u8]>, found: &[u8]) -> Self {
        let half = |text| u32::from_le_bytes(start(text));
        let err = match expected {
            Some(expected) => Self::new(kind, 0, half(expected), half(found)),
            None => Self { lengths: u64::from_le_bytes(start(found)), ..Self::new(kind, 0, 0, 0) },
        };
        err.marked(TEXT)
    }

    /// The same error of a length, where another one would do as well.
    pub(crate) fn or(self, len: u16) -> Self {
        Self { lengths: self.lengths | u64::from(len) << 16, ..self }.marked(OR)
    }

    /// The same error, where nothing was found, or nobody knows what.
    pub(crate) fn without_found(self) -> Self {
        self.marked(NO_FOUND)
    }

    fn marked(self, bits: u64) -> Self {
        Self { place: self.place | bits, ..self }
    }

    const fn is_marked(&self, bit: u64) -> bool {
        self.place.get() & bit != 0
    }

    /// Whether a number is too small, not too large.
    pub(crate) const fn is_below(&self) -> bool {
        self.is_marked(IS_BELOW)
    }

    /// The same error. The compiler then knows that the result is an `Err`.
    ///
    /// For what a function that is not inlined returned: without it a loop looks as if it might go on after an error,
    /// and all that it holds in registers has to survive the call.
    #[inline(always)]
    pub(crate) fn known(self) -> Self {
        Self { place: self.place | KNOWN, ..self }
    }

    #[inline(always)]
    const fn pack(kind: ErrorKind, ty: u16, offset: u32, expected: u32, found: u32) -> Self {
        let lengths = ((found as u64) << 32) | expected as u64;
        Self { place: NonZeroU64::MIN, lengths }.placed(KNOWN | ((kind as u64) << 48), ty, offset)
    }

    /// The same error elsewhere.
    #[inline(always)]
    const fn moved(self, ty: u16, offset: u32) -> Self {
        self.placed(self.place.get() & !PLACE, ty, offset)
    }

    #[inline(always)]
    const fn placed(self, kind: u64, ty: u16, offset: u32) -> Self {
        match NonZeroU64::new(kind | ((ty as u64) << 32) | offset as u64) {
            Some(place) => Self { place, ..self },
            None => self,
        }
    }

    const fn ty(&self) -> u16 {
        (self.place.get() >> 32) as u16
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        let [.., number, _] = self.place.get().to_le_bytes();
        ErrorKind::from_number(number)
    }

    /// The type of the attribute that the error is about, if it is about one.
    #[must_use]
    pub const fn attr_type(&self) -> Option<u16> {
        match self.ty() {
            NO_TYPE => None,
            ty => Some(ty),
        }
    }

    /// Where: bytes from the start of the message.
    #[must_use]
    pub const fn offset(&self) -> u32 {
        self.place.get() as u32
    }

    /// What was expected, in the unit of the [kind](ErrorKind).
    #[must_use]
    pub const fn expected(&self) -> u32 {
        match self.place.get() & (WIDE | LIMIT_IS_NEGATIVE | TEXT | OR) {
            0 => self.lengths as u32,
            OR => self.lengths as u16 as u32,
            LIMIT_IS_NEGATIVE | TEXT => 0,
            _ => u32::MAX,
        }
    }

    /// What was found, in the unit of the [kind](ErrorKind).
    #[must_use]
    pub const fn found(&self) -> u32 {
        match self.place.get() & (WIDE | NUMBER_IS_NEGATIVE | TEXT) {
            0 => (self.lengths >> 32) as u32,
            NUMBER_IS_NEGATIVE | TEXT => 0,
            _ => u32::MAX,
        }
    }

    /// The number of bytes that the buffer needs, if that is what is wrong.
    ///
    /// ```
    /// use nl_tlv::{Writer, Header, MessageType};
    /// let mut buf = [0; 15];
    /// let err = Writer::new(&mut buf).message(MessageType::NOOP.into(), Header::new(), |_| Ok(())).unwrap_err();
    /// assert_eq!(err.needed(), Some(16));
    /// ```
    #[must_use]
    pub const fn needed(&self) -> Option<u32> {
        match self.kind() {
            ErrorKind::BufferTooSmall => Some(self.expected()),
            _ => None,
        }
    }

    /// The text between the name of an attribute and the [reason](Self::reason): with some reasons the name is the
    /// subject of the sentence.
    pub(crate) const fn joint(&self) -> &'static str {
        match self.kind() {
            ErrorKind::MissingAttr | ErrorKind::Rejected => " ",
            _ => ": ",
        }
    }

    /// What is wrong, without the attribute's number and the offset: `expected 4 bytes, found 3`.
    #[must_use]
    pub fn reason(&self) -> impl fmt::Display + use<> {
        self.reason_with(None, None)
    }

    /// As [`reason`](Self::reason), with the limit that is violated, if the error has not kept it, and with the name of the
    /// attribute that selects a form.
    pub(crate) fn reason_with(
        &self,
        limit: Option<i128>,
        selector: Option<&'static str>,
    ) -> impl fmt::Display + use<> {
        Reason(*self, limit, selector)
    }
}

/// Stands for "no attribute": types have 14 bits.
const NO_TYPE: u16 = u16::MAX;

/// A bit above the kind that is set in each error, so that none is zero.
const KNOWN: u64 = 1 << 56;

/// Attribute type and offset.
const PLACE: u64 = (1 << 48) - 1;

/// The limit, or the number that violates it, is negative.
const LIMIT_IS_NEGATIVE: u64 = 1 << 57;
const NUMBER_IS_NEGATIVE: u64 = 1 << 58;

/// Only the number is kept, in 64 bits: it or the limit needs more than 32.
const WIDE: u64 = 1 << 59;

/// The number is below the limit.
const IS_BELOW: u64 = 1 << 60;

/// What was found is not known, or nothing was found.
const NO_FOUND: u64 = 1 << 61;

/// Texts instead of numbers.
const TEXT: u64 = 1 << 62;

/// Two lengths are expected, of 16 bits each.
const OR: u64 = 1 << 63;

/// Stands for what of a text was not kept: no byte of UTF-8.
const CUT: u8 = 0xff;

/// The first bytes of a text; the last of them is [`CUT`] if there were more.
fn start<const N: usize>(text: &[u8]) -> [u8; N] {
    let is_cut = |at: usize| text.len() > N && at.wrapping_add(1) == N;
    core::array::from_fn(|at| if is_cut(at) { CUT } else { text.get(at).copied().unwrap_or_default() })
}

const _: () = assert!(size_of::<Error>() == 16 && size_of::<Result<(), Error>>() == 16);

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Error");
        f.field("kind", &self.kind());
        if let Some(ty) = self.attr_type() {
            f.field("ty", &ty);
        }
        f.field("offset", &self.offset()).field("expected", &self.expected());
        f.field("found", &self.found()).finish()
    }
}

/// Attribute, reason and offset.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(ty) = self.attr_type() {
            write!(f, "attribute {ty}{}", self.joint())?;
        }
        self.reason().fmt(f)?;
        match self.kind() {
            ErrorKind::BufferTooSmall | ErrorKind::MessageTooLong | ErrorKind::MissingFamily => Ok(()),
            _ => write!(f, " (offset {})", self.offset()),
        }
    }
}

impl core::error::Error for Error {}

/// So many bytes.
pub(crate) struct Bytes(pub(crate) u32);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} byte{}", self.0, if self.0 == 1 { "" } else { "s" })
    }
}

/// The first bytes of a text, in quotes.
struct Start<'a>(&'a [u8]);

impl fmt::Display for Start<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = self.0.split(|byte| matches!(*byte, 0 | CUT));
        // Not as `str` does it, whose table of characters could panic.
        write!(f, "\"{}\"", parts.next().unwrap_or_default().escape_ascii())?;
        if self.0.contains(&CUT) { f.write_str(" ..") } else { Ok(()) }
    }
}

/// An error, the limit that it has not kept, and the name of a selector.
struct Reason(Error, Option<i128>, Option<&'static str>);

impl Reason {
    /// What tells one message from another, by its place: a type is in the first header, a command in the second.
    fn id(&self) -> &'static str {
        if self.0.offset() < 16 { "message type" } else { "command" }
    }

    fn number(&self) -> i128 {
        let magnitude = match self.0.is_marked(WIDE) {
            true => i128::from(self.0.lengths),
            false => i128::from(self.0.lengths >> 32),
        };
        if self.0.is_marked(NUMBER_IS_NEGATIVE) { magnitude.saturating_neg() } else { magnitude }
    }

    fn limit(&self) -> Option<i128> {
        let magnitude = i128::from(self.0.lengths & u64::from(u32::MAX));
        match self.0.is_marked(LIMIT_IS_NEGATIVE) {
            _ if self.0.is_marked(WIDE) => self.1,
            true => Some(magnitude.saturating_neg()),
            false => Some(magnitude),
        }
    }

    fn out_of_range(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, limit) = (self.number(), self.limit());
        let is_below = limit.map_or(self.0.is_marked(IS_BELOW), |limit| number < limit);
        write!(f, "{number} is {} the limit", if is_below { "below" } else { "beyond" })?;
        limit.map_or(Ok(()), |limit| write!(f, " {limit}"))
    }

    fn form(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, texts) = (self.2.unwrap_or("selector"), self.0.lengths.to_le_bytes());
        let [is_text, is_absent] = [TEXT, NO_FOUND].map(|mark| self.0.is_marked(mark));
        let is_wrong = self.0.kind() == ErrorKind::WrongForm;
        let (expected, found) = texts.split_at(if is_wrong { 4 } else { 0 });
        match self.limit() {
            _ if !is_wrong && is_absent => return write!(f, "no form, because {name} is missing"),
            _ if !is_wrong => write!(f, "no form for {name} ")?,
            _ if is_text => write!(f, "the form needs {name} {}, found ", Start(expected))?,
            Some(expected) => write!(f, "the form needs {name} {expected}, found ")?,
            None => write!(f, "the form needs another {name}, found ")?,
        }
        match is_text {
            _ if is_absent => f.write_str("none"),
            true => write!(f, "{}", Start(found)),
            false => write!(f, "{}", self.number()),
        }
    }

    fn reserved_bit(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.number(), self.limit()) {
            (number @ ..0, _) => write!(f, "{number} has bits that must not be set"),
            (bits, Some(mask)) => write!(f, "expected only bits of {mask:#x}, found {bits:#x}"),
            (bits, None) => write!(f, "{bits:#x} has bits that must not be set"),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ErrorKind::*;
        let (expected, found) = (Bytes(self.0.expected()), self.0.found());
        match self.0.kind() {
            OutOfRange if self.0.is_marked(NO_FOUND) => f.write_str("out of range"),
            ReservedBit if self.0.is_marked(NO_FOUND) => f.write_str("reserved bit set"),
            WrongLength if self.0.is_marked(NO_FOUND) => f.write_str("not valid, or of a wrong length"),
            WrongLength if self.0.is_marked(OR) => {
                write!(f, "expected {} or {}, found {found}", expected.0, Bytes((self.0.lengths as u32) >> 16))
            }
            Truncated => write!(f, "expected {expected}, found only {found}"),
            LengthBelowHeader => write!(f, "length field {found} is below the header's {expected}"),
            LengthBeyondEnd => {
                let verb = if expected.0 == 1 { "remains" } else { "remain" };
                write!(f, "length field {found} is beyond the {expected} that {verb}")
            }
            WrongLength => write!(f, "expected {expected}, found {found}"),
            TooShort => write!(f, "expected at least {expected}, found {found}"),
            TooLong => write!(f, "expected at most {expected}, found {found}"),
            MissingNul => write!(f, "expected a NUL at the end of the string, found none in {}", Bytes(found)),
            InteriorNul => write!(f, "expected a string without NUL, found one at byte {found}"),
            NotUtf8 => write!(f, "expected UTF-8, found another byte at {found}"),
            OutOfRange => self.out_of_range(f),
            ReservedBit => self.reserved_bit(f),
            MissingAttr => write!(f, "is missing"),
            UnknownAttr => write!(f, "expected a known attribute type, found {found}"),
            UnknownForm | WrongForm => self.form(f),
            Rejected => write!(f, "must not be sent"),
            WrongType if expected.0 == 0 => {
                write!(f, "{} {found} is not one of those that are read here", self.id())
            }
            WrongType => write!(f, "expected {} {}, found {found}", self.id(), expected.0),
            WrongFamily => {
                write!(f, "address of family {found}, but the header says family {}", expected.0)
            }
            TooDeep => write!(f, "nested deeper than {} levels", expected.0),
            BufferTooSmall => write!(f, "buffer too small: {expected} needed, {found} there"),
            TypeTooLarge if expected.0 > 0 => write!(f, "type {found}; the largest is {}", expected.0),
            TypeTooLarge => f.write_str("the type does not fit its field in the header"),
            PayloadTooLong => {
                write!(f, "payload of {}; the length field holds at most {}", Bytes(found), expected.0)
            }
            NestTooLong => {
                write!(f, "nest of {}; the length field holds at most {}", Bytes(found), expected.0)
            }
            MessageTooLong => write!(f, "message outgrows its 32-bit length field"),
            MissingFamily => f.write_str(
                "a generic netlink command needs its family's id in the header: `Connection::generic` sets it",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    extern crate std;
    use std::string::ToString;

    #[test]
    fn error_names_attribute_numbers_and_offset() {
        let err = Error::new(ErrorKind::WrongLength, 76, 4, 3).of_attr(3);
        assert_eq!(err.to_string(), "attribute 3: expected 4 bytes, found 3 (offset 76)");
    }

    #[test]
    fn an_attribute_that_is_missing_is_the_subject_of_the_sentence() {
        let err = Error::new(ErrorKind::MissingAttr, 16, 0, 0).of_attr(1);
        assert_eq!(err.to_string(), "attribute 1 is missing (offset 16)");
        let err = Error::new(ErrorKind::Rejected, 16, 0, 0).of_attr(2);
        assert_eq!(err.to_string(), "attribute 2 must not be sent (offset 16)");
    }

    #[test]
    fn one_byte_is_singular() {
        let shown = |kind| Error::new(kind, 0, 1, 4).reason().to_string();
        assert_eq!(shown(ErrorKind::WrongLength), "expected 1 byte, found 4");
        assert_eq!(shown(ErrorKind::Truncated), "expected 1 byte, found only 4");
        assert_eq!(shown(ErrorKind::LengthBeyondEnd), "length field 4 is beyond the 1 byte that remains");
        assert_eq!(shown(ErrorKind::BufferTooSmall), "buffer too small: 1 byte needed, 4 there");
    }

    #[test]
    fn errors_of_selectors_quote_both_as_far_as_they_keep_them() {
        let unknown = |text| Error::of_text(ErrorKind::UnknownForm, None, text).reason().to_string();
        assert_eq!(unknown(b"kelvin"), r#"no form for selector "kelvin""#);
        assert_eq!(unknown(b"openvswitch"), r#"no form for selector "openvsw" .."#);
        let wrong = |expected, found| Error::of_text(ErrorKind::WrongForm, Some(expected), found);
        assert_eq!(
            wrong(b"vlan", b"veth").to_string(),
            r#"the form needs selector "vlan", found "veth" (offset 0)"#
        );
        let cut = wrong(b"vxlan", b"").without_found();
        assert_eq!(cut.reason().to_string(), r#"the form needs selector "vxl" .., found none"#);
        assert_eq!((cut.expected(), cut.found()), (0, 0));
        let numbers = Error::of_limit(ErrorKind::WrongForm, 2, -1);
        assert_eq!(numbers.reason_with(None, Some("kind")).to_string(), "the form needs kind 2, found -1");
        assert_eq!((numbers.expected(), numbers.found()), (2, 0));
    }

    #[test]
    fn needed_is_said_of_a_small_buffer_only() {
        assert_eq!(Error::new(ErrorKind::BufferTooSmall, 0, 20, 19).needed(), Some(20));
        assert_eq!(Error::new(ErrorKind::TooLong, 0, 20, 19).needed(), None);
    }
}
