//! The ESP32-C3: the device's runtime with Wi-Fi as its link to the edge, and USB as its line to a person.
//!
//! Start-up, peripherals and the radio are Espressif's crates; the boot loader in flash is Espressif's, too. What is here
//! joins them to the runtime that every board has. Where it was told so it sleeps deeply between two times of work: it
//! starts anew then, and goes on with what it keeps in flash.
#![no_std]
#![no_main]

extern crate alloc;

mod board;
mod descriptor;
mod flash;
mod pins;
mod table;
mod usb;
mod wifi;

use alloc::vec;
use board::{Esp32C3, PORTS};
use core::panic::PanicInfo;
use esp_hal::clock::CpuClock;
use esp_hal::peripherals::{LPWR, USB_DEVICE, WIFI};
use esp_hal::rng::Rng;
use esp_hal::rtc_cntl::sleep::{LowPower, RtcSleepConfig};
use esp_hal::system::software_reset;
use esp_hal::time::{Duration, Instant};
use esp_hal::timer::timg::TimerGroup;
use esp_rtos::CurrentThreadHandle;
use flash::Flash;
use nano_board::{Chip, Entropy, Store, Whole, introduction};
use nano_device::provision::{Duty, MOST_BYTES, Stored};
use nano_device::{Config, Hello};
use nano_net::{Network, edge_address};
use usb::Usb;
use wifi::Radio;

/// What the processor is clocked with.
const CLOCK: CpuClock = match table::PROCESSOR_CLOCK_MHZ {
    80 => CpuClock::_80MHz,
    160 => CpuClock::_160MHz,
    _ => panic!("the chip has no such clock"),
};

/// A radio that was switched on takes so long to be in its network, usually; who sleeps before never is.
const LEAST_AWAKE_S: u64 = 5;

/// Longest that it stays awake beyond its time for what it has begun.
const MOST_OVERTIME_S: u64 = 30;

#[esp_hal::main]
fn main() -> ! {
    let chip = esp_hal::init(esp_hal::Config::default().with_cpu_clock(CLOCK));
    // SAFETY: where the boot loader was, which is done; the section is not initialised, so nothing else is there.
    esp_alloc::heap_allocator!(#[unsafe(link_section = ".dram2_uninit")] size: table::RAM_RECLAIMED_BYTES as usize);
    esp_alloc::heap_allocator!(size: table::RAM_HEAP_BYTES as usize);
    esp_rtos::start(TimerGroup::new(chip.TIMG0).timer0, chip.FROM_CPU_INTR0);
    let mut usb = Usb::new(chip.USB_DEVICE);
    let mut flash = Flash::new(chip.FLASH);
    let mut sector = vec![0; MOST_BYTES];
    let read = flash.read_bytes(table::FLASH_PROVISION, &mut sector);
    let Ok(provision) = Stored::decode(if read { &sector } else { &[] }) else {
        stop(&mut usb, "this board has no name and no key; flash it by: nano deploy --target esp32c3")
    };
    usb.say(&introduction(Esp32C3::MODEL, flash.image_crc(), &provision));
    let Some(mut store) = Store::open(flash.kept()) else { stop(&mut usb, "its flash can't be written any more") };
    let entropy = Entropy::new(&provision.key, store.count_boot(), Rng::new().random());
    let network = match network(&provision, chip.WIFI) {
        Ok(network) => network,
        Err(why) => stop(&mut usb, why),
    };
    if network.is_none() {
        usb.say("it was told of no network; the USB line is its only link\n");
    }
    let whole = Whole::new(&provision, store, entropy, Esp32C3::new(usb, network));
    let mut runtime = match whole.boot(&provision, Config { ports: PORTS, ..table::CONFIG }) {
        Ok(runtime) => runtime,
        // The line went with the board that could not be made.
        Err(why) => stop(&mut line(), why),
    };
    match provision.duty() {
        Some(duty) => {
            let awake_us = u64::from(duty.awake_s).max(LEAST_AWAKE_S) * 1_000_000;
            runtime.run_to_rest(awake_us, awake_us + MOST_OVERTIME_S * 1_000_000);
            runtime.settle();
            sleep(duty, chip.LPWR)
        }
        None => runtime.run_until(u64::MAX),
    }
    software_reset()
}

/// The link to the edge, where it was told of one.
fn network(provision: &Stored<'_>, radio: WIFI<'static>) -> Result<Option<Network<Radio>>, &'static str> {
    let told = provision.network();
    if told.ssid.is_empty() {
        return Ok(None);
    }
    let edge = edge_address(told.edge).ok_or("it was not told where its edge is: an IPv4 address and a port")?;
    let radio = Radio::start(radio, told.ssid, told.password)?;
    let address = radio.address();
    let hello = Hello { name: provision.name, board: Esp32C3::MODEL, version: env!("CARGO_PKG_VERSION") };
    let seed = u64::from(Rng::new().random()) << 32 | u64::from(Rng::new().random());
    Ok(Some(Network::new(radio, address, edge, &hello, seed)))
}

/// Sleeps deeply; the chip starts anew afterwards.
fn sleep(duty: Duty, power: LPWR<'static>) -> ! {
    let mut power = LowPower::new(power);
    power.set_wakeup_deadline(Instant::now() + Duration::from_secs(u64::from(duty.asleep_s.max(1))));
    power.sleep_deep(RtcSleepConfig::deep())
}

/// Says why again and again, so that whoever connects learns it.
fn stop(usb: &mut Usb, why: &str) -> ! {
    loop {
        usb.say("nano: ");
        usb.say(why);
        usb.say("\n");
        CurrentThreadHandle::get().delay(Duration::from_secs(3));
    }
}

/// The USB line once more, where what used it is not gone on with.
fn line() -> Usb {
    // SAFETY: the callers' promise: there is no other user any more.
    Usb::new(unsafe { USB_DEVICE::steal() })
}

/// Nobody may be at the line, and what can't go on must not wait for anybody.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    line().say("nano: out of memory, or a defect; starting anew\n");
    software_reset()
}
