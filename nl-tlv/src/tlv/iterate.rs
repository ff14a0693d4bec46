//! A loop over records, such as C programs write with a pair of macros (`ITERATE_TLV_BEGIN … ITERATE_TLV_END`), but safe.

/// Loops over the records of a buffer, in order.
///
/// `iterate_tlv!(Format, buffer => |ty, tlv| body)` runs `body`, of type `()`, once for each record, with its type
/// and the record itself, a [`Tlv`](crate::tlv::Tlv). In it `break`, `continue`, `return` and `?` do what they do in any loop.
/// The whole is a `Result<(), Error>`: `Ok` when the records ended or the body broke off, `Err` when a length lied.
///
/// ```
/// use nl_tlv::{iterate_tlv, tlv::T8L8};
///
/// const NAME: u8 = 1;
/// fn names(buf: &[u8]) -> Result<usize, nl_tlv::Error> {
///     let mut count = 0;
///     iterate_tlv!(T8L8, buf => |ty, tlv| match ty {
///         NAME => count += tlv.units::<[u8; 2]>()?.count(),
///         _ => {}
///     })?;
///     Ok(count)
/// }
///
/// assert_eq!(names(&[9, 1, 0, NAME, 4, b'a', 0, b'b', 0])?, 2);
/// assert!(names(&[NAME, 200, 0]).is_err());
/// # Ok::<(), nl_tlv::Error>(())
/// ```
#[macro_export]
macro_rules! iterate_tlv {
    ($format:ty, $buf:expr => |$ty:pat_param, $tlv:pat_param| $body:expr) => {
        // a match, so that a temporary in the buffer's expression lives as long as the loop
        match $crate::tlv::Tlvs::<'_, $format>::new($buf) {
            mut tlvs => {
                let mut outcome = ::core::result::Result::Ok::<(), $crate::Error>(());
                while let ::core::option::Option::Some(next) = ::core::iter::Iterator::next(&mut tlvs) {
                    let tlv = match next {
                        ::core::result::Result::Ok(tlv) => tlv,
                        ::core::result::Result::Err(err) => {
                            outcome = ::core::result::Result::Err(err);
                            break;
                        }
                    };
                    let ($ty, $tlv) = (tlv.ty(), tlv);
                    let () = $body;
                }
                outcome
            }
        }
    };
}
