// Written by `WRITE_EXPANSION=1 cargo test -p nl-tlv-derive`.

/// A route.
#[derive(Debug, Clone, PartialEq)]
pub struct RouteNew<'a> {
    /// Name of the table.
    pub table: &'a str,
    /// Destination.
    pub dst: Prefix,
    /// Next hops.
    pub nexthop: Repeat<'a, NextHop<'a>>,
    /// Metric.
    pub metric: Option<u32>,
    /// All else.
    pub rest: Rest<'a>,
}
/// One attribute of [`RouteNew`].
#[non_exhaustive]
pub enum RouteNewAttr<'a> {
    /// Name of the table.
    Table(&'a str),
    /// Destination.
    Dst(Prefix),
    /// Next hops.
    Nexthop(NextHop<'a>),
    /// Metric.
    Metric(u32),
    /// An attribute of another type.
    Other(::nl_tlv::__private::Attr<'a>),
}
const _: () = {
    use ::nl_tlv::__private as __nl;
    const __LIMITS0: &__nl::Limits = &__nl::Limits::NONE.min_len(1).max_len(31);
    const __CLAIMED: &&[::core::primitive::u16] = &[1, 2, 3, 4].as_slice();
    #[automatically_derived]
    impl<'a> __nl::NlMessage for RouteNew<'a> {
        const SCHEMAS: &'static [&'static __nl::MessageSchema] = &[&__nl::MessageSchema::new(
            "RouteNew",
            "A route.",
            __nl::MessageId::Type(__nl::MessageType(25)),
            <RouteNewAttr<'a> as __nl::NlAttrs>::SCHEMA,
        )];
        #[inline]
        fn emit_into(&self, __w: &mut __nl::Writer<'_>, __header: __nl::Header) -> __nl::Result<()> {
            __nl::emit_contents::<Self>(__w, __header, |__w| {
                <&'a str as __nl::Field<'_>>::emit(&self.table, 1, __LIMITS0, __w)?;
                <Prefix as __nl::Field<'_>>::emit(&self.dst, 2, __nl::FREE, __w)?;
                <Repeat<'a, NextHop<'a>> as __nl::Field<'_>>::emit(&self.nexthop, 3, __nl::FREE, __w)?;
                <Option<u32> as __nl::Field<'_>>::emit(&self.metric, 4, __nl::FREE, __w)?;
                <Rest<'a> as __nl::RestField<'_>>::emit(&self.rest, __CLAIMED, __w)?;
                __nl::Ok(())
            })
        }
    }
    #[automatically_derived]
    impl<'a> __nl::ParseMessage<'a> for RouteNew<'a> {
        type Attr = RouteNewAttr<'a>;
        #[inline(always)]
        fn parse_in(
            __message: &__nl::Message<'a>,
            __family: __nl::Option<__nl::MessageType>,
        ) -> __nl::Result<Self> {
            let __payload = __nl::payload::<Self>(__message, __family)?;
            let __attrs = __payload.attrs();
            let mut __slot0 = <&'a str as __nl::Field<'_>>::EMPTY;
            let mut __slot1 = <Prefix as __nl::Field<'_>>::EMPTY;
            let mut __slot2 = <Repeat<'a, NextHop<'a>> as __nl::Field<'_>>::EMPTY;
            let mut __slot3 = __nl::None;
            let mut __walk = __nl::Walk::new(__attrs);
            while let __nl::Some(__attr) = { __walk.attr()? } {
                match __attr.ty().get() {
                    1 => <&'a str as __nl::Field<'_>>::store(&mut __slot0, __attr, &mut __walk)?,
                    2 => <Prefix as __nl::Field<'_>>::store(&mut __slot1, __attr, &mut __walk)?,
                    3 => <Repeat<'a, NextHop<'a>> as __nl::Field<'_>>::store(
                        &mut __slot2,
                        __attr,
                        &mut __walk,
                    )?,
                    4 => <Option<u32> as __nl::Field<'_>>::store(&mut __slot3, __attr, &mut __walk)?,
                    _ => {}
                }
                if !__walk.step() {
                    break;
                }
            }
            let __slot0 = <&'a str as __nl::Field<'_>>::finish(__slot0, 1, __attrs)?;
            let __slot1 = <Prefix as __nl::Field<'_>>::finish(__slot1, 2, __attrs)?;
            let __slot2 = <Repeat<'a, NextHop<'a>> as __nl::Field<'_>>::finish(__slot2, 3, __attrs)?;
            __nl::Ok(Self {
                table: __slot0,
                dst: __slot1,
                nexthop: __slot2,
                metric: __slot3,
                rest: <Rest<'a> as __nl::RestField<'_>>::of(__attrs, __CLAIMED),
            })
        }
    }
    static __SET: __nl::AttrSet = __nl::AttrSet::new(
        "RouteNew",
        "A route.",
        &[
            <&'static str as __nl::Field<'_>>::SCHEMA
                .named(1, "table", "Name of the table.")
                .within(__LIMITS0),
            <Prefix as __nl::Field<'_>>::SCHEMA.named(2, "dst", "Destination."),
            <Repeat<'static, NextHop<'static>> as __nl::Field<'_>>::SCHEMA.named(3, "nexthop", "Next hops."),
            <Option<u32> as __nl::Field<'_>>::SCHEMA.named(4, "metric", "Metric."),
        ],
    );
    #[automatically_derived]
    impl<'a> ::core::clone::Clone for RouteNewAttr<'a>
    where
        Prefix: for<'__x> ::core::clone::Clone,
        NextHop<'a>: for<'__x> ::core::clone::Clone,
    {
        #[inline]
        fn clone(&self) -> Self {
            match self {
                Self::Table(__item) => Self::Table(::core::clone::Clone::clone(__item)),
                Self::Dst(__item) => Self::Dst(::core::clone::Clone::clone(__item)),
                Self::Nexthop(__item) => Self::Nexthop(::core::clone::Clone::clone(__item)),
                Self::Metric(__item) => Self::Metric(::core::clone::Clone::clone(__item)),
                Self::Other(__attr) => Self::Other(*__attr),
            }
        }
    }
    #[automatically_derived]
    impl<'a> ::core::fmt::Debug for RouteNewAttr<'a>
    where
        Prefix: for<'__x> ::core::fmt::Debug,
        NextHop<'a>: for<'__x> ::core::fmt::Debug,
    {
        #[inline]
        fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            let (__name, __item): (&::core::primitive::str, &dyn ::core::fmt::Debug) = match self {
                Self::Table(__item) => ("Table", __item),
                Self::Dst(__item) => ("Dst", __item),
                Self::Nexthop(__item) => ("Nexthop", __item),
                Self::Metric(__item) => ("Metric", __item),
                Self::Other(__attr) => ("Other", __attr),
            };
            ::core::fmt::Formatter::debug_tuple(__f, __name).field(__item).finish()
        }
    }
    #[automatically_derived]
    impl<'a> __nl::NlAttrs for RouteNewAttr<'a> {
        const SCHEMA: &'static __nl::AttrSet = &__SET;
        #[inline]
        fn emit_attrs(&self, __w: &mut __nl::AttrWriter<'_>) -> __nl::Result<()> {
            match self {
                Self::Table(__item) => <&'a str as __nl::Field<'_>>::emit(__item, 1, __LIMITS0, __w),
                Self::Dst(__item) => <Prefix as __nl::Field<'_>>::emit(__item, 2, __nl::FREE, __w),
                Self::Nexthop(__item) => <NextHop<'a> as __nl::Field<'_>>::emit(__item, 3, __nl::FREE, __w),
                Self::Metric(__item) => <u32 as __nl::Field<'_>>::emit(__item, 4, __nl::FREE, __w),
                Self::Other(__attr) => __w.copy(*__attr),
            }
        }
    }
    #[automatically_derived]
    impl<'a> __nl::Parse<'a> for RouteNewAttr<'a> {
        #[inline]
        fn parse(__attr: __nl::Attr<'a>) -> __nl::Result<Self> {
            __nl::Ok(match __attr.ty().get() {
                1 => Self::Table(<&'a str as __nl::Field<'_>>::one(__attr)?),
                2 => Self::Dst(<Prefix as __nl::Field<'_>>::one(__attr)?),
                3 => Self::Nexthop(<NextHop<'a> as __nl::Field<'_>>::one(__attr)?),
                4 => Self::Metric(<u32 as __nl::Field<'_>>::one(__attr)?),
                _ => Self::Other(__attr),
            })
        }
    }
};
