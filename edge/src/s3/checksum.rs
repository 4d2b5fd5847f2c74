//! Checksums: which ones a client stated, whether they are right, and what those of parts make together.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use crc_fast::CrcAlgorithm;
use http::{HeaderMap, StatusCode};
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Sha1, Sha256};
use s3s::dto::{Checksum, ChecksumAlgorithm};
use s3s::{S3Error, S3Result, TrailingHeaders, s3_error};

use super::chunked::{ChunkingError, Trailers};
use super::error::{invalid_argument, other};
use crate::store::{Part, Reader, StoreError};

/// Names of the algorithms as in `x-amz-checksum-<name>`.
const ALGORITHMS: [&str; 5] = ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"];

/// Bytes of a checksum.
fn length(algorithm: &str) -> usize {
    match algorithm {
        "crc64nvme" => 8,
        "sha1" => 20,
        "sha256" => 32,
        _ => 4,
    }
}

/// The name of an algorithm as a request states it.
pub(super) fn algorithm(stated: &ChecksumAlgorithm) -> S3Result<String> {
    let name = stated.as_str().to_ascii_lowercase();
    if ALGORITHMS.contains(&name.as_str()) {
        return Ok(name);
    }
    Err(s3_error!(
        InvalidRequest,
        "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]"
    ))
}

/// Checksums by algorithm, as the store keeps them.
pub(super) fn by_algorithm(checksum: Checksum) -> BTreeMap<String, String> {
    let found = [
        checksum.checksum_crc32,
        checksum.checksum_crc32c,
        checksum.checksum_crc64nvme,
        checksum.checksum_sha1,
        checksum.checksum_sha256,
    ];
    ALGORITHMS.into_iter().zip(found).filter_map(|(name, sum)| Some((name.to_owned(), sum?))).collect()
}

/// The checksums that the fields of a request state.
macro_rules! stated {
    ($input:expr) => {
        $crate::s3::checksum::by_algorithm(s3s::dto::Checksum {
            checksum_crc32: $input.checksum_crc32.take(),
            checksum_crc32c: $input.checksum_crc32c.take(),
            checksum_crc64nvme: $input.checksum_crc64nvme.take(),
            checksum_sha1: $input.checksum_sha1.take(),
            checksum_sha256: $input.checksum_sha256.take(),
            checksum_type: None,
        })
    };
}
pub(super) use stated;

/// Puts checksums into the fields of an answer.
macro_rules! answer {
    ($output:expr, $checksums:expr) => {{
        let get = |name: &str| $checksums.get(name).cloned();
        $output.checksum_crc32 = get("crc32");
        $output.checksum_crc32c = get("crc32c");
        $output.checksum_crc64nvme = get("crc64nvme");
        $output.checksum_sha1 = get("sha1");
        $output.checksum_sha256 = get("sha256");
    }};
}
pub(super) use answer;

/// Where the trailing headers of a request will be.
pub(super) enum Trailing {
    /// Read by `s3s`, which verified them.
    Verified(TrailingHeaders),
    /// Read by us.
    Unsigned(Trailers),
    /// There are none.
    Absent,
}

impl Trailing {
    fn get(&self, name: &str) -> Option<String> {
        match self {
            Self::Verified(headers) => headers.read(|h| Some(h.get(name)?.to_str().ok()?.to_owned())).flatten(),
            Self::Unsigned(headers) => headers.get(name),
            Self::Absent => None,
        }
    }
}

/// Computes what a body must be checked against while it comes.
pub(super) struct Checks {
    stated: BTreeMap<String, String>,
    md5: Option<[u8; 16]>,
    /// Names whose values come behind the body.
    awaited: Vec<String>,
    trailing: Trailing,
    hasher: ChecksumHasher,
}

impl Checks {
    /// From what a request states: values in headers, `Content-MD5`, an algorithm without a value, `x-amz-trailer`.
    pub fn new(
        stated: BTreeMap<String, String>,
        content_md5: Option<&str>,
        named: Option<&ChecksumAlgorithm>,
        headers: &HeaderMap,
        trailing: Trailing,
    ) -> S3Result<Self> {
        for (name, value) in &stated {
            if STANDARD.decode(value).ok().is_none_or(|sum| sum.len() != length(name)) {
                return Err(s3_error!(BadDigest, "Value for x-amz-checksum-{name} header is invalid."));
            }
        }
        let decode = |text: &str| STANDARD.decode(text).ok().and_then(|sum| sum.try_into().ok());
        let md5 = content_md5.map(|text| {
            decode(text).ok_or_else(|| s3_error!(InvalidDigest, "The Content-MD5 you specified was invalid."))
        });
        let trailers = headers.get_all("x-amz-trailer").iter().filter_map(|value| value.to_str().ok());
        let names = trailers.flat_map(|value| value.split(',')).map(|name| name.trim().to_ascii_lowercase());
        let awaited = names.map(|name| {
            let algorithm = name.strip_prefix("x-amz-checksum-").filter(|name| ALGORITHMS.contains(name));
            algorithm.map(str::to_owned).ok_or_else(|| {
                s3_error!(InvalidRequest, "The value specified in the x-amz-trailer header is not supported")
            })
        });
        let awaited: Vec<String> = awaited.collect::<S3Result<_>>()?;
        if stated.len() + awaited.len() > 1 {
            return Err(s3_error!(
                InvalidRequest,
                "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
            ));
        }
        let named = named.map(algorithm).transpose()?;
        let wanted = |name: &str| {
            stated.contains_key(name) || awaited.iter().any(|a| a == name) || named.as_deref() == Some(name)
        };
        let hasher = ChecksumHasher {
            crc32: wanted("crc32").then(Crc32::new),
            crc32c: wanted("crc32c").then(Crc32c::new),
            sha1: wanted("sha1").then(Sha1::new),
            sha256: wanted("sha256").then(Sha256::new),
            crc64nvme: wanted("crc64nvme").then(Crc64Nvme::new),
        };
        Ok(Self { stated, md5: md5.transpose()?, awaited, trailing, hasher })
    }

    /// Computes this one, if any, and checks nothing.
    pub fn named(named: Option<&ChecksumAlgorithm>) -> S3Result<Self> {
        Self::new(BTreeMap::new(), None, named, &HeaderMap::new(), Trailing::Absent)
    }

    /// Takes in all that is read.
    pub fn read(&mut self, mut reader: Reader) -> Result<(), StoreError> {
        while reader.remaining() > 0 {
            for bytes in reader.next_batch()? {
                self.update(&bytes);
            }
        }
        Ok(())
    }

    /// What came of it, where there is nothing to check it against.
    pub fn computed(self) -> BTreeMap<String, String> {
        by_algorithm(self.hasher.finalize())
    }

    pub fn update(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
    }

    /// The checksums of the body, if it is the one that was meant.
    pub fn finish(mut self, md5: &[u8; 16]) -> S3Result<BTreeMap<String, String>> {
        if self.md5.is_some_and(|expected| expected != *md5) {
            return Err(s3_error!(BadDigest, "The Content-MD5 you specified did not match what we received."));
        }
        for name in std::mem::take(&mut self.awaited) {
            let header = format!("x-amz-checksum-{name}");
            let value = self.trailing.get(&header);
            let value = value.ok_or_else(malformed_trailer)?;
            if STANDARD.decode(&value).ok().is_none_or(|sum| sum.len() != length(&name)) {
                return Err(s3_error!(InvalidRequest, "Value for x-amz-checksum-{name} trailing header is invalid."));
            }
            self.stated.insert(name, value);
        }
        let computed = by_algorithm(self.hasher.finalize());
        for (name, value) in &self.stated {
            if computed.get(name) != Some(value) {
                let name = name.to_ascii_uppercase();
                return Err(s3_error!(BadDigest, "The {name} you specified did not match the calculated checksum."));
            }
        }
        Ok(computed)
    }
}

/// Refuses checksums of a part by another algorithm than its upload has.
pub(super) fn check_algorithm(upload: &str, stated: &BTreeMap<String, String>, headers: &HeaderMap) -> S3Result<()> {
    let trailers = headers.get_all("x-amz-trailer").iter().filter_map(|value| value.to_str().ok());
    let trailers = trailers.flat_map(|value| value.split(',')).map(|name| name.trim().to_ascii_lowercase());
    let trailing = trailers.filter_map(|name| name.strip_prefix("x-amz-checksum-").map(str::to_owned));
    match stated.keys().cloned().chain(trailing).find(|name| name != upload) {
        Some(other) => Err(s3_error!(
            InvalidRequest,
            "Checksum Type mismatch occurred, expected checksum Type: {upload}, actual checksum Type: {other}"
        )),
        None => Ok(()),
    }
}

/// How the checksums of parts make that of the object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Combining {
    /// A checksum of the parts' checksums, with `-<parts>`.
    Composite,
    /// The checksum of all the bytes; only cyclic redundancy checks allow it.
    FullObject,
}

/// The type that an upload's checksums have: as stated, or the one usual for the algorithm.
pub(super) fn combining(algorithm: &str, stated: Option<&str>) -> S3Result<Combining> {
    match (stated, algorithm) {
        (Some("COMPOSITE"), "crc64nvme") | (Some("FULL_OBJECT"), "sha1" | "sha256") => {
            let name = algorithm.to_ascii_uppercase();
            Err(s3_error!(
                InvalidRequest,
                "The {} checksum type cannot be used with the {name} checksum algorithm.",
                stated.unwrap_or_default()
            ))
        }
        (Some("FULL_OBJECT"), _) | (None, "crc64nvme") => Ok(Combining::FullObject),
        (Some("COMPOSITE") | None, _) => Ok(Combining::Composite),
        (Some(_), _) => Err(invalid_argument("The checksum type is not COMPOSITE or FULL_OBJECT")),
    }
}

/// The object's checksum from those of its parts; nothing when a part has none.
pub(super) fn combine(algorithm: &str, combining: Combining, parts: &[Part]) -> Option<String> {
    let sums = parts.iter().map(|part| STANDARD.decode(part.checksums.get(algorithm)?).ok());
    let sums: Vec<Vec<u8>> = sums.collect::<Option<_>>()?;
    if sums.is_empty() {
        return None;
    }
    if combining == Combining::Composite {
        let all = sums.concat();
        let sum = match algorithm {
            "crc32" => Crc32::checksum(&all).to_vec(),
            "crc32c" => Crc32c::checksum(&all).to_vec(),
            "sha1" => Sha1::checksum(&all).to_vec(),
            "sha256" => Sha256::checksum(&all).to_vec(),
            _ => return None,
        };
        return Some(format!("{}-{}", STANDARD.encode(sum), sums.len()));
    }
    let (crc, width) = match algorithm {
        "crc32" => (CrcAlgorithm::Crc32IsoHdlc, 4),
        "crc32c" => (CrcAlgorithm::Crc32Iscsi, 4),
        "crc64nvme" => (CrcAlgorithm::Crc64Nvme, 8),
        _ => return None,
    };
    let number = |sum: &Vec<u8>| sum.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    let numbers = sums.iter().map(number).zip(parts);
    let all = numbers
        .map(|(sum, part)| (sum, part.length))
        .reduce(|(whole, length), (sum, more)| (crc_fast::checksum_combine(crc, whole, sum, more), length + more))?;
    let bytes = all.0.to_be_bytes();
    Some(STANDARD.encode(bytes.get(8 - width..).unwrap_or_default()))
}

/// What the checksums of a completed upload are, if they are what was stated.
pub(super) fn complete(
    algorithm: Option<&str>,
    combining: Combining,
    parts: &[Part],
    stated: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, StoreError> {
    let Some(algorithm) = algorithm else { return Ok(BTreeMap::new()) };
    let Some(sum) = combine(algorithm, combining, parts) else { return Ok(BTreeMap::new()) };
    match stated.get(algorithm) {
        // Clients state a composite checksum with or without the number of parts.
        Some(stated) if *stated != sum && Some(stated.as_str()) != sum.split('-').next() => {
            Err(StoreError::ChecksumMismatch)
        }
        _ => Ok(BTreeMap::from([(algorithm.to_owned(), sum)])),
    }
}

/// What S3 says of trailers that are not those announced.
fn malformed_trailer() -> S3Error {
    let message =
        "The request contained trailing data that was not well-formed or did not conform to our published schema.";
    other("MalformedTrailerError", StatusCode::BAD_REQUEST, message)
}

/// The error for a body that failed to arrive.
pub(super) fn broken_body(error: &s3s::StdError) -> S3Error {
    // `s3s` keeps the type of its errors for itself, and wraps others in it.
    let text = error.to_string();
    if text.ends_with(": SignatureMismatch") {
        return S3Error::new(s3s::S3ErrorCode::SignatureDoesNotMatch);
    }
    if text.ends_with(&ChunkingError::Trailers.to_string()) {
        return malformed_trailer();
    }
    // `s3s` keeps the type of this error to itself.
    if error.to_string().ends_with("Sha256Mismatch") {
        return other(
            "XAmzContentSHA256Mismatch",
            StatusCode::BAD_REQUEST,
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        );
    }
    s3_error!(IncompleteBody, "The request body could not be read: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(number: u16, bytes: &[u8]) -> Part {
        let mut hasher = ChecksumHasher {
            crc32: Some(Crc32::new()),
            crc32c: Some(Crc32c::new()),
            sha1: Some(Sha1::new()),
            sha256: Some(Sha256::new()),
            crc64nvme: Some(Crc64Nvme::new()),
        };
        hasher.update(bytes);
        Part { number, length: bytes.len() as u64, checksums: by_algorithm(hasher.finalize()), salt: None }
    }

    #[test]
    fn full_object_checksums_equal_those_of_all_bytes() {
        let (first, second, third) = (vec![7; 100_000], vec![9; 12_345], b"x".to_vec());
        let whole = part(1, &[first.clone(), second.clone(), third.clone()].concat());
        let parts = [part(1, &first), part(2, &second), part(3, &third)];
        for algorithm in ["crc32", "crc32c", "crc64nvme"] {
            let combined = combine(algorithm, Combining::FullObject, &parts);
            assert_eq!(combined.as_ref(), whole.checksums.get(algorithm), "{algorithm}");
        }
    }

    #[test]
    fn composite_checksums_are_those_of_the_checksums() {
        let parts = [part(1, b"hello"), part(2, b"world")];
        // printf hello | sha256sum etc., the two digests together hashed again.
        let all = parts.iter().flat_map(|p| STANDARD.decode(&p.checksums["sha256"]).unwrap()).collect::<Vec<_>>();
        let expected = format!("{}-2", STANDARD.encode(Sha256::checksum(&all)));
        assert_eq!(combine("sha256", Combining::Composite, &parts), Some(expected));
        assert!(combining("sha256", Some("FULL_OBJECT")).is_err());
        assert!(combining("crc64nvme", Some("COMPOSITE")).is_err());
        assert_eq!(combining("crc32", None).unwrap(), Combining::Composite);
        assert_eq!(combining("crc64nvme", None).unwrap(), Combining::FullObject);
    }
}
