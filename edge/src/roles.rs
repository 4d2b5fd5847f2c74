//! Roles of IAM: names that functions and buckets' policies refer to, kept so that tools which make them first find them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use crate::store::{Namespace, ObjectStore, StoreError};

/// What is kept of a role, one value in the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Role {
    /// `/`, or `/a/b/`.
    pub path: String,
    /// `AROA..`, another one for each role that is made.
    pub id: String,
    /// Unix time in milliseconds.
    pub created_ms: u64,
    /// Who may assume it, as given. Nobody here assumes roles but Lambda.
    pub trust: String,
    #[serde(default)]
    pub description: String,
    /// Seconds.
    pub longest_session: u32,
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// ARNs of managed policies.
    #[serde(default)]
    pub attached: BTreeSet<String>,
}

/// All roles.
#[derive(Debug)]
pub(crate) struct Roles {
    records: Namespace,
    /// Held from reading a role to writing it.
    changing: Mutex<()>,
}

impl Roles {
    pub fn open(store: &Arc<ObjectStore>) -> Result<Self, StoreError> {
        Ok(Self { records: store.namespace("roles")?, changing: Mutex::default() })
    }

    fn lock(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn get(&self, name: &str) -> Result<Option<Role>, StoreError> {
        self.records.get(name)?.map(|value| parsed(name, &value.bytes)).transpose()
    }

    /// In order of their names.
    pub fn all(&self) -> Result<Vec<(String, Role)>, StoreError> {
        let entries = self.records.entries("")?.into_iter();
        entries.map(|(name, value)| parsed(&name, &value.bytes).map(|role| (name, role))).collect()
    }

    /// Makes a role; whether there was none of the name.
    pub fn create(&self, name: &str, role: &Role) -> Result<bool, StoreError> {
        match self.records.create(name, &bytes(role)?) {
            Ok(_) => Ok(true),
            Err(StoreError::PreconditionFailed) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Changes a role, if `change` lets it; `None` where there is none.
    pub fn change<T, E: From<StoreError>>(
        &self,
        name: &str,
        change: impl FnOnce(&mut Role) -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        let _changing = self.lock();
        let Some(mut role) = self.get(name)? else { return Ok(None) };
        let before = role.clone();
        let answer = change(&mut role)?;
        if role != before {
            self.records.put(name, &bytes(&role)?)?;
        }
        Ok(Some(answer))
    }

    /// Removes a role, if `may` lets it; `None` where there is none.
    pub fn delete<E: From<StoreError>>(
        &self,
        name: &str,
        may: impl FnOnce(&Role) -> Result<(), E>,
    ) -> Result<Option<()>, E> {
        let _changing = self.lock();
        let Some(role) = self.get(name)? else { return Ok(None) };
        may(&role)?;
        self.records.delete(name)?;
        Ok(Some(()))
    }
}

fn bytes(role: &Role) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(role).map_err(|error| StoreError::Damaged(error.to_string()))
}

fn parsed(name: &str, bytes: &[u8]) -> Result<Role, StoreError> {
    serde_json::from_slice(bytes).map_err(|error| StoreError::Damaged(format!("role {name}: {error}")))
}
