//! Uploads in chunks, signed by hand, as they should be and as they should not: S3's codes, and nothing is stored.

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use nano_edge::s3::AccessKeys;
use nano_edge::{Config, Running, Server};
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Sha1};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use time::macros::format_description;

const SECRET: &str = "hidden";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Signs what comes after a request's head, one part after the other.
struct Chain {
    date: String,
    key: Vec<u8>,
    last: String,
}

impl Chain {
    fn scope(&self) -> String {
        format!("{}/us-east-1/s3/aws4_request", &self.date[..8])
    }

    fn sign(&mut self, algorithm: &str, rest: &str) -> String {
        let text = format!("{algorithm}\n{}\n{}\n{}\n{rest}", self.date, self.scope(), self.last);
        self.last = hex(&mac(&self.key, &text));
        self.last.clone()
    }

    fn chunk(&mut self, data: &[u8]) -> String {
        let rest = format!("{}\n{}", hex(&Sha256::digest(b"")), hex(&Sha256::digest(data)));
        self.sign("AWS4-HMAC-SHA256-PAYLOAD", &rest)
    }

    fn trailers(&mut self, canonical: &str) -> String {
        self.sign("AWS4-HMAC-SHA256-TRAILER", &hex(&Sha256::digest(canonical)))
    }
}

/// The head of a signed request to put `/chunks/KEY`, and what goes on from its signature.
fn head(running: &Running, key: &str, kind: &str, decoded: usize, headers: &[(&str, &str)]) -> (String, Chain) {
    let now = OffsetDateTime::from(SystemTime::now());
    let date = now.format(format_description!("[year][month][day]T[hour][minute][second]Z")).unwrap();
    let host = running.addr().to_string();
    let decoded = decoded.to_string();
    let mut all = vec![
        ("host", host.as_str()),
        ("x-amz-content-sha256", kind),
        ("x-amz-date", &date),
        ("x-amz-decoded-content-length", &decoded),
    ];
    all.extend(headers);
    all.sort_unstable();
    let names = all.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    let lines: String = all.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let canonical = format!("PUT\n/chunks/{key}\n\n{lines}\n{names}\n{kind}");
    let mut signing = mac(format!("AWS4{SECRET}").as_bytes(), &date[..8]);
    for part in ["us-east-1", "s3", "aws4_request"] {
        signing = mac(&signing, part);
    }
    let mut chain = Chain { date: date.clone(), key: signing, last: String::new() };
    let text = format!("AWS4-HMAC-SHA256\n{}\n{}\n{}", chain.date, chain.scope(), hex(&Sha256::digest(&canonical)));
    chain.last = hex(&mac(&chain.key, &text));
    let authorization =
        format!("AWS4-HMAC-SHA256 Credential=AK/{}, SignedHeaders={names}, Signature={}", chain.scope(), chain.last);
    let sent: String = all.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    (format!("PUT /chunks/{key} HTTP/1.1\r\n{sent}authorization: {authorization}\r\nconnection: close\r\n"), chain)
}

/// Status and body.
fn exchange(running: &Running, head: &str, body: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(running.addr()).unwrap();
    let _ = stream.write_all(format!("{head}content-length: {}\r\n\r\n", body.len()).as_bytes());
    let _ = stream.write_all(body);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = vec![];
    let _ = stream.read_to_end(&mut answer);
    let text = String::from_utf8_lossy(&answer).into_owned();
    let status = text.split(' ').nth(1).unwrap_or_else(|| panic!("{text:?}")).parse().unwrap();
    (status, text)
}

/// Whether the store has it, whoever asks.
fn is_stored(running: &Running, key: &str) -> bool {
    running.edge().store().object("chunks", key).is_ok()
}

fn start(data: &std::path::Path, has_keys: bool) -> Running {
    let mut config = Config::new(0, data, "");
    config.keys = has_keys.then(|| AccessKeys::default().with("AK", SECRET));
    let running = Server::start(config).unwrap();
    let owner = if has_keys { nano_edge::s3::user_id("AK") } else { String::new() };
    running.edge().store().create_bucket_of("chunks", "us-east-1", &owner).unwrap();
    running
}

const SIGNED: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
const SIGNED_TRAILER: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
const UNSIGNED_TRAILER: &str = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

/// How a body is spoiled.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Spoil {
    Nothing,
    ChunkSignature,
    LastSignature,
    NoLastChunk,
    HalfAChunk,
    SizeLies,
    SizeHasMore,
    MoreBehind,
    DecodedLies,
    NoTrailer,
    OtherTrailer,
    TrailerTwice,
    TrailerUnannounced,
    TrailerWrong,
    TrailerNoBase64,
    TrailerSignature,
    NoTrailerSignature,
}

const CHUNKS: [&[u8]; 3] = [&[7; 9000], &[8; 8192], b"the end"];

/// Puts an object in chunks, spoiled: the answer.
fn put(running: &Running, key: &str, kind: &str, checksum: (&str, &str), spoil: Spoil) -> (u16, String) {
    let (name, value) = checksum;
    let is_signed = kind != UNSIGNED_TRAILER;
    let has_trailer = kind.ends_with("-TRAILER");
    let length = CHUNKS.iter().map(|chunk| chunk.len()).sum::<usize>();
    let decoded = if spoil == Spoil::DecodedLies { length + 1 } else { length };
    let announced = if has_trailer { vec![("x-amz-trailer", name)] } else { vec![] };
    let (head, mut chain) = head(running, key, kind, decoded, &announced);
    let mut body = vec![];
    for (number, chunk) in CHUNKS.iter().chain([&&b""[..]]).enumerate() {
        if spoil == Spoil::NoLastChunk && chunk.is_empty() {
            break;
        }
        let mut signature = chain.chunk(chunk);
        let spoils =
            (spoil == Spoil::ChunkSignature && number == 1) || (spoil == Spoil::LastSignature && chunk.is_empty());
        if spoils {
            signature.replace_range(0..1, if signature.starts_with('0') { "1" } else { "0" });
        }
        let size = chunk.len() + usize::from(spoil == Spoil::SizeLies && number == 1);
        let more = if spoil == Spoil::SizeHasMore { "g" } else { "" };
        let end = if is_signed { format!(";chunk-signature={signature}") } else { String::new() };
        body.extend(format!("{size:x}{more}{end}\r\n").into_bytes());
        body.extend_from_slice(chunk);
        if !chunk.is_empty() {
            body.extend(b"\r\n");
        }
    }
    if spoil == Spoil::HalfAChunk {
        body.truncate(12_000);
    }
    if has_trailer && !matches!(spoil, Spoil::NoTrailer | Spoil::NoLastChunk | Spoil::HalfAChunk) {
        let value = match spoil {
            Spoil::TrailerWrong => BASE64.encode(vec![0; BASE64.decode(value).unwrap().len()]),
            Spoil::TrailerNoBase64 => "!".to_owned(),
            _ => value.to_owned(),
        };
        let sent = if spoil == Spoil::OtherTrailer { "x-amz-checksum-md5" } else { name };
        let mut lines = vec![(sent, value.as_str())];
        if spoil == Spoil::TrailerTwice {
            lines.push(lines[0]);
        }
        if spoil == Spoil::TrailerUnannounced {
            lines.push(("x-amz-meta-other", "1"));
        }
        let canonical: String = lines.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        body.extend(lines.iter().flat_map(|(name, value)| format!("{name}:{value}\r\n").into_bytes()));
        if is_signed && spoil != Spoil::NoTrailerSignature {
            let mut signature = chain.trailers(&canonical);
            if spoil == Spoil::TrailerSignature {
                signature.replace_range(0..1, if signature.starts_with('0') { "1" } else { "0" });
            }
            body.extend(format!("x-amz-trailer-signature:{signature}\r\n").into_bytes());
        }
    }
    if !matches!(spoil, Spoil::NoLastChunk | Spoil::HalfAChunk) {
        body.extend(b"\r\n");
    }
    if spoil == Spoil::MoreBehind {
        body.extend(b"5\r\nhello\r\n");
    }
    exchange(running, &head, &body)
}

fn checksums() -> Vec<(&'static str, String)> {
    let all = CHUNKS.concat();
    vec![
        ("x-amz-checksum-crc32", BASE64.encode(Crc32::checksum(&all))),
        ("x-amz-checksum-crc32c", BASE64.encode(Crc32c::checksum(&all))),
        ("x-amz-checksum-crc64nvme", BASE64.encode(Crc64Nvme::checksum(&all))),
        ("x-amz-checksum-sha1", BASE64.encode(Sha1::checksum(&all))),
        ("x-amz-checksum-sha256", BASE64.encode(Sha256::digest(&all))),
    ]
}

#[test]
fn chunks_are_taken_as_they_are_signed_and_refused_otherwise() {
    use Spoil::*;
    let data = tempfile::tempdir().unwrap();
    let running = start(data.path(), true);
    for (name, value) in checksums() {
        for kind in [SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER] {
            let key = format!("{kind}-{name}");
            let (status, text) = put(&running, &key, kind, (name, &value), Nothing);
            assert_eq!(status, 200, "{key}: {text}");
            let object = running.edge().store().object("chunks", &key).unwrap();
            assert_eq!(object.length, CHUNKS.concat().len() as u64);
            let kept = object.attributes.checksums.get(name.trim_start_matches("x-amz-checksum-"));
            assert_eq!(kept, kind.ends_with("TRAILER").then_some(&value), "{key}");
        }
        let (incomplete, trailer) = ("IncompleteBody", "MalformedTrailerError");
        let (mismatch, digest) = ("SignatureDoesNotMatch", "BadDigest");
        for (spoil, kinds, code) in [
            (ChunkSignature, &[SIGNED, SIGNED_TRAILER][..], mismatch),
            (LastSignature, &[SIGNED, SIGNED_TRAILER], mismatch),
            (NoLastChunk, &[SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER], incomplete),
            (HalfAChunk, &[SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER], incomplete),
            // It is of other bytes, then.
            (SizeLies, &[SIGNED, SIGNED_TRAILER], mismatch),
            (SizeLies, &[UNSIGNED_TRAILER], incomplete),
            (SizeHasMore, &[SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER], incomplete),
            (MoreBehind, &[SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER], incomplete),
            (DecodedLies, &[SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER], incomplete),
            (NoTrailer, &[SIGNED_TRAILER, UNSIGNED_TRAILER], trailer),
            (OtherTrailer, &[SIGNED_TRAILER, UNSIGNED_TRAILER], trailer),
            (TrailerTwice, &[SIGNED_TRAILER, UNSIGNED_TRAILER], trailer),
            (TrailerUnannounced, &[SIGNED_TRAILER, UNSIGNED_TRAILER], trailer),
            (TrailerWrong, &[SIGNED_TRAILER, UNSIGNED_TRAILER], digest),
            (TrailerNoBase64, &[SIGNED_TRAILER, UNSIGNED_TRAILER], "InvalidRequest"),
            (TrailerSignature, &[SIGNED_TRAILER], mismatch),
            (NoTrailerSignature, &[SIGNED_TRAILER], trailer),
        ] {
            for kind in kinds {
                let key = format!("{kind}-{name}-{spoil:?}");
                let (status, text) = put(&running, &key, kind, (name, &value), spoil);
                assert!((400..500).contains(&status) && text.contains(code), "{key}: expected {code}: {text}");
                assert!(!is_stored(&running, &key), "{key}");
            }
        }
    }
}

#[test]
fn without_keys_only_signatures_are_not_looked_at() {
    use Spoil::*;
    let data = tempfile::tempdir().unwrap();
    let running = start(data.path(), false);
    let (name, value) = checksums().swap_remove(2);
    for kind in [SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER] {
        for (spoil, is_taken) in [
            (Nothing, true),
            (ChunkSignature, true),
            (NoLastChunk, false),
            (SizeLies, false),
            (SizeHasMore, false),
            (MoreBehind, false),
            (DecodedLies, false),
            (TrailerTwice, kind == SIGNED),
            (TrailerUnannounced, kind == SIGNED),
            (TrailerWrong, kind == SIGNED),
        ] {
            let key = format!("{kind}-{spoil:?}");
            let (status, text) = put(&running, &key, kind, (name, &value), spoil);
            assert_eq!(status == 200, is_taken, "{key}: {text}");
            assert_eq!(is_stored(&running, &key), is_taken, "{key}");
        }
    }
}

/// A chunk is held until its signature is verified: none may be as large as memory is.
#[test]
fn a_chunk_that_is_too_large_to_hold_is_refused_before_it_comes() {
    let data = tempfile::tempdir().unwrap();
    let running = start(data.path(), true);
    let (head, _) = head(&running, "large", SIGNED, 1 << 30, &[]);
    let body = format!("40000000;chunk-signature={}\r\n", "0".repeat(64));
    let (status, text) = exchange(&running, &head, body.as_bytes());
    assert!(status == 400 && text.contains("16 MiB"), "{text}");
}
