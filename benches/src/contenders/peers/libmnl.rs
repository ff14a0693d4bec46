//! libmnl: `c/mnl.c`.

use crate::contenders::Contender;
use crate::ffi;

pub(super) const CONTENDER: Contender = Contender {
    walk: Some(|bytes, kind| ffi::mnl_walk(bytes, kind.ty(), kind.family_len())),
    routes: Some(ffi::mnl_routes),
    links: Some(ffi::mnl_links),
    families: Some(ffi::mnl_families),
    emit: Some(|buffer, requests| ffi::mnl_emit(buffer, requests)),
    ..Contender::named("libmnl")
};
