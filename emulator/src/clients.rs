//! Clients of a software device: a TCP port of this machine that speaks the frames a serial line would.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nano_device::Port;

use crate::inbox::Inbox;

/// Clients at a time, beside the edge.
pub const MOST_CLIENTS: u8 = 4;
/// Longest that a device waits for a client that doesn't read.
const WRITE_TIMEOUT: Duration = Duration::from_millis(200);
/// Longest that a client waits for a place to become free.
const PLACE_TIMEOUT: Duration = Duration::from_secs(1);

/// The clients that are connected.
#[derive(Debug, Default)]
pub struct Clients {
    streams: Mutex<BTreeMap<Port, TcpStream>>,
}

impl Clients {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Port, TcpStream>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether anybody is on this port.
    pub fn has(&self, port: Port) -> bool {
        self.lock().contains_key(&port)
    }

    /// Sends bytes to whoever is on this port.
    pub fn send(&self, port: Port, bytes: &[u8]) -> bool {
        let mut streams = self.lock();
        let sent = streams.get_mut(&port).is_some_and(|stream| stream.write_all(bytes).is_ok());
        if !sent && let Some(stream) = streams.remove(&port) {
            // Half a frame may be out; the rest would be taken for noise, but the client had better begin anew.
            let _ = stream.shutdown(Shutdown::Both);
        }
        sent
    }

    fn connect(&self, stream: &TcpStream) -> Option<Port> {
        let mut streams = self.lock();
        let port = (1..=MOST_CLIENTS).map(Port).find(|port| !streams.contains_key(port))?;
        let kept = stream.try_clone().ok()?;
        kept.set_write_timeout(Some(WRITE_TIMEOUT)).ok()?;
        let _ = kept.set_nodelay(true);
        streams.insert(port, kept);
        Some(port)
    }

    fn disconnect(&self, port: Port, stream: &TcpStream) {
        let mut streams = self.lock();
        // Another client may be on the port by now.
        let same = streams.get(&port).is_some_and(|kept| kept.peer_addr().ok() == stream.peer_addr().ok());
        if same {
            streams.remove(&port);
        }
    }

    fn close(&self) {
        for stream in std::mem::take(&mut *self.lock()).into_values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// The TCP port of a device. It closes when this is dropped.
pub struct Door {
    address: SocketAddr,
    clients: Arc<Clients>,
    closed: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Door {
    /// Opens a port of the loopback interface for clients of the device behind this inbox.
    pub fn open(inbox: &Arc<Inbox>, clients: &Arc<Clients>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let closed = Arc::new(AtomicBool::new(false));
        let thread = {
            let (inbox, clients, closed) = (Arc::clone(inbox), Arc::clone(clients), Arc::clone(&closed));
            thread::Builder::new()
                .name("nano-device-port".into())
                .spawn(move || accept(&listener, &inbox, &clients, &closed))?
        };
        Ok(Self { address, clients: Arc::clone(clients), closed, thread: Some(thread) })
    }

    /// Where it is.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Release);
        // Ends the accept that is waiting.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
        self.clients.close();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn accept(listener: &TcpListener, inbox: &Arc<Inbox>, clients: &Arc<Clients>, closed: &AtomicBool) {
    while let Ok((stream, _)) = listener.accept() {
        if closed.load(Ordering::Acquire) {
            return;
        }
        // One too many is turned away, but not before those who have left have been noticed.
        let Some(port) = place(&stream, clients, closed) else { continue };
        // What the client before left of a frame ends here.
        inbox.deliver(port, 0, vec![0]);
        let (inbox, clients) = (Arc::clone(inbox), Arc::clone(clients));
        let reader = thread::Builder::new().name("nano-device-client".into());
        let _ = reader.spawn(move || read(stream, port, &inbox, &clients));
    }
}

fn place(stream: &TcpStream, clients: &Clients, closed: &AtomicBool) -> Option<Port> {
    let start = Instant::now();
    loop {
        let port = clients.connect(stream);
        if port.is_some() || start.elapsed() > PLACE_TIMEOUT || closed.load(Ordering::Acquire) {
            return port;
        }
        thread::sleep(Duration::from_millis(2));
    }
}

fn read(mut stream: TcpStream, port: Port, inbox: &Inbox, clients: &Clients) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        inbox.deliver(port, 0, buffer[..count].to_vec());
    }
    clients.disconnect(port, &stream);
}
