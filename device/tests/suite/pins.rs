//! Handlers that use the `device` module: pins and logs.

use crate::bench::Bench;
use nano_device::Source;

/// The handler of the paper's Figure 3.
pub const LIGHTS: &str = "\
import device

def handler(payload, ctx):
    if payload[0] > 100:
        device.set_pin_low(2)
        return False
    device.set_pin_high(2)
    return True
";

#[test]
fn a_sample_invokes_the_handler_which_drives_the_pin() {
    let mut bench = Bench::new();
    let log = bench.light();
    bench.deploy(log, "new_light_lvl", LIGHTS);
    bench.outside.borrow_mut().adc.extend([512, 40, 7]);
    bench.runtime.sample(log.0, log.1, Source::Adc(0), 200_000).unwrap();
    bench.run(100_000);
    assert!(!bench.outside.borrow().pins[&2]);
    assert!(bench.said().starts_with("new_light_lvl(light 1) -> false"), "{}", bench.said());
    bench.run(200_000);
    assert!(bench.outside.borrow().pins[&2]);
    bench.run(1_000_000);
    assert_eq!(bench.tail(log.0, log.1, 10), [(1, b"[512]".to_vec()), (2, b"[40]".to_vec()), (3, b"[7]".to_vec())]);
    let result = bench.result();
    assert!(
        result.starts_with(
            "{\"function\": \"new_light_lvl\", \"woof\": \"app/light\", \"sequence\": 3, \"on\": \"device\""
        ),
        "{result}"
    );
    assert!(result.ends_with("\"result\": true}"), "{result}");
}

#[test]
fn handlers_append_and_so_invoke_others() {
    let mut bench = Bench::new();
    let log = bench.light();
    let alarm = bench.make_log(log.0, "alarm", 32, 4);
    bench.deploy(
        log,
        "watch",
        "import device\n\ndef handler(payload, ctx):\n    return device.append('alarm', '[1]')\n",
    );
    bench.deploy((log.0, alarm), "ring", "import device\n\ndef handler(payload, ctx):\n    device.set_pin_high(5)\n");
    bench.append(log, b"[3]");
    bench.run(5000);
    assert!(bench.outside.borrow().pins[&5]);
    // The device's own logs are not for handlers.
    bench.deploy(
        log,
        "watch",
        "import device\n\ndef handler(payload, ctx):\n    return device.append('nano/results', 'x')\n",
    );
    bench.append(log, b"[3]");
    bench.run(5000);
    assert!(bench.traced("refused watch"), "{}", bench.said());
}
