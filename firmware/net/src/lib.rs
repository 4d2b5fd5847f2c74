//! The link to the edge over a network: an address by DHCP, one TCP connection, made again whenever it is gone.
//!
//! What sends and receives frames is the board's: Ethernet or a radio.
#![no_std]

extern crate alloc;

use alloc::vec;
use alloc::vec::Vec;
use core::net::{Ipv4Addr, SocketAddrV4};
use nano_device::{Hello, Message, framing};
use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet};
use smoltcp::phy::Device;
use smoltcp::socket::{dhcpv4, tcp};
use smoltcp::time::{Duration, Instant};
use smoltcp::wire::{EthernetAddress, IpCidr};

/// Bytes that wait, each way; the longest frame must fit.
const BUFFER: usize = 12 << 10;
/// Without a word from the edge for this long it is asked whether it is there, and given up after the second.
const KEEP_ALIVE: Duration = Duration::from_secs(5);
const SILENCE: Duration = Duration::from_secs(15);
/// Least and most time until the next attempt to connect, ms.
const BACKOFF_MS: (i64, i64) = (100, 5000);
/// Where ports of one's own begin.
const FIRST_PORT: u16 = 49_152;
/// Longest that a frame waits for room, ms.
const ROOM_MS: i64 = 200;

/// The link.
pub struct Network<D> {
    device: D,
    interface: Interface,
    sockets: SocketSet<'static>,
    dhcp: SocketHandle,
    tcp: SocketHandle,
    edge: SocketAddrV4,
    /// The address that was given last: what the connection is from.
    address: Option<Ipv4Addr>,
    greeting: Vec<u8>,
    is_up: bool,
    connections: u32,
    port: u16,
    retry_at_ms: i64,
    backoff_ms: i64,
}

impl<D: Device> Network<D> {
    /// To this edge. `seed` differs from start to start.
    pub fn new(mut device: D, address: [u8; 6], edge: SocketAddrV4, hello: &Hello<'_>, seed: u64) -> Self {
        let mut config = Config::new(EthernetAddress(address).into());
        config.random_seed = seed;
        let interface = Interface::new(config, &mut device, Instant::ZERO);
        let mut sockets = SocketSet::new(vec![]);
        let dhcp = sockets.add(dhcpv4::Socket::new());
        let buffer = || tcp::SocketBuffer::new(vec![0; BUFFER]);
        let mut socket = tcp::Socket::new(buffer(), buffer());
        socket.set_nagle_enabled(false);
        socket.set_keep_alive(Some(KEEP_ALIVE));
        socket.set_timeout(Some(SILENCE));
        let tcp = sockets.add(socket);
        Self {
            device,
            interface,
            sockets,
            dhcp,
            tcp,
            edge,
            address: None,
            greeting: greeting(hello),
            is_up: false,
            connections: 0,
            port: FIRST_PORT + (seed as u16 & 0x3FFF),
            retry_at_ms: 0,
            backoff_ms: BACKOFF_MS.0,
        }
    }

    /// Whether there is a connection.
    pub fn is_up(&self) -> bool {
        self.is_up
    }

    /// How many there were.
    pub fn connections(&self) -> u32 {
        self.connections
    }

    /// What sends and receives.
    pub fn device_mut(&mut self) -> &mut D {
        &mut self.device
    }

    /// The medium is there again, or gone: another network may give another address.
    pub fn begin_anew(&mut self) {
        self.forget_address();
        self.interface.routes_mut().remove_default_ipv4_route();
        self.sockets.get_mut::<dhcpv4::Socket<'_>>(self.dhcp).reset();
        self.sockets.get_mut::<tcp::Socket<'_>>(self.tcp).abort();
    }

    #[expect(clippy::redundant_closure_for_method_calls, reason = "the list is of a crate that is not ours to name")]
    fn forget_address(&mut self) {
        self.interface.update_ip_addrs(|addresses| addresses.clear());
    }

    /// Whether bytes wait to be taken.
    pub fn has_some(&self) -> bool {
        self.is_up && self.sockets.get::<tcp::Socket<'_>>(self.tcp).can_recv()
    }

    /// Lets the network go on; what changed for a person, if anything did.
    pub fn poll(&mut self, now_ms: i64) -> Option<&'static str> {
        self.interface.poll(Instant::from_millis(now_ms), &mut self.device, &mut self.sockets);
        let leased = match self.sockets.get_mut::<dhcpv4::Socket<'_>>(self.dhcp).poll() {
            Some(dhcpv4::Event::Configured(lease)) => {
                self.interface.update_ip_addrs(|addresses| {
                    addresses.clear();
                    // The list has room for one.
                    let _ = addresses.push(IpCidr::Ipv4(lease.address));
                });
                let routes = self.interface.routes_mut();
                match lease.router {
                    Some(router) => drop(routes.add_default_ipv4_route(router)),
                    None => drop(routes.remove_default_ipv4_route()),
                }
                // What came from the one before will not be answered there.
                if self.address.replace(lease.address.address()).is_some_and(|before| before != lease.address.address())
                {
                    self.sockets.get_mut::<tcp::Socket<'_>>(self.tcp).abort();
                }
                Some("the network has given an address\n")
            }
            Some(dhcpv4::Event::Deconfigured) => {
                self.forget_address();
                self.interface.routes_mut().remove_default_ipv4_route();
                None
            }
            None => None,
        };
        self.connect(now_ms).or(leased)
    }

    /// Connects where there is no connection and it is time; says when one is made or lost.
    fn connect(&mut self, now_ms: i64) -> Option<&'static str> {
        let has_address = self.interface.ipv4_addr().is_some();
        let socket = self.sockets.get_mut::<tcp::Socket<'_>>(self.tcp);
        if socket.may_send() && socket.may_recv() {
            if self.is_up {
                return None;
            }
            // Whatever the line carried before ends with the zero that the greeting begins with.
            if socket.send_slice(&self.greeting) != Ok(self.greeting.len()) {
                socket.abort();
                return None;
            }
            self.is_up = true;
            self.connections = self.connections.wrapping_add(1);
            return Some("connected to the edge\n");
        }
        let was_up = core::mem::take(&mut self.is_up);
        let is_under_way = socket.state() == tcp::State::SynSent;
        if was_up || (socket.is_active() && !is_under_way) {
            socket.abort();
        }
        if was_up {
            // An edge that takes boards and then shuts them out is not asked without end.
            self.retry_at_ms = now_ms + self.backoff_ms;
            self.backoff_ms = (self.backoff_ms * 2).min(BACKOFF_MS.1);
            return Some("the connection to the edge is gone\n");
        }
        if !socket.is_open() && has_address && now_ms >= self.retry_at_ms {
            self.port = self.port.checked_add(1).unwrap_or(FIRST_PORT);
            // A wrong address is the provisioning's mistake; it is tried again, as others are.
            let _ = socket.connect(self.interface.context(), self.edge, self.port);
            self.retry_at_ms = now_ms + self.backoff_ms;
            self.backoff_ms = (self.backoff_ms * 2).min(BACKOFF_MS.1);
        }
        None
    }

    /// The edge has proved itself: the next loss is made good at once.
    pub fn is_good(&mut self) {
        self.backoff_ms = BACKOFF_MS.0;
    }

    /// Takes bytes out, as many as there are and fit.
    pub fn take(&mut self, out: &mut [u8]) -> usize {
        if !self.is_up {
            return 0;
        }
        self.sockets.get_mut::<tcp::Socket<'_>>(self.tcp).recv_slice(out).unwrap_or(0)
    }

    /// Sends bytes, all or none; waits a little for room.
    pub fn send(&mut self, bytes: &[u8], mut now_ms: impl FnMut() -> i64) -> bool {
        let until = now_ms() + ROOM_MS;
        while self.is_up {
            let socket = self.sockets.get_mut::<tcp::Socket<'_>>(self.tcp);
            if socket.send_capacity() - socket.send_queue() >= bytes.len() {
                let sent = socket.send_slice(bytes) == Ok(bytes.len());
                self.poll(now_ms());
                return sent;
            }
            let now = now_ms();
            if now >= until {
                return false;
            }
            self.poll(now);
        }
        false
    }
}

/// The edge's address, as the board was told it.
pub fn edge_address(text: &str) -> Option<SocketAddrV4> {
    let (address, port) = text.rsplit_once(':')?;
    Some(SocketAddrV4::new(address.parse::<Ipv4Addr>().ok()?, port.parse().ok()?))
}

fn greeting(hello: &Hello<'_>) -> Vec<u8> {
    let message = Message::Hello(*hello);
    let mut body = vec![0; 3 * 256];
    let length = message.encode(&mut body).unwrap_or(0);
    let mut wire = vec![0; 1 + framing::encoded_bytes(length)];
    let (_, frame) = wire.split_at_mut(1);
    let length = framing::encode(message.kind() as u8, &[body.get(..length).unwrap_or_default()], frame).unwrap_or(0);
    wire.truncate(1 + length);
    wire
}
