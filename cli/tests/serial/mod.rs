//! What tests of boards on a serial line share: the line, the boot loaders' frames, and where the images are.
//! Each test file uses what it needs.
#![allow(dead_code)]

use std::fs::{File, OpenOptions};
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

/// A line that passes bytes on as they are.
pub struct Line {
    /// The board's end.
    pub master: File,
    /// Open as long as the board is there, so that its line outlives a client.
    pub slave: OwnedFd,
    /// What a client opens.
    pub port: String,
}

impl Line {
    /// A new one. Who is started meanwhile does not inherit the board's end: a line whose other end somebody holds never
    /// hangs up.
    pub fn new() -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let port = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let slave: OwnedFd = OpenOptions::new().read(true).write(true).open(&port).unwrap().into();
        let mut settings = tcgetattr(&slave).unwrap();
        settings.make_raw();
        tcsetattr(&slave, OptionalActions::Now, &settings).unwrap();
        Self { master: File::from(master), slave, port }
    }
}

/// The folder of the images under test.
pub fn firmware() -> PathBuf {
    PathBuf::from(std::env::var_os("NANO_TEST_FIRMWARE").expect("cargo xtask test firmware says where the images are"))
}

/// What is in a SLIP frame of a boot loader's protocol (RFC 1055).
pub fn unslip(frame: &[u8]) -> Vec<u8> {
    let mut bytes = frame.iter();
    let mut packet = Vec::new();
    while let Some(byte) = bytes.next() {
        packet.push(match byte {
            0xDB if bytes.next() == Some(&0xDC) => 0xC0,
            0xDB => 0xDB,
            other => *other,
        });
    }
    packet
}
