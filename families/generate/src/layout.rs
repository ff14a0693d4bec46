//! Structs, laid out as C does it.

use anyhow::{Context, Result, bail};

use crate::family::Family;
use crate::spec::{Definition, Member};

/// A struct, laid out.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) len: usize,
    pub(crate) align: usize,
    /// Each member with its offset; without those that C's own padding makes superfluous.
    pub(crate) members: Vec<(usize, Member)>,
}

impl Family {
    /// Lays out a struct. Padding that C inserts by itself is left out.
    pub(crate) fn layout(&self, definition: &Definition) -> Result<Layout> {
        let whole = self.lay_out(&definition.members)?;
        let without: Vec<Member> =
            definition.members.iter().filter(|member| member.ty != "pad").cloned().collect();
        let bare = self.lay_out(&without)?;
        let offsets = |layout: &Layout| {
            let members = layout.members.iter().filter(|(_, member)| member.ty != "pad");
            members.map(|(offset, _)| *offset).collect::<Vec<_>>()
        };
        let is_same = whole.len == bare.len && offsets(&whole) == offsets(&bare);
        Ok(if is_same { bare } else { whole })
    }

    fn lay_out(&self, members: &[Member]) -> Result<Layout> {
        let (mut end, mut align, mut placed) = (0, 1, Vec::new());
        for member in members {
            let (len, own_align) = self.size(member).with_context(|| format!("member {}", member.name))?;
            let offset = usize::next_multiple_of(end, own_align);
            end = offset + len;
            align = align.max(own_align);
            placed.push((offset, member.clone()));
        }
        Ok(Layout { len: end.next_multiple_of(align), align, members: placed })
    }

    /// Size and alignment of a member.
    fn size(&self, member: &Member) -> Result<(usize, usize)> {
        if let Some(name) = &member.structure {
            let inner = self.layout(self.definition(name)?)?;
            return Ok((inner.len, inner.align));
        }
        if let Some(len) = integer_len(&member.ty) {
            return Ok((len, len));
        }
        match member.ty.as_str() {
            "binary" | "pad" | "string" => Ok((self.member_len(member)?, 1)),
            other => bail!("type {other}"),
        }
    }

    /// How many bytes a member has that is an array.
    pub(crate) fn member_len(&self, member: &Member) -> Result<usize> {
        let len = member.len.as_ref().and_then(|len| self.number(len)).context("no length")?;
        Ok(usize::try_from(len)?)
    }
}

/// How many bytes an integer type has.
pub(crate) fn integer_len(ty: &str) -> Option<usize> {
    let bits: usize = ty.strip_prefix(['u', 's'])?.parse().ok()?;
    Some(bits / 8)
}
