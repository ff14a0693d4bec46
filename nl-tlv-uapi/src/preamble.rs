//! What a generated file begins with.

/// What a generated file begins with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Preamble<'a> {
    pub(crate) license: Option<&'a str>,
    pub(crate) note: Option<&'a str>,
}

/// The methods of a type that consists of a protocol and a [`Preamble`].
macro_rules! with_preamble {
    ($type:ident) => {
        impl<'a> $type<'a> {
            /// The files of a protocol.
            #[must_use]
            pub const fn new(protocol: &'a $crate::ProtocolDef) -> Self {
                Self { protocol, preamble: $crate::preamble::Preamble { license: None, note: None } }
            }

            /// Begins each file with an SPDX licence expression. The kernel's client requires one in a specification.
            #[must_use]
            pub const fn license(mut self, license: &'a str) -> Self {
                self.preamble.license = Some(license);
                self
            }

            /// Begins each file with a comment, such as where it comes from.
            #[must_use]
            pub const fn note(mut self, note: &'a str) -> Self {
                self.preamble.note = Some(note);
                self
            }
        }
    };
}

pub(crate) use with_preamble;
