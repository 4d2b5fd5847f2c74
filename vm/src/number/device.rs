//! The module `device`: pins, analogue channels and logs of the host.

use crate::error::Outcome;
use crate::host::HostError;
use crate::image::Image;
use crate::kind::kind;
use crate::native::Native;
use crate::raw::Memory;
use crate::vm::{Args, Line, Vm};
use core::fmt::Write as _;
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

/// Bytes first reserved for the newest record of a log.
const RECORD: u32 = 128;

/// The native behind a function of `device`.
pub(super) fn function(builtin: Builtin) -> Option<&'static Native> {
    static APPEND: Native = Native::new("append,log,payload", append, 2, 2).part_of(Feature::Device);
    static LATEST: Native = Native::new("latest,log", latest, 1, 1).part_of(Feature::Device);
    static READ_ADC: Native = Native::new("read_adc,channel", read_adc, 1, 1).part_of(Feature::Device);
    static READ_PIN: Native = Native::new("read_pin,pin", read_pin, 1, 1).part_of(Feature::Device);
    static SET_PIN_HIGH: Native =
        Native::new("set_pin_high,pin", |vm, args| set_pin(vm, args, true), 1, 1).part_of(Feature::Device);
    static SET_PIN_LOW: Native =
        Native::new("set_pin_low,pin", |vm, args| set_pin(vm, args, false), 1, 1).part_of(Feature::Device);
    Some(match builtin {
        Builtin::DeviceAppend => &APPEND,
        Builtin::DeviceLatest => &LATEST,
        Builtin::DeviceReadAdc => &READ_ADC,
        Builtin::DeviceReadPin => &READ_PIN,
        Builtin::DeviceSetPinHigh => &SET_PIN_HIGH,
        Builtin::DeviceSetPinLow => &SET_PIN_LOW,
        _ => return None,
    })
}

/// Argument 0 as the number of a pin or channel.
fn number(vm: &mut Vm<'_>, args: Args) -> Outcome<u32> {
    let value = vm.arg(args, 0);
    let Some(number) = vm.index_of(value)? else {
        let value = vm.arg(args, 0);
        return vm.not_an_integer(value);
    };
    match u32::try_from(number) {
        Ok(number) => Ok(number),
        Err(_) => vm.raise_fmt(Builtin::OSError, format_args!("device: no such pin or channel: {number}")),
    }
}

fn set_pin(vm: &mut Vm<'_>, args: Args, high: bool) -> Outcome<Value> {
    let pin = number(vm, args)?;
    match vm.host.set_pin(pin, high) {
        Ok(()) => Ok(Value::NONE),
        Err(error) => vm.numbered_error(error, "pin", pin),
    }
}

fn read_pin(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let pin = number(vm, args)?;
    match vm.host.read_pin(pin) {
        Ok(high) => Ok(Value::bool(high)),
        Err(error) => vm.numbered_error(error, "pin", pin),
    }
}

fn read_adc(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let channel = number(vm, args)?;
    match vm.host.read_adc(channel) {
        Ok(counts) => vm.new_uint(u64::from(counts)),
        Err(error) => vm.numbered_error(error, "ADC channel", channel),
    }
}

/// Argument 0 as the name of a log.
fn log_name(vm: &mut Vm<'_>, args: Args, function: &str) -> Outcome<Line> {
    let value = vm.arg(args, 0);
    if vm.kind(value) != kind::STR {
        let given = vm.type_name(value);
        return vm.raise_fmt(
            Builtin::TypeError,
            format_args!("device.{function}() argument 'log' must be str, not {given}"),
        );
    }
    let mut name = Line::default();
    let _ = name.write_str(vm.text(value));
    Ok(name)
}

/// `append(log, payload)`: the record's sequence number.
fn append(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let name = log_name(vm, args, "append")?;
    let payload = vm.arg(args, 1);
    let result = match vm.kind(payload) {
        kind::STR | kind::BYTES => {
            let bytes = payload_bytes(&vm.mem, vm.image, payload, vm.length(payload));
            vm.host.append(name.as_str(), bytes)
        }
        kind::BYTEARRAY => {
            let bytes = payload_bytes(&vm.mem, vm.image, vm.field(payload, 1), vm.number(payload, 0));
            vm.host.append(name.as_str(), bytes)
        }
        _ => {
            return vm
                .raise_type("device.append() takes str or bytes, not {}; json.dumps() makes a str of it", payload);
        }
    };
    match result {
        Ok(sequence) => vm.new_uint(sequence),
        Err(error) => vm.log_error(error, &name),
    }
}

/// The first `length` bytes of a str, bytes or RAW object, borrowed from the memory alone: the host is free meanwhile.
fn payload_bytes<'s>(mem: &'s Memory<'_>, image: &Image<'s>, object: Value, length: u32) -> &'s [u8] {
    if object.is_image() {
        let header = image.object_word(object.offset());
        let start = if nano_wire::value::header_kind(header) == kind::STR { 8 } else { 4 };
        let at = (object.offset() + start) as usize;
        image.object_bytes(at, length as usize).unwrap_or(&[])
    } else {
        let start = if nano_wire::value::header_kind(mem.word(object.0)) == kind::STR { 8 } else { 4 };
        mem.slice(object.0 + start, length)
    }
}

/// `latest(log)`: the newest record as (sequence number, bytes); None where the log is empty.
fn latest(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let name = log_name(vm, args, "latest")?;
    let mut room = RECORD;
    loop {
        let record = vm.alloc(kind::BYTES, room)?;
        let buffer = vm.mem.slice_mut(record.0 + 4, room);
        let (sequence, length) = match vm.host.latest(name.as_str(), buffer) {
            Ok(Some(found)) => found,
            Ok(None) => return Ok(Value::NONE),
            Err(error) => return vm.log_error(error, &name),
        };
        let Ok(length) = u32::try_from(length) else { return vm.memory_error() };
        if length > room {
            // (It may have been replaced by an even longer one until then.)
            room = length;
            continue;
        }
        // Bytes of the last word that aren't the object's are zero.
        vm.mem.slice_mut(record.0 + 4 + length, length.next_multiple_of(4) - length).fill(0);
        vm.shrink(record, length);
        let record = vm.root(record)?;
        let sequence = vm.new_uint(sequence)?;
        return vm.pair(sequence, vm.get(record));
    }
}

impl Vm<'_> {
    /// OSError of a pin or channel.
    #[cold]
    fn numbered_error<T>(&mut self, error: HostError, what: &str, number: u32) -> Outcome<T> {
        match error {
            HostError::NotFound => self.raise_fmt(Builtin::OSError, format_args!("device: no such {what}: {number}")),
            HostError::Unsupported => {
                self.raise_fmt(Builtin::OSError, format_args!("device: this host has no {what}s"))
            }
            HostError::Refused | HostError::TooLarge => {
                self.raise_fmt(Builtin::OSError, format_args!("device: {what} {number} can't be used so"))
            }
        }
    }

    /// OSError of a log.
    #[cold]
    fn log_error<T>(&mut self, error: HostError, name: &Line) -> Outcome<T> {
        let class = Builtin::OSError;
        match error {
            HostError::NotFound => self.raise_fmt(class, format_args!("device: no such log: '{name}'")),
            HostError::Unsupported => self.raise(class, "device: this host has no logs"),
            HostError::Refused => self.raise_fmt(class, format_args!("device: log '{name}' refused it")),
            HostError::TooLarge => {
                self.raise_fmt(class, format_args!("device: the payload is too large for a record of log '{name}'"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Host;
    use crate::testing::{with_host, with_vm};
    use std::string::{String, ToString};
    use std::vec;
    use std::vec::Vec;

    /// Pins 0 to 3, ADC channel 0, and one log that takes records of at most 300 bytes.
    #[derive(Default)]
    struct Board {
        pins: [bool; 4],
        records: Vec<Vec<u8>>,
    }

    impl Host for Board {
        fn set_pin(&mut self, pin: u32, high: bool) -> Result<(), HostError> {
            *self.pins.get_mut(pin as usize).ok_or(HostError::NotFound)? = high;
            Ok(())
        }

        fn read_pin(&mut self, pin: u32) -> Result<bool, HostError> {
            self.pins.get(pin as usize).copied().ok_or(HostError::NotFound)
        }

        fn read_adc(&mut self, channel: u32) -> Result<u32, HostError> {
            if channel == 0 { Ok(1023) } else { Err(HostError::NotFound) }
        }

        fn append(&mut self, log: &str, payload: &[u8]) -> Result<u64, HostError> {
            match log {
                "levels" if payload.len() <= 300 => {
                    self.records.push(payload.to_vec());
                    Ok(self.records.len() as u64)
                }
                "levels" => Err(HostError::TooLarge),
                "full" => Err(HostError::Refused),
                _ => Err(HostError::NotFound),
            }
        }

        fn latest(&mut self, log: &str, buffer: &mut [u8]) -> Result<Option<(u64, usize)>, HostError> {
            if log != "levels" {
                return Err(HostError::NotFound);
            }
            Ok(self.records.last().map(|record| {
                let length = record.len().min(buffer.len());
                buffer[..length].copy_from_slice(&record[..length]);
                (self.records.len() as u64, record.len())
            }))
        }
    }

    fn call(vm: &mut Vm<'_>, builtin: Builtin, arguments: &[Value]) -> Outcome<Value> {
        let args = vm.root_all(arguments)?;
        (function(builtin).unwrap().run)(vm, args)
    }

    /// The message of what a call raises.
    fn message(vm: &mut Vm<'_>, builtin: Builtin, arguments: &[Value]) -> String {
        call(vm, builtin, arguments).unwrap_err();
        let exception = vm.take_exception();
        let text = vm.str(exception).unwrap();
        vm.text(text).to_string()
    }

    #[test]
    fn pins_and_channels() {
        let mut board = Board::default();
        with_host(&mut board, 1 << 14, |vm| {
            let two = Value::small_unchecked(2);
            assert_eq!(call(vm, Builtin::DeviceSetPinHigh, &[two]), Ok(Value::NONE));
            assert_eq!(call(vm, Builtin::DeviceReadPin, &[two]), Ok(Value::TRUE));
            assert_eq!(call(vm, Builtin::DeviceSetPinLow, &[two]), Ok(Value::NONE));
            assert_eq!(call(vm, Builtin::DeviceReadPin, &[two]), Ok(Value::FALSE));
            assert_eq!(call(vm, Builtin::DeviceReadAdc, &[Value::FALSE]), Ok(Value::small_unchecked(1023)));
            let many = Value::small_unchecked(77);
            assert_eq!(message(vm, Builtin::DeviceSetPinHigh, &[many]), "device: no such pin: 77");
            assert_eq!(message(vm, Builtin::DeviceReadAdc, &[many]), "device: no such ADC channel: 77");
            let negative = Value::small_unchecked(-1);
            assert_eq!(message(vm, Builtin::DeviceReadPin, &[negative]), "device: no such pin or channel: -1");
            let text = message(vm, Builtin::DeviceReadPin, &[Value::NONE]);
            assert_eq!(text, "'NoneType' object cannot be interpreted as an integer");
        });
        with_vm(1 << 14, |vm| {
            let text = message(vm, Builtin::DeviceSetPinHigh, &[Value::small_unchecked(2)]);
            assert_eq!(text, "device: this host has no pins");
        });
    }

    #[test]
    fn logs() {
        let mut board = Board::default();
        with_host(&mut board, 1 << 14, |vm| {
            let name = vm.new_str("levels").unwrap();
            let (name, payload) = vm.root2(name, Value::NONE).unwrap();
            for length in [0, 5, 127, 128, 129, 300] {
                let text = vm.new_str(&"x".repeat(length)).unwrap();
                vm.set(payload, text);
                let arguments = [vm.get(name), vm.get(payload)];
                let sequence = call(vm, Builtin::DeviceAppend, &arguments).unwrap().as_small();
                let latest = vm.get(name);
                let latest = call(vm, Builtin::DeviceLatest, &[latest]).unwrap();
                assert_eq!(vm.items(latest)[0].as_small(), sequence);
                assert_eq!(vm.bytes(vm.items(latest)[1]), &vec![b'x'; length]);
            }
            let text = vm.new_bytes(&[7; 301]).unwrap();
            vm.set(payload, text);
            let arguments = [vm.get(name), vm.get(payload)];
            let text = message(vm, Builtin::DeviceAppend, &arguments);
            assert_eq!(text, "device: the payload is too large for a record of log 'levels'");
            let arguments = [vm.get(name), Value::small_unchecked(5)];
            let text = message(vm, Builtin::DeviceAppend, &arguments);
            assert_eq!(text, "device.append() takes str or bytes, not int; json.dumps() makes a str of it");
            let other = vm.new_str("nothing").unwrap();
            assert_eq!(message(vm, Builtin::DeviceLatest, &[other]), "device: no such log: 'nothing'");
            let text = message(vm, Builtin::DeviceLatest, &[Value::NONE]);
            assert_eq!(text, "device.latest() argument 'log' must be str, not NoneType");
        });
    }
}
