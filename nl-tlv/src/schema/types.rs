//! The description of a message: [`MessageSchema`], its attributes ([`AttrSet`], [`AttrSchema`]), and what these hold
//! ([`ValueType`]).

use super::{Limits, NumberSchema, StructSchema, SubMessageSchema};
use crate::bytes::{add, align4};
use crate::header::{GENL_HDRLEN, NLMSG_HDRLEN};
use crate::{AttrType, MessageId, MessageType};
use core::fmt;
use core::ops::Deref;

/// A message.
///
/// ```
/// use nl_tlv::schema::{AttrSchema, AttrSet, Limits, MessageSchema, Presence, ValueType, dissect};
/// use nl_tlv::{Header, MessageId, MessageType, Writer};
///
/// // What `#[derive(NlMessage)]` makes of a struct `Room` with one field.
/// static ATTRS: AttrSet = AttrSet::new(
///     "RoomAttr",
///     "An attribute of a room.",
///     &[AttrSchema::of(ValueType::U8, Presence::Required)
///         .named(2, "degrees", "How warm it is to be.")
///         .within(&Limits::NONE.max(30))],
/// );
/// static ROOM: MessageSchema = MessageSchema::new("Room", "A room.", MessageId::Type(MessageType(20)), &ATTRS);
///
/// # let mut buf = [0; 64];
/// let mut w = Writer::new(&mut buf);
/// w.message(ROOM.id, Header::request(), |w| w.put_value(2, &21_u8))?;
/// assert!(dissect(&[&ROOM], w.as_bytes()).to_string().ends_with("degrees (2) = 21"));
/// assert_eq!(ATTRS.attr(2).map(|attr| attr.name), Some("degrees"));
/// # Ok::<(), nl_tlv::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MessageSchema {
    /// The struct's name.
    pub name: &'static str,
    /// The struct's doc comment.
    pub doc: &'static str,
    /// Its type, or its command.
    pub id: MessageId,
    /// The name of the constant that stands for it in C, where one was given (`c_name`).
    pub c_name: Option<&'static str>,
    /// The family header behind the `nlmsghdr` (and the `genlmsghdr`), if there is one.
    pub header: Option<&'static StructSchema>,
    /// The attributes that follow; none if it has a payload instead.
    pub attrs: &'static AttrSet,
    /// The one value that fills the rest of the message, if it has that instead of attributes. It has no type.
    pub payload: Option<&'static AttrSchema>,
    /// The message that says that the object which this one describes has been deleted, if there is one (`deleted`).
    pub deleted: Option<MessageId>,
}

impl MessageSchema {
    /// A message without a family header.
    #[must_use]
    pub const fn new(name: &'static str, doc: &'static str, id: MessageId, attrs: &'static AttrSet) -> Self {
        Self { name, doc, id, c_name: None, header: None, attrs, payload: None, deleted: None }
    }

    /// The same with a family header.
    #[must_use]
    pub const fn header(self, header: &'static StructSchema) -> Self {
        Self { header: Some(header), ..self }
    }

    /// The same with a value that fills the rest of the message.
    #[must_use]
    pub const fn payload(self, payload: &'static AttrSchema) -> Self {
        Self { payload: Some(payload), ..self }
    }

    /// The same with the name of its constant in C.
    #[must_use]
    pub const fn c_name(self, name: &'static str) -> Self {
        Self { c_name: Some(name), ..self }
    }

    /// The same with the message that says that an object has been deleted.
    #[must_use]
    pub const fn deleted(self, id: MessageId) -> Self {
        Self { deleted: Some(id), ..self }
    }

    /// A message of which nothing is known.
    pub const UNKNOWN: &'static Self =
        &Self::new("message", "", MessageId::Type(MessageType(0)), AttrSet::EMPTY);

    /// Whether it is [`UNKNOWN`](Self::UNKNOWN): no message is defined with this type.
    pub(crate) const fn is_unknown(&self) -> bool {
        matches!(self.id, MessageId::Type(MessageType(0)))
    }

    /// Where the family header begins: bytes from the start of the message.
    #[must_use]
    pub const fn header_offset(&self) -> usize {
        match self.id {
            MessageId::Type(_) => NLMSG_HDRLEN,
            MessageId::Command { .. } => add(NLMSG_HDRLEN, GENL_HDRLEN),
        }
    }

    /// Where the attributes, or the payload, begin: bytes from the start of the message.
    #[must_use]
    pub const fn contents_offset(&self) -> usize {
        let len = match self.header {
            Some(header) => header.len,
            None => 0,
        };
        add(self.header_offset(), align4(len))
    }

    /// Whether a message of this type and, if it is generic netlink, this command is the described one.
    pub(crate) fn is(&self, ty: MessageType, cmd: Option<u8>) -> bool {
        match (self.id, cmd) {
            (MessageId::Type(own), None) => own == ty,
            (MessageId::Command { cmd: own, .. }, Some(cmd)) => own == cmd,
            _ => false,
        }
    }
}

/// A set of attribute types: that of a message, or of a nest.
#[derive(Clone, Copy, Debug)]
pub struct AttrSet {
    /// The type's name.
    pub name: &'static str,
    /// The type's doc comment.
    pub doc: &'static str,
    /// Its attributes, in the order of the definition.
    pub attrs: &'static [AttrSchema],
    /// The prefix of the constants in C (`c_prefix`).
    pub c_prefix: Option<&'static str>,
    /// The set of which this one is a part: several messages may share one set, each with some of its attributes.
    pub part_of: Option<SetRef>,
    /// From this type on the kernel is strict, whatever it is with the others (`strict_start_type`): attributes that
    /// are newer than the family's strictness.
    pub strict_start_type: Option<u16>,
}

impl AttrSet {
    /// A set of these attributes.
    #[must_use]
    pub const fn new(name: &'static str, doc: &'static str, attrs: &'static [AttrSchema]) -> Self {
        Self { name, doc, attrs, c_prefix: None, part_of: None, strict_start_type: None }
    }

    /// The same with the prefix of its constants in C.
    #[must_use]
    pub const fn c_prefix(self, prefix: &'static str) -> Self {
        Self { c_prefix: Some(prefix), ..self }
    }

    /// The same as a part of another set.
    #[must_use]
    pub const fn part_of(self, set: SetRef) -> Self {
        Self { part_of: Some(set), ..self }
    }

    /// The same, with the type from which on the kernel is strict.
    #[must_use]
    pub const fn strict_start_type(self, ty: u16) -> Self {
        Self { strict_start_type: Some(ty), ..self }
    }

    /// No attributes.
    pub const EMPTY: &'static Self = &Self::new("", "", &[]);

    /// The attribute of a type, looked up in this set and then in the one that it is a part of.
    #[must_use]
    pub fn attr(&self, ty: u16) -> Option<&'static AttrSchema> {
        let own = self.attrs.iter().find(|attr| attr.ty == ty);
        own.or_else(|| self.part_of.and_then(|set| set().attrs.iter().find(|attr| attr.ty == ty)))
    }
}

/// A reference to a set, so that a set can contain itself. It is called: `set()`.
///
/// A derive writes `SetRef::new(&|| Inner::SCHEMA)`. A program that reads a definition at run time gives a closure that
/// looks the set up among those that it has made.
#[derive(Clone, Copy)]
pub struct SetRef(&'static (dyn Fn() -> &'static AttrSet + Sync));

impl SetRef {
    /// The set that `set` returns.
    #[must_use]
    pub const fn new(set: &'static (dyn Fn() -> &'static AttrSet + Sync)) -> Self {
        Self(set)
    }
}

impl Deref for SetRef {
    type Target = dyn Fn() -> &'static AttrSet + Sync;

    fn deref(&self) -> &Self::Target {
        self.0
    }
}

impl fmt::Debug for SetRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SetRef").field(&self().name).finish()
    }
}

/// One attribute type of a set.
#[derive(Clone, Copy, Debug)]
pub struct AttrSchema {
    /// The number.
    pub ty: u16,
    /// The field's name.
    pub name: &'static str,
    /// The field's doc comment.
    pub doc: &'static str,
    /// What it holds.
    pub value: ValueType,
    /// How often it occurs.
    pub presence: Presence,
    /// What limits the value.
    pub limits: Limits,
    /// Whether it is written with `NLA_F_NET_BYTEORDER`.
    pub is_net_byteorder: bool,
}

impl AttrSchema {
    /// An attribute type that only pads.
    pub const PAD: Self = Self::of(ValueType::Pad, Presence::Optional);

    /// An attribute that holds this, so often; without a type and a name.
    #[must_use]
    pub const fn of(value: ValueType, presence: Presence) -> Self {
        Self { ty: 0, name: "", doc: "", value, presence, limits: Limits::NONE, is_net_byteorder: false }
    }

    /// An attribute that may be there, and needs no more words.
    pub(crate) const fn plain(ty: u16, name: &'static str, value: ValueType) -> Self {
        Self::of(value, Presence::Optional).named(ty, name, "")
    }

    /// The same with its type, its name and what it is.
    #[must_use]
    pub const fn named(self, ty: u16, name: &'static str, doc: &'static str) -> Self {
        Self { ty, name, doc, ..self }
    }

    /// The same with limits.
    #[must_use]
    pub const fn within(self, limits: &Limits) -> Self {
        Self { limits: *limits, ..self }
    }

    /// The same, written with these flag bits of `nla_type`.
    #[must_use]
    pub(crate) const fn flagged(self, flags: u16) -> Self {
        Self { is_net_byteorder: flags & AttrType::NET_BYTEORDER_FLAG != 0, ..self }
    }

    /// The same, once or not at all.
    #[must_use]
    pub const fn optional(self) -> Self {
        Self { presence: Presence::Optional, ..self }
    }

    /// The same, its form selected by an attribute of this type beside it.
    #[must_use]
    pub const fn selected_by(self, ty: u16) -> Self {
        let value = match self.value {
            ValueType::SubMessage { schema, .. } => ValueType::SubMessage { selector: Some(ty), schema },
            other => other,
        };
        Self { value, ..self }
    }
}

/// How often an attribute occurs in its set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Exactly once.
    Required,
    /// Once or not at all.
    Optional,
    /// Any number of times.
    Repeated,
}

/// What an attribute holds, on the wire.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ValueType {
    /// Unsigned, 8 bits.
    U8,
    /// Unsigned, 16 bits, host order.
    U16,
    /// Unsigned, 32 bits, host order.
    U32,
    /// Unsigned, 64 bits, host order.
    U64,
    /// Signed, 8 bits.
    S8,
    /// Signed, 16 bits, host order.
    S16,
    /// Signed, 32 bits, host order.
    S32,
    /// Signed, 64 bits, host order.
    S64,
    /// 16 bits, network order.
    Be16,
    /// 32 bits, network order.
    Be32,
    /// 64 bits, network order.
    Be64,
    /// Signed, 16 bits, network order.
    BeS16,
    /// Signed, 32 bits, network order.
    BeS32,
    /// Signed, 64 bits, network order.
    BeS64,
    /// Unsigned, 32 bits or 64, host order.
    Uint,
    /// Signed, 32 bits or 64, host order.
    Sint,
    /// A number, some of whose values or bits have names.
    Named(&'static NumberSchema),
    /// No payload: presence is the value.
    Flag,
    /// A string; a NUL at its end is not required.
    String,
    /// A string with a NUL at its end.
    NulString,
    /// Bytes of any number.
    Bytes,
    /// Exactly this many bytes.
    Array(usize),
    /// A C struct.
    Struct(&'static StructSchema),
    /// Values of one size, one behind the other.
    Units {
        /// What each is.
        value: &'static ValueType,
        /// Its size in bytes.
        len: usize,
    },
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// An IPv4 or an IPv6 address, told apart by the length.
    Ip,
    /// A link-layer address of six bytes.
    Mac,
    /// A link-layer address of any length.
    HwAddr,
    /// 32 flag bits and which of them are meant; the names of the bits, if they have some.
    Bitfield32(Option<&'static NumberSchema>),
    /// Attributes of another set.
    Nested(SetRef),
    /// Attributes whose types only count, each with attributes of the set in it.
    NestedArray(SetRef),
    /// Attributes whose types only count, each with such a value.
    Indexed(&'static ValueType),
    /// Attributes whose types are values, each with such a value.
    ByType(&'static ValueType),
    /// A C struct and, behind its padding, attributes of a set.
    Headed(&'static StructSchema, SetRef),
    /// Records, each padded to a multiple of 4: a C struct that says how long the record is, and attributes of a set
    /// behind it.
    Records {
        /// The struct.
        header: &'static StructSchema,
        /// The index of its field that holds the record's length: struct and attributes, without padding behind them.
        length: u8,
        /// The set.
        set: SetRef,
    },
    /// What another attribute selects.
    SubMessage {
        /// The type of that attribute, in the same set; or none, if the selector comes from the enclosing set. In the
        /// attributes of a message that is the first field of its family header, if it has one: the address family.
        selector: Option<u16>,
        /// The forms.
        schema: &'static SubMessageSchema,
    },
    /// Padding in front of another attribute; means nothing.
    Pad,
    /// Nothing: the attribute must not be sent.
    Reject,
}

impl ValueType {
    /// The same in network order, if it is a number.
    pub(crate) const fn in_network_order(self) -> Self {
        match self {
            Self::U16 => Self::Be16,
            Self::U32 => Self::Be32,
            Self::U64 => Self::Be64,
            Self::S16 => Self::BeS16,
            Self::S32 => Self::BeS32,
            Self::S64 => Self::BeS64,
            other => other,
        }
    }

    /// What the kernel's validator sees in the payload, if that is attributes: for `nl-tlv-uapi`.
    #[doc(hidden)]
    #[must_use]
    pub const fn nest(self) -> Option<Nest> {
        match self {
            Self::Nested(set) => Some(Nest::Attrs(set)),
            Self::NestedArray(set) => Some(Nest::Items(set)),
            // The kernel does not look at the types of items, so that they may be values.
            Self::Indexed(Self::Nested(set)) | Self::ByType(Self::Nested(set)) => Some(Nest::Items(*set)),
            Self::Indexed(_) | Self::ByType(_) => Some(Nest::Any),
            Self::SubMessage { schema, .. } if schema.is_nest() => Some(Nest::Any),
            // A set whose own sub-messages are selected from outside.
            Self::SubMessage { schema, .. } if schema.forms.is_empty() => schema.otherwise.nest(),
            _ => None,
        }
    }

    /// Whether no attributes lie in it, whatever lies beside it.
    pub(crate) const fn is_leaf(&self) -> bool {
        !matches!(
            self,
            Self::Nested(_)
                | Self::NestedArray(_)
                | Self::Indexed(_)
                | Self::ByType(_)
                | Self::Headed(..)
                | Self::Records { .. }
                | Self::SubMessage { .. }
        )
    }

    /// What lies in the payload, or behind the struct in it, if that is attributes.
    pub(crate) fn inside(self) -> Option<Inside> {
        match self {
            Self::Nested(set) => Some(Inside::Attrs(Some(set()))),
            Self::NestedArray(set) => Some(Inside::Items(Self::Nested(set))),
            Self::Indexed(value) | Self::ByType(value) => Some(Inside::Items(*value)),
            Self::Headed(_, set) => Some(Inside::Attrs(Some(set()))),
            Self::Records { header, length, set } => Some(Inside::Records(Records { header, length, set })),
            _ => None,
        }
    }
}

/// What a policy says of a nest.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Nest {
    /// Attributes of a set.
    Attrs(SetRef),
    /// Items, each with attributes of a set.
    Items(SetRef),
    /// Attributes that have no policy.
    Any,
}

/// What the [`ValueType::Records`] of an attribute are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Records {
    /// The struct in front of the attributes.
    pub(crate) header: &'static StructSchema,
    /// The index of its field that holds the length.
    pub(crate) length: u8,
    /// The set of the attributes.
    pub(crate) set: SetRef,
}

/// What the attributes of a message or a nest are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Inside {
    /// Those of a set, if it is known.
    Attrs(Option<&'static AttrSet>),
    /// Items, each with such a value.
    Items(ValueType),
    /// Records, each with attributes of the set behind its struct.
    Records(Records),
}

impl Inside {
    /// The attribute of a type, if it is known.
    pub(crate) fn attr(self, ty: u16) -> Option<&'static AttrSchema> {
        match self {
            Self::Attrs(set) => set.and_then(|set| set.attr(ty)),
            Self::Items(_) | Self::Records(_) => None,
        }
    }

    /// What each of them is, if they have no types of their own.
    pub(crate) const fn item(self) -> Option<ValueType> {
        match self {
            Self::Attrs(_) => None,
            Self::Items(value) => Some(value),
            Self::Records(records) => Some(ValueType::Headed(records.header, records.set)),
        }
    }
}
