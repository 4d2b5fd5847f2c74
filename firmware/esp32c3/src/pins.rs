//! Pins, digital and analogue.

use crate::table;
use esp_hal::analog::adc::{Adc, AdcChannel, AdcConfig, Attenuation};
use esp_hal::gpio::{AnyPin, Flex};
use esp_hal::peripherals::{ADC1, GPIO0, GPIO1, GPIO2, GPIO3, GPIO4};

const PINS: usize = table::PINS_DIGITAL as usize;
/// Looks at a conversion before it is given up.
const PATIENCE: u32 = 100_000;

/// The pins; one is taken when it is used first.
#[derive(Default)]
pub struct Pins {
    pins: [Option<Pin>; PINS],
}

struct Pin {
    pin: Flex<'static>,
    is_driven: bool,
}

impl Pins {
    fn pin(&mut self, number: u32) -> Option<&mut Pin> {
        let place = self.pins.get_mut(number as usize)?;
        if table::PINS_TAKEN >> number & 1 == 1 {
            return None;
        }
        Some(place.get_or_insert_with(|| {
            // SAFETY: this is the only user of pins, and takes each once; what the board itself uses is not among them.
            let pin = unsafe { AnyPin::steal(number as u8) };
            Pin { pin: Flex::new(pin), is_driven: false }
        }))
    }

    /// Drives a pin; `false` where there is none.
    pub fn set(&mut self, number: u32, high: bool) -> bool {
        let Some(pin) = self.pin(number) else { return false };
        pin.pin.set_level(high.into());
        pin.pin.set_output_enable(true);
        pin.is_driven = true;
        true
    }

    /// Reads a pin: what it is driven to, or what is at it.
    pub fn get(&mut self, number: u32) -> Option<bool> {
        let pin = self.pin(number)?;
        if pin.is_driven {
            return Some(pin.pin.is_set_high());
        }
        pin.pin.set_input_enable(true);
        Some(pin.pin.is_high())
    }
}

/// A channel of the first converter: 12 bits, up to about 2.5 V. Its pin is not digital afterwards.
pub fn read_adc(channel: u32) -> Option<u32> {
    // SAFETY: nothing else uses the converter or makes these pins analogue, and each is let go of before this returns.
    unsafe {
        match channel {
            0 => convert(GPIO0::steal()),
            1 => convert(GPIO1::steal()),
            2 => convert(GPIO2::steal()),
            3 => convert(GPIO3::steal()),
            4 => convert(GPIO4::steal()),
            _ => None,
        }
    }
}

fn convert<P: AdcChannel + esp_hal::gpio::AnalogPin>(pin: P) -> Option<u32> {
    let mut config = AdcConfig::new();
    let mut pin = config.enable_pin(pin, Attenuation::_11dB);
    // SAFETY: as in `read_adc`.
    let mut converter = Adc::new(unsafe { ADC1::steal() }, config);
    (0..PATIENCE).find_map(|_| converter.read_oneshot(&mut pin).ok()).map(u32::from)
}
