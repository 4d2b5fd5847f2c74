//! Which of this machine's serial ports may have a board: by the USB identity of the bridges that boards have.

use serialport::{SerialPortInfo, SerialPortType};

/// Vendor and product of the bridges between USB and a serial line that ESP8266 boards come with; from their makers' data
/// sheets. Product 0: any of the vendor's.
const BRIDGES: [(u16, u16, &str); 8] = [
    (0x10C4, 0xEA60, "CP210x"),
    (0x10C4, 0xEA70, "CP2105"),
    (0x1A86, 0x7523, "CH340"),
    (0x1A86, 0x5523, "CH341"),
    (0x1A86, 0x55D4, "CH9102"),
    (0x0403, 0, "FTDI"),
    (0x067B, 0x2303, "PL2303"),
    (0x303A, 0, "Espressif"),
];

/// A port with a board, perhaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its name, as it is opened.
    pub port: String,
    /// What is plugged in there.
    pub what: String,
}

impl std::fmt::Display for Candidate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.port, self.what)
    }
}

/// The ports with a bridge that boards have; where there is none, all on USB: it may be a bridge that nobody told us of.
pub fn candidates(ports: Vec<SerialPortInfo>) -> Vec<Candidate> {
    let mut found: Vec<(bool, Candidate)> = ports
        .into_iter()
        .filter_map(|port| {
            let SerialPortType::UsbPort(usb) = port.port_type else { return None };
            let bridge = BRIDGES.iter().find(|(vid, pid, _)| *vid == usb.vid && (*pid == usb.pid || *pid == 0));
            let name = bridge.map(|(_, _, name)| (*name).to_owned()).or(usb.product);
            let what = format!("{} {:04x}:{:04x}", name.unwrap_or_else(|| "USB".into()), usb.vid, usb.pid);
            Some((bridge.is_some(), Candidate { port: port.port_name, what }))
        })
        .collect();
    if found.iter().any(|(is_bridge, _)| *is_bridge) {
        found.retain(|(is_bridge, _)| *is_bridge);
    }
    let mut found: Vec<Candidate> = found.into_iter().map(|(_, candidate)| candidate).collect();
    found.sort_by(|a, b| a.port.cmp(&b.port));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usb(name: &str, vid: u16, pid: u16, product: Option<&str>) -> SerialPortInfo {
        let info = serialport::UsbPortInfo {
            vid,
            pid,
            serial_number: None,
            manufacturer: None,
            product: product.map(str::to_owned),
        };
        SerialPortInfo { port_name: name.into(), port_type: SerialPortType::UsbPort(info) }
    }

    fn names(ports: Vec<SerialPortInfo>) -> Vec<String> {
        candidates(ports).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_bridge_that_boards_have_comes_before_other_things_on_usb() {
        let modem = usb("/dev/ttyACM0", 0x12D1, 0x1506, Some("Modem"));
        let board = usb("/dev/ttyUSB1", 0x1A86, 0x7523, Some("USB Serial"));
        let other = usb("/dev/ttyUSB0", 0x0403, 0x6001, None);
        let fixed = SerialPortInfo { port_name: "/dev/ttyS0".into(), port_type: SerialPortType::Unknown };
        assert_eq!(names(vec![fixed.clone(), modem.clone()]), ["/dev/ttyACM0 (Modem 12d1:1506)"]);
        assert_eq!(
            names(vec![modem, board, other]),
            ["/dev/ttyUSB0 (FTDI 0403:6001)", "/dev/ttyUSB1 (CH340 1a86:7523)"]
        );
        assert!(names(vec![fixed]).is_empty());
    }
}
