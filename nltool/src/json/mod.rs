//! Messages as JSON, and out of it.
//!
//! | what | in JSON |
//! |---|---|
//! | attributes | an object; names with dashes, as in the kernel's specifications |
//! | the fields of a header | beside the attributes; `header.name` where an attribute has the same name |
//! | numbers | numbers |
//! | numbers with names | the name where there is one; of flags a list of names |
//! | numbers that stand for something: address families, tables, kinds of hardware, queues | the name where there is one |
//! | strings, addresses | strings |
//! | bytes | a string of hexadecimal digits |
//! | a flag without payload | `true` |
//! | structs | objects |
//! | a repeated attribute, an array | a list |
//! | an array whose entries are not counted from 1 | an object, by the types of the entries |
//! | an attribute that the schema does not have | `#` and its type |
//! | attributes of one type with others between them | a list of objects instead of one object |
//! | a payload that the schema does not allow, or a string that is not UTF-8 | `{"hex": "…"}` |
//!
//! What [`read`] makes of what [`mod@write`] wrote is the same message; padding attributes and the flags in attribute types
//! are those of the schema.

mod hints;
pub mod read;
pub mod text;
pub mod value;
pub mod write;
