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
