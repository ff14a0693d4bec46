//! Random and nearly valid messages, drawn from the schemas, and whether what comes back is what may come back.

mod draw;
mod judge;
mod side;

use crate::dice::Dice;
use crate::report::{Failed, Report};
use crate::{Failure, state};
use clap::Args;
use side::Side;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How many, and how long.
#[derive(Args)]
pub(crate) struct Options {
    /// Messages to send, to all three together
    #[arg(long, default_value_t = 300_000)]
    count: usize,
    /// Seconds after which no more are sent
    #[arg(long, default_value_t = 1_200)]
    seconds: u64,
}

/// Messages after which the tables are looked at and deleted.
const ROUND: usize = 20_000;

/// Each side gets its part of the messages: RTM, which has most to get wrong, three of four.
pub(crate) fn run(options: &Options, seed: u64, report: &mut Report) -> Result<(), Failed> {
    let mut dice = Dice::new(seed);
    for (side, eighths) in [(Side::Rtm, 6), (Side::Greet, 1), (Side::GreetFamily, 1)] {
        let fact =
            format!("what {} answers to random and nearly valid messages may be answered", side.name());
        let share = |whole: u64| whole * eighths / 8;
        let count = usize::try_from(share(options.count as u64)).unwrap_or(usize::MAX);
        let until = Instant::now() + Duration::from_millis(share(1000 * options.seconds));
        report.check(&fact, || send(side, count, until, &mut dice))?;
    }
    Ok(())
}

fn send(side: Side, count: usize, until: Instant, dice: &mut Dice) -> Result<String, Failure> {
    if side == Side::Rtm {
        state::clear()?;
    }
    let start = Instant::now();
    let mut speaker = side.open()?;
    let mut tally: BTreeMap<String, usize> = BTreeMap::new();
    let mut sent = 0;
    while sent < count && Instant::now() < until {
        for seq in (1..=u32::MAX).take(ROUND.min(count - sent)) {
            let drawn = draw::message(side.schemas(), speaker.family, seq, dice)?;
            let replies = speaker.ask(&drawn.bytes);
            let verdict = replies.and_then(|replies| judge::judge(side, &speaker, &drawn, &replies));
            let outcome =
                verdict.map_err(|failure| format!("message {sent}: {failure}\n{}", drawn.show()))?;
            *tally.entry(outcome).or_default() += 1;
            sent += 1;
            if Instant::now() >= until {
                break;
            }
        }
        if side == Side::Rtm {
            state::clear()?;
        }
    }
    let outcomes: Vec<_> = tally.iter().map(|(outcome, count)| format!("{outcome} {count}")).collect();
    let seconds = start.elapsed().as_secs_f32();
    Ok(format!("{sent} messages in {seconds:.1} s: {}", outcomes.join(", ")))
}
