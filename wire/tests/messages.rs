//! Messages and frames under any bytes: nothing panics, and what is read is what was written.

use nano_wire::features::Features;
use nano_wire::link::{self, Decoder};
use nano_wire::message::operation::{
    Configuration, DeviceStat, FunctionStat, FunctionState, Install, Installed, Limit, Listing, LogStat, Mint, Place,
    Refused, Revocation, SequenceFix,
};
use nano_wire::message::queue::{Collected, Entry, Put};
use nano_wire::message::{
    Append, AppendRefusal, Appended, Chunk, Entrust, Fetch, Fetched, Hello, Invoke, InvokeOutcome, Invoked, Kind,
    Message, MessageError, ModuleHash, Offer, Pair, PairProof, Paired, Pull, Read, ReadOutcome, ReadReply, Reader,
    Record, Records, RecordsWriter, Selection, Writer,
};
use proptest::prelude::*;

/// A message of each kind and shape, with these pieces.
fn messages<'a>(id: u16, number: u64, text: &'a str, bytes: &'a [u8], records: Records<'a>) -> Vec<Message<'a>> {
    let (word, hash) = (number as u32, ModuleHash([number as u8; 32]));
    let stat =
        LogStat { ns: id, woof: 2, element: word, history: 7, first: 1, last: number, namespace: text, name: "light" };
    let offers = [
        Offer::NotModified,
        Offer::Module { hash, size: word, memory: 9 },
        Offer::TooLarge { needed: word },
        Offer::NotFound,
        Offer::Failed { reason: text },
    ];
    let outcomes = [
        ReadOutcome::Records(records),
        ReadOutcome::Stat(stat),
        ReadOutcome::NotFound,
        ReadOutcome::Gone,
        ReadOutcome::NotYet,
    ];
    let selections = [
        None,
        Some(Selection::Latest),
        Some(Selection::At(number)),
        Some(Selection::Tail(id)),
        Some(Selection::Range { from: number, count: id }),
    ];
    let invoked = [InvokeOutcome::Returned, InvokeOutcome::Raised, InvokeOutcome::NotFound, InvokeOutcome::NotRun];
    let appended = [Ok(number), Err(AppendRefusal::NotFound), Err(AppendRefusal::TooLong), Err(AppendRefusal::Refused)];
    let mut all = vec![
        Message::Fetch(Fetch {
            id,
            isa: 1,
            arena: word,
            wanted: hash,
            held: ModuleHash::NONE,
            function: text,
            handler: "lights.handler",
            features: Features::ALL,
        }),
        Message::Fetch(Fetch {
            id,
            isa: 1,
            arena: word,
            wanted: hash,
            held: hash,
            function: text,
            handler: "",
            features: Features(word).without(Features(1)),
        }),
        Message::Pull(Pull { id, hash, offset: word, length: 5, chunk: id }),
        Message::Chunk(Chunk { id, offset: word, bytes }),
        Message::Invoke(Invoke { id, deadline_ms: word, sequence: number, function: text, log: "light", event: bytes }),
        Message::Append(Append { id, lane: 3, client_sequence: number, log: text, payload: bytes }),
        Message::Pair(Pair { nonce: number.to_le_bytes(), root: bytes }),
        Message::Paired(Paired { nonce: number.to_le_bytes(), proof: [number as u8; 16] }),
        Message::PairProof(PairProof { proof: [number as u8; 16] }),
        Message::Entrust(Entrust { masked: [number as u8; 16], body: bytes }),
        Message::Hello(Hello { name: text, board: "esp8266", version: "0.1.0" }),
    ];
    all.extend(offers.map(|offer| Message::Fetched(Fetched { id, offer })));
    all.extend(outcomes.map(|outcome| Message::ReadReply(ReadReply { id, outcome })));
    all.extend(selections.map(|selection| Message::Read(Read { id, selection, log: text })));
    all.extend(invoked.map(|outcome| {
        Message::Invoked(Invoked { id, outcome, duration_us: word, instructions: number, body: bytes })
    }));
    all.extend(appended.map(|outcome| Message::Appended(Appended { id, outcome })));
    all
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

#[test]
fn a_fetch_is_laid_out_as_documented() {
    // A fixture: the format is shared with devices that are already out.
    let fetch = Message::Fetch(Fetch {
        id: 0x0102,
        isa: 1,
        arena: 0x4000,
        wanted: ModuleHash([0xAA; 32]),
        held: ModuleHash::NONE,
        function: "f",
        handler: "m.h",
        features: Features::ALL,
    });
    let mut out = [0; 128];
    let length = fetch.encode(&mut out).unwrap();
    let whole = format!("0201010000400000{}{}0166036d2e68", "aa".repeat(32), "00".repeat(32));
    assert_eq!(hex(&out[..length]), whole);
    let Message::Fetch(fetch) = fetch else { panic!() };
    let length = Message::Fetch(Fetch { features: Features(0x1_0002), ..fetch }).encode(&mut out).unwrap();
    assert_eq!(hex(&out[..length]), whole + "02000100");
}

#[test]
fn other_kinds_are_no_messages() {
    for kind in [Kind::Request, Kind::Response, Kind::Console] {
        assert_eq!(Message::decode(kind as u8, &[]), Err(MessageError::Kind));
    }
    assert_eq!(Message::decode(0, &[]), Err(MessageError::Kind));
    assert_eq!(Refused::decode(&[]), None);
    assert_eq!(Refused::decode(&[1, 1]), None);
    for reason in Refused::ALL {
        assert_eq!(Refused::decode(&[*reason as u8]), Some(*reason));
    }
}

#[test]
fn payloads_come_back() {
    let mut out = [0; 300];
    let configuration = Configuration {
        hash: ModuleHash([3; 32]),
        size: 900,
        memory: 16384,
        timeout_ms: 1000,
        every: 1,
        place: Place::Device,
        name: "new_light_lvl",
        handler: "lights.new_light_lvl",
    };
    for install in [
        Install::Configure(configuration),
        Install::Chunk { hash: ModuleHash([3; 32]), offset: 512, bytes: b"code" },
        Install::Remove { name: "new_light_lvl" },
    ] {
        let length = install.encode(&mut out).unwrap();
        assert_eq!(Install::decode(&out[..length]), Ok(install));
    }
    let stat = DeviceStat { time_ms: 1, uptime_ms: 2, silent: 3, arenas: 4, board: "esp8266", version: "0.1.0" };
    let mut writer = Writer::new(&mut out);
    stat.write(&mut writer).unwrap();
    let length = writer.len();
    assert_eq!(DeviceStat::decode(&out[..length]), Ok(stat));
    let function = FunctionStat {
        hash: configuration.hash,
        ns: 1,
        woof: 2,
        every: 1,
        state: FunctionState::Wanted,
        place: Place::Edge,
        memory: 3,
        timeout_ms: 4,
        runs: 5,
        errors: 6,
        instructions: 7,
        heap_peak: 8,
        name: "f",
        handler: "m.f",
    };
    let mut writer = Writer::new(&mut out);
    function.write(&mut writer).unwrap();
    let length = writer.len();
    assert_eq!(FunctionStat::read(&mut Reader::new(&out[..length])), Ok(function));
}

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..most)
}

proptest! {
    #[test]
    fn messages_come_back(id: u16, number: u64, text in "[a-zé/_.]{0,60}", bytes in bytes(100)) {
        let mut list = vec![0; 2000];
        let mut writer = RecordsWriter::new(&mut list).unwrap();
        let first = Record { sequence: number, timestamp_ms: 1, payload: &bytes };
        let second = Record { sequence: 2, timestamp_ms: number, payload: b"" };
        prop_assert!(writer.push(&first) && writer.push(&second));
        let length = writer.finish().unwrap();
        let records = Records::decode(&list[..length]).unwrap();
        for message in messages(id, number, &text, &bytes, records) {
            let mut out = vec![0; 2000];
            let length = message.encode(&mut out).unwrap();
            let kind = message.kind() as u8;
            prop_assert_eq!(Message::decode(kind, &out[..length]), Ok(message));
            // What is cut off is missed, or was payload; nothing is written into too little room.
            for cut in 0..length {
                if let Ok(shorter) = Message::decode(kind, &out[..cut]) {
                    prop_assert_ne!(shorter, message);
                }
                prop_assert_eq!(message.encode(&mut vec![0; cut]), Err(MessageError::NoSpace));
            }
        }
    }

    #[test]
    fn any_bytes_are_a_message_or_refused(kind in 0u8..0x78, bytes in bytes(120)) {
        if let Ok(message) = Message::decode(kind, &bytes) {
            let mut out = vec![0; 400];
            let length = message.encode(&mut out).unwrap();
            prop_assert_eq!(&out[..length], &bytes[..], "one value has one encoding");
        }
    }

    #[test]
    fn any_bytes_are_a_payload_or_refused(bytes in bytes(120)) {
        let mut out = vec![0; 400];
        macro_rules! one_encoding {
            ($($payload:ident)+) => {
                $(if let Ok(value) = $payload::decode(&bytes) {
                    let length = value.encode(&mut out).unwrap();
                    prop_assert_eq!(&out[..length], &bytes[..], "one value has one encoding");
                })+
            };
        }
        one_encoding!(Install Installed Limit Listing Mint SequenceFix Revocation Put Collected);
        let _ = Entry::read(&mut Reader::new(&bytes));
        let _ = DeviceStat::decode(&bytes);
        let _ = FunctionStat::read(&mut Reader::new(&bytes));
    }

    #[test]
    fn any_stream_is_frames_or_errors(bytes in bytes(600), size in 0usize..80) {
        let mut decoder = Decoder::new(vec![0; size]);
        for byte in bytes {
            if decoder.push(byte) == Ok(true) {
                prop_assert!(decoder.frame().is_some());
            }
        }
    }

    #[test]
    fn a_frame_survives_any_garbage_before_it(garbage in bytes(300), kind: u8, body in bytes(600)) {
        let mut wire = garbage;
        wire.push(0);
        let mut frame = vec![0; link::encoded_bytes(body.len())];
        let length = link::encode(kind, &[&body], &mut frame).unwrap();
        wire.extend(&frame[..length]);
        let mut decoder = Decoder::new(vec![0; link::decoder_bytes(600)]);
        let mut last = None;
        for byte in wire {
            if decoder.push(byte) == Ok(true) {
                last = decoder.frame().map(|frame| (frame.kind, frame.body.to_vec()));
            }
        }
        prop_assert_eq!(last, Some((kind, body)));
    }
}
