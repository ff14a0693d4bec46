use core::net::IpAddr;
use nl_tlv::{Repeat, Rest};

/// A prefix.
#[derive(Debug, Clone, PartialEq)]
pub struct Prefix {
    /// Network address.
    pub addr: IpAddr,
    /// Prefix length in bits.
    pub len: u8,
}

/// One attribute of [`Prefix`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum PrefixAttr<'a> {
    /// Network address.
    Addr(<IpAddr as ::nl_tlv::__private::Field<'a, ::nl_tlv::__private::Native>>::Item),
    /// Prefix length in bits.
    Len(<u8 as ::nl_tlv::__private::Field<'a, ::nl_tlv::__private::Native>>::Item),
    /// An attribute of another type.
    Other(::nl_tlv::__private::Attr<'a>),
}

const _: () = {
    use ::nl_tlv::__private as nl;

    const LIMITS: [&nl::Limits; 2] =
        [&nl::Limits::NONE, &nl::Limits { max: ::core::option::Option::Some(128), ..nl::Limits::NONE }];

    #[automatically_derived]
    impl<'a> nl::NlAttrs<'a> for Prefix {
        type Attr = PrefixAttr<'a>;

        const SCHEMA: &'static nl::AttrSet = &nl::AttrSet {
            name: "Prefix",
            doc: "A prefix.",
            attrs: &[
                nl::AttrSchema {
                    ty: 1,
                    name: "addr",
                    doc: "Network address.",
                    value: <IpAddr as nl::Field<'a, nl::Native>>::TYPE,
                    presence: <IpAddr as nl::Field<'a, nl::Native>>::PRESENCE,
                    limits: *LIMITS[0],
                },
                nl::AttrSchema {
                    ty: 2,
                    name: "len",
                    doc: "Prefix length in bits.",
                    value: <u8 as nl::Field<'a, nl::Native>>::TYPE,
                    presence: <u8 as nl::Field<'a, nl::Native>>::PRESENCE,
                    limits: *LIMITS[1],
                },
            ],
            c_prefix: ::core::option::Option::None,
            part_of: ::core::option::Option::None,
        };

        #[inline]
        fn parse_attrs(__attrs: nl::Attrs<'a>) -> ::core::result::Result<Self, nl::Error> {
            let mut __0 = <IpAddr as nl::Field<'a, nl::Native>>::EMPTY;
            let mut __1 = <u8 as nl::Field<'a, nl::Native>>::EMPTY;
            let mut __iter = __attrs;
            loop {
                let __from = __iter;
                let __attr = match ::core::iter::Iterator::next(&mut __iter) {
                    ::core::option::Option::None => break,
                    ::core::option::Option::Some(::core::result::Result::Ok(attr)) => attr,
                    ::core::option::Option::Some(::core::result::Result::Err(err)) => {
                        return ::core::result::Result::Err(err);
                    }
                };
                match __attr.ty().get() {
                    1 => <IpAddr as nl::Field<'a, nl::Native>>::store(&mut __0, __attr, __from, LIMITS[0])?,
                    2 => <u8 as nl::Field<'a, nl::Native>>::store(&mut __1, __attr, __from, LIMITS[1])?,
                    _ => {}
                }
            }
            ::core::result::Result::Ok(Self {
                addr: <IpAddr as nl::Field<'a, nl::Native>>::finish(__0, 1, __attrs)?,
                len: <u8 as nl::Field<'a, nl::Native>>::finish(__1, 2, __attrs)?,
            })
        }

        #[inline]
        fn emit_attrs(&self, __w: &mut nl::AttrWriter<'_>) -> ::core::result::Result<(), nl::Error> {
            <IpAddr as nl::Field<'a, nl::Native>>::emit_field(&self.addr, 1, LIMITS[0], __w)?;
            <u8 as nl::Field<'a, nl::Native>>::emit_field(&self.len, 2, LIMITS[1], __w)?;
            ::core::result::Result::Ok(())
        }
    }

    #[automatically_derived]
    impl<'a> nl::Parse<'a> for Prefix {
        #[inline]
        fn parse(__attr: nl::Attr<'a>) -> ::core::result::Result<Self, nl::Error> {
            <Self as nl::NlAttrs<'a>>::parse_attrs(__attr.nested())
        }
    }

    #[automatically_derived]
    impl<'a> nl::Emit for Prefix {
        const NLA_FLAGS: u16 = nl::AttrType::NESTED_FLAG;

        #[inline]
        fn emit_payload(&self, __w: &mut nl::AttrWriter<'_>) -> ::core::result::Result<(), nl::Error> {
            <Self as nl::NlAttrs<'a>>::emit_attrs(self, __w)
        }
    }

    #[automatically_derived]
    impl<'a> nl::Describe for Prefix {
        const TYPE: nl::ValueType = nl::ValueType::Nested(|| <Self as nl::NlAttrs<'a>>::SCHEMA);
    }

    #[automatically_derived]
    impl<'a> nl::NlAttr<'a> for PrefixAttr<'a> {
        const SCHEMA: &'static nl::AttrSet = <Prefix as nl::NlAttrs<'a>>::SCHEMA;

        #[inline]
        fn parse_attr(__attr: nl::Attr<'a>) -> ::core::result::Result<Self, nl::Error> {
            ::core::result::Result::Ok(match __attr.ty().get() {
                1 => Self::Addr(<IpAddr as nl::Field<'a, nl::Native>>::parse_item(__attr, LIMITS[0])?),
                2 => Self::Len(<u8 as nl::Field<'a, nl::Native>>::parse_item(__attr, LIMITS[1])?),
                _ => Self::Other(__attr),
            })
        }

        #[inline]
        fn emit_attr(&self, __w: &mut nl::AttrWriter<'_>) -> ::core::result::Result<(), nl::Error> {
            match self {
                Self::Addr(item) => <IpAddr as nl::Field<'a, nl::Native>>::emit_item(item, 1, LIMITS[0], __w),
                Self::Len(item) => <u8 as nl::Field<'a, nl::Native>>::emit_item(item, 2, LIMITS[1], __w),
                Self::Other(attr) => __w.copy(*attr),
            }
        }
    }
};

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
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum NextHopAttr<'a> {
    /// Gateway.
    Gateway(<Option<IpAddr> as ::nl_tlv::__private::Field<'a, ::nl_tlv::__private::Native>>::Item),
    /// Output interface.
    Oif(<Option<&'a str> as ::nl_tlv::__private::Field<'a, ::nl_tlv::__private::Native>>::Item),
    /// Weight.
    Weight(<Option<u8> as ::nl_tlv::__private::Field<'a, ::nl_tlv::__private::Native>>::Item),
    /// An attribute of another type.
    Other(::nl_tlv::__private::Attr<'a>),
}

const _: () = {
    use ::nl_tlv::__private as nl;

    const LIMITS: [&nl::Limits; 3] = [
        &nl::Limits::NONE,
        &nl::Limits {
            min_len: ::core::option::Option::Some(1),
            max_len: ::core::option::Option::Some(31),
            ..nl::Limits::NONE
        },
        &nl::Limits { min: ::core::option::Option::Some(1), ..nl::Limits::NONE },
    ];

    #[automatically_derived]
    impl<'a> nl::NlAttrs<'a> for NextHop<'a> {
        type Attr = NextHopAttr<'a>;

        const SCHEMA: &'static nl::AttrSet = &nl::AttrSet {
            name: "NextHop",
            doc: "A next hop.",
            attrs: &[
                nl::AttrSchema {
                    ty: 1,
                    name: "gateway",
                    doc: "Gateway.",
                    value: <Option<IpAddr> as nl::Field<'a, nl::Native>>::TYPE,
                    presence: <Option<IpAddr> as nl::Field<'a, nl::Native>>::PRESENCE,
                    limits: *LIMITS[0],
                },
                nl::AttrSchema {
                    ty: 2,
                    name: "oif",
                    doc: "Output interface.",
                    value: <Option<&'a str> as nl::Field<'a, nl::Native>>::TYPE,
                    presence: <Option<&'a str> as nl::Field<'a, nl::Native>>::PRESENCE,
                    limits: *LIMITS[1],
                },
                nl::AttrSchema {
                    ty: 3,
                    name: "weight",
                    doc: "Weight.",
                    value: <Option<u8> as nl::Field<'a, nl::Native>>::TYPE,
                    presence: <Option<u8> as nl::Field<'a, nl::Native>>::PRESENCE,
                    limits: *LIMITS[2],
                },
            ],
            c_prefix: ::core::option::Option::None,
            part_of: ::core::option::Option::None,
        };

        #[inline]
        fn parse_attrs(__attrs: nl::Attrs<'a>) -> ::core::result::Result<Self, nl::Error> {
            let mut __0 = <Option<IpAddr> as nl::Field<'a, nl::Native>>::EMPTY;
            let mut __1 = <Option<&'a str> as nl::Field<'a, nl::Native>>::EMPTY;
            let mut __2 = <Option<u8> as nl::Field<'a, nl::Native>>::EMPTY;
            let mut __iter = __attrs;
            loop {
                let __from = __iter;
                let __attr = match ::core::iter::Iterator::next(&mut __iter) {
                    ::core::option::Option::None => break,
                    ::core::option::Option::Some(::core::result::Result::Ok(attr)) => attr,
                    ::core::option::Option::Some(::core::result::Result::Err(err)) => {
                        return ::core::result::Result::Err(err);
                    }
                };
                match __attr.ty().get() {
                    1 => <Option<IpAddr> as nl::Field<'a, nl::Native>>::store(
                        &mut __0, __attr, __from, LIMITS[0],
                    )?,
                    2 => <Option<&'a str> as nl::Field<'a, nl::Native>>::store(
                        &mut __1, __attr, __from, LIMITS[1],
                    )?,
                    3 => {
                        <Option<u8> as nl::Field<'a, nl::Native>>::store(&mut __2, __attr, __from, LIMITS[2])?
                    }
                    _ => {}
                }
            }
            ::core::result::Result::Ok(Self {
                gateway: <Option<IpAddr> as nl::Field<'a, nl::Native>>::finish(__0, 1, __attrs)?,
                oif: <Option<&'a str> as nl::Field<'a, nl::Native>>::finish(__1, 2, __attrs)?,
                weight: <Option<u8> as nl::Field<'a, nl::Native>>::finish(__2, 3, __attrs)?,
            })
        }

        #[inline]
        fn emit_attrs(&self, __w: &mut nl::AttrWriter<'_>) -> ::core::result::Result<(), nl::Error> {
            <Option<IpAddr> as nl::Field<'a, nl::Native>>::emit_field(&self.gateway, 1, LIMITS[0], __w)?;
            <Option<&'a str> as nl::Field<'a, nl::Native>>::emit_field(&self.oif, 2, LIMITS[1], __w)?;
            <Option<u8> as nl::Field<'a, nl::Native>>::emit_field(&self.weight, 3, LIMITS[2], __w)?;
            ::core::result::Result::Ok(())
        }
    }

    #[automatically_derived]
    impl<'a> nl::Parse<'a> for NextHop<'a> {
        #[inline]
        fn parse(__attr: nl::Attr<'a>) -> ::core::result::Result<Self, nl::Error> {
            <Self as nl::NlAttrs<'a>>::parse_attrs(__attr.nested())
        }
    }

    #[automatically_derived]
    impl<'a> nl::Emit for NextHop<'a> {
        const NLA_FLAGS: u16 = nl::AttrType::NESTED_FLAG;

        #[inline]
        fn emit_payload(&self, __w: &mut nl::AttrWriter<'_>) -> ::core::result::Result<(), nl::Error> {
            <Self as nl::NlAttrs<'a>>::emit_attrs(self, __w)
        }
    }

    #[automatically_derived]
    impl<'a> nl::Describe for NextHop<'a> {
        const TYPE: nl::ValueType = nl::ValueType::Nested(|| <Self as nl::NlAttrs<'a>>::SCHEMA);
    }

    #[automatically_derived]
    impl<'a> nl::NlAttr<'a> for NextHopAttr<'a> {
        const SCHEMA: &'static nl::AttrSet = <NextHop<'a> as nl::NlAttrs<'a>>::SCHEMA;

        #[inline]
        fn parse_attr(__attr: nl::Attr<'a>) -> ::core::result::Result<Self, nl::Error> {
            ::core::result::Result::Ok(match __attr.ty().get() {
                1 => Self::Gateway(<Option<IpAddr> as nl::Field<'a, nl::Native>>::parse_item(
                    __attr, LIMITS[0],
                )?),
                2 => {
                    Self::Oif(<Option<&'a str> as nl::Field<'a, nl::Native>>::parse_item(__attr, LIMITS[1])?)
                }
                3 => Self::Weight(<Option<u8> as nl::Field<'a, nl::Native>>::parse_item(__attr, LIMITS[2])?),
                _ => Self::Other(__attr),
            })
        }

        #[inline]
        fn emit_attr(&self, __w: &mut nl::AttrWriter<'_>) -> ::core::result::Result<(), nl::Error> {
            match self {
                Self::Gateway(item) => {
                    <Option<IpAddr> as nl::Field<'a, nl::Native>>::emit_item(item, 1, LIMITS[0], __w)
                }
                Self::Oif(item) => {
                    <Option<&'a str> as nl::Field<'a, nl::Native>>::emit_item(item, 2, LIMITS[1], __w)
                }
                Self::Weight(item) => {
                    <Option<u8> as nl::Field<'a, nl::Native>>::emit_item(item, 3, LIMITS[2], __w)
                }
                Self::Other(attr) => __w.copy(*attr),
            }
        }
    }
};

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
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum RouteNewAttr<'a> {
    /// Name of the table.
    Table(<&'a str as ::nl_tlv::__private::Field<'a, ::nl_tlv::__private::Native>>::Item),
    /// Destination.
    Dst(<Prefix as ::nl_tlv::__private::Field<'a, ::nl_tlv::__private::Native>>::Item),
    /// Next hops.
    Nexthop(<Repeat<'a, NextHop<'a>> as ::nl_tlv::__private::Field<'a, ::nl_tlv::__private::Native>>::Item),
    /// Metric.
    Metric(<Option<u32> as ::nl_tlv::__private::Field<'a, ::nl_tlv::__private::Native>>::Item),
    /// An attribute of another type.
    Other(::nl_tlv::__private::Attr<'a>),
}

const _: () = {
    use ::nl_tlv::__private as nl;

    const LIMITS: [&nl::Limits; 4] = [
        &nl::Limits {
            min_len: ::core::option::Option::Some(1),
            max_len: ::core::option::Option::Some(31),
            ..nl::Limits::NONE
        },
        &nl::Limits::NONE,
        &nl::Limits::NONE,
        &nl::Limits::NONE,
    ];

    #[automatically_derived]
    impl<'a> nl::NlMessage<'a> for RouteNew<'a> {
        type Attr = RouteNewAttr<'a>;

        const SCHEMA: &'static nl::MessageSchema = &nl::MessageSchema {
            name: "RouteNew",
            doc: "A route.",
            id: nl::MessageId::Type(nl::MessageType(25)),
            c_name: ::core::option::Option::None,
            header: ::core::option::Option::None,
            contents: nl::Contents::Attrs(<RouteNewAttr<'a> as nl::NlAttr<'a>>::SCHEMA),
        };

        #[inline]
        fn parse(__message: &nl::Message<'a>) -> ::core::result::Result<Self, nl::Error> {
            let __payload = nl::contents(__message, <Self as nl::NlMessage<'a>>::SCHEMA.id)?;
            let __attrs = __payload.attrs();
            let mut __0 = <&'a str as nl::Field<'a, nl::Native>>::EMPTY;
            let mut __1 = <Prefix as nl::Field<'a, nl::Native>>::EMPTY;
            let mut __2 = <Repeat<'a, NextHop<'a>> as nl::Field<'a, nl::Native>>::EMPTY;
            let mut __3 = <Option<u32> as nl::Field<'a, nl::Native>>::EMPTY;
            let mut __iter = __attrs;
            loop {
                let __from = __iter;
                let __attr = match ::core::iter::Iterator::next(&mut __iter) {
                    ::core::option::Option::None => break,
                    ::core::option::Option::Some(::core::result::Result::Ok(attr)) => attr,
                    ::core::option::Option::Some(::core::result::Result::Err(err)) => {
                        return ::core::result::Result::Err(err);
                    }
                };
                match __attr.ty().get() {
                    1 => <&'a str as nl::Field<'a, nl::Native>>::store(&mut __0, __attr, __from, LIMITS[0])?,
                    2 => <Prefix as nl::Field<'a, nl::Native>>::store(&mut __1, __attr, __from, LIMITS[1])?,
                    3 => <Repeat<'a, NextHop<'a>> as nl::Field<'a, nl::Native>>::store(
                        &mut __2, __attr, __from, LIMITS[2],
                    )?,
                    4 => <Option<u32> as nl::Field<'a, nl::Native>>::store(
                        &mut __3, __attr, __from, LIMITS[3],
                    )?,
                    _ => {}
                }
            }
            ::core::result::Result::Ok(Self {
                table: <&'a str as nl::Field<'a, nl::Native>>::finish(__0, 1, __attrs)?,
                dst: <Prefix as nl::Field<'a, nl::Native>>::finish(__1, 2, __attrs)?,
                nexthop: <Repeat<'a, NextHop<'a>> as nl::Field<'a, nl::Native>>::finish(__2, 3, __attrs)?,
                metric: <Option<u32> as nl::Field<'a, nl::Native>>::finish(__3, 4, __attrs)?,
                rest: nl::Rest::of(__attrs, &[1, 2, 3, 4]),
            })
        }

        #[inline]
        fn attrs(
            __message: &nl::Message<'a>,
        ) -> ::core::result::Result<nl::TypedAttrs<'a, Self::Attr>, nl::Error> {
            let __payload = nl::contents(__message, <Self as nl::NlMessage<'a>>::SCHEMA.id)?;
            ::core::result::Result::Ok(nl::TypedAttrs::new(__payload.attrs()))
        }

        #[inline]
        fn emit_into(
            &self,
            __w: &mut nl::Writer<'_>,
            __header: nl::Header,
        ) -> ::core::result::Result<(), nl::Error> {
            __w.message(<Self as nl::NlMessage<'a>>::SCHEMA.id, __header, |__w| {
                <&'a str as nl::Field<'a, nl::Native>>::emit_field(&self.table, 1, LIMITS[0], __w)?;
                <Prefix as nl::Field<'a, nl::Native>>::emit_field(&self.dst, 2, LIMITS[1], __w)?;
                <Repeat<'a, NextHop<'a>> as nl::Field<'a, nl::Native>>::emit_field(
                    &self.nexthop,
                    3,
                    LIMITS[2],
                    __w,
                )?;
                <Option<u32> as nl::Field<'a, nl::Native>>::emit_field(&self.metric, 4, LIMITS[3], __w)?;
                self.rest.emit(__w)?;
                ::core::result::Result::Ok(())
            })
        }
    }

    #[automatically_derived]
    impl<'a> nl::NlAttr<'a> for RouteNewAttr<'a> {
        const SCHEMA: &'static nl::AttrSet = &nl::AttrSet {
            name: "RouteNew",
            doc: "A route.",
            attrs: &[
                nl::AttrSchema {
                    ty: 1,
                    name: "table",
                    doc: "Name of the table.",
                    value: <&'a str as nl::Field<'a, nl::Native>>::TYPE,
                    presence: <&'a str as nl::Field<'a, nl::Native>>::PRESENCE,
                    limits: *LIMITS[0],
                },
                nl::AttrSchema {
                    ty: 2,
                    name: "dst",
                    doc: "Destination.",
                    value: <Prefix as nl::Field<'a, nl::Native>>::TYPE,
                    presence: <Prefix as nl::Field<'a, nl::Native>>::PRESENCE,
                    limits: *LIMITS[1],
                },
                nl::AttrSchema {
                    ty: 3,
                    name: "nexthop",
                    doc: "Next hops.",
                    value: <Repeat<'a, NextHop<'a>> as nl::Field<'a, nl::Native>>::TYPE,
                    presence: <Repeat<'a, NextHop<'a>> as nl::Field<'a, nl::Native>>::PRESENCE,
                    limits: *LIMITS[2],
                },
                nl::AttrSchema {
                    ty: 4,
                    name: "metric",
                    doc: "Metric.",
                    value: <Option<u32> as nl::Field<'a, nl::Native>>::TYPE,
                    presence: <Option<u32> as nl::Field<'a, nl::Native>>::PRESENCE,
                    limits: *LIMITS[3],
                },
            ],
            c_prefix: ::core::option::Option::None,
            part_of: ::core::option::Option::None,
        };

        #[inline]
        fn parse_attr(__attr: nl::Attr<'a>) -> ::core::result::Result<Self, nl::Error> {
            ::core::result::Result::Ok(match __attr.ty().get() {
                1 => Self::Table(<&'a str as nl::Field<'a, nl::Native>>::parse_item(__attr, LIMITS[0])?),
                2 => Self::Dst(<Prefix as nl::Field<'a, nl::Native>>::parse_item(__attr, LIMITS[1])?),
                3 => Self::Nexthop(<Repeat<'a, NextHop<'a>> as nl::Field<'a, nl::Native>>::parse_item(
                    __attr, LIMITS[2],
                )?),
                4 => Self::Metric(<Option<u32> as nl::Field<'a, nl::Native>>::parse_item(__attr, LIMITS[3])?),
                _ => Self::Other(__attr),
            })
        }

        #[inline]
        fn emit_attr(&self, __w: &mut nl::AttrWriter<'_>) -> ::core::result::Result<(), nl::Error> {
            match self {
                Self::Table(item) => {
                    <&'a str as nl::Field<'a, nl::Native>>::emit_item(item, 1, LIMITS[0], __w)
                }
                Self::Dst(item) => <Prefix as nl::Field<'a, nl::Native>>::emit_item(item, 2, LIMITS[1], __w),
                Self::Nexthop(item) => {
                    <Repeat<'a, NextHop<'a>> as nl::Field<'a, nl::Native>>::emit_item(item, 3, LIMITS[2], __w)
                }
                Self::Metric(item) => {
                    <Option<u32> as nl::Field<'a, nl::Native>>::emit_item(item, 4, LIMITS[3], __w)
                }
                Self::Other(attr) => __w.copy(*attr),
            }
        }
    }
};
