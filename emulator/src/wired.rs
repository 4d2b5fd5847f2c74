//! A board at the other end of a serial line of this machine: clients reach it by a port, as they do any other.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use crate::bridge::Bridge;
use crate::soft::Sink;
use crate::uplink::EdgePort;

/// The board. The line is let go when this is dropped.
pub struct WiredDevice {
    bridge: Arc<Bridge>,
    address: SocketAddr,
    ended: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl fmt::Debug for WiredDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WiredDevice").field("address", &self.address).finish_non_exhaustive()
    }
}

impl WiredDevice {
    /// Over both directions of a line; a read that times out is made again.
    pub fn start(
        name: &str,
        input: impl Read + Send + 'static,
        output: impl Write + Send + 'static,
        edge: Option<EdgePort>,
        sink: Sink,
    ) -> io::Result<Self> {
        let bridge = Bridge::new(name, edge, sink);
        bridge.attach(Some(Box::new(output)));
        let ended = Arc::new(AtomicBool::new(false));
        let (address, door) = bridge.open_door()?;
        let mut device = Self { bridge, address, ended, threads: vec![door] };
        let (bridge, input) = (Arc::clone(&device.bridge), Patient { input, ended: Arc::clone(&device.ended) });
        device.threads.push(thread::Builder::new().name("nano-wire".into()).spawn(move || bridge.listen(input))?);
        Ok(device)
    }

    /// Where clients reach it.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for WiredDevice {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Release);
        self.bridge.close();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// Reads until there is something, or it is over.
struct Patient<R> {
    input: R,
    ended: Arc<AtomicBool>,
}

impl<R: Read> Read for Patient<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.input.read(buffer) {
                Err(error)
                    if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock)
                        && !self.ended.load(Ordering::Acquire) => {}
                other => return other,
            }
        }
    }
}
