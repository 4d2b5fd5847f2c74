//! The samplers that a board was told of.

use nano_device::provision::Stored;
use nano_device::{Board, Runtime, Source};

/// Starts them; those that can't be are named on the console.
pub fn sample<B: Board>(runtime: &mut Runtime<B>, provision: &Stored<'_>) {
    for sampler in provision.samplers() {
        let log = runtime.make_namespace(sampler.namespace).and_then(|ns| {
            let woof = runtime.make_log(ns, sampler.log, sampler.element.into(), sampler.history.into())?;
            runtime.sample(ns, woof, Source::Adc(sampler.channel.into()), u64::from(sampler.period_ms) * 1000)
        });
        if log.is_err() {
            runtime.board_mut().console("a sampler's log can't be made\n");
        }
    }
}
