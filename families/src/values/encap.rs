//! Encapsulations of routes: `RTA_ENCAP`, and `NHA_ENCAP` of next hops.

use crate::rt_route::{EncapForm, EncapType};
use core::fmt;
use nl_tlv::schema::ValueType;
use nl_tlv::value::{Emit, Lazy, NlSubMessage, Parse};
use nl_tlv::{Attr, AttrType, AttrWriter, Error};

/// What a route puts around packets, read when it is asked for. The attribute of the type `BY` beside it says which form
/// it has: `RTA_ENCAP_TYPE` (21) of a route, `NHA_ENCAP_TYPE` (7) of a next hop.
///
/// ```
/// use nl_tlv::value::{Array, Lazy};
/// use nl_tlv_families::rt_route::{EncapForm, EncapMpls, EncapType, Route};
/// use nl_tlv_families::values::{Encap, MplsLabel};
///
/// let labels = [MplsLabel::new(100) | MplsLabel::BOTTOM];
/// let mpls = EncapMpls { dst: Some(Array::new(&labels)), ..EncapMpls::default() };
/// let form = EncapForm::Mpls(Lazy::new(&mpls));
/// let mut route = Route::to("10.1.0.0".parse()?, 16).dev(2u32);
/// (route.encap_type, route.encap) = (Some(EncapType::Mpls), Some(Encap::new(&form)));
/// assert_eq!(route.encap.unwrap().read(route.encap_type)?, form);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Encap<'a, const BY: u16 = 21>(Lazy<'a, EncapForm<'a>>);

impl<'a, const BY: u16> Encap<'a, BY> {
    /// This encapsulation.
    #[must_use]
    pub const fn new(form: &'a EncapForm<'a>) -> Self {
        Self(Lazy::new(form))
    }

    /// The encapsulation in the form of a type: that of the attribute beside it. One of another type is
    /// [`EncapForm::Other`]. A built one is returned as it is, whatever the type.
    ///
    /// # Errors
    ///
    /// If the attribute does not have this form.
    pub fn read(&self, ty: Option<EncapType>) -> Result<EncapForm<'a>, Error> {
        match self.0.attr() {
            Some(attr) => parsed(attr, ty),
            None => self.0.get(),
        }
    }
}

fn parsed(attr: Attr<'_>, ty: Option<EncapType>) -> Result<EncapForm<'_>, Error> {
    Ok(match ty {
        Some(EncapType::Mpls) => EncapForm::Mpls(attr.parse()?),
        Some(EncapType::Ip) => EncapForm::Ip(attr.parse()?),
        Some(EncapType::Ila) => EncapForm::Ila(attr.parse()?),
        Some(EncapType::Ip6) => EncapForm::Ip6(attr.parse()?),
        Some(EncapType::Seg6) => EncapForm::Seg6(attr.parse()?),
        Some(EncapType::Bpf) => EncapForm::Bpf(attr.parse()?),
        Some(EncapType::Seg6Local) => EncapForm::Seg6Local(attr.parse()?),
        Some(EncapType::Rpl) => EncapForm::Rpl(attr.parse()?),
        Some(EncapType::Ioam6) => EncapForm::Ioam6(attr.parse()?),
        Some(EncapType::Xfrm) => EncapForm::Xfrm(attr.parse()?),
        Some(EncapType::None | EncapType::Other(_)) | None => EncapForm::Other(attr),
    })
}

/// The type that a form belongs to.
fn type_of(form: &EncapForm<'_>) -> Option<EncapType> {
    Some(match form {
        EncapForm::Mpls(_) => EncapType::Mpls,
        EncapForm::Ip(_) => EncapType::Ip,
        EncapForm::Ila(_) => EncapType::Ila,
        EncapForm::Ip6(_) => EncapType::Ip6,
        EncapForm::Seg6(_) => EncapType::Seg6,
        EncapForm::Bpf(_) => EncapType::Bpf,
        EncapForm::Seg6Local(_) => EncapType::Seg6Local,
        EncapForm::Rpl(_) => EncapType::Rpl,
        EncapForm::Ioam6(_) => EncapType::Ioam6,
        EncapForm::Xfrm(_) => EncapType::Xfrm,
        EncapForm::Other(_) => return None,
    })
}

/// Without the type beside it, an attribute is none of the known forms.
impl<'a> Parse<'a> for EncapForm<'a> {
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        Ok(Self::Other(attr))
    }
}

impl Emit for EncapForm<'_> {
    const TYPE: ValueType = ValueType::SubMessage { selector: None, schema: Self::SCHEMA };
    const NLA_FLAGS: u16 = AttrType::NESTED_FLAG;

    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        match self {
            Self::Mpls(form) => form.emit_payload(w),
            Self::Ip(form) => form.emit_payload(w),
            Self::Ila(form) => form.emit_payload(w),
            Self::Ip6(form) => form.emit_payload(w),
            Self::Seg6(form) => form.emit_payload(w),
            Self::Bpf(form) => form.emit_payload(w),
            Self::Seg6Local(form) => form.emit_payload(w),
            Self::Rpl(form) => form.emit_payload(w),
            Self::Ioam6(form) => form.emit_payload(w),
            Self::Xfrm(form) => form.emit_payload(w),
            Self::Other(attr) => w.bytes(attr.payload()),
        }
    }
}

impl<'a, const BY: u16> Parse<'a> for Encap<'a, BY> {
    #[inline(always)]
    fn parse(attr: Attr<'a>) -> Result<Self, Error> {
        Lazy::parse(attr).map(Self)
    }
}

impl<const BY: u16> Emit for Encap<'_, BY> {
    const TYPE: ValueType = ValueType::SubMessage { selector: Some(BY), schema: EncapForm::SCHEMA };
    const NLA_FLAGS: u16 = AttrType::NESTED_FLAG;

    fn emit_payload(&self, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        self.0.emit_payload(w)
    }

    fn emit(&self, ty: AttrType, w: &mut AttrWriter<'_>) -> Result<(), Error> {
        self.0.emit(ty, w)
    }
}

/// By value where one was built; two parsed ones by their bytes.
impl<const BY: u16> PartialEq for Encap<'_, BY> {
    fn eq(&self, other: &Self) -> bool {
        let of = |built: &Self| built.0.get().ok().as_ref().and_then(type_of);
        match (self.0.attr(), other.0.attr()) {
            (Some(ours), Some(theirs)) => ours.payload() == theirs.payload(),
            (None, _) => self.read(None) == other.read(of(self)),
            (_, None) => self.read(of(other)) == other.read(None),
        }
    }
}

impl<const BY: u16> fmt::Debug for Encap<'_, BY> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.attr() {
            Some(attr) => attr.fmt(f),
            None => self.0.fmt(f),
        }
    }
}
