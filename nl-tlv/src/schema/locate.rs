//! From an offset in a message to a path by names: `RouteNew.nexthop[1].gateway`.
//!
//! Our own [`Error`] has an offset, and so has the kernel's extended ack: `NLMSGERR_ATTR_OFFS` is the offset of the
//! attribute that it refuses, `NLMSGERR_ATTR_MISS_NEST` that of the nest in which `NLMSGERR_ATTR_MISS_TYPE` is
//! missing, both in the request.

use super::level::Level;
use super::types::Inside;
use super::{AttrSchema, MAX_DEPTH, MessageSchema, Presence, StructField, StructSchema, ValueType};
use crate::NlStruct;
use crate::bytes::{add, align4, from_u32, head, sub};
use crate::control::ExtAck;
use crate::header::NLMSG_HDRLEN;
use crate::wire::{GenlMsgHdr, NlAttrHdr, NlMsgHdr};
use crate::{Attr, AttrType, Error, ErrorKind, MessageType, Messages};
#[cfg(feature = "socket")]
use crate::{Message, MessageId};
use core::fmt;

/// What lies at an offset of a message, by name.
///
/// Where nothing lies there, because the message is shorter or damaged, the path ends at what surrounds it.
///
/// ```
/// use nl_tlv::schema::locate;
/// # use nl_tlv::{MessageId, MessageType, schema::*};
/// # static DST: AttrSet = AttrSet { name: "Prefix", doc: "", attrs: &[
/// #     AttrSchema { ty: 2, name: "len", doc: "", value: ValueType::U8, presence: Presence::Required, limits: Limits::NONE, is_net_byteorder: false },
/// # ], c_prefix: None, part_of: None, strict_start_type: None };
/// # static ROUTE: AttrSet = AttrSet { name: "RouteNew", doc: "", attrs: &[
/// #     AttrSchema { ty: 2, name: "dst", doc: "", value: ValueType::Nested(SetRef::new(&|| &DST)), presence: Presence::Required, limits: Limits::NONE, is_net_byteorder: false },
/// # ], c_prefix: None, part_of: None, strict_start_type: None };
/// # let schema = &MessageSchema { name: "RouteNew", doc: "", id: MessageId::Type(MessageType(25)), c_name: None,
/// #     header: None, attrs: &ROUTE, payload: None, deleted: None };
/// # let mut buf = [0; 64];
/// # let mut w = nl_tlv::Writer::new(&mut buf);
/// # w.message(schema.id, nl_tlv::Header::request(), |w| w.nest(2, |w| { w.put_value(2, &24u8)?; w.put(7, b"?") }))?;
/// # let request = w.finish();
/// // a message with `dst` at byte 16, and in it `len` and an attribute that the schema does not have
/// assert_eq!(locate(schema, request, 20).to_string(), "RouteNew.dst.len");
/// assert_eq!(locate(schema, request, 28).to_string(), "RouteNew.dst.attribute 7");
/// // the kernel misses attribute 2 in the nest at byte 16
/// assert_eq!(locate(schema, request, 16).join(2).to_string(), "RouteNew.dst.len");
/// # Ok::<(), nl_tlv::Error>(())
/// ```
#[must_use]
pub fn locate(schema: &MessageSchema, message: &[u8], offset: u32) -> Path {
    let mut path = Path::of_message(schema, message);
    if from_u32(offset) < schema.contents_offset() {
        path.field = header_field(schema, from_u32(offset));
        return path;
    }
    if let Some(payload) = schema.payload {
        path.field = Some(payload.name);
        return path;
    }
    let own = Messages::new(message).next().and_then(Result::ok).map_or(message, |m| m.as_bytes());
    path.descend(Level::of_message(schema, own), offset);
    path
}

/// The schema of a message among several. If it is none of these, that of the one which was expected; unknown if there
/// are several.
#[cfg(feature = "socket")]
pub(crate) fn schema_of(
    schemas: &'static [&'static MessageSchema],
    message: &Message<'_>,
) -> &'static MessageSchema {
    let is = |schema: &&&MessageSchema| match schema.id {
        MessageId::Type(_) => schema.is(message.ty(), None),
        MessageId::Command { .. } => schema.is(message.ty(), message.payload().first().copied()),
    };
    match (schemas.iter().find(is), schemas) {
        (Some(schema), _) | (None, [schema]) => schema,
        _ => MessageSchema::UNKNOWN,
    }
}

/// How many steps a path has: on each level a nest and, if it is an array, an item.
const MAX_STEPS: usize = 2 * MAX_DEPTH;

/// The place of something in a message, by the names of its schema.
#[derive(Clone, Copy)]
pub struct Path {
    message: &'static str,
    /// The type of a message of which nothing else is known.
    ty: Option<MessageType>,
    steps: [Step; MAX_STEPS],
    len: usize,
    /// What the end of the path consists of.
    inside: Inside,
    /// The field at the end, of a header or of a struct.
    field: Option<&'static str>,
    /// What selects the form of the attribute at the end, if that stands beside it.
    selector: Option<&'static str>,
}

impl Path {
    /// The path of the message itself.
    #[must_use]
    pub fn new(schema: &MessageSchema) -> Self {
        let (steps, inside) = ([Step::NONE; MAX_STEPS], Inside::Attrs(Some(schema.attrs)));
        Self { message: schema.name, ty: None, steps, len: 0, inside, field: None, selector: None }
    }

    /// The same; without a schema the message is called by its type: `message 77`.
    pub(crate) fn of_message(schema: &MessageSchema, message: &[u8]) -> Self {
        let header = NlMsgHdr::from_prefix(message).filter(|_| schema.is_unknown());
        Self { ty: header.map(|header| MessageType(header.nlmsg_type)), ..Self::new(schema) }
    }

    /// The path of the attribute that is missing in a request, by the extended ack of its refusal.
    pub(crate) fn of_missing(schema: &MessageSchema, request: &[u8], ext_ack: &ExtAck<'_>) -> Option<Self> {
        let ty = u16::try_from(ext_ack.missing_type?).ok()?;
        let nest = ext_ack.missing_nest.map(|nest| locate(schema, request, nest));
        Some(nest.unwrap_or_else(|| Self::of_message(schema, request)).join(ty))
    }

    /// The path of an attribute in what this path leads to, such as one that is missing there.
    #[must_use]
    pub fn join(mut self, ty: impl Into<AttrType>) -> Self {
        let ty = ty.into().get();
        self.push(ty, None);
        self
    }

    /// Whether the path leads to an attribute of this type, or into one.
    fn is_of(&self, ty: u16) -> bool {
        self.field.is_some() || self.steps.iter().take(self.len).any(|step| step.ty == ty)
    }

    /// The attribute at the end of the path, if there is one and the schema has it.
    #[must_use]
    pub fn attr(&self) -> Option<&'static AttrSchema> {
        self.last().and_then(|step| step.attr)
    }

    fn last(&self) -> Option<&Step> {
        self.steps.get(self.len.checked_sub(1)?)
    }

    /// Goes into the attribute that covers the offset, and on into its nested ones.
    fn descend(&mut self, mut level: Level<'_>, offset: u32) {
        while let Some(attr) = covering(level, offset).filter(|_| level.depth <= MAX_DEPTH) {
            self.push(attr.ty().get(), Some(index(level, attr)));
            let (value, within) = level.enter(attr, level.inside.attr(attr.ty().get()));
            self.inside = within.map_or(Inside::Attrs(None), |within| within.inside);
            let at = sub(from_u32(offset), from_u32(attr.offset()));
            let Some(at) = at.checked_sub(level.header_len()) else { return };
            match (value, within) {
                (ValueType::Struct(schema), _) => return self.field = field_at(schema, at),
                (ValueType::Headed(schema, _), _) if at < align4(schema.len) => {
                    return self.field = field_at(schema, at);
                }
                (_, Some(within)) => level = within,
                (_, None) => return,
            }
        }
    }

    /// One step further, to an attribute of this type; none where the path is full.
    fn push(&mut self, ty: u16, index: Option<u32>) {
        let Some(step) = self.steps.get_mut(self.len) else { return };
        let attr = self.inside.attr(ty);
        let is_item = self.inside.item().is_some();
        let is_counted = is_item || attr.is_some_and(|attr| attr.presence == Presence::Repeated);
        *step = Step { ty, attr, is_item, index: index.filter(|_| is_counted) };
        self.len = add(self.len, 1);
        self.field = None;
        self.selector = attr.and_then(|attr| selector(attr, self.inside));
        let value = attr.map(|attr| attr.value).or(self.inside.item());
        self.inside = value.and_then(ValueType::inside).unwrap_or(Inside::Attrs(None));
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ty {
            Some(ty) => write!(f, "{} {}", self.message, ty.0)?,
            None => f.write_str(self.message)?,
        }
        self.steps.iter().take(self.len).try_for_each(|step| step.fmt(f))?;
        match self.field {
            Some(field) => write!(f, ".{field}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Path({self})")
    }
}

/// One attribute on the way.
#[derive(Clone, Copy)]
struct Step {
    ty: u16,
    attr: Option<&'static AttrSchema>,
    /// An item of an array, which has no name but its index.
    is_item: bool,
    /// Its index among attributes of the same type, or among the items.
    index: Option<u32>,
}

impl Step {
    const NONE: Self = Self { ty: 0, attr: None, is_item: false, index: None };
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.attr {
            Some(attr) => write!(f, ".{}", attr.name)?,
            None if self.is_item => {}
            None => write!(f, ".attribute {}", self.ty)?,
        }
        self.index.map_or(Ok(()), |index| write!(f, "[{index}]"))
    }
}

/// The attribute in whose header, payload or padding an offset is.
fn covering<'a>(level: Level<'a>, offset: u32) -> Option<Attr<'a>> {
    let len = |attr: &Attr<'_>| align4(add(level.header_len(), attr.payload().len()));
    let end = |attr: &Attr<'_>| add(from_u32(attr.offset()), len(attr));
    match level.attrs().find(|attr| from_u32(offset) < end(attr)) {
        Some(attr) => (attr.offset() <= offset).then_some(attr),
        None => unfinished(level, offset),
    }
}

/// The nest in front of an offset that is cut, or was not written to its end: its length points beyond the bytes.
fn unfinished(level: Level<'_>, offset: u32) -> Option<Attr<'_>> {
    let (mut area, mut rest) = (level.area, level.area);
    while area.next_attr()?.is_ok() {
        rest = area;
    }
    let is_inside = rest.offset() < offset && !level.is_of_records();
    let header = NlAttrHdr::from_prefix(rest.take_bytes(4)).filter(|header| header.nla_len >= 4)?;
    is_inside.then(|| rest.as_payload_of(header.nla_type))
}

/// The index of an attribute among those of its type, or among all items.
fn index(level: Level<'_>, attr: Attr<'_>) -> u32 {
    let is_item = level.inside.item().is_some();
    let is_before = |other: &Attr<'_>| other.offset() < attr.offset() && (is_item || other.ty() == attr.ty());
    level.attrs().filter(is_before).fold(0, |count: u32, _| count.saturating_add(1))
}

/// The name of the attribute that selects the form of another one in the same set.
fn selector(attr: &AttrSchema, inside: Inside) -> Option<&'static str> {
    match attr.value {
        ValueType::SubMessage { selector: Some(ty), .. } => inside.attr(ty).map(|attr| attr.name),
        _ => None,
    }
}

/// The field of one of the headers in front of the contents.
fn header_field(schema: &MessageSchema, at: usize) -> Option<&'static str> {
    match at.checked_sub(schema.header_offset()) {
        Some(at) => field_at(schema.header?, at),
        None if at < NLMSG_HDRLEN => field_at(NlMsgHdr::SCHEMA, at),
        None => field_at(GenlMsgHdr::SCHEMA, sub(at, NLMSG_HDRLEN)),
    }
}

/// The name of the field in which a byte of a struct is.
fn field_at(schema: &'static StructSchema, at: usize) -> Option<&'static str> {
    let is_at = |field: &&StructField| (field.offset..add(field.offset, field.len)).contains(&at);
    schema.fields.iter().find(is_at).map(|field| field.name)
}

impl Error {
    /// The error with the place by name, for showing: `RouteNew.nexthop[1].gateway: expected 4 bytes, found 3
    /// (offset 76)`.
    ///
    /// `message` are the bytes that could not be read, from the message's header on; of an error of emitting, those that
    /// were written before it. If the bytes end before the place, the attribute has its number instead of a name. [`locate`]
    /// returns the place alone.
    ///
    /// ```
    /// # use nl_tlv::{Header, Messages, MessageType, NlMessage, Writer};
    /// # #[derive(NlMessage, Debug)]
    /// # #[nl(ty = 20)]
    /// # struct Room { #[nl(attr = 2)] degrees: u32 }
    /// # let mut buf = [0; 32];
    /// # let mut w = Writer::new(&mut buf);
    /// # w.message(MessageType(20).into(), Header::new(), |w| w.put(2, &[1, 2, 3]))?;
    /// # let bytes = w.finish();
    /// let err = Room::parse(&Messages::new(bytes).next().unwrap()?).unwrap_err();
    /// let located = err.within(Room::SCHEMAS[0], bytes);
    /// assert_eq!(located.to_string(), "Room.degrees: expected 4 bytes, found 3 (offset 16)");
    /// # Ok::<(), nl_tlv::Error>(())
    /// ```
    #[must_use]
    pub fn within(
        self,
        schema: &MessageSchema,
        message: &[u8],
    ) -> impl core::error::Error + Copy + Send + Sync + use<> {
        self.located(schema, message)
    }

    pub(crate) fn located(self, schema: &MessageSchema, message: &[u8]) -> Located {
        let before = head(message, from_u32(self.offset()));
        // Behind the end of the bytes nobody knows in which nest the attribute is.
        let is_here = from_u32(self.offset()) <= message.len().max(schema.contents_offset());
        let path = match (self.kind(), self.attr_type()) {
            _ if !has_place(self.kind()) || !is_here => Path::of_message(schema, message),
            // The offset is that of the first attribute of those in which one is missing; the nest's header is in front of it.
            (ErrorKind::MissingAttr, Some(ty)) => {
                locate(schema, message, self.offset().saturating_sub(1)).join(ty)
            }
            _ => match (locate(schema, message, self.offset()), self.attr_type()) {
                // It was to be written there, and what lies there is older.
                (path, Some(ty)) if !path.is_of(ty) => locate(schema, before, self.offset()).join(ty),
                (path, _) => path,
            },
        };
        let own = schema.payload.map(|payload| payload.limits);
        let limits = own.or_else(|| path.attr().map(|attr| attr.limits));
        Located { path, error: self, limit: limits.and_then(|limits| limits.violated(&self)) }
    }
}

fn has_place(kind: ErrorKind) -> bool {
    !matches!(kind, ErrorKind::BufferTooSmall | ErrorKind::MessageTooLong | ErrorKind::MissingFamily)
}

/// An [`Error`] and its place by name, made by [`Error::within`].
#[derive(Clone, Copy)]
pub(crate) struct Located {
    pub(crate) path: Path,
    pub(crate) error: Error,
    /// The limit that the value violates.
    limit: Option<i128>,
}

impl Located {
    pub(crate) fn reason(&self) -> impl fmt::Display + use<> {
        self.error.reason_with(self.limit, self.path.selector)
    }
}

impl fmt::Display for Located {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_at_end = |ty: u16| self.path.last().is_some_and(|step| step.ty == ty);
        match self.error.attr_type().filter(|ty| !is_at_end(*ty)) {
            Some(ty) => write!(f, "{}: attribute {ty}{}", self.path, self.error.joint())?,
            None => write!(f, "{}{}", self.path, self.error.joint())?,
        }
        self.reason().fmt(f)?;
        match self.error.kind() {
            ErrorKind::MissingAttr => Ok(()),
            kind if !has_place(kind) => Ok(()),
            _ => write!(f, " (offset {})", self.error.offset()),
        }
    }
}

/// As [`Display`](fmt::Display): this is what a `main` that returns the error prints.
impl fmt::Debug for Located {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl core::error::Error for Located {}
