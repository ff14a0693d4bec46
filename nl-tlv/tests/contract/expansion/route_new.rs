// Written by `WRITE_EXPANSION=1 cargo test -p nl-tlv-derive`, and rustfmt.

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
#[derive(::core::clone::Clone, ::core::fmt::Debug)]
#[non_exhaustive]
pub enum RouteNewAttr<'a> {
    /// Name of the table.
    Table(<&'a str as ::nl_tlv::__private::Field<::nl_tlv::__private::Native>>::Item),
    /// Destination.
    Dst(<Prefix as ::nl_tlv::__private::Field<::nl_tlv::__private::Native>>::Item),
    /// Next hops.
    Nexthop(<Repeat<'a, NextHop<'a>> as ::nl_tlv::__private::Field<::nl_tlv::__private::Native>>::Item),
    /// Metric.
    Metric(<Option<u32> as ::nl_tlv::__private::Field<::nl_tlv::__private::Native>>::Item),
    /// An attribute of another type.
    Other(::nl_tlv::__private::Attr<'a>),
}
#[allow(unused_qualifications)]
const _: () = {
    use ::nl_tlv::__private as __nl;
    const __LIMITS: [&__nl::Limits; 4] = [
        &__nl::Limits {
            min_len: ::core::option::Option::Some(1),
            max_len: ::core::option::Option::Some(31),
            ..__nl::Limits::NONE
        },
        &__nl::Limits::NONE,
        &__nl::Limits::NONE,
        &__nl::Limits::NONE,
    ];
    const _: () = ::core::assert!(
        __nl::has_len(<&'static str as __nl::Field<__nl::Native>>::TYPE),
        "this limits strings and bytes of any length, and the field is neither"
    );
    const _: () = ::core::assert!(
        __nl::has_len(<&'static str as __nl::Field<__nl::Native>>::TYPE),
        "this limits strings and bytes of any length, and the field is neither"
    );
    #[automatically_derived]
    impl<'a> __nl::NlMessage for RouteNew<'a> {
        const SCHEMAS: &'static [&'static __nl::MessageSchema] = &[&__nl::MessageSchema {
            name: "RouteNew",
            doc: "A route.",
            id: __nl::MessageId::Type(__nl::MessageType(25)),
            c_name: ::core::option::Option::None,
            header: ::core::option::Option::None,
            contents: __nl::Contents::Attrs(<RouteNewAttr<'a> as __nl::NlAttrs>::SCHEMA),
        }];
        #[inline]
        fn emit_into(
            &self,
            __w: &mut __nl::Writer<'_>,
            __header: __nl::Header,
        ) -> ::core::result::Result<(), __nl::Error> {
            __nl::emit_contents::<Self>(__w, __header, |__w| {
                <&'a str as __nl::Field<__nl::Native>>::emit_field(&self.table, 1, __LIMITS[0], __w)?;
                <Prefix as __nl::Field<__nl::Native>>::emit_field(&self.dst, 2, __LIMITS[1], __w)?;
                <Repeat<'a, NextHop<'a>> as __nl::Field<__nl::Native>>::emit_field(
                    &self.nexthop,
                    3,
                    __LIMITS[2],
                    __w,
                )?;
                <Option<u32> as __nl::Field<__nl::Native>>::emit_field(&self.metric, 4, __LIMITS[3], __w)?;
                __nl::Rest::emit(&self.rest, __w)?;
                ::core::result::Result::Ok(())
            })
        }
    }
    #[automatically_derived]
    impl<'a> __nl::ParseMessage<'a> for RouteNew<'a> {
        type Attr = RouteNewAttr<'a>;
        #[inline]
        fn parse_in(
            __message: &__nl::Message<'a>,
            __family: ::core::option::Option<__nl::MessageType>,
        ) -> ::core::result::Result<Self, __nl::Error> {
            let (__payload, _) = __nl::contents(__message, __family, <Self as __nl::NlMessage>::SCHEMAS)?;
            let __attrs = __payload.attrs();
            let mut __slot0 = <&'a str as __nl::ParseField<'a, __nl::Native>>::EMPTY;
            let mut __slot1 = <Prefix as __nl::ParseField<'a, __nl::Native>>::EMPTY;
            let mut __slot2 = <Repeat<'a, NextHop<'a>> as __nl::ParseField<'a, __nl::Native>>::EMPTY;
            let mut __slot3 = <Option<u32> as __nl::ParseField<'a, __nl::Native>>::EMPTY;
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
                    1 => {
                        <&'a str as __nl::ParseField<'a, __nl::Native>>::store(&mut __slot0, __attr, __from)?
                    }
                    2 => <Prefix as __nl::ParseField<'a, __nl::Native>>::store(&mut __slot1, __attr, __from)?,
                    3 => <Repeat<'a, NextHop<'a>> as __nl::ParseField<'a, __nl::Native>>::store(
                        &mut __slot2,
                        __attr,
                        __from,
                    )?,
                    4 => <Option<u32> as __nl::ParseField<'a, __nl::Native>>::store(
                        &mut __slot3,
                        __attr,
                        __from,
                    )?,
                    _ => {}
                }
            }
            ::core::result::Result::Ok(Self {
                table: <&'a str as __nl::ParseField<'a, __nl::Native>>::finish(__slot0, 1, __attrs)?,
                dst: <Prefix as __nl::ParseField<'a, __nl::Native>>::finish(__slot1, 2, __attrs)?,
                nexthop: <Repeat<'a, NextHop<'a>> as __nl::ParseField<'a, __nl::Native>>::finish(
                    __slot2, 3, __attrs,
                )?,
                metric: <Option<u32> as __nl::ParseField<'a, __nl::Native>>::finish(__slot3, 4, __attrs)?,
                rest: __nl::Rest::of(__attrs, &[1, 2, 3, 4]),
            })
        }
    }
    #[automatically_derived]
    impl<'a> __nl::NlAttrs for RouteNewAttr<'a> {
        const SCHEMA: &'static __nl::AttrSet = &__nl::AttrSet {
            name: "RouteNew",
            doc: "A route.",
            attrs: &[
                __nl::AttrSchema {
                    ty: 1,
                    name: "table",
                    doc: "Name of the table.",
                    value: <&'a str as __nl::Field<__nl::Native>>::TYPE,
                    presence: <&'a str as __nl::Field<__nl::Native>>::PRESENCE,
                    limits: *__LIMITS[0],
                },
                __nl::AttrSchema {
                    ty: 2,
                    name: "dst",
                    doc: "Destination.",
                    value: <Prefix as __nl::Field<__nl::Native>>::TYPE,
                    presence: <Prefix as __nl::Field<__nl::Native>>::PRESENCE,
                    limits: *__LIMITS[1],
                },
                __nl::AttrSchema {
                    ty: 3,
                    name: "nexthop",
                    doc: "Next hops.",
                    value: <Repeat<'a, NextHop<'a>> as __nl::Field<__nl::Native>>::TYPE,
                    presence: <Repeat<'a, NextHop<'a>> as __nl::Field<__nl::Native>>::PRESENCE,
                    limits: *__LIMITS[2],
                },
                __nl::AttrSchema {
                    ty: 4,
                    name: "metric",
                    doc: "Metric.",
                    value: <Option<u32> as __nl::Field<__nl::Native>>::TYPE,
                    presence: <Option<u32> as __nl::Field<__nl::Native>>::PRESENCE,
                    limits: *__LIMITS[3],
                },
            ],
            c_prefix: ::core::option::Option::None,
            part_of: ::core::option::Option::None,
            strict_start_type: ::core::option::Option::None,
        };
        #[inline]
        fn emit_attrs(&self, __w: &mut __nl::AttrWriter<'_>) -> ::core::result::Result<(), __nl::Error> {
            match self {
                Self::Table(__item) => {
                    <&'a str as __nl::Field<__nl::Native>>::emit_item(__item, 1, __LIMITS[0], __w)
                }
                Self::Dst(__item) => {
                    <Prefix as __nl::Field<__nl::Native>>::emit_item(__item, 2, __LIMITS[1], __w)
                }
                Self::Nexthop(__item) => <Repeat<'a, NextHop<'a>> as __nl::Field<__nl::Native>>::emit_item(
                    __item,
                    3,
                    __LIMITS[2],
                    __w,
                ),
                Self::Metric(__item) => {
                    <Option<u32> as __nl::Field<__nl::Native>>::emit_item(__item, 4, __LIMITS[3], __w)
                }
                Self::Other(__attr) => __w.copy(*__attr),
            }
        }
    }
    #[automatically_derived]
    impl<'a> __nl::Parse<'a> for RouteNewAttr<'a> {
        #[inline]
        fn parse(__attr: __nl::Attr<'a>) -> ::core::result::Result<Self, __nl::Error> {
            ::core::result::Result::Ok(match __attr.ty().get() {
                1 => Self::Table(<&'a str as __nl::ParseField<'a, __nl::Native>>::parse_item(__attr)?),
                2 => Self::Dst(<Prefix as __nl::ParseField<'a, __nl::Native>>::parse_item(__attr)?),
                3 => Self::Nexthop(
                    <Repeat<'a, NextHop<'a>> as __nl::ParseField<'a, __nl::Native>>::parse_item(__attr)?,
                ),
                4 => Self::Metric(<Option<u32> as __nl::ParseField<'a, __nl::Native>>::parse_item(__attr)?),
                _ => Self::Other(__attr),
            })
        }
    }
};
