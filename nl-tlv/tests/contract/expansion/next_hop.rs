// Written by `WRITE_EXPANSION=1 cargo test -p nl-tlv-derive`.

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
#[non_exhaustive]
pub enum NextHopAttr<'a> {
    /// Gateway.
    Gateway(IpAddr),
    /// Output interface.
    Oif(&'a str),
    /// Weight.
    Weight(u8),
    /// An attribute of another type.
    Other(::nl_tlv::__private::Attr<'a>),
}
const _: () = {
    use ::nl_tlv::__private as __nl;
    const __LIMITS1: &__nl::Limits = &__nl::Limits::NONE.min_len(1).max_len(31);
    const __LIMITS2: &__nl::Limits = &__nl::Limits::NONE.min(1);
    static A_SET_THAT_CONTAINS_ITSELF_NEEDS_THE_KEY_RECURSIVE: __nl::AttrSet = __nl::AttrSet::new(
        "NextHop",
        "A next hop.",
        &[
            <Option<IpAddr> as __nl::Field<'_>>::SCHEMA.named(1, "gateway", "Gateway."),
            <Option<&'static str> as __nl::Field<'_>>::SCHEMA
                .named(2, "oif", "Output interface.")
                .within(__LIMITS1),
            <Option<u8> as __nl::Field<'_>>::SCHEMA.named(3, "weight", "Weight.").within(__LIMITS2),
        ],
    );
    #[automatically_derived]
    impl<'a> __nl::NlAttrs for NextHop<'a> {
        const SCHEMA: &'static __nl::AttrSet = &A_SET_THAT_CONTAINS_ITSELF_NEEDS_THE_KEY_RECURSIVE;
        #[inline]
        fn emit_attrs(&self, __w: &mut __nl::AttrWriter<'_>) -> __nl::Result<()> {
            <Option<IpAddr> as __nl::Field<'_>>::emit(&self.gateway, 1, __nl::FREE, __w)?;
            <Option<&'a str> as __nl::Field<'_>>::emit(&self.oif, 2, __LIMITS1, __w)?;
            <Option<u8> as __nl::Field<'_>>::emit(&self.weight, 3, __LIMITS2, __w)?;
            __nl::Ok(())
        }
    }
    #[automatically_derived]
    impl<'a> __nl::ParseAttrs<'a> for NextHop<'a> {
        type Attr = NextHopAttr<'a>;
        #[inline(always)]
        fn parse_attrs(__attrs: __nl::Attrs<'a>) -> __nl::Result<Self> {
            let mut __slot0 = __nl::None;
            let mut __slot1 = __nl::None;
            let mut __slot2 = __nl::None;
            let mut __walk = __nl::Walk::new(__attrs);
            while let __nl::Some(__attr) = { __walk.attr()? } {
                match __attr.ty().get() {
                    1 => <Option<IpAddr> as __nl::Field<'_>>::store(&mut __slot0, __attr, &mut __walk)?,
                    2 => <Option<&'a str> as __nl::Field<'_>>::store(&mut __slot1, __attr, &mut __walk)?,
                    3 => <Option<u8> as __nl::Field<'_>>::store(&mut __slot2, __attr, &mut __walk)?,
                    _ => {}
                }
                if !__walk.step() {
                    break;
                }
            }
            __nl::Ok(Self { gateway: __slot0, oif: __slot1, weight: __slot2 })
        }
    }
    #[automatically_derived]
    impl<'a> __nl::Parse<'a> for NextHop<'a> {
        #[inline(always)]
        fn parse(__attr: __nl::Attr<'a>) -> __nl::Result<Self> {
            <Self as __nl::ParseAttrs<'a>>::parse_attrs(__attr.nested())
        }
    }
    #[automatically_derived]
    impl<'a> __nl::Emit for NextHop<'a> {
        const TYPE: __nl::ValueType = __nl::nest::<Self>(&A_SET_THAT_CONTAINS_ITSELF_NEEDS_THE_KEY_RECURSIVE);
        const NLA_FLAGS: ::core::primitive::u16 = __nl::AttrType::NESTED_FLAG;
        #[inline]
        fn emit_payload(&self, __w: &mut __nl::AttrWriter<'_>) -> __nl::Result<()> {
            <Self as __nl::NlAttrs>::emit_attrs(self, __w)
        }
    }
    #[automatically_derived]
    impl<'a> ::core::clone::Clone for NextHopAttr<'a> {
        #[inline]
        fn clone(&self) -> Self {
            match self {
                Self::Gateway(__item) => Self::Gateway(::core::clone::Clone::clone(__item)),
                Self::Oif(__item) => Self::Oif(::core::clone::Clone::clone(__item)),
                Self::Weight(__item) => Self::Weight(::core::clone::Clone::clone(__item)),
                Self::Other(__attr) => Self::Other(*__attr),
            }
        }
    }
    #[automatically_derived]
    impl<'a> ::core::fmt::Debug for NextHopAttr<'a> {
        #[inline]
        fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            let (__name, __item): (&::core::primitive::str, &dyn ::core::fmt::Debug) = match self {
                Self::Gateway(__item) => ("Gateway", __item),
                Self::Oif(__item) => ("Oif", __item),
                Self::Weight(__item) => ("Weight", __item),
                Self::Other(__attr) => ("Other", __attr),
            };
            ::core::fmt::Formatter::debug_tuple(__f, __name).field(__item).finish()
        }
    }
    #[automatically_derived]
    impl<'a> __nl::NlAttrs for NextHopAttr<'a> {
        const SCHEMA: &'static __nl::AttrSet = <NextHop<'a> as __nl::NlAttrs>::SCHEMA;
        #[inline]
        fn emit_attrs(&self, __w: &mut __nl::AttrWriter<'_>) -> __nl::Result<()> {
            match self {
                Self::Gateway(__item) => <IpAddr as __nl::Field<'_>>::emit(__item, 1, __nl::FREE, __w),
                Self::Oif(__item) => <&'a str as __nl::Field<'_>>::emit(__item, 2, __LIMITS1, __w),
                Self::Weight(__item) => <u8 as __nl::Field<'_>>::emit(__item, 3, __LIMITS2, __w),
                Self::Other(__attr) => __w.copy(*__attr),
            }
        }
    }
    #[automatically_derived]
    impl<'a> __nl::Parse<'a> for NextHopAttr<'a> {
        #[inline]
        fn parse(__attr: __nl::Attr<'a>) -> __nl::Result<Self> {
            __nl::Ok(match __attr.ty().get() {
                1 => Self::Gateway(<IpAddr as __nl::Field<'_>>::one(__attr)?),
                2 => Self::Oif(<&'a str as __nl::Field<'_>>::one(__attr)?),
                3 => Self::Weight(<u8 as __nl::Field<'_>>::one(__attr)?),
                _ => Self::Other(__attr),
            })
        }
    }
};
