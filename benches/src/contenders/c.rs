//! The loops written by hand in C, `-O3`.

use super::Contender;
use crate::ffi;

/// Every length checked, nothing remembered.
pub(super) const CHECKED: Contender = Contender {
    walk: Some(|bytes, kind| ffi::checked_walk(bytes, kind.ty(), kind.family_len())),
    routes: Some(ffi::checked_routes),
    links: Some(ffi::checked_links),
    families: Some(ffi::checked_families),
    emit: Some(|buffer, requests| ffi::checked_emit(buffer, requests)),
    nests: Some(ffi::checked_nests),
    emit_nests: Some(|buffer, entries| ffi::checked_emit_nests(buffer, entries)),
    ..Contender::named("C")
};

/// With a predicted step or shape, always verified.
pub(super) const PREDICTED: Contender = Contender {
    walk: Some(|bytes, kind| ffi::predicted_walk(bytes, kind.ty(), kind.family_len())),
    routes: Some(ffi::predicted_routes),
    links: Some(ffi::predicted_links),
    families: Some(ffi::predicted_families),
    ..Contender::named("C, predicted")
};
