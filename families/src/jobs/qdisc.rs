//! Queueing disciplines and their classes, made and deleted.

use super::{Handle, IfIndex, NotRepresentable};
use crate::tc::{
    Class, ClassOptions, DelQdisc, DelTclass, FqCodel, GetTclass, Htb, Netem, OptionsMsg, Qdisc, Tbf,
    TcAttrs, TcMsg, TcNetemQopt, TcPrioQopt, Tclass,
};
use nl_tlv::value::{Headed, Lazy, NlStr};

impl TcMsg {
    /// The header of a message about an interface.
    #[must_use]
    #[inline]
    pub fn on(dev: impl Into<IfIndex>) -> Self {
        Self { ifindex: dev.into().signed(), ..Self::default() }
    }

    /// Puts it under a qdisc or a class.
    #[must_use]
    #[inline]
    pub fn under(self, parent: impl Into<Handle>) -> Self {
        Self { parent: parent.into().get(), ..self }
    }

    /// Sets its own handle.
    #[must_use]
    #[inline]
    pub fn with_handle(self, handle: impl Into<Handle>) -> Self {
        Self { handle: handle.into().get(), ..self }
    }
}

impl<'a> TcAttrs<'a> {
    /// Of a kind, with its options.
    pub(super) fn of_kind(kind: &'a str, options: Option<OptionsMsg<'a>>) -> Self {
        Self { kind: Some(NlStr::new(kind)), options, ..Self::default() }
    }
}

impl<'a> Qdisc<'a> {
    /// A qdisc at the root of an interface: for all that it sends.
    #[must_use]
    #[inline]
    pub fn root(dev: impl Into<IfIndex>) -> Self {
        Self::under(dev, Handle::ROOT)
    }

    /// A qdisc in a class of another qdisc.
    #[must_use]
    #[inline]
    pub fn under(dev: impl Into<IfIndex>, parent: impl Into<Handle>) -> Self {
        Self { header: TcMsg::on(dev).under(parent), attrs: TcAttrs::default() }
    }

    /// `ingress`: a place for filters of what an interface receives.
    #[must_use]
    #[inline]
    pub fn ingress(dev: impl Into<IfIndex>) -> Self {
        Self::under(dev, Handle::INGRESS).handle(Handle::qdisc(0xffff)).with("ingress", None)
    }

    /// `clsact`: a place for filters of what an interface receives, and of what it sends.
    #[must_use]
    #[inline]
    pub fn clsact(dev: impl Into<IfIndex>) -> Self {
        Self::under(dev, Handle::INGRESS).handle(Handle::qdisc(0xffff)).with("clsact", None)
    }

    /// Sets the handle. Otherwise the kernel chooses one.
    #[must_use]
    #[inline]
    pub fn handle(self, handle: impl Into<Handle>) -> Self {
        Self { header: self.header.with_handle(handle), ..self }
    }

    /// Sets any kind, with its options.
    #[must_use]
    #[inline]
    pub fn with(self, kind: &'a str, options: Option<OptionsMsg<'a>>) -> Self {
        Self { attrs: TcAttrs::of_kind(kind, options), ..self }
    }

    /// Hierarchical token buckets: [`Htb::default_class`].
    #[must_use]
    #[inline]
    pub fn htb(self, settings: &'a Htb<'a>) -> Self {
        self.with("htb", Some(OptionsMsg::Htb(Lazy::new(settings))))
    }

    /// A token bucket: [`Tbf::limited`].
    #[must_use]
    #[inline]
    pub fn tbf(self, settings: Tbf<'a>) -> Self {
        self.with("tbf", Some(OptionsMsg::Tbf(settings)))
    }

    /// Fair queues with controlled delay.
    #[must_use]
    #[inline]
    pub fn fq_codel(self, settings: FqCodel<'a>) -> Self {
        self.with("fq_codel", Some(OptionsMsg::FqCodel(settings)))
    }

    /// Delay and loss, as of a network: [`Netem::of`].
    #[must_use]
    #[inline]
    pub fn netem(self, settings: &'a Headed<TcNetemQopt, Netem<'a>>) -> Self {
        self.with("netem", Some(OptionsMsg::Netem(Lazy::new(settings))))
    }

    /// Bands by priority, 2 to 16 of them; the first is sent first.
    #[must_use]
    #[inline]
    pub fn prio(self, bands: u32) -> Self {
        let settings = TcPrioQopt { bands, priomap: PRIORITIES.map(|band| band.min(last_of(bands))) };
        self.with("prio", Some(OptionsMsg::Prio(settings)))
    }
}

/// The bands of Linux's 16 priorities, as in `pfifo_fast`.
const PRIORITIES: [u8; 16] = [1, 2, 2, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1];

fn last_of(bands: u32) -> u8 {
    u8::try_from(bands.saturating_sub(1)).unwrap_or(u8::MAX)
}

impl<'a> DelQdisc<'a> {
    /// Deletes the qdisc at the root of an interface.
    #[must_use]
    #[inline]
    pub fn root(dev: impl Into<IfIndex>) -> Self {
        Self::under(dev, Handle::ROOT)
    }

    /// Deletes the qdisc under a class.
    #[must_use]
    #[inline]
    pub fn under(dev: impl Into<IfIndex>, parent: impl Into<Handle>) -> Self {
        Self { header: TcMsg::on(dev).under(parent), attrs: TcAttrs::default() }
    }

    /// `ingress` or `clsact`, with its filters.
    #[must_use]
    #[inline]
    pub fn ingress(dev: impl Into<IfIndex>) -> Self {
        Self::under(dev, Handle::INGRESS)
    }

    /// Deletes exactly this one, as it was read: not another one that is in its place by now.
    ///
    /// # Errors
    ///
    /// If it has no handle. [`DelQdisc::root`] and [`DelQdisc::under`] delete what is in a place.
    #[inline]
    pub fn of(qdisc: &Qdisc<'a>) -> Result<Self, NotRepresentable> {
        if qdisc.header.handle == 0 {
            return Err(NotRepresentable::new(
                "a qdisc is deleted by its handle, and this one has none: read it from the kernel, or delete what is in its place",
            ));
        }
        Ok(Self { header: qdisc.header, attrs: TcAttrs { kind: qdisc.kind, ..TcAttrs::default() } })
    }
}

impl<'a> Tclass<'a> {
    /// A class of a qdisc or of another class, with its own handle.
    #[must_use]
    #[inline]
    pub fn new(dev: impl Into<IfIndex>, parent: impl Into<Handle>, handle: impl Into<Handle>) -> Self {
        let header = TcMsg::on(dev).under(parent).with_handle(handle);
        Self { header, attrs: Class::default() }
    }

    /// Sets any kind, with its options.
    #[must_use]
    #[inline]
    pub fn with(self, kind: &'a str, options: Option<ClassOptions<'a>>) -> Self {
        let attrs = Class { kind: Some(NlStr::from(kind)), options, ..self.attrs };
        Self { attrs, ..self }
    }

    /// A class of hierarchical token buckets: [`Htb::class`].
    #[must_use]
    #[inline]
    pub fn htb(self, settings: &'a Htb<'a>) -> Self {
        self.with("htb", Some(ClassOptions::Htb(Lazy::new(settings))))
    }
}

impl<'a> DelTclass<'a> {
    /// The class with this handle.
    #[must_use]
    #[inline]
    pub fn at(dev: impl Into<IfIndex>, handle: impl Into<Handle>) -> Self {
        Self { header: TcMsg::on(dev).with_handle(handle), attrs: Class::default() }
    }

    /// Deletes exactly this one.
    #[must_use]
    #[inline]
    pub fn of(class: &Tclass<'a>) -> Self {
        Self { header: class.header, attrs: Class { kind: class.kind, ..Class::default() } }
    }
}

impl GetTclass<'_> {
    /// Asks for all classes of an interface.
    #[must_use]
    #[inline]
    pub fn on(dev: impl Into<IfIndex>) -> Self {
        Self { header: TcMsg::on(dev), ..Self::default() }
    }
}
