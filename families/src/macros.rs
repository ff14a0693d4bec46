//! What the generated modules have in common.

/// A doc comment without the space that is behind the slashes.
pub(crate) const fn comment(doc: &'static str) -> &'static str {
    match doc.as_bytes() {
        [b' ', text @ ..] => match core::str::from_utf8(text) {
            Ok(text) => text,
            Err(_) => doc,
        },
        _ => doc,
    }
}

/// The attributes of a message are fields of the message itself.
macro_rules! deref {
    ($name:ident => $attrs:ident) => {
        impl<'a> core::ops::Deref for $name<'a> {
            type Target = $attrs<'a>;
            #[inline]
            fn deref(&self) -> &$attrs<'a> {
                &self.attrs
            }
        }
        impl<'a> core::ops::DerefMut for $name<'a> {
            #[inline]
            fn deref_mut(&mut self) -> &mut $attrs<'a> {
                &mut self.attrs
            }
        }
    };
}

/// The messages that consist of one set: the set gets their names and doc comments, which schemas show.
macro_rules! messages {
    (
        $set:ident, version = $version:ident;
        $(
            #[doc = $doc:literal]
            $(#[$alias:meta])*
            pub type $name:ident<'a> = Command<$_:ident<'a>, $number:literal>;
        )*
    ) => {
        $(
            #[doc = $doc]
            $(#[$alias])*
            pub type $name<'a> = Command<$set<'a>, $number>;
        )*
        impl crate::message::Messages for $set<'_> {
            const NAMES: &'static [Name] = &[$(Name::new($number, stringify!($name), $doc)),*];
            const VERSION: u8 = $version;
        }
    };
    (
        $set:ident $(, also = $also:expr)?;
        $(
            #[doc = $doc:literal]
            $(#[$alias:meta])*
            pub type $name:ident<'a> = HeadedMessage<$header:ident, $_:ident<'a>, $number:literal>;
        )*
    ) => {
        $(
            #[doc = $doc]
            $(#[$alias])*
            pub type $name<'a> = HeadedMessage<$header, $set<'a>, $number>;
        )*
        impl crate::message::Messages for $set<'_> {
            const NAMES: &'static [Name] = &[$(Name::new($number, stringify!($name), $doc)),*];
            $(const ALSO: &'static [(u16, u16)] = &$also;)?
        }
    };
}

/// A set of flags: its names, with those in C.
macro_rules! flags {
    (
        #[doc = $doc:literal]
        pub type $name:ident = FlagSet<$names:ident>;
        type Bits = $bits:ident, $encoding:ident;
        $($flag:ident = $value:expr, $c_name:literal;)*
    ) => {
        #[doc = $doc]
        pub type $name = FlagSet<$names>;

        #[doc = concat!("The names of [`", stringify!($name), "`].")]
        #[derive(Debug)]
        pub enum $names {}

        impl crate::flags::FlagNames for $names {
            type Bits = $bits;
            type Encoding = nl_tlv::__private::$encoding;
            const NAME: &'static str = stringify!($name);
            const DOC: &'static str = crate::macros::comment($doc);
            const FLAGS: &'static [Flag<FlagSet<Self>>] = &[
                $(Flag::new(stringify!($flag), $name::$flag),)*
                Flag::new("", FlagSet::from_bits_retain(!0)),
            ];
            const NAMES: &'static [(&'static str, i128)] = &[$((stringify!($flag), $name::$flag.bits() as i128)),*];
        }

        impl FlagSet<$names> {
            $(
                #[doc = concat!("`", $c_name, "`.")]
                #[doc(alias = $c_name)]
                pub const $flag: Self = Self::from_bits_retain($value);
            )*
        }
    };
}
