//! The fuzz targets on stable for a few seconds each: `NL_TLV_FUZZ_SECONDS` says how many, 3 if it is not there.

mod targets;

use std::panic::catch_unwind;
use std::time::{Duration, Instant, SystemTime};
use targets::{TARGETS, corpus};

#[test]
fn no_target_panics_on_random_changes_of_its_corpus() {
    let seconds = std::env::var("NL_TLV_FUZZ_SECONDS").map_or(3, |text| text.parse().unwrap());
    let since = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let mut dice = Dice(u64::try_from(since.as_nanos() % u128::from(u64::MAX)).unwrap() | 1);
    for &(name, target) in TARGETS {
        let (mut inputs, began, mut runs) = (corpus(name), Instant::now(), 0_u64);
        while began.elapsed() < Duration::from_secs(seconds) {
            let bytes = dice.changed(&mut inputs);
            if catch_unwind(|| target(&bytes)).is_err() {
                panic!("{name} panics on {bytes:02x?}");
            }
            runs += 1;
        }
        println!("{name}: {runs} runs in {} s", began.elapsed().as_secs());
        assert!(runs > 0, "{name}");
    }
}

/// A generator of numbers.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % sides.max(1)
    }

    /// An input, a few times changed; now and then it stays among the inputs.
    fn changed(&mut self, inputs: &mut Vec<Vec<u8>>) -> Vec<u8> {
        let mut bytes = inputs[self.roll(inputs.len())].clone();
        for _ in 0..=self.roll(8) {
            self.change(&mut bytes, inputs);
        }
        bytes.truncate(1024);
        if self.roll(64) == 0 && inputs.len() < 4096 {
            inputs.push(bytes.clone());
        }
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>, inputs: &[Vec<u8>]) {
        let at = self.roll(bytes.len());
        let value = u8::try_from(self.roll(0x100)).unwrap();
        match (self.roll(6), bytes.get_mut(at)) {
            (0, Some(byte)) => *byte = value,
            (1, Some(byte)) => *byte = [0, 1, 3, 4, 5, 8, 0x80, 0xff][self.roll(8)],
            (2, Some(byte)) => *byte ^= 1 << self.roll(8),
            (3, _) => bytes.truncate(at),
            (4, Some(_)) => {
                bytes.insert(at, value);
            }
            _ => {
                let other = &inputs[self.roll(inputs.len())];
                bytes.splice(at.., other[self.roll(other.len())..].iter().copied());
            }
        }
    }
}
