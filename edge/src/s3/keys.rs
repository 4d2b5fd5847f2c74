//! The access keys that signatures are verified with, and the users they stand for.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use s3s::auth::{S3Auth, SecretKey};
use s3s::{S3Result, s3_error};
use sha2::{Digest, Sha256};

/// Access keys and their secrets. Signatures are compared in constant time by `s3s`. Each key is a user of its own.
#[derive(Clone, Default)]
pub struct AccessKeys(BTreeMap<String, SecretKey>);

/// Id of whoever signs nothing, as on AWS.
pub(crate) const ANONYMOUS: &str = "65a011a29cdf8ec533ec3d1ccaae921c";

/// The canonical id of the user of an access key: 64 hex digits, as on AWS; the same wherever the key is.
pub fn user_id(access_key: &str) -> String {
    Sha256::digest(access_key.as_bytes()).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl AccessKeys {
    /// Adds a key, or gives it another secret.
    #[must_use]
    pub fn with(mut self, access_key: impl Into<String>, secret: impl Into<String>) -> Self {
        self.0.insert(access_key.into(), SecretKey::from(secret.into()));
        self
    }

    /// The secret of a key.
    pub(crate) fn secret(&self, access_key: &str) -> Option<&str> {
        self.0.get(access_key).map(SecretKey::expose)
    }

    /// The access key of the user of that id.
    pub(crate) fn of_user(&self, id: &str) -> Option<&str> {
        self.access_keys().find(|key| user_id(key) == id)
    }

    /// The names of the keys.
    pub fn access_keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl std::fmt::Debug for AccessKeys {
    /// Without the secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[async_trait::async_trait]
impl S3Auth for AccessKeys {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        self.0.get(access_key).cloned().ok_or_else(|| {
            s3_error!(InvalidAccessKeyId, "The AWS Access Key Id you provided does not exist in our records.")
        })
    }
}
