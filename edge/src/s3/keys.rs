//! The access keys that signatures are verified with, and the users and roles they stand for.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use s3s::auth::{S3Auth, SecretKey};
use s3s::{S3Result, s3_error};
use sha2::{Digest, Sha256};

use crate::hex::hex;
use crate::lambda::ACCOUNT;
use crate::world::Entropy;

/// Access keys and their secrets. Signatures are compared in constant time by `s3s`. Each key is a user of its own.
///
/// Roles of functions are users, too: their keys are made when a function of the role first runs, and their secrets are
/// others whenever the edge is started. Copies know the same roles.
#[derive(Clone, Default)]
pub struct AccessKeys {
    users: BTreeMap<String, SecretKey>,
    roles: Arc<RwLock<BTreeMap<String, Role>>>,
}

/// A role that functions run with.
struct Role {
    arn: String,
    secret: SecretKey,
}

/// What the access keys of roles begin with.
const ROLE_PREFIX: &str = "NANOROLE";

/// Id of whoever signs nothing, as on AWS.
pub(crate) const ANONYMOUS: &str = "65a011a29cdf8ec533ec3d1ccaae921c";

/// The canonical id of the user of an access key: 64 hex digits, as on AWS; the same wherever the key is.
pub fn user_id(access_key: &str) -> String {
    hex(&Sha256::digest(access_key.as_bytes()))
}

/// The name of the user of an access key in policies.
pub fn user_arn(access_key: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:user/{access_key}")
}

impl AccessKeys {
    /// Adds a key, or gives it another secret.
    #[must_use]
    pub fn with(mut self, access_key: impl Into<String>, secret: impl Into<String>) -> Self {
        self.users.insert(access_key.into(), SecretKey::from(secret.into()));
        self
    }

    /// The access key and the secret that functions of a role sign with.
    pub(crate) fn of_role(&self, arn: &str, random: &Entropy) -> (String, String) {
        // The same at every start: what the role owns stays its own.
        let access_key = format!("{ROLE_PREFIX}{}", &user_id(arn)[..24]);
        let mut roles = self.roles.write().unwrap_or_else(PoisonError::into_inner);
        let role = roles.entry(access_key.clone()).or_insert_with(|| {
            let mut secret = [0; 32];
            random(&mut secret);
            Role { arn: arn.to_owned(), secret: SecretKey::from(hex(&secret)) }
        });
        (access_key, role.secret.expose().to_owned())
    }

    /// The role that a key was made for; `None` for a user's.
    pub(crate) fn role(&self, access_key: &str) -> Option<String> {
        let roles = self.roles.read().unwrap_or_else(PoisonError::into_inner);
        roles.get(access_key).map(|role| role.arn.clone())
    }

    /// The secret of a user's key.
    pub(crate) fn secret_of_user(&self, access_key: &str) -> Option<&str> {
        self.users.get(access_key).map(SecretKey::expose)
    }

    /// The secret of a key.
    pub(crate) fn secret(&self, access_key: &str) -> Option<SecretKey> {
        if let Some(secret) = self.users.get(access_key) {
            return Some(secret.clone());
        }
        let roles = self.roles.read().unwrap_or_else(PoisonError::into_inner);
        roles.get(access_key).map(|role| role.secret.clone())
    }

    /// The access key of the user of that id.
    pub(crate) fn of_user(&self, id: &str) -> Option<&str> {
        self.access_keys().find(|key| user_id(key) == id)
    }

    /// The names of the users' keys.
    pub fn access_keys(&self) -> impl Iterator<Item = &str> {
        self.users.keys().map(String::as_str)
    }
}

impl std::fmt::Debug for AccessKeys {
    /// Without the secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.users.keys()).finish()
    }
}

#[async_trait::async_trait]
impl S3Auth for AccessKeys {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        self.secret(access_key).ok_or_else(|| {
            s3_error!(InvalidAccessKeyId, "The AWS Access Key Id you provided does not exist in our records.")
        })
    }
}
