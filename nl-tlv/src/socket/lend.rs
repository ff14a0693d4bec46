//! What a dump, a batch, a transaction and a watch have of the connection that makes them: a blocking one is lent, and
//! one for tasks opens a further one.

use super::{Connection, Transport};
use std::ops::DerefMut;

/// A connection: [`Connection`], or the one for tasks.
pub trait Lend: Sized {
    /// What it sends and receives over.
    type Transport: Transport;

    /// What a conversation has of it.
    type Lent<'c>: DerefMut<Target = Connection<Self::Transport>>
    where
        Self: 'c;

    /// Whether the connection is used on when the conversation is over.
    const IS_LENT: bool;
}

impl<T: Transport> Lend for Connection<T> {
    type Transport = T;
    type Lent<'c>
        = &'c mut Self
    where
        Self: 'c;

    const IS_LENT: bool = true;
}
