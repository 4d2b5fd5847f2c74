//! A client of a device whose power is cut: it goes on in the same call, and has nothing done twice.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;

use nano_caps::{
    ANY, Capability, DeviceId, DeviceKey, FrameBuilder, KeyRing, Refusal, Rights, Sequence, Status, Verifier,
};
use nano_edge::World;
use nano_emulator::{ClientError, DeviceClient, Op};
use nano_wire::link::{self, Decoder};
use nano_wire::message::Kind;

/// What happens to the device at a request.
#[derive(Clone, Copy)]
enum Then {
    /// Its power was cut before, and it has started anew.
    CutBefore,
    /// It does what it was asked, and its answer is lost.
    Lost,
    /// The same, and its power is cut.
    LostAndCut,
}

/// A gate with a port; what it has executed, oldest first.
struct Device {
    address: SocketAddr,
    root: Capability,
    script: Arc<Mutex<VecDeque<Then>>>,
    executed: Arc<Mutex<Vec<Op>>>,
}

impl Device {
    fn start() -> Self {
        let mut keys = KeyRing::new(DeviceKey::new([7; 32]), DeviceId([1; 8]), 0);
        keys.enable(0).unwrap();
        let root = keys.root(0, &FrameBuilder::new().grant(ANY, ANY, Rights::ALL).build().unwrap()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (script, executed) = (Arc::default(), Arc::default());
        let device = Self { address, root, script: Arc::clone(&script), executed: Arc::clone(&executed) };
        thread::spawn(move || serve(&listener, &keys, &script, &executed));
        device
    }

    /// In its lane.
    fn client(&self, lane: u8) -> DeviceClient {
        let capability = self.root.derive(&FrameBuilder::new().lane(lane).build().unwrap()).unwrap();
        DeviceClient::connect(self.address, capability, &World::system()).unwrap()
    }

    fn next(&self, then: Then) {
        self.script.lock().unwrap().push_back(then);
    }

    /// What it has executed since it was asked last.
    fn executed(&self) -> Vec<Op> {
        std::mem::take(&mut self.executed.lock().unwrap())
    }
}

fn serve(listener: &TcpListener, keys: &KeyRing, script: &Mutex<VecDeque<Then>>, executed: &Mutex<Vec<Op>>) {
    let mut mark = None;
    let mut verifier = Verifier::boot(mark, World::system().now_ms(), 0);
    let mut last = Vec::new();
    // It has no clock that outlasts its power.
    let anew = |mark: Option<Sequence>| Verifier::boot(mark, 0, 0);
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let mut decoder = Decoder::new(vec![0; link::decoder_bytes(4096)]);
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            for byte in &buffer[..count] {
                if decoder.push(*byte) != Ok(true) {
                    continue;
                }
                let request = decoder.frame().unwrap().body.to_vec();
                let then = script.lock().unwrap().pop_front();
                if matches!(then, Some(Then::CutBefore)) {
                    (verifier, last) = (anew(mark), Vec::new());
                }
                let mut answer = vec![0; 64];
                match verifier.verify(keys, &request, 0, |new| {
                    mark = Some(new);
                    true
                }) {
                    Ok(verified) => {
                        executed.lock().unwrap().push(verified.op);
                        let length = verified.exchange.respond(Status::Ok, 1, b"", &mut answer).unwrap();
                        answer.truncate(length);
                        last.clone_from(&answer);
                    }
                    Err(Refusal::Retry(_)) => answer.clone_from(&last),
                    Err(refusal) => {
                        let length = refusal.answer(&mut answer).unwrap().unwrap();
                        answer.truncate(length);
                    }
                }
                if matches!(then, Some(Then::LostAndCut)) {
                    (verifier, last) = (anew(mark), Vec::new());
                }
                if !matches!(then, Some(Then::Lost | Then::LostAndCut)) {
                    let mut wire = vec![0; link::encoded_bytes(answer.len())];
                    let length = link::encode(Kind::Response as u8, &[&answer], &mut wire).unwrap();
                    stream.write_all(&wire[..length]).unwrap();
                }
            }
        }
    }
}

#[test]
fn after_a_power_cut_a_client_goes_on_in_the_same_call() {
    let device = Device::start();
    for op in [Op::Put, Op::Exec, Op::Get, Op::Revoke] {
        // One that was there before, and one that comes after; each in its lane.
        for lane in [0, 1, 7] {
            let mut client = device.client(lane);
            client.request(op, 1, 1, b"").unwrap();
            device.next(Then::CutBefore);
            client.request(op, 1, 1, b"").unwrap();
            drop(client);
            device.next(Then::CutBefore);
            device.client(lane).request(op, 1, 1, b"").unwrap();
            assert_eq!(device.executed(), [op; 3]);
        }
    }
}

#[test]
fn what_may_have_been_done_is_not_asked_for_anew() {
    let device = Device::start();
    let mut client = device.client(1);
    // The answer alone is lost: the device has it still.
    device.next(Then::Lost);
    client.request(Op::Put, 1, 1, b"").unwrap();
    assert_eq!(device.executed(), [Op::Put]);
    // It is lost with the device's memory: only who asked can tell whether it was done.
    for op in [Op::Put, Op::Exec, Op::Revoke] {
        device.next(Then::LostAndCut);
        let error = client.request(op, 1, 1, b"").unwrap_err();
        assert!(matches!(error, ClientError::Forgotten), "{error}");
        assert_eq!(device.executed(), [op]);
        client.request(op, 1, 1, b"").unwrap();
        assert_eq!(device.executed(), [op], "from then on it is above the mark");
    }
    // To read twice does no harm.
    device.next(Then::LostAndCut);
    client.request(Op::Get, 1, 1, b"").unwrap();
    assert_eq!(device.executed(), [Op::Get; 2]);
}
