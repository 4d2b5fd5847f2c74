//! The chip's own USB serial line: frames in both directions, and the console's text framed among them.

use esp_hal::Blocking;
use esp_hal::peripherals::USB_DEVICE;
use esp_hal::time::{Duration, Instant};
use esp_hal::usb::usb_serial_jtag::UsbSerialJtag;

/// How long bytes wait for a host that takes them. One that takes none is not waited for again until it does.
const PATIENCE: Duration = Duration::from_millis(50);

/// The line.
pub struct Usb {
    line: UsbSerialJtag<'static, Blocking>,
    /// A byte that has come in and was only looked for.
    first: Option<u8>,
    is_heard: bool,
}

impl Usb {
    /// The only one.
    pub fn new(device: USB_DEVICE<'static>) -> Self {
        Self { line: UsbSerialJtag::new(device), first: None, is_heard: true }
    }

    /// Whether something has come in. What has not been looked at stays with the host.
    pub fn has_some(&mut self) -> bool {
        self.first = self.first.or_else(|| self.line.read_byte().ok());
        self.first.is_some()
    }

    /// Takes bytes out, as many as there are and fit.
    pub fn take(&mut self, out: &mut [u8]) -> usize {
        let mut count = 0;
        for place in out {
            let Some(byte) = self.first.take().or_else(|| self.line.read_byte().ok()) else { break };
            *place = byte;
            count += 1;
        }
        count
    }

    /// Sends bytes; `false` when nobody takes them.
    pub fn send(&mut self, bytes: &[u8]) -> bool {
        let until = Instant::now() + PATIENCE;
        for byte in bytes {
            while self.line.write_byte_nb(*byte).is_err() {
                if !self.is_heard || Instant::now() >= until {
                    self.is_heard = false;
                    return false;
                }
            }
        }
        self.is_heard = true;
        // What fills no packet goes out by being asked for.
        let _ = self.line.flush_tx_nb();
        true
    }

    /// Sends text for whoever watches the console.
    pub fn say(&mut self, text: &str) {
        nano_board::say(text, |frame| {
            // What nobody takes is lost: there may be nobody.
            let _ = self.send(frame);
        });
    }
}
