//! What filters do with packets.

use super::{IfIndex, NotRepresentable};
use crate::tc::{
    Act, ActDumpFlags, ActGact, ActMirred, ActOptionsMsg, Actions, ActionsAttrs, DelActions, GetActions,
    TcAct, TcGact, TcMirred, TcMirredAction,
};
use nl_tlv::value::{Bitfield32, NestedArray, NlStr};

impl<'a> Act<'a> {
    /// An action of a kind, with its options.
    #[must_use]
    pub fn with(kind: &'a str, options: ActOptionsMsg<'a>) -> Self {
        Self { kind: Some(NlStr::new(kind)), options: Some(options), ..Self::default() }
    }

    /// Asks for the actions of a kind.
    #[must_use]
    pub fn of_kind(kind: &'a str) -> Self {
        Self { kind: Some(NlStr::new(kind)), ..Self::default() }
    }

    /// Gives the action a number, by which it can be shared and asked for. In a request it names the action of this
    /// number.
    #[must_use]
    pub fn index(mut self, index: u32) -> Self {
        match &mut self.options {
            Some(ActOptionsMsg::Gact(ActGact { parms: Some(parms), .. })) => parms.index = index,
            Some(ActOptionsMsg::Mirred(ActMirred { parms: Some(parms), .. })) => parms.index = index,
            _ => self.index = Some(index),
        }
        self
    }

    /// `gact`: says what becomes of the packet.
    #[must_use]
    pub fn gact(action: TcAct) -> Self {
        let parms = Some(TcGact { action, ..TcGact::default() });
        Self::with("gact", ActOptionsMsg::Gact(ActGact { parms, ..ActGact::default() }))
    }

    /// The packet is dropped.
    #[must_use]
    #[doc(alias = "TC_ACT_SHOT")]
    pub fn drop() -> Self {
        Self::gact(TcAct::Shot)
    }

    /// The packet passes, and no other filter is asked.
    #[must_use]
    #[doc(alias = "TC_ACT_OK")]
    pub fn pass() -> Self {
        Self::gact(TcAct::Ok)
    }

    /// The filters of another chain are asked.
    ///
    /// # Errors
    ///
    /// If the chain's number has more than 28 bits.
    #[doc(alias = "TC_ACT_GOTO_CHAIN")]
    pub fn goto_chain(chain: u32) -> Result<Self, NotRepresentable> {
        match chain >> 28 {
            // `TC_ACT_GOTO_CHAIN` is 2 in the upper four bits.
            0 => Ok(Self::gact(TcAct::Other(i32::from_ne_bytes((chain | 2 << 28).to_ne_bytes())))),
            _ => Err(NotRepresentable::new("the number of a chain has at most 28 bits")),
        }
    }

    /// `mirred`: the packet goes to another interface, as it is or as a copy.
    #[must_use]
    pub fn mirred(dev: impl Into<IfIndex>, eaction: TcMirredAction, then: TcAct) -> Self {
        let ifindex = dev.into().get();
        let parms = Some(TcMirred { action: then, eaction, ifindex, ..TcMirred::default() });
        Self::with("mirred", ActOptionsMsg::Mirred(ActMirred { parms, ..ActMirred::default() }))
    }

    /// The packet is sent by another interface instead.
    #[must_use]
    pub fn redirect(dev: impl Into<IfIndex>) -> Self {
        Self::mirred(dev, TcMirredAction::EgressRedir, TcAct::Stolen)
    }

    /// The packet is received by another interface instead: an `ifb`, for example.
    #[must_use]
    pub fn redirect_in(dev: impl Into<IfIndex>) -> Self {
        Self::mirred(dev, TcMirredAction::IngressRedir, TcAct::Stolen)
    }

    /// A copy of the packet is sent by another interface.
    #[must_use]
    pub fn mirror(dev: impl Into<IfIndex>) -> Self {
        Self::mirred(dev, TcMirredAction::EgressMirror, TcAct::Pipe)
    }
}

macro_rules! by_themselves {
    ($($name:ident)*) => {$(
        impl<'a> $name<'a> {
            /// Actions by themselves, without a filter.
            #[must_use]
            pub fn of(actions: &'a [Act<'a>]) -> Self {
                let attrs = ActionsAttrs { tab: Some(NestedArray::new(actions)), ..ActionsAttrs::default() };
                Self { attrs, ..Self::default() }
            }
        }
    )*};
}

by_themselves! { Actions DelActions GetActions }

impl GetActions<'_> {
    /// In a dump, an answer has as many actions as fit, instead of 32 at most.
    #[must_use]
    pub fn many(mut self) -> Self {
        self.flags =
            Some(Bitfield32 { value: ActDumpFlags::LARGE_DUMP_ON, selector: ActDumpFlags::LARGE_DUMP_ON });
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_a_chain_has_28_bits() {
        let Ok(Act { options: Some(ActOptionsMsg::Gact(gact)), .. }) = Act::goto_chain(0x0fff_ffff) else {
            panic!("not gact");
        };
        assert_eq!(gact.parms.unwrap().action, TcAct::Other(0x2fff_ffff));
        assert!(Act::goto_chain(1 << 28).is_err());
    }
}
