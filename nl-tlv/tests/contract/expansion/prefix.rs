// Written by `WRITE_EXPANSION=1 cargo test -p nl-tlv-derive`.

/// A prefix.
#[derive(Debug, Clone, PartialEq)]
pub struct Prefix {
    /// Network address.
    pub addr: IpAddr,
    /// Prefix length in bits.
    pub len: u8,
}
/// One attribute of [`Prefix`].
#[non_exhaustive]
pub enum PrefixAttr<'a> {
    /// Network address.
    Addr(IpAddr),
    /// Prefix length in bits.
    Len(u8),
    /// An attribute of another type.
    Other(::nl_tlv::__private::Attr<'a>),
}
const _: () = {
    use ::nl_tlv::__private as __nl;
    const __LIMITS1: &__nl::Limits = &__nl::Limits::NONE.max(128);
    static A_SET_THAT_CONTAINS_ITSELF_NEEDS_THE_KEY_RECURSIVE: __nl::AttrSet = __nl::AttrSet::new(
        "Prefix",
        "A prefix.",
        &[
            <IpAddr as __nl::Field<'_>>::SCHEMA.named(1, "addr", "Network address."),
            <u8 as __nl::Field<'_>>::SCHEMA.named(2, "len", "Prefix length in bits.").within(__LIMITS1),
        ],
    );
    #[automatically_derived]
    impl __nl::NlAttrs for Prefix {
        const SCHEMA: &'static __nl::AttrSet = &A_SET_THAT_CONTAINS_ITSELF_NEEDS_THE_KEY_RECURSIVE;
        #[inline]
        fn emit_attrs(&self, __w: &mut __nl::AttrWriter<'_>) -> __nl::Result<()> {
            <IpAddr as __nl::Field<'_>>::emit(&self.addr, 1, __nl::FREE, __w)?;
            <u8 as __nl::Field<'_>>::emit(&self.len, 2, __LIMITS1, __w)?;
            __nl::Ok(())
        }
    }
    #[automatically_derived]
    impl<'a> __nl::ParseAttrs<'a> for Prefix {
        type Attr = PrefixAttr<'a>;
        #[inline(always)]
        fn parse_attrs(__attrs: __nl::Attrs<'a>) -> __nl::Result<Self> {
            let mut __slot0 = <IpAddr as __nl::Field<'_>>::EMPTY;
            let mut __slot1 = <u8 as __nl::Field<'_>>::EMPTY;
            let mut __walk = __nl::Walk::new(__attrs);
            while let __nl::Some(__attr) = { __walk.attr()? } {
                match __attr.ty().get() {
                    1 => <IpAddr as __nl::Field<'_>>::store(&mut __slot0, __attr, &mut __walk)?,
                    2 => <u8 as __nl::Field<'_>>::store(&mut __slot1, __attr, &mut __walk)?,
                    _ => {}
                }
                if !__walk.step() {
                    break;
                }
            }
            let __slot0 = <IpAddr as __nl::Field<'_>>::finish(__slot0, 1, __attrs)?;
            let __slot1 = <u8 as __nl::Field<'_>>::finish(__slot1, 2, __attrs)?;
            __nl::Ok(Self { addr: __slot0, len: __slot1 })
        }
    }
    #[automatically_derived]
    impl<'a> __nl::Parse<'a> for Prefix {
        #[inline(always)]
        fn parse(__attr: __nl::Attr<'a>) -> __nl::Result<Self> {
            <Self as __nl::ParseAttrs<'a>>::parse_attrs(__attr.nested())
        }
    }
    #[automatically_derived]
    impl __nl::Emit for Prefix {
        const TYPE: __nl::ValueType = __nl::nest::<Self>(&A_SET_THAT_CONTAINS_ITSELF_NEEDS_THE_KEY_RECURSIVE);
        const NLA_FLAGS: ::core::primitive::u16 = __nl::AttrType::NESTED_FLAG;
        #[inline]
        fn emit_payload(&self, __w: &mut __nl::AttrWriter<'_>) -> __nl::Result<()> {
            <Self as __nl::NlAttrs>::emit_attrs(self, __w)
        }
    }
    #[automatically_derived]
    impl<'a> ::core::clone::Clone for PrefixAttr<'a> {
        #[inline]
        fn clone(&self) -> Self {
            match self {
                Self::Addr(__item) => Self::Addr(::core::clone::Clone::clone(__item)),
                Self::Len(__item) => Self::Len(::core::clone::Clone::clone(__item)),
                Self::Other(__attr) => Self::Other(*__attr),
            }
        }
    }
    #[automatically_derived]
    impl<'a> ::core::fmt::Debug for PrefixAttr<'a> {
        #[inline]
        fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            let (__name, __item): (&::core::primitive::str, &dyn ::core::fmt::Debug) = match self {
                Self::Addr(__item) => ("Addr", __item),
                Self::Len(__item) => ("Len", __item),
                Self::Other(__attr) => ("Other", __attr),
            };
            ::core::fmt::Formatter::debug_tuple(__f, __name).field(__item).finish()
        }
    }
    #[automatically_derived]
    impl<'a> __nl::NlAttrs for PrefixAttr<'a> {
        const SCHEMA: &'static __nl::AttrSet = <Prefix as __nl::NlAttrs>::SCHEMA;
        #[inline]
        fn emit_attrs(&self, __w: &mut __nl::AttrWriter<'_>) -> __nl::Result<()> {
            match self {
                Self::Addr(__item) => <IpAddr as __nl::Field<'_>>::emit(__item, 1, __nl::FREE, __w),
                Self::Len(__item) => <u8 as __nl::Field<'_>>::emit(__item, 2, __LIMITS1, __w),
                Self::Other(__attr) => __w.copy(*__attr),
            }
        }
    }
    #[automatically_derived]
    impl<'a> __nl::Parse<'a> for PrefixAttr<'a> {
        #[inline]
        fn parse(__attr: __nl::Attr<'a>) -> __nl::Result<Self> {
            __nl::Ok(match __attr.ty().get() {
                1 => Self::Addr(<IpAddr as __nl::Field<'_>>::one(__attr)?),
                2 => Self::Len(<u8 as __nl::Field<'_>>::one(__attr)?),
                _ => Self::Other(__attr),
            })
        }
    }
};
