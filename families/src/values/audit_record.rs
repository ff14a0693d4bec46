//! Records of the audit log: text behind a time and a number.

use nl_tlv::Message;
use nl_tlv::value::NlStr;

/// A record of an audit event; several records with the same number are one event.
///
/// A connection that has joined `audit::groups::READLOG` receives them. What the kernel sends to the one process that is
/// the audit daemon has a `nlmsg_len` that is 16 bytes too small, and cannot be read as messages.
///
/// ```
/// use nl_tlv_families::values::AuditRecord;
/// let text = b"audit(1700000000.125:77): pid=1 uid=0 msg='op=test acct=\"root\" res=success'";
/// let record = AuditRecord::of(1112, text).unwrap();
/// assert_eq!((record.seconds(), record.milliseconds(), record.serial()), (1_700_000_000, 125, 77));
/// assert_eq!(record.get("uid").unwrap(), "0");
/// ```
///
/// Source: `kernel/audit.c`, `audit_log_start`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditRecord<'a> {
    ty: u16,
    seconds: u64,
    milliseconds: u16,
    serial: u64,
    text: &'a [u8],
}

impl<'a> AuditRecord<'a> {
    /// The record in a message; none if its payload does not begin as records do.
    #[must_use]
    pub fn parse(message: &Message<'a>) -> Option<Self> {
        Self::of(message.ty().0, message.payload())
    }

    /// A record of this type (`AUDIT_*`), out of its text.
    #[must_use]
    pub fn of(ty: u16, text: &'a [u8]) -> Option<Self> {
        let end = text.iter().position(|&byte| byte == 0).unwrap_or(text.len());
        let rest = text.get(..end)?.strip_prefix(b"audit(")?;
        let (seconds, rest) = number(rest, b'.')?;
        let (milliseconds, rest) = number(rest, b':')?;
        let (serial, rest) = number(rest, b')')?;
        let text = rest.strip_prefix(b":").unwrap_or(rest).trim_ascii();
        Some(Self { ty, seconds, milliseconds: u16::try_from(milliseconds).ok()?, serial, text })
    }

    /// Its type: `AUDIT_SYSCALL` is 1300.
    #[must_use]
    pub const fn ty(&self) -> u16 {
        self.ty
    }

    /// When it happened, in seconds since 1970.
    #[must_use]
    pub const fn seconds(&self) -> u64 {
        self.seconds
    }

    /// When it happened: what is to be added to the seconds.
    #[must_use]
    pub const fn milliseconds(&self) -> u16 {
        self.milliseconds
    }

    /// The number of the event.
    #[must_use]
    pub const fn serial(&self) -> u64 {
        self.serial
    }

    /// The text behind time and number.
    #[must_use]
    pub const fn text(&self) -> NlStr<'a> {
        NlStr::from_bytes(self.text)
    }

    /// Its fields, in order. Quotes are taken away; what the kernel could not write as text is in hexadecimal, and stays so.
    pub fn fields(&self) -> impl Iterator<Item = (NlStr<'a>, NlStr<'a>)> + use<'a> {
        let mut rest = self.text;
        core::iter::from_fn(move || {
            loop {
                rest = rest.trim_ascii_start();
                let end = rest.iter().position(|&byte| byte == b'=' || byte == b' ').unwrap_or(rest.len());
                let (name, behind) = rest.split_at_checked(end)?;
                match behind.strip_prefix(b"=") {
                    Some(behind) => {
                        let (value, behind) = value(behind);
                        rest = behind;
                        return Some((name.into(), value.into()));
                    }
                    // A word without a value.
                    None if behind.is_empty() => return None,
                    None => rest = behind,
                }
            }
        })
    }

    /// The value of a field.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<NlStr<'a>> {
        self.fields().find(|(its, _)| *its == name).map(|(_, value)| value)
    }
}

/// A number up to this byte, and what is behind it.
fn number(text: &[u8], end: u8) -> Option<(u64, &[u8])> {
    let at = text.iter().position(|&byte| byte == end)?;
    let (digits, rest) = text.split_at_checked(at)?;
    let number = core::str::from_utf8(digits).ok()?.parse().ok()?;
    Some((number, rest.get(1..)?))
}

/// A value, and what is behind it.
fn value(text: &[u8]) -> (&[u8], &[u8]) {
    let quoted = text.split_first().filter(|(first, _)| [b'"', b'\''].contains(first));
    let (text, end) = match quoted {
        Some((quote, text)) => (text, *quote),
        None => (text, b' '),
    };
    let at = text.iter().position(|&byte| byte == end).unwrap_or(text.len());
    let (value, rest) = text.split_at_checked(at).unwrap_or((text, &[]));
    (value, rest.get(1..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &[u8] =
        b"audit(1.002:3): arch=c000003e syscall=42 a b=\"two words\" key=(null) msg='x=1' last=";

    #[test]
    fn fields_are_read_in_order() {
        let record = AuditRecord::of(1300, TEXT).unwrap();
        assert_eq!((record.seconds(), record.milliseconds(), record.serial()), (1, 2, 3));
        let fields = [("arch", "c000003e"), ("syscall", "42"), ("b", "two words"), ("key", "(null)")];
        let more = [("msg", "x=1"), ("last", "")];
        assert!(record.fields().eq(fields.into_iter().chain(more).map(|(a, b)| (a.into(), b.into()))));
    }

    #[test]
    fn every_prefix_is_a_record_or_none() {
        for end in 0..TEXT.len() {
            if let Some(record) = AuditRecord::of(1300, &TEXT[..end]) {
                assert!(record.fields().count() <= 6);
            }
        }
        assert_eq!(AuditRecord::of(1300, b"type=1300"), None);
    }
}
