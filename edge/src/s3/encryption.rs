//! Encryption of what is kept: with a key of the client's (SSE-C), or with the store's own (SSE-S3).
//!
//! Bytes are encrypted with AES-256 in counter mode, so that a range is read without what is before it; the logs below
//! find damage. Each object put in one go, and each part of an upload, has a key of its own: an HMAC of its random salt
//! under the client's key or the store's. The client's key is kept nowhere, only an HMAC that recognizes it. The store's
//! key lies beside its logs: it keeps bytes from who gets at a log, not from who gets at all of the directory.

use std::collections::VecDeque;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use aes::Aes256;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use ctr::Ctr128BE;
use ctr::cipher::{KeyIvInit, StreamCipher, StreamCipherSeek};
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use s3s::dto::ServerSideEncryption;
use s3s::{S3Error, S3Result, s3_error};
use sha2::Sha256;

use super::checksum::Checks;
use super::error::{blocking, invalid_argument, not_implemented};
use super::operations::Operations;
use super::settings::{name, read_now};
use crate::hex::hex;
use crate::store::{Content, ContentWriter, Encryption, Object, ObjectStore, StoreError};
use crate::world::Entropy;

pub(super) const ALGORITHM: &str = ServerSideEncryption::AES256;

type Key = [u8; 32];
type Cipher = Ctr128BE<Aes256>;

/// Where the store's own key is kept: the namespace, and the name in it.
const NAMESPACE: &str = "encryption";
const OWN_KEY: &str = "key";

/// Makes and keeps keys.
#[derive(Clone)]
pub(super) struct Vault {
    random: Entropy,
    own: Arc<OnceLock<Key>>,
}

impl Vault {
    pub fn new(random: Entropy) -> Self {
        Self { random, own: Arc::default() }
    }

    fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.random)(&mut bytes);
        bytes
    }

    fn salt(&self) -> String {
        hex(&self.random::<16>())
    }

    /// The store's own key; made when it is first needed. Blocks.
    fn own(&self, store: &Arc<ObjectStore>) -> S3Result<Key> {
        if let Some(key) = self.own.get() {
            return Ok(*key);
        }
        let kept = store.namespace(NAMESPACE)?;
        match kept.create(OWN_KEY, &self.random::<32>()) {
            Ok(_) | Err(StoreError::PreconditionFailed) => {}
            Err(error) => return Err(error.into()),
        }
        let value = kept.get(OWN_KEY)?.ok_or(StoreError::NoSuchKey)?;
        let key = Key::try_from(&value.bytes[..]).map_err(S3Error::internal_error)?;
        Ok(*self.own.get_or_init(|| key))
    }
}

impl fmt::Debug for Vault {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").finish_non_exhaustive()
    }
}

fn derive(key: &Key, purpose: &[u8], salt: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
    mac.update(purpose);
    mac.update(salt.as_bytes());
    mac
}

fn cipher(key: &Key, salt: &str) -> Cipher {
    let own = derive(key, b"nano object bytes", salt).finalize().into_bytes();
    // No two contents have one key, so all of them can begin at zero.
    Cipher::new(&own, &[0; 16].into())
}

fn recognizing(key: &Key, salt: &str) -> Hmac<Sha256> {
    derive(key, b"nano customer key", salt)
}

/// A key that a client sent along.
pub(super) struct CustomerKey {
    key: Key,
    /// Its MD5 in base64, as the client sent it; answers repeat it.
    pub md5: String,
}

/// How a request wants what it makes to be encrypted.
pub(super) enum Wanted {
    /// As the bucket is configured.
    Unstated,
    Store,
    Customer(CustomerKey),
}

impl Wanted {
    pub const fn key_md5(&self) -> Option<&String> {
        match self {
            Self::Customer(key) => Some(&key.md5),
            Self::Unstated | Self::Store => None,
        }
    }
}

/// The key that a request has in its `-customer-` headers: the algorithm, the key, its MD5.
pub(super) fn customer_key(
    algorithm: Option<String>,
    key: Option<String>,
    md5: Option<String>,
) -> S3Result<Option<CustomerKey>> {
    const WITH: &str = "Requests specifying Server Side Encryption with Customer provided keys must provide";
    let Some(algorithm) = algorithm else {
        return match key.or(md5) {
            Some(_) => Err(invalid_argument(format!("{WITH} a valid encryption algorithm."))),
            None => Ok(None),
        };
    };
    if algorithm != ALGORITHM {
        return Err(s3_error!(
            InvalidEncryptionAlgorithmError,
            "The encryption request you specified is not valid. The valid value is AES256."
        ));
    }
    let key = key.ok_or_else(|| invalid_argument(format!("{WITH} an appropriate secret key.")))?;
    let bytes = BASE64.decode(&key).ok().and_then(|bytes| Key::try_from(bytes).ok());
    let key = bytes.ok_or_else(|| invalid_argument("The secret key was invalid for the specified algorithm."))?;
    let md5 = md5.ok_or_else(|| invalid_argument(format!("{WITH} the client calculated MD5 of the secret key.")))?;
    if BASE64.encode(Md5::digest(key)) != md5 {
        return Err(invalid_argument("The calculated MD5 hash of the key did not match the hash that was provided."));
    }
    Ok(Some(CustomerKey { key, md5 }))
}

/// How the headers of a request want something encrypted.
pub(super) fn wanted(
    method: Option<&ServerSideEncryption>,
    names_kms_key: bool,
    customer: Option<CustomerKey>,
) -> S3Result<Wanted> {
    let method = method.map(ServerSideEncryption::as_str);
    if customer.is_some() && method.is_some() {
        return Err(invalid_argument(
            "Server Side Encryption with Customer provided key is incompatible with the encryption method specified",
        ));
    }
    match method {
        None | Some(ALGORITHM) if names_kms_key => Err(invalid_argument(
            "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms",
        )),
        None => Ok(customer.map_or(Wanted::Unstated, Wanted::Customer)),
        Some(ALGORITHM) => Ok(Wanted::Store),
        Some("aws:kms" | "aws:kms:dsse") => Err(not_implemented("x-amz-server-side-encryption: aws:kms")),
        Some(_) => Err(invalid_argument("The encryption method specified is not supported")),
    }
}

/// How the fields of a request want something encrypted.
macro_rules! wanted_encryption {
    ($input:expr) => {{
        let customer = $crate::s3::encryption::sent_key!($input)?;
        $crate::s3::encryption::wanted($input.server_side_encryption.as_ref(), $input.ssekms_key_id.is_some(), customer)
    }};
}
pub(super) use wanted_encryption;

/// The client's key in the fields of a request.
macro_rules! sent_key {
    ($input:expr) => {
        $crate::s3::encryption::customer_key(
            $input.sse_customer_algorithm.take(),
            $input.sse_customer_key.take(),
            $input.sse_customer_key_md5.take(),
        )
    };
}
pub(super) use sent_key;

/// The client's key for the source of a copy.
macro_rules! source_key {
    ($input:expr) => {
        $crate::s3::encryption::customer_key(
            $input.copy_source_sse_customer_algorithm.take(),
            $input.copy_source_sse_customer_key.take(),
            $input.copy_source_sse_customer_key_md5.take(),
        )
    };
}
pub(super) use source_key;

/// Says in an answer how something is encrypted.
macro_rules! describe_encryption {
    ($output:expr, $encryption:expr, $key_md5:expr) => {
        match $encryption {
            Some(encryption) if encryption.customer.is_none() => {
                let method = s3s::dto::ServerSideEncryption::from_static($crate::s3::encryption::ALGORITHM);
                $output.server_side_encryption = Some(method);
            }
            Some(_) => {
                $output.sse_customer_algorithm = Some($crate::s3::encryption::ALGORITHM.to_owned());
                $output.sse_customer_key_md5 = $key_md5.cloned();
            }
            None => {}
        }
    };
}
pub(super) use describe_encryption;

/// Encrypts content on its way into the store.
pub(super) struct Sealing {
    cipher: Cipher,
    salt: String,
    /// Of the bytes as they came.
    md5: Md5,
    /// A client's key, which keeps even that from the store.
    secret: Option<Key>,
}

impl Sealing {
    pub fn seal(&mut self, bytes: &Bytes) -> Vec<u8> {
        self.md5.update(bytes);
        let mut sealed = bytes.to_vec();
        self.cipher.apply_keystream(&mut sealed);
        sealed
    }

    /// The MD5 of the bytes as they came.
    pub fn md5(&self) -> [u8; 16] {
        self.md5.clone().finalize().into()
    }

    /// Names in the content what it takes to read it.
    pub fn finish(self, content: &mut Content) {
        content.md5 = self.md5();
        if let Some(key) = &self.secret {
            // The same bytes sent again with the same key have the same entity tag, which tells nothing of them.
            let mut mac = derive(key, b"nano entity tag", "");
            mac.update(&content.md5);
            for (byte, keyed) in content.md5.iter_mut().zip(mac.finalize().into_bytes()) {
                *byte = keyed;
            }
        }
        content.salt = Some(self.salt);
    }
}

/// Decrypts a range of an object on its way out.
pub(super) struct Opening {
    /// Bytes that each cipher is for.
    stretches: VecDeque<(u64, Cipher)>,
}

impl Opening {
    fn new(key: &Key, object: &Object, encryption: &Encryption, range: &Range<u64>) -> Self {
        let whole = [(object.length, &encryption.salt)];
        let parts = object.parts.iter().map(|part| (part.length, part.salt.as_ref().unwrap_or(&encryption.salt)));
        let all: Vec<_> = if object.parts.is_empty() { whole.into() } else { parts.collect() };
        let mut at = 0;
        let mut stretches = VecDeque::new();
        for (length, salt) in all {
            let (from, to) = (range.start.max(at), range.end.min(at + length));
            if from < to {
                let mut cipher = cipher(key, salt);
                cipher.seek(from - at);
                stretches.push_back((to - from, cipher));
            }
            at += length;
        }
        Self { stretches }
    }

    pub fn open(&mut self, bytes: &Bytes) -> Bytes {
        let mut opened = bytes.to_vec();
        let mut rest = opened.as_mut_slice();
        while !rest.is_empty() {
            let Some((left, cipher)) = self.stretches.front_mut() else { break };
            let (now, later) = rest.split_at_mut(rest.len().min(usize::try_from(*left).unwrap_or(usize::MAX)));
            cipher.apply_keystream(now);
            *left -= now.len() as u64;
            if *left == 0 {
                self.stretches.pop_front();
            }
            rest = later;
        }
        opened.into()
    }
}

/// The key that something encrypted is read with, and that what joins it is encrypted with.
fn key_of(
    vault: &Vault,
    store: &Arc<ObjectStore>,
    encryption: Option<&Encryption>,
    sent: Option<&CustomerKey>,
) -> S3Result<Option<Key>> {
    let Some(encryption) = encryption else {
        return match sent {
            Some(_) => Err(s3_error!(InvalidRequest, "The encryption parameters are not applicable to this object.")),
            None => Ok(None),
        };
    };
    match (&encryption.customer, sent) {
        (None, None) => vault.own(store).map(Some),
        (None, Some(_)) => {
            Err(s3_error!(InvalidRequest, "The encryption parameters are not applicable to this object."))
        }
        (Some(_), None) => Err(s3_error!(
            InvalidRequest,
            "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object."
        )),
        (Some(known), Some(sent)) => {
            // Compared in constant time.
            let digits = known.as_bytes().as_chunks::<2>().0;
            let digit = |byte: &u8| char::from(*byte).to_digit(16).unwrap_or_default() as u8;
            let known: Vec<u8> = digits.iter().map(|[high, low]| digit(high) << 4 | digit(low)).collect();
            match recognizing(&sent.key, &encryption.salt).verify_slice(&known) {
                Ok(()) => Ok(Some(sent.key)),
                Err(_) => Err(s3_error!(
                    InvalidRequest,
                    "The provided encryption parameters did not match the ones used originally."
                )),
            }
        }
    }
}

impl Operations {
    /// How something new in a bucket is to be encrypted: how to say that of it, and what does it.
    pub(super) async fn sealing(&self, bucket: &str, wanted: &Wanted) -> S3Result<Option<(Encryption, Sealing)>> {
        if matches!(wanted, Wanted::Unstated) && !self.encrypts_by_default(bucket) {
            return Ok(None);
        }
        let salt = self.vault.salt();
        let (key, customer) = match wanted {
            Wanted::Unstated | Wanted::Store => {
                let (vault, store) = (self.vault.clone(), Arc::clone(&self.store));
                (blocking(move || vault.own(&store)).await?, None)
            }
            Wanted::Customer(sent) => {
                let recognized = hex(&recognizing(&sent.key, &salt).finalize().into_bytes());
                (sent.key, Some(recognized))
            }
        };
        let sealing = Sealing {
            cipher: cipher(&key, &salt),
            salt: salt.clone(),
            md5: Md5::new(),
            secret: customer.is_some().then_some(key),
        };
        Ok(Some((Encryption { salt, customer }, sealing)))
    }

    /// What encrypts another part of an upload.
    pub(super) async fn sealing_part(
        &self,
        encryption: Option<&Encryption>,
        sent: Option<CustomerKey>,
    ) -> S3Result<Option<Sealing>> {
        let key = self.key_of(encryption, sent).await?;
        let of_client = encryption.is_some_and(|encryption| encryption.customer.is_some());
        Ok(key.map(|key| {
            let salt = self.vault.salt();
            Sealing { cipher: cipher(&key, &salt), salt, md5: Md5::new(), secret: of_client.then_some(key) }
        }))
    }

    async fn key_of(&self, encryption: Option<&Encryption>, sent: Option<CustomerKey>) -> S3Result<Option<Key>> {
        if encryption.is_none() && sent.is_none() {
            return Ok(None);
        }
        let (vault, store, encryption) = (self.vault.clone(), Arc::clone(&self.store), encryption.cloned());
        blocking(move || key_of(&vault, &store, encryption.as_ref(), sent.as_ref())).await
    }

    /// What decrypts a range of an object; nothing if it isn't encrypted. Refuses a key that isn't its.
    pub(super) async fn opening(
        &self,
        object: &Object,
        sent: Option<CustomerKey>,
        range: &Range<u64>,
    ) -> S3Result<Option<Opening>> {
        let encryption = object.attributes.encryption.as_ref();
        let key = self.key_of(encryption, sent).await?;
        Ok(key.zip(encryption).map(|(key, encryption)| Opening::new(&key, object, encryption, range)))
    }

    fn encrypts_by_default(&self, bucket: &str) -> bool {
        read_now::<s3s::dto::ServerSideEncryptionConfiguration>(&self.store, bucket, name::ENCRYPTION).is_some()
    }
}

/// Bytes `range` of an object as content of its own, decrypted and encrypted anew. Blocks.
pub(super) fn rewritten(
    store: &ObjectStore,
    source: &Object,
    range: Range<u64>,
    mut opening: Option<Opening>,
    mut sealing: Option<Sealing>,
    checks: &mut Checks,
) -> Result<Content, StoreError> {
    let mut reader = store.reader(source, range);
    let mut writer: ContentWriter = store.writer();
    while reader.remaining() > 0 {
        for bytes in reader.next_batch()? {
            let bytes = opening.as_mut().map_or_else(|| bytes.clone(), |opening| opening.open(&bytes));
            checks.update(&bytes);
            match &mut sealing {
                Some(sealing) => writer.write(&sealing.seal(&bytes))?,
                None => writer.write(&bytes)?,
            }
        }
    }
    let mut content = writer.finish()?;
    if let Some(sealing) = sealing {
        sealing.finish(&mut content);
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_what_they_claim_to_be() {
        let key = BASE64.encode([7; 32]);
        let md5 = BASE64.encode(Md5::digest([7; 32]));
        let read = |algorithm: Option<&str>, key: Option<&str>, md5: Option<&str>| {
            customer_key(algorithm.map(str::to_owned), key.map(str::to_owned), md5.map(str::to_owned))
        };
        assert_eq!(read(Some("AES256"), Some(&key), Some(&md5)).unwrap().unwrap().key, [7; 32]);
        assert!(read(None, None, None).unwrap().is_none());
        for (algorithm, key, md5) in [
            (None, Some(&key[..]), Some(&md5[..])),
            (Some("AES192"), Some(&key), Some(&md5)),
            (Some("AES256"), None, Some(&md5)),
            (Some("AES256"), Some(&key), None),
            (Some("AES256"), Some(&key), Some("AAAAAAAAAAAAAAAAAAAAAA==")),
            (Some("AES256"), Some("AAAA"), Some(&md5)),
        ] {
            assert!(read(algorithm, key, md5).is_err(), "{algorithm:?} {key:?} {md5:?}");
        }
    }

    #[test]
    fn a_range_decrypts_without_what_is_before_it() {
        let plain: Vec<u8> = (0..1000_u32).map(|n| n as u8).collect();
        let mut sealed = plain.clone();
        cipher(&[1; 32], "salt").apply_keystream(&mut sealed);
        assert_ne!(sealed, plain);
        let mut middle = cipher(&[1; 32], "salt");
        middle.seek(333_u64);
        let mut part = sealed[333..700].to_vec();
        middle.apply_keystream(&mut part);
        assert_eq!(part, plain[333..700]);
        let mut other = sealed;
        cipher(&[1; 32], "other salt").apply_keystream(&mut other);
        assert_ne!(other, plain);
    }
}
