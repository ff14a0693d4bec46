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
    /// Whether forms that are nests have `NLA_F_NESTED` although others are no nests: for a family of the kernel that has
    /// no policy for the attribute.
    pub nested_flag: bool,
}

impl SubMessageSchema {
    /// Whether each form consists of attributes, so that the policy of the attribute is that of a nest.
    #[must_use]
    pub const fn is_nest(&self) -> bool {
        let mut forms = self.forms;
        while let [(_, form), rest @ ..] = forms {
            if form.nest().is_none() {
                return false;
            }
            forms = rest;
        }
        !self.forms.is_empty()
    }

    /// Whether a form that is a nest is written with `NLA_F_NESTED`. Where others are no nests it is not: the policy of
    /// the attribute is bytes, which the kernel refuses with the flag.
    #[must_use]
    pub const fn has_nested_flag(&self) -> bool {
        self.nested_flag || self.forms.is_empty() || self.is_nest()
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
