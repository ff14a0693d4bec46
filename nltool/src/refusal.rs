//! What the kernel says when it refuses a request, with names.

use crate::guess;
use crate::verdict::Verdict;
use nl_tlv::control::{Errno, ErrorMessage, ExtAck};
use nl_tlv::schema::{MessageSchema, Path, locate};
use nl_tlv::value::NlStr;
use nl_tlv::{Attrs, Message};

/// A refusal, in words.
#[derive(Debug)]
pub struct Explained {
    /// `EEXIST`, or the number.
    pub errno: String,
    /// What that means: `File exists`.
    pub meaning: &'static str,
    /// What the kernel adds.
    pub text: Option<String>,
    /// The attribute that is refused.
    pub path: Option<String>,
    /// Where that attribute lies in the request.
    pub offset: Option<u32>,
    /// The attribute that is missing.
    pub missing: Option<String>,
    /// What the kernel would have accepted.
    pub accepts: Option<String>,
    /// The number, as it lies on the wire.
    pub code: i32,
}

impl Explained {
    /// Of an error message, with the request if it is known; what the message echoes otherwise.
    pub fn new(error: &ErrorMessage<'_>, schema: Option<&'static MessageSchema>, request: &[u8]) -> Self {
        let errno = error.errno();
        Self::of(
            errno,
            &error.ext_ack(),
            schema,
            if request.is_empty() { error.echo().unwrap_or_default() } else { request },
        )
    }

    /// Of an error and what an extended ack says about it.
    pub fn of(
        errno: Option<Errno>,
        ext: &ExtAck<'_>,
        schema: Option<&'static MessageSchema>,
        request: &[u8],
    ) -> Self {
        let path = |offset| schema.map(|schema| locate(schema, request, offset));
        let missing = ext.missing_type.map(|ty| {
            let nest = ext.missing_nest.and_then(path).or_else(|| schema.map(Path::new));
            let ty = u16::try_from(ty).unwrap_or(0);
            nest.map_or_else(|| format!("attribute {ty}"), |nest| nest.join(ty).to_string())
        });
        Self {
            errno: errno.map_or_else(String::new, |errno| {
                errno.name().map_or_else(|| errno.get().to_string(), str::to_owned)
            }),
            meaning: errno.and_then(Errno::description).unwrap_or(""),
            text: ext.message.map(str::to_owned),
            path: ext.offset.and_then(|offset| match path(offset) {
                Some(path) => Some(path.to_string()),
                None => guess::place(request, offset),
            }),
            offset: ext.offset,
            missing,
            accepts: ext.policy.map(|policy| policy.to_string()),
            code: errno.map_or(0, Errno::to_wire),
        }
    }

    /// Of an error message that has the whole request; `None` if only the request's header is there.
    pub fn of_verdict(verdict: &Verdict<'_>, schema: Option<&'static MessageSchema>) -> Option<Self> {
        let (request, (_, bytes)) = (verdict.whole_request()?, verdict.ext_ack()?);
        let ext = ExtAck::parse(Attrs::new(bytes.get(16..)?));
        Some(Self::of(Errno::new(verdict.code), &ext, schema, request))
    }

    /// Of a message that is an error message.
    pub fn of_message(
        message: &Message<'_>,
        schema: Option<&'static MessageSchema>,
        request: &[u8],
    ) -> Option<Self> {
        ErrorMessage::parse(message).ok().map(|error| Self::new(&error, schema, request))
    }
}

impl std::fmt::Display for Explained {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.errno, self.meaning)?;
        if let Some(path) = &self.path {
            write!(f, " at {path}")?;
        }
        if let Some(missing) = &self.missing {
            write!(f, ": {missing} is missing")?;
        }
        if let Some(text) = &self.text {
            write!(f, ": {}", NlStr::new(text))?;
        }
        match &self.accepts {
            Some(accepts) => write!(f, "; the kernel accepts {accepts}"),
            None => Ok(()),
        }
    }
}
