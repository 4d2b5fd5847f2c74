//! The access keys that signatures are verified with.

use std::collections::BTreeMap;

use s3s::auth::{S3Auth, SecretKey};
use s3s::{S3Result, s3_error};

/// Access keys and their secrets. Signatures are compared in constant time by `s3s`.
#[derive(Clone, Default)]
pub struct AccessKeys(BTreeMap<String, SecretKey>);

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
