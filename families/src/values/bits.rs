//! Numbers whose bits count, and not how large they are.

use nl_tlv::NlValue;
use nl_tlv::bitflags::bitflags;

macro_rules! bits {
    ($($name:ident($number:ident);)*) => {$(
        /// A mark, a mask or a label: shown in hexadecimal.
        #[derive(NlValue, Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[nl(flags)]
        pub struct $name(pub $number);

        bitflags! {
            impl $name: $number {
                const _ = !0;
            }
        }

        impl From<$number> for $name {
            fn from(bits: $number) -> Self {
                Self(bits)
            }
        }
    )*};
}

bits! {
    Bits8(u8);
    Bits16(u16);
    Bits32(u32);
}

#[cfg(test)]
mod tests {
    use super::*;
    extern crate std;
    use nl_tlv::Attr;
    use nl_tlv::schema::{Value, ValueType};
    use nl_tlv::value::{Be, Emit};
    use std::string::ToString;

    #[test]
    fn a_mask_is_shown_in_hexadecimal() {
        let shown =
            |ty: ValueType, payload: &[u8]| Value::read(ty, Attr::new(1, payload)).unwrap().to_string();
        assert_eq!(shown(<Bits32 as Emit>::TYPE, &0xff00_u32.to_ne_bytes()), "0xff00");
        assert_eq!(shown(<Bits32 as Emit<Be>>::TYPE, &[0, 0x0f, 0xac, 4]), "0xfac04");
        assert_eq!(shown(<Bits8 as Emit>::TYPE, &[0]), "0");
    }
}
