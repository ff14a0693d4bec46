//! What the generated modules have in common.

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
        $set:ident;
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
        }
    };
}
