//! A board on a network that misbehaves: leases that end, change or are refused, cables that are pulled, an edge that
//! forgets, frames that nobody should send. In virtual time, over a network of queues.

use nano_device::Hello;
use nano_net::{Network, edge_address};
use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet};
use smoltcp::phy::{self, Checksum, ChecksumCapabilities, DeviceCapabilities, Medium};
use smoltcp::socket::tcp;
use smoltcp::time::Instant;
use smoltcp::wire::{
    DhcpMessageType, DhcpPacket, DhcpRepr, EthernetAddress, EthernetFrame, EthernetProtocol, EthernetRepr, IpAddress,
    IpCidr, IpProtocol, Ipv4Address, Ipv4Packet, Ipv4Repr, UdpPacket, UdpRepr,
};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

const BOARD: EthernetAddress = EthernetAddress([2, 0, 0, 0, 0, 7]);
const SERVER: EthernetAddress = EthernetAddress([2, 0, 0, 0, 0, 1]);
const SERVER_IP: Ipv4Address = Ipv4Address::new(10, 0, 0, 1);
const FIRST: Ipv4Address = Ipv4Address::new(10, 0, 0, 50);
const SECOND: Ipv4Address = Ipv4Address::new(10, 0, 0, 60);
const DOOR: u16 = 4568;
/// How long a turn takes.
const STEP_MS: i64 = 10;

/// Frames on their way.
type Queue = Rc<RefCell<VecDeque<Vec<u8>>>>;

/// An end of the cable.
struct Plug {
    from: Queue,
    to: Queue,
}

struct Received(Vec<u8>);
struct Sending<'a>(&'a Queue);

impl phy::RxToken for Received {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, take: F) -> R {
        take(&self.0)
    }
}

impl phy::TxToken for Sending<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, make: F) -> R {
        let mut frame = vec![0; length];
        let made = make(&mut frame);
        self.0.borrow_mut().push_back(frame);
        made
    }
}

impl phy::Device for Plug {
    type RxToken<'a> = Received;
    type TxToken<'a> = Sending<'a>;

    fn receive(&mut self, _: Instant) -> Option<(Received, Sending<'_>)> {
        let frame = self.from.borrow_mut().pop_front()?;
        Some((Received(frame), Sending(&self.to)))
    }

    fn transmit(&mut self, _: Instant) -> Option<Sending<'_>> {
        Some(Sending(&self.to))
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ethernet;
        capabilities.max_transmission_unit = 1514;
        capabilities
    }
}

/// The edge's machine, which gives out addresses, too.
struct Edge {
    plug: Plug,
    interface: Interface,
    sockets: SocketSet<'static>,
    /// One for each connection, as far as the edge knows, and one that waits for the next; and what was heard by each.
    connections: Vec<(SocketHandle, Vec<u8>)>,
    /// Whether it takes what comes.
    reads: bool,
}

impl Edge {
    fn new(plug: Plug) -> Self {
        let mut plug = plug;
        let mut interface = Interface::new(Config::new(SERVER.into()), &mut plug, Instant::ZERO);
        interface.update_ip_addrs(|addresses| {
            addresses.push(IpCidr::new(IpAddress::Ipv4(SERVER_IP), 24)).unwrap();
        });
        Self { plug, interface, sockets: SocketSet::new(vec![]), connections: Vec::new(), reads: true }
    }

    fn poll(&mut self, now: Instant) {
        let mut states =
            self.connections.iter().map(|(handle, _)| self.sockets.get::<tcp::Socket<'_>>(*handle).state());
        if states.all(|state| state != tcp::State::Listen) {
            let buffer = || tcp::SocketBuffer::new(vec![0; 4096]);
            let mut socket = tcp::Socket::new(buffer(), buffer());
            socket.listen(DOOR).unwrap();
            self.connections.push((self.sockets.add(socket), Vec::new()));
        }
        self.interface.poll(now, &mut self.plug, &mut self.sockets);
        for (handle, heard) in self.connections.iter_mut().filter(|_| self.reads) {
            let socket = self.sockets.get_mut::<tcp::Socket<'_>>(*handle);
            while socket.can_recv() {
                let mut bytes = [0; 512];
                let count = socket.recv_slice(&mut bytes).unwrap();
                heard.extend_from_slice(&bytes[..count]);
            }
        }
    }

    /// Whether the newest of all that was said on a connection is this.
    fn has_heard(&self, text: &str) -> bool {
        self.connections.iter().any(|(_, heard)| heard.ends_with(text.as_bytes()))
    }
}

struct Lan {
    now_ms: i64,
    network: Network<Plug>,
    edge: Edge,
    /// What the board has sent, and what comes to it.
    out: Queue,
    into: Queue,
    is_cut: bool,
    /// The address that is given out, and for how many seconds; nobody answers without.
    lease: Option<(Ipv4Address, u32)>,
    asked: usize,
    /// What a hostile server does to its answers.
    bends: Option<fn(&mut DhcpRepr<'_>)>,
    said: Vec<&'static str>,
}

impl Lan {
    fn new() -> Self {
        let queue = Queue::default;
        let (out, into, there, back) = (queue(), queue(), queue(), queue());
        let plug = Plug { from: Rc::clone(&into), to: Rc::clone(&out) };
        let hello = Hello { name: "walkway", board: "test", version: "0" };
        let network = Network::new(plug, BOARD.0, edge_address("10.0.0.1:4568").unwrap(), &hello, 42);
        let edge = Edge::new(Plug { from: there, to: back });
        let (lease, bends) = (Some((FIRST, 60)), None);
        Self { now_ms: 0, network, edge, out, into, is_cut: false, lease, asked: 0, bends, said: vec![] }
    }

    /// Lets time pass.
    fn run(&mut self, ms: i64) {
        let until = self.now_ms + ms;
        while self.now_ms < until {
            self.now_ms += STEP_MS;
            self.said.extend(self.network.poll(self.now_ms));
            self.carry();
            self.edge.poll(Instant::from_millis(self.now_ms));
            self.carry();
        }
    }

    fn carry(&mut self) {
        let is_cut = self.is_cut;
        let sent: Vec<_> = self.out.borrow_mut().drain(..).collect();
        for frame in sent.into_iter().filter(|_| !is_cut) {
            if let Some(answer) = self.dhcp(&frame) {
                self.into.borrow_mut().push_back(answer);
            }
            self.edge.plug.from.borrow_mut().push_back(frame);
        }
        let sent: Vec<_> = self.edge.plug.to.borrow_mut().drain(..).collect();
        self.into.borrow_mut().extend(sent.into_iter().filter(|_| !is_cut));
    }

    /// What gives out addresses answers a frame.
    fn dhcp(&mut self, frame: &[u8]) -> Option<Vec<u8>> {
        let frame = EthernetFrame::new_checked(frame).ok()?;
        let ip =
            Ipv4Packet::new_checked(frame.payload()).ok().filter(|_| frame.ethertype() == EthernetProtocol::Ipv4)?;
        let udp = UdpPacket::new_checked(ip.payload()).ok().filter(|_| ip.next_header() == IpProtocol::Udp)?;
        let packet = DhcpPacket::new_checked(udp.payload()).ok().filter(|_| udp.dst_port() == 67)?;
        let asked = DhcpRepr::parse(&packet).ok()?;
        self.asked += 1;
        let (address, seconds) = self.lease?;
        let wanted = asked.requested_ip.unwrap_or(asked.client_ip);
        let message_type = match asked.message_type {
            DhcpMessageType::Discover => DhcpMessageType::Offer,
            DhcpMessageType::Request if wanted == address => DhcpMessageType::Ack,
            _ => DhcpMessageType::Nak,
        };
        let mut answer = DhcpRepr {
            message_type,
            transaction_id: asked.transaction_id,
            secs: 0,
            client_hardware_address: BOARD,
            client_ip: Ipv4Address::UNSPECIFIED,
            your_ip: address,
            server_ip: SERVER_IP,
            router: Some(SERVER_IP),
            subnet_mask: Some(Ipv4Address::new(255, 255, 255, 0)),
            relay_agent_ip: Ipv4Address::UNSPECIFIED,
            broadcast: true,
            requested_ip: None,
            client_identifier: None,
            server_identifier: Some(SERVER_IP),
            parameter_request_list: None,
            dns_servers: None,
            max_size: None,
            lease_duration: Some(seconds),
            renew_duration: None,
            rebind_duration: None,
            additional_options: &[],
        };
        if let Some(bend) = self.bends {
            bend(&mut answer);
        }
        let udp = UdpRepr { src_port: 67, dst_port: 68 };
        let ip = Ipv4Repr {
            src_addr: SERVER_IP,
            dst_addr: Ipv4Address::BROADCAST,
            next_header: IpProtocol::Udp,
            payload_len: udp.header_len() + answer.buffer_len(),
            hop_limit: 64,
        };
        let ethernet =
            EthernetRepr { src_addr: SERVER, dst_addr: EthernetAddress::BROADCAST, ethertype: EthernetProtocol::Ipv4 };
        let mut bytes = vec![0; ethernet.buffer_len() + ip.buffer_len() + ip.payload_len];
        let mut frame = EthernetFrame::new_unchecked(&mut bytes);
        ethernet.emit(&mut frame);
        let mut checksums = ChecksumCapabilities::default();
        checksums.udp = Checksum::Both;
        let mut packet = Ipv4Packet::new_unchecked(frame.payload_mut());
        ip.emit(&mut packet, &checksums);
        let (from, to) = (IpAddress::Ipv4(SERVER_IP), IpAddress::Ipv4(Ipv4Address::BROADCAST));
        let (length, mut datagram) = (answer.buffer_len(), UdpPacket::new_unchecked(packet.payload_mut()));
        let emit = |payload: &mut [u8]| answer.emit(&mut DhcpPacket::new_unchecked(payload)).unwrap();
        udp.emit(&mut datagram, &from, &to, length, emit, &checksums);
        Some(bytes)
    }

    /// Sends something, and whether the edge has heard it in time.
    fn reaches(&mut self, text: &str, within_ms: i64) -> bool {
        let now_ms = self.now_ms;
        let sent = self.network.send(text.as_bytes(), || now_ms);
        self.run(within_ms);
        sent && self.edge.has_heard(text)
    }
}

#[test]
fn a_lease_is_renewed_and_the_connection_stays() {
    let mut lan = Lan::new();
    lan.run(3000);
    assert!(lan.network.is_up(), "{:?}", lan.said);
    assert!(lan.edge.connections[0].1.starts_with(&[0]), "the greeting comes first");
    let asked = lan.asked;
    lan.run(10 * 60_000);
    assert!(lan.asked > asked + 10, "{} questions", lan.asked);
    assert_eq!(lan.network.connections(), 1);
    assert!(lan.reaches("still there", 100));
}

#[test]
fn a_lease_that_ends_is_not_used_and_another_is_taken() {
    let mut lan = Lan::new();
    lan.run(3000);
    lan.lease = None;
    lan.run(90_000);
    assert!(!lan.network.is_up(), "its address is another's by now");
    lan.lease = Some((SECOND, 60));
    lan.run(30_000);
    assert!(lan.network.is_up(), "{:?}", lan.said);
    assert!(lan.reaches("from elsewhere", 100));
}

/// The network refuses the address that it gave before.
#[test]
fn a_board_that_gets_another_address_connects_from_it_at_once() {
    let mut lan = Lan::new();
    lan.run(3000);
    lan.lease = Some((SECOND, 60));
    let from_ms = lan.now_ms;
    while lan.network.connections() < 2 && lan.now_ms < from_ms + 120_000 {
        lan.run(100);
    }
    // Half of the lease until it asks, and then no silence is waited for.
    let waited_ms = lan.now_ms - from_ms;
    assert!(waited_ms < 35_000, "{waited_ms} ms: {:?}", lan.said);
    assert!(lan.reaches("from elsewhere", 100));
}

#[test]
fn a_cable_that_is_pulled_and_an_edge_that_forgets() {
    let mut lan = Lan::new();
    lan.run(3000);
    // For a moment: TCP makes it good.
    lan.is_cut = true;
    lan.run(2000);
    lan.is_cut = false;
    lan.run(5000);
    assert!(lan.network.is_up() && lan.network.connections() == 1);
    // For longer: the connection is given up, and made again.
    lan.is_cut = true;
    lan.run(40_000);
    assert!(!lan.network.is_up());
    lan.is_cut = false;
    lan.run(20_000);
    assert!(lan.network.is_up() && lan.network.connections() == 2);
    // The edge starts anew and knows of no connection: half of one is left, until the board says something.
    let edge = std::mem::take(&mut *lan.edge.plug.from.borrow_mut());
    drop(edge);
    let plug = Plug { from: Rc::clone(&lan.edge.plug.from), to: Rc::clone(&lan.edge.plug.to) };
    lan.edge = Edge::new(plug);
    lan.run(20_000);
    assert!(lan.network.is_up() && lan.network.connections() == 3, "{:?}", lan.said);
    assert!(lan.reaches("here again", 100));
}

#[test]
fn an_edge_that_does_not_read_is_not_waited_for() {
    let mut lan = Lan::new();
    lan.run(3000);
    lan.edge.reads = false;
    let frame = [7; 1000];
    let mut refused = 0;
    for _ in 0..40 {
        let mut now_ms = lan.now_ms;
        let sent = lan.network.send(&frame, || {
            now_ms += STEP_MS;
            now_ms
        });
        assert!(now_ms - lan.now_ms <= 400, "it waited {} ms", now_ms - lan.now_ms);
        refused += u32::from(!sent);
        lan.run(50);
    }
    assert!(refused > 10, "{refused} of 40 were refused");
    lan.edge.reads = true;
    lan.run(10_000);
    assert!(lan.reaches("at last", 500));
}

#[test]
fn frames_that_nobody_should_send_harm_nothing() {
    let mut lan = Lan::new();
    lan.run(3000);
    let mut state = 88_172_645_463_325_252_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    // Real ones with bits turned, which a network has a checksum against and an enemy has not.
    let mut known: Vec<Vec<u8>> = Vec::new();
    for round in 0..6000 {
        let mut frame = known.get(next() as usize % known.len().max(1)).cloned().unwrap_or_else(|| vec![0; 60]);
        for _ in 0..=next() % 4 {
            let at = next() as usize % frame.len();
            frame[at] = next() as u8;
        }
        if next().is_multiple_of(5) {
            frame.truncate(next() as usize % frame.len());
        }
        lan.into.borrow_mut().push_back(frame);
        lan.said.extend(lan.network.poll(lan.now_ms));
        if round % 20 == 0 {
            lan.reaches("and on", 0);
            lan.now_ms += STEP_MS;
            lan.said.extend(lan.network.poll(lan.now_ms));
            lan.carry();
            lan.edge.poll(Instant::from_millis(lan.now_ms));
            known.extend(lan.edge.plug.to.borrow().iter().filter(|frame| !frame.is_empty()).cloned());
            known.truncate(200);
            lan.carry();
        }
    }
    lan.into.borrow_mut().clear();
    lan.run(40_000);
    assert!(lan.network.is_up(), "{:?}", lan.said.last());
    assert!(lan.reaches("all the same", 200));
}

#[test]
fn a_server_of_addresses_that_lies_is_not_believed_for_ever() {
    let bends: [fn(&mut DhcpRepr<'_>); 8] = [
        |answer| answer.your_ip = Ipv4Address::BROADCAST,
        |answer| answer.your_ip = Ipv4Address::UNSPECIFIED,
        |answer| answer.your_ip = Ipv4Address::new(224, 0, 0, 1),
        |answer| answer.subnet_mask = Some(Ipv4Address::new(255, 0, 255, 0)),
        |answer| answer.subnet_mask = None,
        |answer| answer.router = Some(Ipv4Address::BROADCAST),
        |answer| answer.lease_duration = Some(0),
        |answer| (answer.lease_duration, answer.renew_duration) = (Some(u32::MAX), Some(u32::MAX)),
    ];
    for (number, bend) in bends.into_iter().enumerate() {
        let mut lan = Lan::new();
        lan.bends = Some(bend);
        lan.run(60_000);
        lan.bends = None;
        let is_for_ever = number == 7;
        lan.run(if is_for_ever { 1000 } else { 60_000 });
        assert!(lan.network.is_up(), "after lie {number}: {:?}", lan.said);
    }
}
