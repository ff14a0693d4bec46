//! How large messages may be, and what makes a set smaller than that: nests that are read when they are asked for, and
//! attributes without a field, which are read one at a time.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use crate::family::Set;
use crate::messages::Message;
use crate::types::Types;

/// So many bytes a message may have. What is counted here is an estimate; a test of the crate looks at the sizes.
const MOST: usize = 1024;

/// What a set does to be small enough.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Attributes that are read when they are asked for.
    pub(crate) lazy: BTreeSet<String>,
    /// Attributes that have no field.
    pub(crate) rare: BTreeSet<String>,
}

impl Types<'_> {
    /// Makes a plan for the set of each message.
    pub(crate) fn plan(&mut self, messages: &[Message]) -> Result<()> {
        let sets: BTreeSet<&String> = messages.iter().filter_map(|message| message.set.as_ref()).collect();
        for name in sets {
            let set = self.family.set(name)?;
            let rare = self.family.fixes.sets.get(name).map(|fix| fix.rare.iter().cloned().collect());
            let plan = Plan { rare: rare.unwrap_or_default(), ..Plan::default() };
            self.plans.insert(name.clone(), plan);
            let header = self.header_size(messages, name)?;
            while let Some(over) = (header + self.set_size(name)?).checked_sub(MOST + 1) {
                self.shrink(&set, over + 1)?;
            }
        }
        Ok(())
    }

    /// The size of the largest header that messages with the set have.
    fn header_size(&self, messages: &[Message], set: &str) -> Result<usize> {
        let with_it = messages.iter().filter(|message| message.set.as_deref() == Some(set));
        let headers = with_it.filter_map(|message| message.header.as_ref());
        let sizes = headers.map(|header| Ok(self.family.layout(self.family.definition(header)?)?.len));
        Ok(sizes.collect::<Result<Vec<_>>>()?.into_iter().max().unwrap_or(0).next_multiple_of(8))
    }

    /// One step: the largest nest, and those of the same type, are read when they are asked for; where there is no such
    /// nest any more, attributes that no operation names have no field.
    fn shrink(&mut self, set: &Set<'_>, over: usize) -> Result<()> {
        let mut waiting = Vec::new();
        for (_, attribute) in set.attributes.iter().filter(|(_, attribute)| self.has_field(set, attribute)) {
            let field = self.field(set, attribute)?.filter(|field| field.can_wait);
            waiting.extend(field.map(|field| (field.size, field.ty, &attribute.name)));
        }
        let unnamed = self.unnamed(set);
        let plan = self.plans.entry(set.name.to_owned()).or_default();
        match waiting.iter().max() {
            Some((_, largest, _)) => {
                let alike = waiting.iter().filter(|(_, ty, _)| ty == largest);
                plan.lazy.extend(alike.map(|(.., name)| (*name).clone()));
            }
            None if unnamed.is_subset(&plan.rare) => {
                bail!("{} is too large, by {over} bytes; name what is `rare`", set.name)
            }
            None => plan.rare.extend(unnamed),
        }
        Ok(())
    }

    /// The attributes that no operation of the specification names; none where the specification names no attributes.
    fn unnamed(&self, set: &Set<'_>) -> BTreeSet<String> {
        let operations = &self.family.spec.operations.list;
        let users =
            operations.iter().filter(|operation| operation.attribute_set.as_deref() == Some(set.name));
        let named: BTreeSet<&String> = users.flat_map(|operation| operation.attributes()).collect();
        let all = set.attributes.iter().map(|(_, attribute)| &attribute.name).filter(|_| !named.is_empty());
        all.filter(|name| !named.contains(name)).cloned().collect()
    }
}
