//! Log groups as CloudWatch has them: what is known of a group beyond that functions log into it, and the streams that
//! clients made in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::edge::Edge;
use crate::lambda::{ApiError, ErrorKind, Functions};
use crate::store::{Namespace, ObjectStore, StoreError};

/// What is kept of a group, one value in the store.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LogGroup {
    /// Unix time in milliseconds.
    pub created_ms: u64,
    /// `STANDARD` or another one of CloudWatch's, as given.
    #[serde(default)]
    pub class: String,
    /// Days that events stay; for ever where none are said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<u32>,
    /// Tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// Functions that logged into it and that may be gone.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub functions: BTreeSet<String>,
    /// Streams of functions that were deleted, and when: what came before that is shown no more.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub deleted_streams: BTreeMap<String, u64>,
}

impl LogGroup {
    /// Events of before this time are over.
    pub fn expired_ms(&self, now_ms: u64, day_ms: u64) -> u64 {
        self.retention_days.map_or(0, |days| now_ms.saturating_sub(u64::from(days).saturating_mul(day_ms)))
    }
}

/// All groups of which anything is kept. A group is also where functions log although nothing is kept of it.
#[derive(Debug)]
pub(crate) struct LogGroups {
    groups: Namespace,
    /// By group and name, with a colon between them, which neither may have.
    streams: Namespace,
    /// Held from reading a group to writing it.
    changing: Mutex<()>,
}

impl LogGroups {
    pub fn open(store: &Arc<ObjectStore>) -> Result<Self, StoreError> {
        Ok(Self {
            groups: store.namespace("log-groups")?,
            streams: store.namespace("log-streams")?,
            changing: Mutex::default(),
        })
    }

    pub fn get(&self, name: &str) -> Result<Option<LogGroup>, StoreError> {
        self.groups.get(name)?.map(|value| parsed(name, &value.bytes)).transpose()
    }

    /// Those whose names begin with `prefix`, ascending.
    pub fn all(&self, prefix: &str) -> Result<Vec<(String, LogGroup)>, StoreError> {
        let entries = self.groups.entries(prefix)?.into_iter();
        entries.map(|(name, value)| parsed(&name, &value.bytes).map(|group| (name, group))).collect()
    }

    /// Makes a group; whether nothing was kept of it before.
    pub fn create(&self, name: &str, group: &LogGroup) -> Result<bool, StoreError> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        if self.get(name)?.is_some() {
            return Ok(false);
        }
        self.write(name, group).map(|()| true)
    }

    fn write(&self, name: &str, group: &LogGroup) -> Result<(), StoreError> {
        let bytes = serde_json::to_vec(group).map_err(|error| StoreError::Damaged(error.to_string()))?;
        self.groups.put(name, &bytes).map(drop)
    }

    /// Changes a group, which is made if nothing is kept of it yet; durable when this returns.
    pub fn change(&self, name: &str, now_ms: u64, change: impl FnOnce(&mut LogGroup)) -> Result<LogGroup, StoreError> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.get(name)?;
        let new = || LogGroup { created_ms: now_ms, class: "STANDARD".to_owned(), ..LogGroup::default() };
        let mut group = before.clone().unwrap_or_else(new);
        change(&mut group);
        if before.as_ref() != Some(&group) {
            self.write(name, &group)?;
        }
        Ok(group)
    }

    /// Forgets a group and its streams; whether anything was kept of it.
    pub fn delete(&self, name: &str) -> Result<bool, StoreError> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        for (stream, _) in self.streams(name)? {
            self.streams.delete(&key(name, &stream))?;
        }
        self.groups.delete(name)
    }

    /// Streams that clients made, and when, ascending by name.
    pub fn streams(&self, group: &str) -> Result<Vec<(String, u64)>, StoreError> {
        let prefix = key(group, "");
        let entries = self.streams.entries(&prefix)?.into_iter();
        Ok(entries.map(|(key, value)| (key[prefix.len()..].to_owned(), value.modified_ms)).collect())
    }

    pub fn has_stream(&self, group: &str, stream: &str) -> Result<bool, StoreError> {
        Ok(self.streams.get(&key(group, stream))?.is_some())
    }

    /// Whether it was not there yet.
    pub fn create_stream(&self, group: &str, stream: &str) -> Result<bool, StoreError> {
        match self.streams.create(&key(group, stream), b"") {
            Ok(_) => Ok(true),
            Err(StoreError::PreconditionFailed) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether it was there.
    pub fn delete_stream(&self, group: &str, stream: &str) -> Result<bool, StoreError> {
        self.streams.delete(&key(group, stream))
    }
}

/// Functions whose logs are in a group: those that log into it, and those that did and are gone.
pub(crate) fn functions_of(functions: &Functions, name: &str, kept: Option<&LogGroup>) -> BTreeSet<String> {
    let mut found = kept.map(|group| group.functions.clone()).unwrap_or_default();
    for version in functions.all() {
        let configuration = &version.configuration;
        if configuration.log_group() == name {
            found.insert(configuration.function_name.clone());
        } else {
            // It logs elsewhere now.
            found.remove(&configuration.function_name);
        }
    }
    found
}

/// Removes what is over in the groups whose events don't stay for ever.
pub(crate) fn carry_out_retention(edge: &Edge) -> Result<(), ApiError> {
    let failed = |error: nano_woof::Error| ApiError::new(ErrorKind::Service, error.to_string());
    let (groups, logs) = (edge.log_groups(), edge.logs());
    for (name, group) in groups.all("")? {
        if group.retention_days.is_none() {
            continue;
        }
        let before_ms = group.expired_ms(edge.world().now_ms(), edge.store().lifecycle_day_ms());
        for function in functions_of(edge.functions(), &name, Some(&group)) {
            logs.expire(&function, before_ms).map_err(failed)?;
        }
        for (stream, _) in groups.streams(&name)? {
            logs.expire_stream(&name, &stream, before_ms).map_err(failed)?;
        }
    }
    Ok(())
}

fn key(group: &str, stream: &str) -> String {
    format!("{group}:{stream}")
}

fn parsed(name: &str, bytes: &[u8]) -> Result<LogGroup, StoreError> {
    serde_json::from_slice(bytes).map_err(|error| StoreError::Damaged(format!("log group {name}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreOptions;

    #[test]
    fn groups_and_streams_stay_until_they_are_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let open = || {
            let store = ObjectStore::open(folder.path(), StoreOptions::default(), Arc::new(|| 1_000)).unwrap();
            LogGroups::open(&Arc::new(store)).unwrap()
        };
        let groups = open();
        groups.change("/a", 5, |group| group.retention_days = Some(3)).unwrap();
        assert!(groups.create("/ab", &LogGroup { created_ms: 6, ..LogGroup::default() }).unwrap());
        assert!(!groups.create("/a", &LogGroup::default()).unwrap());
        assert!(groups.create_stream("/a", "one").unwrap() && !groups.create_stream("/a", "one").unwrap());
        assert!(groups.create_stream("/ab", "two").unwrap());
        drop(groups);
        let groups = open();
        let group = groups.get("/a").unwrap().unwrap();
        assert_eq!((group.created_ms, group.retention_days), (5, Some(3)));
        assert_eq!((group.expired_ms(100, 10), LogGroup::default().expired_ms(100, 10)), (70, 0));
        assert_eq!(groups.streams("/a").unwrap(), [("one".to_owned(), 1_000)]);
        assert!(groups.delete("/a").unwrap() && !groups.delete("/a").unwrap());
        assert!(!groups.has_stream("/a", "one").unwrap() && groups.has_stream("/ab", "two").unwrap());
        assert_eq!(groups.all("").unwrap().len(), 1);
    }
}
