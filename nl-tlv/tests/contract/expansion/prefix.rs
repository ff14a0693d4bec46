// Written by `WRITE_EXPANSION=1 cargo test -p nl-tlv-derive`, and rustfmt.

/// A prefix.
#[derive(Debug, Clone, PartialEq)]
pub struct Prefix {
    /// Network address.
    pub addr: IpAddr,
    /// Prefix length in bits.
    pub len: u8,
}
/// One attribute of [`Prefix`].
#[derive(::core::clone::Clone, ::core::fmt::Debug)]
#[non_exhaustive]
pub enum PrefixAttr<'a> {
    /// Network address.
    Addr(<IpAddr as ::nl_tlv::__private::Field<::nl_tlv::__private::Native>>::Item),
    /// Prefix length in bits.
    Len(<u8 as ::nl_tlv::__private::Field<::nl_tlv::__private::Native>>::Item),
    /// An attribute of another type.
    Other(::nl_tlv::__private::Attr<'a>),
}
#[allow(unused_qualifications)]
const _: () = {
    use ::nl_tlv::__private as __nl;
    const __LIMITS: [&__nl::Limits; 2] =
        [&__nl::Limits::NONE, &__nl::Limits { max: ::core::option::Option::Some(128), ..__nl::Limits::NONE }];
    const _: () = ::core::assert!(
        __nl::is_integer(<u8 as __nl::Field<__nl::Native>>::TYPE),
        "this limits integers, and the field is none"
    );
    #[automatically_derived]
    impl __nl::NlAttrs for Prefix {
        const SCHEMA: &'static __nl::AttrSet = &__nl::AttrSet {
            name: "Prefix",
            doc: "A prefix.",
            attrs: &[
                __nl::AttrSchema {
                    ty: 1,
                    name: "addr",
                    doc: "Network address.",
                    value: <IpAddr as __nl::Field<__nl::Native>>::TYPE,
                    presence: <IpAddr as __nl::Field<__nl::Native>>::PRESENCE,
                    limits: *__LIMITS[0],
                },
                __nl::AttrSchema {
                    ty: 2,
                    name: "len",
                    doc: "Prefix length in bits.",
                    value: <u8 as __nl::Field<__nl::Native>>::TYPE,
                    presence: <u8 as __nl::Field<__nl::Native>>::PRESENCE,
                    limits: *__LIMITS[1],
                },
            ],
            c_prefix: ::core::option::Option::None,
            part_of: ::core::option::Option::None,
            strict_start_type: ::core::option::Option::None,
        };
        #[inline]
        fn emit_attrs(&self, __w: &mut __nl::AttrWriter<'_>) -> ::core::result::Result<(), __nl::Error> {
            <IpAddr as __nl::Field<__nl::Native>>::emit_field(&self.addr, 1, __LIMITS[0], __w)?;
            <u8 as __nl::Field<__nl::Native>>::emit_field(&self.len, 2, __LIMITS[1], __w)?;
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl<'a> __nl::ParseAttrs<'a> for Prefix {
        type Attr = PrefixAttr<'a>;
        #[inline(always)]
        fn parse_attrs(__attrs: __nl::Attrs<'a>) -> ::core::result::Result<Self, __nl::Error> {
            let mut __slot0 = <IpAddr as __nl::ParseField<'a, __nl::Native>>::EMPTY;
            let mut __slot1 = <u8 as __nl::ParseField<'a, __nl::Native>>::EMPTY;
            let mut __iter = __attrs;
            loop {
                let __from = __iter;
                let __attr = match ::core::iter::Iterator::next(&mut __iter) {
                    ::core::option::Option::None => break,
                    ::core::option::Option::Some(::core::result::Result::Ok(__attr)) => __attr,
                    ::core::option::Option::Some(::core::result::Result::Err(__err)) => {
                        return ::core::result::Result::Err(__err);
                    }
                };
                match __attr.ty().get() {
                    1 => <IpAddr as __nl::ParseField<'a, __nl::Native>>::store(&mut __slot0, __attr, __from)?,
                    2 => <u8 as __nl::ParseField<'a, __nl::Native>>::store(&mut __slot1, __attr, __from)?,
                    _ => {}
                }
            }
            ::core::result::Result::Ok(Self {
                addr: <IpAddr as __nl::ParseField<'a, __nl::Native>>::finish(__slot0, 1, __attrs)?,
                len: <u8 as __nl::ParseField<'a, __nl::Native>>::finish(__slot1, 2, __attrs)?,
            })
        }
    }
    #[automatically_derived]
    impl<'a> __nl::Parse<'a> for Prefix {
        #[inline(always)]
        fn parse(__attr: __nl::Attr<'a>) -> ::core::result::Result<Self, __nl::Error> {
            <Self as __nl::ParseAttrs<'a>>::parse_attrs(__attr.nested())
        }
    }
    #[automatically_derived]
    impl __nl::Emit for Prefix {
        const NLA_FLAGS: ::core::primitive::u16 = __nl::AttrType::NESTED_FLAG;
        #[inline]
        fn emit_payload(&self, __w: &mut __nl::AttrWriter<'_>) -> ::core::result::Result<(), __nl::Error> {
            <Self as __nl::NlAttrs>::emit_attrs(self, __w)
        }
    }
    #[automatically_derived]
    impl __nl::Describe for Prefix {
        const TYPE: __nl::ValueType =
            __nl::ValueType::Nested(__nl::SetRef::new(&|| <Self as __nl::NlAttrs>::SCHEMA));
    }
    #[automatically_derived]
    impl<'a> __nl::NlAttrs for PrefixAttr<'a> {
        const SCHEMA: &'static __nl::AttrSet = <Prefix as __nl::NlAttrs>::SCHEMA;
        #[inline]
        fn emit_attrs(&self, __w: &mut __nl::AttrWriter<'_>) -> ::core::result::Result<(), __nl::Error> {
            match self {
                Self::Addr(__item) => {
                    <IpAddr as __nl::Field<__nl::Native>>::emit_item(__item, 1, __LIMITS[0], __w)
                }
                Self::Len(__item) => {
                    <u8 as __nl::Field<__nl::Native>>::emit_item(__item, 2, __LIMITS[1], __w)
                }
                Self::Other(__attr) => __w.copy(*__attr),
            }
        }
    }
    #[automatically_derived]
    impl<'a> __nl::Parse<'a> for PrefixAttr<'a> {
        #[inline]
        fn parse(__attr: __nl::Attr<'a>) -> ::core::result::Result<Self, __nl::Error> {
            ::core::result::Result::Ok(match __attr.ty().get() {
                1 => Self::Addr(<IpAddr as __nl::ParseField<'a, __nl::Native>>::parse_item(__attr)?),
                2 => Self::Len(<u8 as __nl::ParseField<'a, __nl::Native>>::parse_item(__attr)?),
                _ => Self::Other(__attr),
            })
        }
    }
};
