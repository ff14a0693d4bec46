//! Operations: the messages of a family.

use super::yaml::Node;
use super::{Spec, leak, sets};
use crate::catalogue::GENERIC;
use nl_tlv::schema::{AttrSet, MessageSchema};
use nl_tlv::{MessageId, MessageType};

impl Spec {
    /// The messages of all operations. Where requests and answers count apart, an answer with a number of its own is a
    /// message of its own.
    pub(super) fn messages(&self, protocol: u32) -> Result<Vec<&'static MessageSchema>, String> {
        let Some(operations) = self.yaml.get("operations") else { return Ok(Vec::new()) };
        let is_directional = operations.text("enum-model") == Some("directional");
        let (mut request, mut answer) = (1_i128, 1_i128);
        let mut found = Vec::new();
        for operation in operations.list("list") {
            let name = operation.text("name").unwrap_or_default();
            let make = |number: i128, suffix: &str| {
                self.message(protocol, &operations, &operation, &format!("{name}{suffix}"), number)
                    .map_err(|err| format!("operation {name}: {err}"))
            };
            let mode = operation.get("do").or_else(|| operation.get("dump")).filter(|_| is_directional);
            let Some(mode) = mode else {
                let next = if is_directional { &mut answer } else { &mut request };
                let number = operation.number("value").unwrap_or(*next);
                *next = number.saturating_add(1);
                found.push(make(number, "")?);
                continue;
            };
            let value = |part: &str| mode.get(part).and_then(|part| part.number("value"));
            request = value("request").unwrap_or(request);
            answer = value("reply").unwrap_or(answer);
            found.push(make(request, "")?);
            if mode.get("reply").is_some() {
                if answer != request {
                    found.push(make(answer, "-reply")?);
                }
                answer = answer.saturating_add(1);
            }
            request = request.saturating_add(1);
        }
        Ok(found)
    }

    fn message(
        &self,
        protocol: u32,
        operations: &Node,
        operation: &Node,
        name: &str,
        number: i128,
    ) -> Result<&'static MessageSchema, String> {
        let version = self.yaml.number("version").unwrap_or(1);
        let version = u8::try_from(version).map_err(|_| format!("the version of the family is {version}"))?;
        let wrong = |_| format!("its number is {number}");
        let id = match protocol {
            GENERIC => MessageId::Command { cmd: u8::try_from(number).map_err(wrong)?, version },
            _ => MessageId::Type(MessageType(u16::try_from(number).map_err(wrong)?)),
        };
        let header = operation.text("fixed-header").or_else(|| operations.text("fixed-header"));
        let header = header.filter(|name| !name.is_empty()).map(|name| self.structure(name)).transpose()?;
        let schema = MessageSchema {
            name: leak(name),
            doc: leak(operation.text("doc").unwrap_or_default().trim()),
            id,
            c_name: None,
            header,
            attrs: self.contents(operation)?,
            payload: None,
            deleted: None,
        };
        Ok(Box::leak(Box::new(schema)))
    }

    /// The attributes of an operation; of a notification those of the operation that it is like.
    fn contents(&self, operation: &Node) -> Result<&'static AttrSet, String> {
        let named = |name: &str| {
            self.yaml.get("operations")?.list("list").find(|operation| operation.text("name") == Some(name))
        };
        let like = operation.text("notify");
        let like = like.map(|name| named(name).ok_or_else(|| format!("there is no operation `{name}`")));
        let like = like.transpose()?;
        let of = |operation: &Node| operation.text("attribute-set").map(str::to_owned);
        let Some(name) = of(operation).or_else(|| of(&like?)) else { return Ok(&sets::EMPTY) };
        let cell = self.sets.get(&name).ok_or_else(|| format!("there is no attribute set `{name}`"))?;
        Ok(cell.get().unwrap_or(&sets::EMPTY))
    }
}
