//! Sub-messages: values whose form another attribute selects.

use super::ValueType;

/// The description of a sub-message.
#[derive(Clone, Copy, Debug)]
pub struct SubMessageSchema {
    /// The type's name.
    pub name: &'static str,
    /// The type's doc comment.
    pub doc: &'static str,
    /// What selects each form, and what that is.
    pub forms: &'static [(Selector<'static>, ValueType)],
    /// What it is where no form is selected.
    pub otherwise: ValueType,
}

impl SubMessageSchema {
    /// Whether each form consists of attributes, so that the kernel wants `NLA_F_NESTED` of it.
    #[must_use]
    pub fn is_nest(&self) -> bool {
        !self.forms.is_empty() && self.forms.iter().all(|(_, form)| form.nest().is_some())
    }

    /// What the selected form is.
    #[must_use]
    pub fn form(&self, selector: Option<Selector<'_>>) -> ValueType {
        let form = self.forms.iter().find(|(when, _)| Some(*when) == selector);
        form.map_or(self.otherwise, |(_, value)| *value)
    }
}

/// What selects the form of a sub-message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selector<'k> {
    /// A string, without its NUL.
    Text(&'k [u8]),
    /// A number.
    Number(i128),
}
