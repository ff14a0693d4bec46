//! The calls that strace shows, as far as they are about netlink.

use super::Direction;
use super::strace_names;
use std::collections::HashMap;
use std::time::Duration;

/// A call that sends or receives on a netlink socket.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub(super) time: Option<Duration>,
    pub(super) process: u32,
    pub(super) fd: u32,
    pub(super) protocol: Option<u32>,
    pub(super) direction: Option<Direction>,
    /// The port id of the socket, if it is shown.
    pub(super) port_id: Option<u32>,
    /// The arguments.
    pub(super) text: String,
    /// What it returned, or the name of its error.
    pub(super) result: Result<u64, String>,
}

impl Call {
    /// A number that two calls on the same socket have in common.
    pub(super) fn socket(&self) -> u64 {
        u64::from(self.process) << 32 | u64::from(self.fd) | 1 << 63
    }

    /// The error with which the system has refused to send a message. That of a message to a group says only that the kernel
    /// is not among those who have received it.
    pub(super) fn failure(&self) -> Option<i32> {
        let error = self.result.as_ref().err().filter(|_| self.direction != Some(Direction::ToUser))?;
        let is_told = self.direction == Some(Direction::Multicast) && error == "ECONNREFUSED";
        strace_names::error(&format!("-{error}")).filter(|_| !is_told)
    }
}

/// What was seen so far: which descriptors are netlink sockets, and calls that are not finished.
#[derive(Default)]
pub(super) struct Calls {
    sockets: HashMap<(u32, u32), u32>,
    unfinished: HashMap<u32, (Option<Duration>, String)>,
}

/// `MAX_LINKS` of the kernel: the number of netlink protocols.
const MAX_PROTOCOLS: u32 = 32;

/// More open sockets or unfinished calls than this are forgotten.
const MAX_KNOWN: usize = 1 << 16;

impl Calls {
    /// The call that a line shows, if it moves data on a netlink socket.
    pub(super) fn line(&mut self, line: &str) -> Option<Call> {
        let (process, time, rest) = prefix(line);
        if let Some(begun) = rest.strip_suffix("<unfinished ...>") {
            let begun = (time, begun.trim_end().to_owned());
            self.bound();
            self.unfinished.insert(process, begun);
            return None;
        }
        if let Some(resumed) = rest.strip_prefix("<... ") {
            let (_, end) = resumed.split_once(" resumed>")?;
            let (begun, text) = self.unfinished.remove(&process)?;
            return self.call(process, (begun.or(time), time), &format!("{text}{end}"));
        }
        self.call(process, (time, None), rest)
    }

    fn bound(&mut self) {
        if self.sockets.len() > MAX_KNOWN {
            self.sockets.clear();
        }
        if self.unfinished.len() > MAX_KNOWN {
            self.unfinished.clear();
        }
    }

    /// A call with the time of its beginning, and that of its end, if it has a line of its own.
    fn call(
        &mut self,
        process: u32,
        times: (Option<Duration>, Option<Duration>),
        text: &str,
    ) -> Option<Call> {
        let (name, rest) = text.split_once('(')?;
        let (arguments, result) = rest.rsplit_once(") = ").or_else(|| rest.rsplit_once(" = "))?;
        let (result, spent) = (result_of(result), spent(result));
        match name {
            "socket" => {
                let fd = u32::try_from(result.ok()?).ok()?;
                let mut words = arguments.split(", ");
                self.bound();
                match words.next()? {
                    "AF_NETLINK" | "PF_NETLINK" => {
                        let protocol = strace_names::protocol(words.nth(1)?)?;
                        self.sockets.insert((process, fd), protocol);
                    }
                    _ => drop(self.sockets.remove(&(process, fd))),
                }
                return None;
            }
            "close" => {
                self.sockets.remove(&(process, descriptor(arguments)?.0));
                return None;
            }
            _ => {}
        }
        let direction = direction(name)?;
        let (begun, ended) = times;
        // What is received comes when the call ends, which may have waited for it.
        let time = match direction {
            Direction::ToUser => {
                begun.zip(spent).and_then(|(begun, spent)| begun.checked_add(spent)).or(ended).or(begun)
            }
            _ => begun,
        };
        let direction = if is_to_group(arguments) { Direction::Multicast } else { direction };
        let (fd, shown) = descriptor(arguments)?;
        let port_id = shown.as_ref().and_then(Shown::port_id);
        let protocol = match shown {
            Some(Shown::Netlink { protocol, .. }) => Some(protocol),
            Some(Shown::Other) => return None,
            Some(Shown::Socket) | None => {
                let known = self.protocol(process, fd);
                if known.is_none() && !is_netlink(arguments) {
                    return None;
                }
                known
            }
        };
        // A look at the queue takes nothing out of it.
        if arguments.contains("MSG_PEEK") {
            return None;
        }
        let text = arguments.to_owned();
        Some(Call { time, process, fd, protocol, direction: Some(direction), port_id, text, result })
    }

    /// The protocol of a descriptor; threads share those of their process.
    fn protocol(&self, process: u32, fd: u32) -> Option<u32> {
        let own = self.sockets.get(&(process, fd));
        own.or_else(|| self.sockets.iter().find(|((_, other), _)| *other == fd).map(|(_, protocol)| protocol))
            .copied()
    }
}

/// Whether a call on a descriptor of which nothing is known shows messages of netlink.
fn is_netlink(arguments: &str) -> bool {
    arguments.contains("{nlmsg_len=") || arguments.contains("AF_NETLINK")
}

/// Whether the address of a call is that of a multicast group. Groups beyond 32 are not shown.
fn is_to_group(arguments: &str) -> bool {
    let groups = arguments.split_once("nl_groups=").map(|(_, rest)| rest.split([',', '}']).next());
    groups.flatten().is_some_and(|groups| groups.contains(|digit| matches!(digit, '1'..='9' | 'a'..='f')))
}

fn direction(name: &str) -> Option<Direction> {
    match name {
        "sendto" | "sendmsg" | "send" | "write" | "writev" | "sendmmsg" => Some(Direction::ToKernel),
        "recvfrom" | "recvmsg" | "recv" | "read" | "readv" | "recvmmsg" => Some(Direction::ToUser),
        _ => None,
    }
}

/// What `strace -y` shows behind a descriptor.
enum Shown {
    /// A netlink socket.
    Netlink { protocol: u32, port_id: Option<u32> },
    /// Some socket.
    Socket,
    /// A file.
    Other,
}

impl Shown {
    fn port_id(&self) -> Option<u32> {
        match self {
            Self::Netlink { port_id, .. } => *port_id,
            Self::Socket | Self::Other => None,
        }
    }
}

/// The descriptor that arguments begin with: `3`, or `3<NETLINK:[ROUTE:1170]>`.
fn descriptor(arguments: &str) -> Option<(u32, Option<Shown>)> {
    let end = arguments.find(|digit: char| !digit.is_ascii_digit()).unwrap_or(arguments.len());
    let fd = arguments.get(..end)?.parse().ok()?;
    let shown = arguments.get(end..)?.strip_prefix('<').map(|shown| match shown.strip_prefix("NETLINK:[") {
        Some(socket) => {
            // A socket that is not bound yet has only the number of its file here.
            let mut words = socket.split([':', ']']);
            let protocol = words.next().and_then(strace_names::protocol);
            let port_id = words.next().and_then(|word| word.parse().ok());
            let protocol = protocol.filter(|protocol| *protocol < MAX_PROTOCOLS);
            protocol.map_or(Shown::Socket, |protocol| Shown::Netlink { protocol, port_id })
        }
        None if shown.starts_with("socket:[") => Shown::Socket,
        None => Shown::Other,
    });
    Some((fd, shown))
}

/// How long a call took, as `strace -T` shows it behind the result: `36 <0.000123>`.
fn spent(result: &str) -> Option<Duration> {
    let (_, seconds) = result.trim_end().strip_suffix('>')?.rsplit_once(" <")?;
    Duration::try_from_secs_f64(seconds.parse().ok()?).ok()
}

fn result_of(text: &str) -> Result<u64, String> {
    let mut words = text.split_whitespace();
    let first = words.next().unwrap_or_default();
    match first.split('<').next().unwrap_or_default().parse() {
        Ok(number) => Ok(number),
        Err(_) => Err(words.next().unwrap_or_default().to_owned()),
    }
}

/// The process, the time and the rest of a line: `[pid 17] 12:00:00.5 sendto(…`, `17 1700000000.5 sendto(…`.
fn prefix(line: &str) -> (u32, Option<Duration>, &str) {
    let mut rest = line.trim();
    let (mut process, mut at) = (0, None);
    if let Some((pid, after)) = rest.strip_prefix("[pid").and_then(|rest| rest.split_once(']')) {
        process = pid.trim().parse().unwrap_or(0);
        rest = after.trim_start();
    }
    for _ in 0..3 {
        let Some((word, after)) = rest.split_once(' ') else { break };
        match (word.parse::<u32>(), time(word)) {
            (Ok(pid), _) => process = pid,
            (_, Some(found)) => at = Some(found),
            _ => break,
        }
        rest = after.trim_start();
    }
    (process, at, rest)
}

/// `12:00:00.123456` since midnight, or `1700000000.123456` since 1970.
fn time(word: &str) -> Option<Duration> {
    let (seconds, fraction) = word.split_once('.').unwrap_or((word, ""));
    if fraction.is_empty() && !seconds.contains(':') {
        return None;
    }
    let mut total = 0_u64;
    for part in seconds.split(':') {
        total = total.checked_mul(60)?.checked_add(part.parse().ok()?)?;
    }
    let digits = fraction.get(..fraction.len().min(9))?;
    let power = 9_u32.checked_sub(u32::try_from(digits.len()).ok()?)?;
    let nanoseconds = match digits {
        "" => 0,
        digits => digits.parse::<u32>().ok()?.checked_mul(10_u32.checked_pow(power)?)?,
    };
    Some(Duration::new(total, nanoseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_socket_has_its_own_protocol() {
        let mut calls = Calls::default();
        assert_eq!(calls.line("socket(AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, NETLINK_ROUTE) = 3"), None);
        assert_eq!(calls.line("socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER) = 4"), None);
        let call = calls.line(r#"sendto(4, "..", 20, 0, NULL, 0) = 20"#).unwrap();
        assert_eq!(
            (call.protocol, call.direction, call.result),
            (Some(12), Some(Direction::ToKernel), Ok(20))
        );
        assert_eq!(calls.line(r#"recvfrom(3, "..", 20, 0, NULL, 0) = 20"#).unwrap().protocol, Some(0));
        assert_eq!(calls.line(r#"write(1, "text", 4) = 4"#), None);
        assert_eq!(calls.line("close(4) = 0"), None);
        assert_eq!(calls.line(r#"write(4, "text", 4) = 4"#), None);
    }

    #[test]
    fn a_socket_that_is_not_bound_has_the_protocol_that_it_was_opened_with() {
        let mut calls = Calls::default();
        calls.line("socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE) = 3<NETLINK:[1048910]>");
        let call = calls.line(r#"sendto(3<NETLINK:[1048910]>, "..", 20, 0, NULL, 0) = 20"#).unwrap();
        assert_eq!(call.protocol, Some(0));
    }

    #[test]
    fn processes_times_and_resumed_calls_are_read() {
        let mut calls = Calls::default();
        assert_eq!(
            calls.line("[pid  17] 12:00:01.500000 recvmsg(5<NETLINK:[GENERIC:99]>, <unfinished ...>"),
            None
        );
        let call = calls.line("[pid  17] 12:00:02.5 <... recvmsg resumed>{..}, 0) = 36").unwrap();
        assert_eq!((call.process, call.protocol, call.fd), (17, Some(16), 5));
        assert_eq!(call.time, Some(Duration::new(12 * 3600 + 2, 500_000_000)));
        let lost = calls
            .line("17 1700000000.5 recvmsg(5<NETLINK:[GENERIC:99]>, {}, 0) = -1 ENOBUFS (No buffer space)");
        assert_eq!(lost.unwrap().result, Err("ENOBUFS".to_owned()));
    }

    #[test]
    fn what_is_received_has_the_time_at_which_the_call_ends() {
        let time = |line: &str| Calls::default().line(line).unwrap().time.unwrap().as_millis();
        let call = "(5<NETLINK:[GENERIC:99]>, {}, 0) = 36 <2.250000>";
        assert_eq!(time(&format!("17 1700000000.5 recvmsg{call}")), 1_700_000_002_750);
        assert_eq!(time(&format!("17 1700000000.5 sendmsg{call}")), 1_700_000_000_500);
        let error =
            "17 1700000000.5 recvmsg(5<NETLINK:[GENERIC:99]>, {}, 0) = -1 ENOBUFS (No buffer space) <1.0>";
        assert_eq!(time(error), 1_700_000_001_500);
    }

    #[test]
    fn the_error_of_a_message_that_was_not_sent_is_known_but_for_groups() {
        let call = |address: &str, error: &str| {
            let line =
                format!("sendto(3<NETLINK:[USERSOCK:31999]>, ..., 20, 0, {address}, 12) = -1 {error} (..)");
            let call = Calls::default().line(&line).unwrap();
            (call.direction.unwrap(), call.failure(), call.port_id)
        };
        let one = "{sa_family=AF_NETLINK, nl_pid=4242, nl_groups=00000000}";
        let group = "{sa_family=AF_NETLINK, nl_pad=0x1b65, nl_pid=0, nl_groups=0x000004}";
        assert_eq!(call(one, "ECONNREFUSED"), (Direction::ToKernel, Some(-111), Some(31999)));
        assert_eq!(call(group, "ECONNREFUSED"), (Direction::Multicast, None, Some(31999)));
        assert_eq!(call(group, "EPERM").1, Some(-1));
    }
}
