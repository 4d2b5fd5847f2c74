//! A stock capture of the clear link: what tshark or tcpdump, where one is installed and may, writes of loopback traffic.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A capture under way of all that is sent to a port.
pub struct Capture {
    child: Child,
    file: PathBuf,
    _folder: TempDir,
}

impl Capture {
    /// By tshark, else by tcpdump; nothing where neither is there or neither may listen. Where NANO_TEST_CAPTURE
    /// is set one is there, and whoever may open raw sockets has to succeed.
    pub fn start(port: u16) -> Option<Self> {
        let filter = format!("tcp dst port {port}");
        let tshark = ["-i", "lo", "-F", "pcap", "-f", &filter, "-w"];
        let tcpdump = ["-i", "lo", "-U", "-s", "0", &filter, "-w"];
        let capture = Self::by("tshark", &tshark).or_else(|| Self::by("tcpdump", &tcpdump));
        let demanded = std::env::var_os("NANO_TEST_CAPTURE").is_some() && may_listen();
        assert!(capture.is_some() || !demanded, "neither tshark nor tcpdump listens, and may");
        capture
    }

    fn by(program: &str, arguments: &[&str]) -> Option<Self> {
        let folder = tempfile::tempdir().ok()?;
        let file = folder.path().join("link.pcap");
        let mut command = Command::new(program);
        command.args(arguments).arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().ok()?;
        let errors = child.stderr.take()?;
        let mut capture = Self { child, file, _folder: folder };
        let mut errors = BufReader::new(errors);
        let mut line = String::new();
        // It says when it listens; it ends where it may not.
        while errors.read_line(&mut line).ok()? > 0 {
            if line.contains("listening on") || line.contains("Capturing on") {
                // Nothing it has to say may stop it.
                thread::spawn(move || std::io::copy(&mut errors, &mut std::io::sink()));
                // tshark says it a moment before its helper does it.
                let until = Instant::now() + Duration::from_secs(5);
                while !capture.file.exists() && Instant::now() < until {
                    thread::sleep(Duration::from_millis(10));
                }
                return Some(capture);
            }
            line.clear();
        }
        let _ = capture.child.wait();
        None
    }

    /// Ends it once it has seen so many bytes, or after a while; what was sent, in the order of the capture.
    pub fn sent(mut self, least: usize) -> Vec<u8> {
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            let sent = self.read();
            if sent.len() >= least || Instant::now() > until {
                let _ = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
                let _ = self.child.wait();
                return sent;
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// The payloads of the packets of a pcap file (Ethernet, IPv4, TCP), each once.
    fn read(&self) -> Vec<u8> {
        let (mut bytes, mut sent, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
        let _ = std::fs::File::open(&self.file).and_then(|mut file| file.read_to_end(&mut bytes));
        let word = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize);
        let mut at = 24;
        while let Some(packet) = word(at + 8).and_then(|size| bytes.get(at + 16..at + 16 + size)) {
            at += 16 + packet.len();
            if let Some((connection, payload)) = tcp(packet)
                && !payload.is_empty()
                && seen.insert(connection)
            {
                sent.extend_from_slice(payload);
            }
        }
        sent
    }
}

/// Whether this process may open raw sockets, as root may where no container has taken that away.
fn may_listen() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let capabilities = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    // CAP_NET_RAW is bit 13.
    capabilities.and_then(|digits| u64::from_str_radix(digits.trim(), 16).ok()).is_some_and(|bits| bits >> 13 & 1 == 1)
}

impl Drop for Capture {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Source port and sequence number, which a packet sent again shares; and the payload.
fn tcp(frame: &[u8]) -> Option<((u16, u32), &[u8])> {
    let ip = frame.get(14..)?;
    let total = usize::from(u16::from_be_bytes([*ip.get(2)?, *ip.get(3)?]));
    let segment = ip.get(usize::from(ip.first()? & 15) * 4..total)?;
    let port = u16::from_be_bytes([*segment.first()?, *segment.get(1)?]);
    let number = u32::from_be_bytes(segment.get(4..8)?.try_into().ok()?);
    let payload = segment.get(usize::from(segment.get(12)? >> 4) * 4..)?;
    Some(((port, number), payload))
}
