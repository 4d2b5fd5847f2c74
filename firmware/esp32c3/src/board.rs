//! The chip: what the runtime asks for, by what it has.

use crate::flash::Part;
use crate::pins::{Pins, read_adc};
use crate::usb::Usb;
use crate::wifi::Radio;
use esp_hal::rng::Rng;
use esp_hal::system::software_reset;
use esp_hal::time::{Duration, Instant};
use esp_rtos::CurrentThreadHandle;
use nano_board::Chip;
use nano_device::Port;
use nano_net::Network;

/// Clients at the USB line; the edge is on the network.
const USB: Port = Port(1);
/// Ports there are.
pub const PORTS: u8 = 2;

/// The ESP32-C3.
pub struct Esp32C3 {
    usb: Usb,
    /// None where it was told of no network: then whoever is at the USB line is all there is.
    network: Option<Network<Radio>>,
    is_joined: bool,
    pins: Pins,
    random: Rng,
    images: (),
}

impl Esp32C3 {
    /// Of its parts.
    pub fn new(usb: Usb, network: Option<Network<Radio>>) -> Self {
        Self { usb, network, is_joined: false, pins: Pins::default(), random: Rng::new(), images: () }
    }

    /// Lets the radio and the network go on, and says what changed.
    fn poll_network(&mut self) {
        let Some(network) = &mut self.network else { return };
        let (is_joined, joining) = network.device_mut().poll();
        if is_joined != self.is_joined {
            self.is_joined = is_joined;
            network.begin_anew();
        }
        let linking = network.poll(now_ms());
        for news in joining.into_iter().chain(linking) {
            self.usb.say(news);
        }
    }
}

fn now_ms() -> i64 {
    Instant::now().duration_since_epoch().as_millis() as i64
}

impl Chip for Esp32C3 {
    type Flash = Part;
    type Images = ();

    const MODEL: &'static str = "esp32c3";

    fn now_us(&mut self) -> u64 {
        Instant::now().duration_since_epoch().as_micros()
    }

    /// The chip's generator, which is one of noise while the radio is on.
    fn moment(&mut self) -> u32 {
        self.random.random()
    }

    fn worked(&mut self) {
        self.poll_network();
    }

    fn idle(&mut self, until_us: u64) {
        loop {
            self.poll_network();
            let has_some = self.network.as_ref().is_some_and(Network::has_some) || self.usb.has_some();
            if has_some || self.now_us() >= until_us {
                return;
            }
            // The radio's threads run meanwhile, or the processor waits for an interrupt.
            CurrentThreadHandle::get().delay(Duration::from_millis(1));
        }
    }

    fn set_pin(&mut self, pin: u32, high: bool) -> bool {
        self.pins.set(pin, high)
    }

    fn read_pin(&mut self, pin: u32) -> Option<bool> {
        self.pins.get(pin)
    }

    fn read_adc(&mut self, channel: u32) -> Option<u32> {
        read_adc(channel)
    }

    fn linked(&mut self, port: Port) -> bool {
        self.poll_network();
        port == USB || self.network.as_ref().is_some_and(Network::is_up)
    }

    fn connections(&mut self, port: Port) -> u32 {
        let network = self.network.as_ref().filter(|_| port == Port::EDGE);
        network.map_or(0, Network::connections)
    }

    fn receive(&mut self, port: Port, buffer: &mut [u8]) -> usize {
        match &mut self.network {
            Some(network) if port == Port::EDGE => network.take(buffer),
            _ if port == USB => self.usb.take(buffer),
            _ => 0,
        }
    }

    fn send(&mut self, port: Port, bytes: &[u8]) -> bool {
        match &mut self.network {
            Some(network) if port == Port::EDGE => network.send(bytes, now_ms),
            _ => port == USB && self.usb.send(bytes),
        }
    }

    fn console(&mut self, text: &str) {
        self.usb.say(text);
    }

    fn paired(&mut self) {
        if let Some(network) = &mut self.network {
            network.is_good();
        }
    }

    fn images(&mut self) -> &mut () {
        &mut self.images
    }

    fn restart(&mut self) {
        software_reset()
    }
}
