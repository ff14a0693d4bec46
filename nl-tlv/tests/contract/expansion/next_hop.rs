// Written by `WRITE_EXPANSION=1 cargo test -p nl-tlv-derive`, and rustfmt.

/// A next hop.
#[derive(Debug, Clone, PartialEq)]
pub struct NextHop<'a> {
    /// Gateway.
    pub gateway: Option<IpAddr>,
    /// Output interface.
    pub oif: Option<&'a str>,
    /// Weight.
    pub weight: Option<u8>,
}
/// One attribute of [`NextHop`].
#[derive(::core::clone::Clone, ::core::fmt::Debug)]
#[non_exhaustive]
pub enum NextHopAttr<'a> {
    /// Gateway.
    Gateway(<Option<IpAddr> as ::nl_tlv::__private::Field<::nl_tlv::__private::Native>>::Item),
    /// Output interface.
    Oif(<Option<&'a str> as ::nl_tlv::__private::Field<::nl_tlv::__private::Native>>::Item),
    /// Weight.
    Weight(<Option<u8> as ::nl_tlv::__private::Field<::nl_tlv::__private::Native>>::Item),
    /// An attribute of another type.
    Other(::nl_tlv::__private::Attr<'a>),
}
#[allow(unused_qualifications)]
const _: () = {
    use ::nl_tlv::__private as __nl;
    const __LIMITS: [&__nl::Limits; 3] = [
        &__nl::Limits::NONE,
        &__nl::Limits {
            min_len: ::core::option::Option::Some(1),
            max_len: ::core::option::Option::Some(31),
            ..__nl::Limits::NONE
        },
        &__nl::Limits { min: ::core::option::Option::Some(1), ..__nl::Limits::NONE },
    ];
    const _: () = ::core::assert!(
        __nl::has_len(<Option<&'static str> as __nl::Field<__nl::Native>>::TYPE),
        "this limits strings and bytes of any length, and the field is neither"
    );
    const _: () = ::core::assert!(
        __nl::has_len(<Option<&'static str> as __nl::Field<__nl::Native>>::TYPE),
        "this limits strings and bytes of any length, and the field is neither"
    );
    const _: () = ::core::assert!(
        __nl::is_integer(<Option<u8> as __nl::Field<__nl::Native>>::TYPE),
        "this limits integers, and the field is none"
    );
    #[automatically_derived]
    impl<'a> __nl::NlAttrs for NextHop<'a> {
        const SCHEMA: &'static __nl::AttrSet = &__nl::AttrSet {
            name: "NextHop",
            doc: "A next hop.",
            attrs: &[
                __nl::AttrSchema {
                    ty: 1,
                    name: "gateway",
                    doc: "Gateway.",
                    value: <Option<IpAddr> as __nl::Field<__nl::Native>>::TYPE,
                    presence: <Option<IpAddr> as __nl::Field<__nl::Native>>::PRESENCE,
                    limits: *__LIMITS[0],
                },
                __nl::AttrSchema {
                    ty: 2,
                    name: "oif",
                    doc: "Output interface.",
                    value: <Option<&'a str> as __nl::Field<__nl::Native>>::TYPE,
                    presence: <Option<&'a str> as __nl::Field<__nl::Native>>::PRESENCE,
                    limits: *__LIMITS[1],
                },
                __nl::AttrSchema {
                    ty: 3,
                    name: "weight",
                    doc: "Weight.",
                    value: <Option<u8> as __nl::Field<__nl::Native>>::TYPE,
                    presence: <Option<u8> as __nl::Field<__nl::Native>>::PRESENCE,
                    limits: *__LIMITS[2],
                },
            ],
            c_prefix: ::core::option::Option::None,
            part_of: ::core::option::Option::None,
            strict_start_type: ::core::option::Option::None,
        };
        #[inline]
        fn emit_attrs(&self, __w: &mut __nl::AttrWriter<'_>) -> ::core::result::Result<(), __nl::Error> {
            <Option<IpAddr> as __nl::Field<__nl::Native>>::emit_field(&self.gateway, 1, __LIMITS[0], __w)?;
            <Option<&'a str> as __nl::Field<__nl::Native>>::emit_field(&self.oif, 2, __LIMITS[1], __w)?;
            <Option<u8> as __nl::Field<__nl::Native>>::emit_field(&self.weight, 3, __LIMITS[2], __w)?;
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl<'a> __nl::ParseAttrs<'a> for NextHop<'a> {
        type Attr = NextHopAttr<'a>;
        #[inline(always)]
        fn parse_attrs(__attrs: __nl::Attrs<'a>) -> ::core::result::Result<Self, __nl::Error> {
            let mut __slot0 = <Option<IpAddr> as __nl::ParseField<'a, __nl::Native>>::EMPTY;
            let mut __slot1 = <Option<&'a str> as __nl::ParseField<'a, __nl::Native>>::EMPTY;
            let mut __slot2 = <Option<u8> as __nl::ParseField<'a, __nl::Native>>::EMPTY;
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
                    1 => <Option<IpAddr> as __nl::ParseField<'a, __nl::Native>>::store(
                        &mut __slot0,
                        __attr,
                        __from,
                    )?,
                    2 => <Option<&'a str> as __nl::ParseField<'a, __nl::Native>>::store(
                        &mut __slot1,
                        __attr,
                        __from,
                    )?,
                    3 => <Option<u8> as __nl::ParseField<'a, __nl::Native>>::store(
                        &mut __slot2,
                        __attr,
                        __from,
                    )?,
                    _ => {}
                }
            }
            ::core::result::Result::Ok(Self {
                gateway: <Option<IpAddr> as __nl::ParseField<'a, __nl::Native>>::finish(__slot0, 1, __attrs)?,
                oif: <Option<&'a str> as __nl::ParseField<'a, __nl::Native>>::finish(__slot1, 2, __attrs)?,
                weight: <Option<u8> as __nl::ParseField<'a, __nl::Native>>::finish(__slot2, 3, __attrs)?,
            })
        }
    }
    #[inline]
    fn __fill<'a>(
        __out: &mut NextHop<'a>,
        __attrs: __nl::Attrs<'a>,
    ) -> ::core::result::Result<(), __nl::Error> {
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
                1 => <Option<IpAddr> as __nl::ParseField<'a, __nl::Native>>::store(
                    &mut __out.gateway,
                    __attr,
                    __from,
                )?,
                2 => <Option<&'a str> as __nl::ParseField<'a, __nl::Native>>::store(
                    &mut __out.oif,
                    __attr,
                    __from,
                )?,
                3 => <Option<u8> as __nl::ParseField<'a, __nl::Native>>::store(
                    &mut __out.weight,
                    __attr,
                    __from,
                )?,
                _ => {}
            }
        }
        ::core::result::Result::Ok(())
    }
    #[automatically_derived]
    impl<'a> __nl::Parse<'a> for NextHop<'a> {
        #[inline(always)]
        fn parse(__attr: __nl::Attr<'a>) -> ::core::result::Result<Self, __nl::Error> {
            <Self as __nl::ParseAttrs<'a>>::parse_attrs(__attr.nested())
        }
        #[inline]
        fn parse_into(
            __attr: __nl::Attr<'a>,
            __place: &mut ::core::option::Option<Self>,
        ) -> ::core::result::Result<(), __nl::Error> {
            let __attrs = __attr.nested();
            __fill(
                ::core::option::Option::insert(
                    __place,
                    Self {
                        gateway: ::core::option::Option::None,
                        oif: ::core::option::Option::None,
                        weight: ::core::option::Option::None,
                    },
                ),
                __attrs,
            )
        }
    }
    #[automatically_derived]
    impl<'a> __nl::Emit for NextHop<'a> {
        const NLA_FLAGS: ::core::primitive::u16 = __nl::AttrType::NESTED_FLAG;
        #[inline]
        fn emit_payload(&self, __w: &mut __nl::AttrWriter<'_>) -> ::core::result::Result<(), __nl::Error> {
            <Self as __nl::NlAttrs>::emit_attrs(self, __w)
        }
    }
    #[automatically_derived]
    impl<'a> __nl::Describe for NextHop<'a> {
        const TYPE: __nl::ValueType =
            __nl::ValueType::Nested(__nl::SetRef::new(&|| <Self as __nl::NlAttrs>::SCHEMA));
    }
    #[automatically_derived]
    impl<'a> __nl::NlAttrs for NextHopAttr<'a> {
        const SCHEMA: &'static __nl::AttrSet = <NextHop<'a> as __nl::NlAttrs>::SCHEMA;
        #[inline]
        fn emit_attrs(&self, __w: &mut __nl::AttrWriter<'_>) -> ::core::result::Result<(), __nl::Error> {
            match self {
                Self::Gateway(__item) => {
                    <Option<IpAddr> as __nl::Field<__nl::Native>>::emit_item(__item, 1, __LIMITS[0], __w)
                }
                Self::Oif(__item) => {
                    <Option<&'a str> as __nl::Field<__nl::Native>>::emit_item(__item, 2, __LIMITS[1], __w)
                }
                Self::Weight(__item) => {
                    <Option<u8> as __nl::Field<__nl::Native>>::emit_item(__item, 3, __LIMITS[2], __w)
                }
                Self::Other(__attr) => __w.copy(*__attr),
            }
        }
    }
    #[automatically_derived]
    impl<'a> __nl::Parse<'a> for NextHopAttr<'a> {
        #[inline]
        fn parse(__attr: __nl::Attr<'a>) -> ::core::result::Result<Self, __nl::Error> {
            ::core::result::Result::Ok(match __attr.ty().get() {
                1 => {
                    Self::Gateway(<Option<IpAddr> as __nl::ParseField<'a, __nl::Native>>::parse_item(__attr)?)
                }
                2 => Self::Oif(<Option<&'a str> as __nl::ParseField<'a, __nl::Native>>::parse_item(__attr)?),
                3 => Self::Weight(<Option<u8> as __nl::ParseField<'a, __nl::Native>>::parse_item(__attr)?),
                _ => Self::Other(__attr),
            })
        }
    }
};
