//! The board's Ethernet: a LAN9118 (Microchip's data sheet DS00002266), polled.

use nano_bare::{register, set_register};
use smoltcp::phy::{self, DeviceCapabilities, Medium};
use smoltcp::time::Instant;

const BASE: usize = 0x4020_0000;
const RECEIVE_DATA: usize = BASE;
const SEND_DATA: usize = BASE + 0x20;
const RECEIVE_STATUS: usize = BASE + 0x40;
const SEND_STATUS: usize = BASE + 0x48;
const INTERRUPT_LINE: usize = BASE + 0x54;
const INTERRUPT_STATE: usize = BASE + 0x58;
const INTERRUPT_ENABLE: usize = BASE + 0x5C;
const BYTE_ORDER: usize = BASE + 0x64;
const RECEIVER: usize = BASE + 0x6C;
const SENDER: usize = BASE + 0x70;
const HARDWARE: usize = BASE + 0x74;
const RECEIVED: usize = BASE + 0x7C;
const SENT: usize = BASE + 0x80;
const MAC_COMMAND: usize = BASE + 0xA4;
const MAC_DATA: usize = BASE + 0xA8;

/// What the register says that shows the order of bytes.
const ORDER: u32 = 0x8765_4321;
/// A frame with its header, without its checksum.
const MOST_BYTES: usize = 1514;
/// Frames that are received and wait.
const RECEIVED_INTERRUPT: u32 = 1 << 3;
/// Looks at a register that is to change before the chip is given up.
const PATIENCE: u32 = 1_000_000;

/// The chip.
#[derive(Debug)]
pub struct Lan9118 {
    frame: [u8; MOST_BYTES],
    /// Frames that were dropped: damaged, too long, or not taken by the sender in time.
    pub dropped: u32,
}

/// Waits until `holds`; `false` when it doesn't.
fn wait(mut holds: impl FnMut() -> bool) -> bool {
    (0..PATIENCE).any(|_| holds())
}

fn set_mac_register(number: u32, value: u32) -> bool {
    set_register(MAC_DATA, value);
    set_register(MAC_COMMAND, 1 << 31 | number);
    wait(|| register(MAC_COMMAND) >> 31 == 0)
}

impl Lan9118 {
    /// Starts it with this address; `None` when there is none, or it does not start.
    pub fn start(address: [u8; 6]) -> Option<Self> {
        if register(BYTE_ORDER) != ORDER {
            return None;
        }
        set_register(HARDWARE, 1);
        if !wait(|| register(HARDWARE) & 1 == 0) {
            return None;
        }
        // 5 KiB for what is sent; the bit beside it must be one.
        set_register(HARDWARE, 5 << 16 | 1 << 20);
        let [a, b, c, d, e, f] = address;
        let started = set_mac_register(3, u32::from_le_bytes([a, b, c, d]))
            && set_mac_register(2, u32::from_le_bytes([e, f, 0, 0]))
            && set_mac_register(1, 1 << 2 | 1 << 3);
        set_register(RECEIVER, 0);
        set_register(SENDER, 2);
        // A frame that comes in wakes the processor: the line is active high, and driven.
        set_register(INTERRUPT_ENABLE, RECEIVED_INTERRUPT);
        set_register(INTERRUPT_LINE, 0x111);
        started.then_some(Self { frame: [0; MOST_BYTES], dropped: 0 })
    }

    /// Takes a frame out of the chip; its length.
    fn take(&mut self) -> Option<usize> {
        set_register(INTERRUPT_STATE, RECEIVED_INTERRUPT);
        if register(RECEIVED) & 0xFF << 16 == 0 {
            return None;
        }
        let status = register(RECEIVE_STATUS);
        // With its checksum.
        let length = (status >> 16 & 0x3FFF) as usize;
        for index in 0..length.div_ceil(4) {
            let word = register(RECEIVE_DATA).to_le_bytes();
            for (to, from) in self.frame.iter_mut().skip(index * 4).zip(word) {
                *to = from;
            }
        }
        let is_damaged = status & 1 << 15 != 0;
        let length = length.checked_sub(4).filter(|length| *length <= MOST_BYTES && !is_damaged);
        self.dropped = self.dropped.wrapping_add(u32::from(length.is_none()));
        length
    }

    fn send(&mut self, frame: &[u8]) {
        // From 0 to 1514 bytes.
        let length = frame.len() as u32;
        if !wait(|| register(SENT) & 0xFFFF >= length + 16) {
            // TCP sends it again.
            self.dropped = self.dropped.wrapping_add(1);
            return;
        }
        set_register(SEND_DATA, 1 << 13 | 1 << 12 | length);
        set_register(SEND_DATA, length);
        for piece in frame.chunks(4) {
            let mut word = [0; 4];
            word.iter_mut().zip(piece).for_each(|(to, from)| *to = *from);
            set_register(SEND_DATA, u32::from_le_bytes(word));
        }
        while register(SENT) >> 16 & 0xFF != 0 {
            register(SEND_STATUS);
        }
    }
}

/// A frame that may be sent.
pub struct Sending<'a>(&'a mut Lan9118);

impl phy::TxToken for Sending<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, make: F) -> R {
        let mut frame = [0; MOST_BYTES];
        let frame = frame.get_mut(..length).unwrap_or_default();
        let made = make(frame);
        self.0.send(frame);
        made
    }
}

/// A frame that has come: a copy, because an answer may be sent while it is read.
pub struct Received([u8; MOST_BYTES], usize);

impl phy::RxToken for Received {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, take: F) -> R {
        take(self.0.get(..self.1).unwrap_or_default())
    }
}

impl phy::Device for Lan9118 {
    type RxToken<'a> = Received;
    type TxToken<'a> = Sending<'a>;

    fn receive(&mut self, _: Instant) -> Option<(Received, Sending<'_>)> {
        let length = self.take()?;
        Some((Received(self.frame, length), Sending(self)))
    }

    fn transmit(&mut self, _: Instant) -> Option<Sending<'_>> {
        Some(Sending(self))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ethernet;
        capabilities.max_transmission_unit = MOST_BYTES;
        capabilities.max_burst_size = Some(1);
        capabilities
    }
}
