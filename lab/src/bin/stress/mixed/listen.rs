//! Those who are told what others change.

use super::Stage;
use crate::dice::Dice;
use crate::{Failure, connect, ensure};
use nl_tlv::socket::RequestError;
use nl_tlv::{Message, NlMessage};
use nl_tlv_lab::rtm::{GROUP_ROUTES, GROUP_TABLES, RouteAttr, RouteDel, RouteNew, TableAttr};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What was heard.
#[derive(Debug, Default)]
struct Heard {
    events: usize,
    /// How often it was said that events are lost.
    overruns: usize,
    /// How often events were lost.
    gaps: usize,
    /// The generation of the last one.
    last: u64,
    /// Whether routes were among them. The groups are joined one after the other, so that before the first route an event
    /// of a table may stand alone.
    has_routes: bool,
}

impl Heard {
    /// Each change is an event, and its generation the next number. After an overrun, one part may be missing.
    fn note(&mut self, message: &Message<'_>) -> Result<(), Failure> {
        let generation = generation(message)?;
        ensure!(generation > self.last, "generation {generation} after {}", self.last);
        if self.has_routes && generation != self.last + 1 {
            self.gaps += 1;
            ensure!(self.gaps <= self.overruns, "{generation} after {}: {self:?}", self.last);
        }
        self.events += 1;
        self.last = generation;
        self.has_routes |= is_route(message);
        Ok(())
    }
}

/// With a buffer that suffices.
pub(super) fn all(stage: &Stage, _: Dice) -> Result<String, Failure> {
    let heard = listen(stage, 32 << 20, || ())?;
    let last = stage.last_generation().unwrap_or(0);
    ensure!(heard.overruns > 0 || heard.last == last, "the last event is {}, not {last}", heard.last);
    Ok(format!("{} events, {} overruns", heard.events, heard.overruns))
}

/// With hardly any buffer, and other things to do.
pub(super) fn slowly(stage: &Stage, mut dice: Dice) -> Result<String, Failure> {
    let pause = || {
        if dice.once_in(10) {
            sleep(Duration::from_millis(50));
        }
    };
    let heard = listen(stage, 4 << 10, pause)?;
    Ok(format!("{} events, {} overruns, {} gaps", heard.events, heard.overruns, heard.gaps))
}

/// Until there is nothing more to hear.
fn listen(stage: &Stage, buffer: usize, mut pause: impl FnMut()) -> Result<Heard, Failure> {
    let mut conn = connect()?;
    conn.transport().set_recv_buffer(buffer)?;
    conn.join(GROUP_TABLES)?;
    conn.join(GROUP_ROUTES)?;
    let mut heard = Heard::default();
    loop {
        let is_quiet = stage.last_generation().is_some();
        match conn.event_deadline(Instant::now() + Duration::from_millis(200)) {
            Ok(message) => heard.note(&message)?,
            Err(RequestError::Overrun) => heard.overruns += 1,
            Err(RequestError::Timeout) if is_quiet => return Ok(heard),
            Err(RequestError::Timeout) => {}
            Err(err) => return Err(err.into()),
        }
        pause();
    }
}

/// The generation of a change, which events of every type have.
fn generation(message: &Message<'_>) -> Result<u64, Failure> {
    for attr in message.attrs() {
        let attr = attr?;
        match (is_route(message), attr.parse::<RouteAttr<'_>>(), attr.parse::<TableAttr<'_>>()) {
            (true, Ok(RouteAttr::Generation(generation)), _) => return Ok(generation),
            (false, _, Ok(TableAttr::Generation(generation))) => return Ok(generation),
            _ => {}
        }
    }
    Err(format!("an event without generation: {message:?}").into())
}

fn is_route(message: &Message<'_>) -> bool {
    [RouteNew::SCHEMAS[0].id, RouteDel::SCHEMAS[0].id].contains(&message.ty().into())
}
