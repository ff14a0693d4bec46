//! What generated code calls. Not for anyone else: anything here may change in any release.

pub use core::option::Option::{self, None, Some};
pub use core::result::Result::{Err, Ok};

pub use crate::attr::Walk;
pub use crate::definition::contents::{
    Payload, checked, emit_contents, emit_headed, emit_message, emit_set, headed, is_message, is_one_of,
    payload, unknown_attr, unknown_message,
};
pub use crate::definition::{NlAttrs, NlMessage, ParseAttrs, ParseMessage, nest};
pub use crate::encoding::{Be, Native, NetByteorder, NoNul, Sint, Text, Uint};
pub use crate::error::Result;
pub use crate::field::{Field, Held, Is, OfInteger, OfLength, Possible, Selects, store_seldom};
pub use crate::keyed::{Effect, KeySchema, Keyed};
pub use crate::rest::RestField;
pub use crate::schema::assertions::{
    concat, first, first_clash, has_attr, has_len, is_held, is_integer, is_possible, is_taken, key_of, total,
    within,
};
pub use crate::schema::level::{check_depth, emit_within_depth};
pub use crate::schema::limits::FREE;
pub use crate::schema::number::NamedBits;
pub use crate::schema::{
    AttrSchema, AttrSet, Limits, MessageSchema, NumberSchema, Presence, Selector, SetRef, StructField,
    StructSchema, SubMessageSchema, ValueType,
};
pub use crate::structs::{Member, Members, NlStruct, aligned, alignment, offsets};
pub use crate::value::named::{Each, NlValue};
pub use crate::value::structs::parse_struct;
pub use crate::value::sub_message::{
    Form, Forms, ParseSubMessage, Select, SelectedField, check_form, unknown_form,
};
pub use crate::value::{Emit, NlSubMessage, Parse};
pub use crate::writer::copy_as;
pub use crate::{
    Attr, AttrType, AttrWriter, Attrs, Error, ErrorKind, Header, Message, MessageId, MessageType, Writer,
};
