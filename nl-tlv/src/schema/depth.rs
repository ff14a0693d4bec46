//! How deep the nests of a set are that can contain itself.

use super::dynamic::resolve;
use super::types::Inside;
use super::{AttrSet, MAX_DEPTH};

use crate::schema::Selector;
use crate::{Attrs, Error, ErrorKind};

/// Whether the known nests in these attributes are at most [`MAX_DEPTH`] deep; what is not known is not looked into.
///
/// # Errors
///
/// [`ErrorKind::TooDeep`], at the attribute that is.
pub fn check_depth(attrs: Attrs<'_>, set: &'static AttrSet) -> Result<(), Error> {
    within(attrs, Inside::Attrs(Some(set)), None, 1)
}

fn within(
    area: Attrs<'_>,
    inside: Inside,
    selector: Option<Selector<'_>>,
    depth: usize,
) -> Result<(), Error> {
    for attr in area.map_while(Result::ok) {
        let (value, selector) = match inside {
            Inside::Items(set) => (Some(Inside::Attrs(Some(set))), None),
            Inside::Values(value) => (value.inside(), None),
            Inside::Attrs(_) => match inside.attr(attr.ty().get()) {
                Some(known) => {
                    let (value, selector) = resolve(known.value, inside, area, selector);
                    (value.inside(), selector)
                }
                None => (None, None),
            },
        };
        let Some(value) = value else { continue };
        // As the kernel counts: an array and its items are one level.
        let deeper = match inside {
            Inside::Attrs(_) => crate::bytes::add(depth, 1),
            Inside::Items(_) | Inside::Values(_) => depth,
        };
        if deeper > MAX_DEPTH {
            return Err(attr.error(ErrorKind::TooDeep, MAX_DEPTH, deeper));
        }
        within(attr.nested(), value, selector, deeper)?;
    }
    Ok(())
}
