//! Samplers: a sensor read at a rate, each reading appended to a log as JSON: `[512]`, or what the sensor says.

use crate::board::Board;
use crate::text::Line;
use crate::trace::Trace;
use crate::world::{Cause, World};
use alloc::string::String;
use alloc::vec::Vec;

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// An analogue channel: `[512]`.
    Adc(u32),
    /// A digital pin: `[0]` or `[1]`.
    Pin(u32),
    /// A sensor with words of its own (an accelerometer: `[0.01, -0.02, 1.0]`); see [`Board::read_sensor`].
    Sensor(u32),
}

/// A sensor that is read at a rate.
#[derive(Clone, Copy, Debug)]
pub struct Sampler {
    /// Namespace of the log.
    pub ns: u16,
    /// The log.
    pub woof: u16,
    /// What is read.
    pub source: Source,
    /// How often.
    pub period_us: u64,
    /// When next.
    pub next_us: u64,
}

impl Sampler {
    /// Reads and appends, if it is time. Readings that were missed are not made up for.
    pub fn poll<B: Board>(&mut self, world: &mut World<B>) {
        let now_us = world.board.now_us();
        if now_us < self.next_us {
            return;
        }
        let late = (now_us - self.next_us).checked_div(self.period_us).unwrap_or(0);
        self.next_us = self.next_us.saturating_add((late + 1).saturating_mul(self.period_us.max(1)));
        if late > 0 {
            let log = world.objects.log(self.ns, self.woof).map_or("", |log| &log.name);
            world.board.trace(now_us, &Trace::MissedSample { log });
        }
        let read = match self.source {
            Source::Adc(channel) => world.board.read_adc(channel).map(number),
            Source::Pin(pin) => world.board.read_pin(pin).map(|high| number(high.into())),
            Source::Sensor(sensor) => {
                let mut reading = String::new();
                world.board.read_sensor(sensor, &mut reading).map(|()| reading.into_bytes())
            }
        };
        // A source that has run dry, or a log that was dropped: there is nothing to append.
        if let Ok(reading) = read {
            let _ = world.append(self.ns, self.woof, &reading, Cause::Local);
        }
    }
}

/// A number as JSON.
fn number(number: u32) -> Vec<u8> {
    let mut line = Line::default();
    line.reserve(12);
    line.push("[");
    line.push_decimal(number.into());
    line.push("]");
    line.into_bytes()
}
