//! A request whose answers are awaited, and what to do when the number of its family has gone.

use super::answer::Found;
use super::generic::is_unknown;
use super::inbox::first_message;
use super::send::patiently;
use crate::exchange::Expect;
use crate::schema::MessageSchema;
use crate::socket::lend::Lend;
use crate::socket::{Connection, RequestError, Transport};
use std::vec::Vec;

/// A request that was made, and how far its answers have come.
#[derive(Debug)]
pub(in crate::socket) struct Awaited {
    /// Its number.
    pub(in crate::socket) seq: u32,
    pub(in crate::socket) expect: Expect,
    /// Whether nothing has come.
    is_first: bool,
    /// The request and what it consists of, while its family is asked for anew; and why it was refused.
    refused: Option<(Vec<u8>, &'static MessageSchema, RequestError)>,
}

impl Awaited {
    pub(in crate::socket) const fn new(seq: u32, expect: Expect) -> Self {
        Self { seq, expect, is_first: true, refused: None }
    }
}

impl<T: Transport> Connection<T> {
    /// As [`wait`](Self::wait). If the first answer is that the family's id has gone, and it has another one, the request
    /// is made again, under another number, and its first answer is awaited. A future that is dropped loses nothing.
    pub(in crate::socket) async fn following<C: Lend<Transport = T>>(
        &mut self,
        awaited: &mut Awaited,
    ) -> Found {
        if awaited.refused.is_none() {
            let found = self.wait::<C>(awaited.seq).await;
            let is_first = std::mem::take(&mut awaited.is_first);
            match found {
                // One to the controller was not refused for the family's id.
                Err(err) if is_first && is_unknown(&err) && self.is_to_family(&self.request) => {
                    awaited.refused = Some((self.request.clone(), self.schema, err));
                }
                found => return found,
            }
        }
        if let Some((request, schema, _)) = &awaited.refused {
            if self.is_to_family(request) {
                // If there is none any more, the refusal says enough.
                let _ = self.family_renewed::<C>().await;
            }
            if !self.is_to_family(request) {
                let request = first_message(request).map_err(RequestError::Damaged)?;
                let timeout = self.timeout;
                let again = || self.start_again(&request, schema, awaited.expect);
                awaited.seq = patiently::<C, _>(timeout, again).await?;
                awaited.refused = None;
            }
        }
        match awaited.refused.take() {
            Some((.., err)) => Err(err),
            None => self.wait::<C>(awaited.seq).await,
        }
    }

    /// Whether a request was sent to the id that the family is known to have.
    fn is_to_family(&self, request: &[u8]) -> bool {
        let ty = first_message(request).map(|request| request.ty());
        self.family.as_ref().is_some_and(|family| ty == Ok(family.id))
    }
}
