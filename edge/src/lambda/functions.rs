//! The functions that there are: made, changed and removed, each change one durable record in the store.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::json;

use super::error::{ApiError, ErrorKind};
use super::function::{Alias, Configuration, Environment, FunctionRecord, NanoSettings};
use super::name::{ACCOUNT, FunctionName, LATEST, arn, region_of};
use super::settings::{self, Members};
use super::validate::Violations;
use crate::package::{MOST_ZIPPED_BYTES, Package};
use crate::run::Runners;
use crate::server::Place;
use crate::store::{Namespace, ObjectStore, StoreError};
use crate::world::{World, lambda_time};

/// Most functions in one page of a listing.
const PAGE: usize = 50;

/// One version of a function, with what runs it. Replaced as a whole when the function changes.
#[derive(Debug)]
pub struct Version {
    /// Unique in this process.
    pub id: u64,
    /// Its configuration.
    pub configuration: Configuration,
    pub(crate) runners: Runners,
    pub(crate) limits: Arc<Limits>,
    code: Namespace,
    pub(super) layer_code: Namespace,
}

/// How many invocations of a function are under way, of all its versions, and how many may be.
#[derive(Debug)]
pub(crate) struct Limits {
    pub under_way: AtomicUsize,
    pub most: AtomicUsize,
}

impl Version {
    /// Its package.
    pub fn package(&self) -> Result<Package, ApiError> {
        let key = &self.configuration.code_sha256;
        match self.code.get(&code_key(key))? {
            Some(value) => Ok(Package::stored(value.bytes)),
            None => Err(ApiError::new(ErrorKind::Service, format!("the code {key} is missing in the store"))),
        }
    }
}

/// Code is kept under the hash of its zip, in a form without slashes.
pub(super) fn code_key(sha256_base64: &str) -> String {
    sha256_base64.replace('/', "_").replace('+', "-")
}

/// A function with all its versions.
#[derive(Debug)]
struct Entry {
    record: FunctionRecord,
    latest: Arc<Version>,
    versions: Vec<Arc<Version>>,
}

impl Entry {
    fn version(&self, version: &str) -> Option<Arc<Version>> {
        if version == LATEST {
            return Some(Arc::clone(&self.latest));
        }
        self.versions.iter().find(|v| v.configuration.version == version).cloned()
    }
}

/// What nano itself deploys (`nano dev`, `nano deploy --target edge`): no role, no base64.
#[derive(Debug, Clone, Default)]
pub struct Deployment {
    /// Name of the function.
    pub name: String,
    /// `module.function`.
    pub handler: String,
    /// Environment variables.
    pub environment: BTreeMap<String, String>,
    /// Where and how it runs.
    pub nano: NanoSettings,
}

/// Says whether a function can run here, before it is kept.
pub type Check<'a> = &'a dyn Fn(&Configuration, &Package) -> Result<(), ApiError>;

/// Reads the object that a request points to, as far as who asks may.
pub(crate) type Read<'a> = &'a dyn Fn(Place<'_>) -> Result<bytes::Bytes, ApiError>;

/// A page of a listing.
#[derive(Debug)]
pub struct Page {
    /// The functions.
    pub functions: Vec<Configuration>,
    /// Where the next page begins, if there is one.
    pub next_marker: Option<String>,
}

#[derive(Debug, Default)]
struct Table {
    entries: BTreeMap<String, Arc<Entry>>,
    /// Functions by the `WooF` that invokes them (`namespace/name`), and at every how many appends.
    triggers: HashMap<String, Vec<(Arc<Version>, u32)>>,
}

/// Code, by its keys. What changes put here may have no function any more; it goes when nobody runs it either.
#[derive(Debug, Default)]
pub(super) struct Leaving {
    packages: BTreeSet<String>,
    pub(super) layers: BTreeSet<String>,
}

impl Leaving {
    fn add(&mut self, record: &FunctionRecord) {
        std::iter::once(&record.latest).chain(&record.versions).for_each(|version| self.add_version(version));
    }

    fn add_version(&mut self, configuration: &Configuration) {
        self.packages.insert(code_key(&configuration.code_sha256));
        self.layers.extend(configuration.layers.iter().map(|layer| code_key(&layer.code_sha256)));
    }
}

/// All functions.
#[derive(Debug)]
pub struct Functions {
    records: Namespace,
    code: Namespace,
    pub(super) layers: Namespace,
    pub(super) layer_code: Namespace,
    table: RwLock<Table>,
    /// Held by whoever changes something, from the check to the record being durable.
    writing: Mutex<Leaving>,
    /// All versions that there are, and those that are still run by who found them before they were replaced.
    alive: Mutex<Vec<Weak<Version>>>,
    next_id: AtomicU64,
    pub(super) world: World,
}

impl Functions {
    /// Reads the functions from the store.
    pub fn open(store: &Arc<ObjectStore>, world: World) -> Result<Self, StoreError> {
        let functions = Self {
            records: store.namespace("functions")?,
            code: store.namespace("code")?,
            layers: store.namespace("layers")?,
            layer_code: store.namespace("layer-code")?,
            table: RwLock::default(),
            writing: Mutex::default(),
            alive: Mutex::default(),
            next_id: AtomicU64::new(1),
            world,
        };
        for (name, value) in functions.records.entries("")? {
            let record: FunctionRecord = serde_json::from_slice(&value.bytes)
                .map_err(|error| StoreError::Damaged(format!("function {name}: {error}")))?;
            functions.install(record, None);
        }
        // What was on its way out when the last run ended is found again.
        *functions.lock() = Leaving {
            packages: functions.code.keys("")?.into_iter().collect(),
            layers: functions.layer_code.keys("")?.into_iter().collect(),
        };
        Ok(functions)
    }

    fn version(&self, configuration: Configuration, limits: &Arc<Limits>) -> Arc<Version> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let limits = Arc::clone(limits);
        let (code, layer_code) = (self.code.clone(), self.layer_code.clone());
        let version = Arc::new(Version { id, configuration, runners: Runners::default(), limits, code, layer_code });
        self.alive().push(Arc::downgrade(&version));
        version
    }

    fn alive(&self) -> MutexGuard<'_, Vec<Weak<Version>>> {
        self.alive.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a record what is served. Versions that did not change keep their warm instances.
    fn install(&self, record: FunctionRecord, before: Option<&Entry>) -> Arc<Entry> {
        let mut kept: Vec<Arc<Version>> =
            before.map(|entry| [&[Arc::clone(&entry.latest)][..], &entry.versions].concat()).unwrap_or_default();
        let limits = before.map_or_else(
            || Arc::new(Limits { under_way: AtomicUsize::new(0), most: AtomicUsize::new(usize::MAX) }),
            |entry| Arc::clone(&entry.latest.limits),
        );
        let most = record.reserved_concurrency.map_or(usize::MAX, |most| most as usize);
        limits.most.store(most, Ordering::Relaxed);
        let mut take = |configuration: &Configuration| match kept.iter().position(|v| v.configuration == *configuration)
        {
            Some(at) => kept.swap_remove(at),
            None => self.version(configuration.clone(), &limits),
        };
        let latest = take(&record.latest);
        let versions = record.versions.iter().map(&mut take).collect();
        let name = record.latest.function_name.clone();
        let entry = Arc::new(Entry { record, latest, versions });
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        table.entries.insert(name, Arc::clone(&entry));
        table.index_triggers();
        entry
    }

    fn entry(&self, name: &str) -> Option<Arc<Entry>> {
        self.table.read().unwrap_or_else(PoisonError::into_inner).entries.get(name).cloned()
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Leaving> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The version that a caller names, `$LATEST` where none is named.
    pub fn find(&self, name: &FunctionName, region: &str) -> Result<Arc<Version>, ApiError> {
        let entry = self.known(name, region)?;
        match name.qualifier.as_deref() {
            None | Some(LATEST) => Ok(Arc::clone(&entry.latest)),
            Some(qualifier) => {
                let version = entry.record.aliases.get(qualifier).map(|alias| self.aliased(alias));
                entry.version(version.as_deref().unwrap_or(qualifier)).ok_or_else(|| name.not_found(region))
            }
        }
    }

    /// The version that an alias means this time.
    fn aliased(&self, alias: &Alias) -> String {
        if alias.weights.is_empty() {
            return alias.version.clone();
        }
        let mut bytes = [0; 4];
        (self.world.random)(&mut bytes);
        let mut left = f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX);
        for (version, weight) in &alias.weights {
            if left < *weight {
                return version.clone();
            }
            left -= weight;
        }
        alias.version.clone()
    }

    fn known(&self, name: &FunctionName, region: &str) -> Result<Arc<Entry>, ApiError> {
        let entry = self.entry(&name.name);
        // A function stays where it was made, wherever its callers say that they are.
        name.check_place(entry.as_ref().map_or(region, |entry| region_of(&entry.latest.configuration.function_arn)))?;
        entry.ok_or_else(|| name.not_found(region))
    }

    /// All that is kept of a function.
    pub fn record_of(&self, name: &FunctionName, region: &str) -> Result<FunctionRecord, ApiError> {
        Ok(self.known(name, region)?.record.clone())
    }

    /// All that is kept of every function, in order of their names.
    pub fn records(&self) -> Vec<FunctionRecord> {
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        table.entries.values().map(|entry| entry.record.clone()).collect()
    }

    /// Changes what is kept of a function, if `change` lets it; durable when this returns.
    pub fn change<T>(
        &self,
        name: &FunctionName,
        region: &str,
        change: impl FnOnce(&mut FunctionRecord) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let _writing = self.lock();
        let entry = self.known(name, region)?;
        let mut record = entry.record.clone();
        let answer = change(&mut record)?;
        if record != entry.record {
            self.record(&record)?;
            self.install(record, Some(&entry));
        }
        Ok(answer)
    }

    /// `PublishVersion`.
    pub fn publish(&self, name: &FunctionName, region: &str, members: &Members) -> Result<Configuration, ApiError> {
        let (sha256, description) = (members.text("CodeSha256")?, members.text("Description")?);
        self.change(name, region, |record| {
            if members.text("RevisionId")?.is_some_and(|revision| revision != record.latest.revision_id) {
                return Err(wrong_revision());
            }
            if sha256.is_some_and(|sha256| sha256 != record.latest.code_sha256) {
                return Err(ApiError::invalid(format!(
                    "CodeSHA256 ({}) is different from current CodeSHA256 in $LATEST ({}). Please try again with the \
                     CodeSHA256 in $LATEST.",
                    sha256.unwrap_or_default(),
                    record.latest.code_sha256
                )));
            }
            let mut published = record.latest.clone();
            if let Some(description) = description {
                description.clone_into(&mut published.description);
            }
            // As on AWS: where nothing changed nothing is published.
            let same = |last: &&Configuration| {
                let mut last = (*last).clone();
                last.description.clone_from(&published.description);
                last.same_content(&published)
            };
            if let Some(last) = record.versions.last().filter(same) {
                return Ok(last.clone());
            }
            published.version = record.next_version.to_string();
            published.function_arn = format!("{}:{}", published.function_arn, published.version);
            published.revision_id = self.world.uuid();
            record.next_version += 1;
            record.versions.push(published.clone());
            Ok(published)
        })
    }

    /// A package that a function has, by the hash of its zip in base64 (the alphabet for URLs).
    pub fn code(&self, function: &str, sha256: &str) -> Result<Option<Package>, ApiError> {
        if let Some(layer) = function.strip_prefix("layer:") {
            let versions = self.layer(layer)?.versions;
            let found = versions.iter().find(|v| code_key(&v.code_sha256).trim_end_matches('=') == sha256);
            return found.map(|version| self.layer_package(&version.code_sha256)).transpose();
        }
        let Some(entry) = self.entry(function) else { return Ok(None) };
        let mut versions = std::iter::once(&entry.latest).chain(&entry.versions);
        let wanted = |v: &&Arc<Version>| code_key(&v.configuration.code_sha256).trim_end_matches('=') == sha256;
        versions.find(wanted).map(|version| version.package()).transpose()
    }

    /// Tags of a function.
    pub fn tags(&self, name: &str) -> BTreeMap<String, String> {
        self.entry(name).map(|entry| entry.record.tags.clone()).unwrap_or_default()
    }

    /// `$LATEST` of every function, in order of their names.
    pub fn all(&self) -> Vec<Arc<Version>> {
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        table.entries.values().map(|entry| Arc::clone(&entry.latest)).collect()
    }

    /// Functions that an append to the `WooF` (`namespace/name`) invokes, and at every how many appends.
    pub fn triggered_by(&self, woof: &str) -> Vec<(Arc<Version>, u32)> {
        self.table.read().unwrap_or_else(PoisonError::into_inner).triggers.get(woof).cloned().unwrap_or_default()
    }

    /// `ListFunctions`.
    pub fn list(&self, marker: Option<&str>, most: Option<usize>, all_versions: bool) -> Result<Page, ApiError> {
        let after = match marker {
            None => None,
            Some(marker) => {
                let decoded = BASE64.decode(marker).ok().and_then(|bytes| String::from_utf8(bytes).ok());
                Some(decoded.ok_or_else(|| ApiError::invalid("The provided marker is invalid."))?)
            }
        };
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        let versions = table.entries.values().flat_map(|entry| {
            let published = if all_versions { &entry.versions[..] } else { &[] };
            std::iter::once(&entry.latest).chain(published)
        });
        let most = most.unwrap_or(PAGE).clamp(1, PAGE);
        let mut page: Vec<Configuration> = Vec::new();
        let mut next_marker = None;
        // Names come in order, so a name and version begin the next page wherever functions appear and go meanwhile.
        let place = |c: &Configuration| {
            let version = if c.is_latest() { 0 } else { c.version.parse().unwrap_or(u64::MAX) };
            format!("{}\n{version:020}", c.function_name)
        };
        for version in versions {
            let here = place(&version.configuration);
            if after.as_ref().is_some_and(|after| here <= *after) {
                continue;
            }
            if page.len() == most {
                next_marker = page.last().map(|last| BASE64.encode(place(last)));
                break;
            }
            page.push(version.configuration.clone());
        }
        Ok(Page { functions: page, next_marker })
    }

    /// `CreateFunction`. `check` says whether what is asked for can run here.
    pub(crate) fn create(
        &self,
        members: &Members,
        region: &str,
        read: Read<'_>,
        check: Check<'_>,
    ) -> Result<Configuration, ApiError> {
        let Some(name) = members.text("FunctionName")? else {
            let mut violations = Violations::default();
            violations.missing("functionName");
            return Err(violations.check().err().unwrap_or_else(|| ApiError::invalid("FunctionName is missing")));
        };
        let name = FunctionName::parse(name, 140)?;
        name.check_place(region)?;
        let mut configuration = blank(&name.name, region);
        settings::apply(members, &mut configuration, true)?;
        match members.text("PackageType")? {
            None | Some("Zip") => {}
            Some("Image") => {
                return Err(ApiError::invalid(
                    "PackageType Image is not supported: there are no container images here.",
                ));
            }
            Some(other) => {
                let mut violations = Violations::default();
                violations.add(other, "packageType", &super::validate::one_of(&["Zip", "Image"]));
                violations.check()?;
            }
        }
        if let Some(arn) = members.text("CodeSigningConfigArn")? {
            let message = format!("The code signing configuration cannot be found: {arn}");
            return Err(ApiError::new(ErrorKind::CodeSigningConfigNotFound, message));
        }
        let tags = members.map("Tags")?.unwrap_or_default();
        if let Some(run) = tags.get("nano:run") {
            configuration.nano.run = settings::parse_run(run)?;
        }
        let exists = |name: &str| ApiError::new(ErrorKind::ResourceConflict, format!("Function already exist: {name}"));
        if self.entry(&name.name).is_some() {
            return Err(exists(&name.name));
        }
        let code = members.structure("Code")?;
        let package = match &code {
            Some(code) => source(code, read)?,
            None => None,
        };
        let package = package.ok_or_else(|| ApiError::invalid("Please provide a source for function code."))?;
        put_code(&mut configuration, &package);
        configuration.layers = self.layers_of(members)?.unwrap_or_default();
        self.check_size(&configuration, &package)?;
        check(&configuration, &package)?;
        let mut writing = self.lock();
        if self.entry(&name.name).is_some() {
            return Err(exists(&name.name));
        }
        // Once more, now that none of them can be deleted meanwhile.
        configuration.layers = self.layers_of(members)?.unwrap_or_default();
        let record = FunctionRecord::new(configuration, tags);
        self.keep(&mut writing, record, Some(&package), None, members.flag("Publish")?)
    }

    /// `UpdateFunctionCode`.
    pub(crate) fn update_code(
        &self,
        name: &FunctionName,
        region: &str,
        members: &Members,
        read: Read<'_>,
    ) -> Result<Configuration, ApiError> {
        let mut violations = Violations::default();
        let architectures = members.texts("Architectures")?;
        settings::check_architectures(architectures.as_deref(), &mut violations);
        violations.check()?;
        self.known(name, region)?;
        let package = source(members, read)?;
        let package = package.ok_or_else(|| ApiError::invalid("Please provide a source for function code."))?;
        let mut writing = self.lock();
        let entry = self.known(name, region)?;
        check_revision(members, &entry)?;
        let mut record = entry.record.clone();
        put_code(&mut record.latest, &package);
        self.check_size(&record.latest, &package)?;
        if let Some(architectures) = architectures {
            record.latest.architectures = architectures;
        }
        if members.flag("DryRun")? {
            return Ok(record.latest);
        }
        self.keep(&mut writing, record, Some(&package), Some(&entry), members.flag("Publish")?)
    }

    /// `UpdateFunctionConfiguration`.
    pub fn update_configuration(
        &self,
        name: &FunctionName,
        region: &str,
        members: &Members,
        check: Check<'_>,
    ) -> Result<Configuration, ApiError> {
        let mut writing = self.lock();
        let entry = self.known(name, region)?;
        let mut record = entry.record.clone();
        settings::apply(members, &mut record.latest, false)?;
        check_revision(members, &entry)?;
        if let Some(layers) = self.layers_of(members)? {
            record.latest.layers = layers;
            self.check_size(&record.latest, &entry.latest.package()?)?;
        }
        if record.latest.runtime != entry.record.latest.runtime {
            check(&record.latest, &entry.latest.package()?)?;
        }
        self.keep(&mut writing, record, None, Some(&entry), false)
    }

    /// Makes a function or changes it to what `deployment` says. Whether anything changed.
    pub fn deploy(&self, deployment: &Deployment, package: &Package) -> Result<(Configuration, bool), ApiError> {
        let name = FunctionName::parse(&deployment.name, 64)?;
        let mut writing = self.lock();
        let entry = self.entry(&name.name);
        let mut configuration = match &entry {
            Some(entry) => entry.record.latest.clone(),
            None => blank(&name.name, super::name::DEFAULT_REGION),
        };
        deployment.handler.clone_into(&mut configuration.handler);
        configuration.environment =
            (!deployment.environment.is_empty()).then(|| Environment { variables: deployment.environment.clone() });
        configuration.nano = deployment.nano.clone();
        if let Some(timeout) = deployment.nano.timeout_ms {
            configuration.timeout = timeout.div_ceil(1000).clamp(1, 900);
        }
        put_code(&mut configuration, package);
        let record = match &entry {
            Some(entry) if entry.record.latest.same_content(&configuration) => {
                return Ok((entry.record.latest.clone(), false));
            }
            Some(entry) => FunctionRecord { latest: configuration, ..entry.record.clone() },
            None => FunctionRecord::new(configuration, BTreeMap::new()),
        };
        Ok((self.keep(&mut writing, record, Some(package), entry.as_deref(), false)?, true))
    }

    /// `DeleteFunction`: all of it, or one version.
    pub fn delete(&self, name: &FunctionName, region: &str) -> Result<(), ApiError> {
        let mut writing = self.lock();
        let entry = self.known(name, region)?;
        match name.qualifier.as_deref() {
            None => {
                self.records.delete(&name.name)?;
                let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
                table.entries.remove(&name.name);
                table.index_triggers();
            }
            Some(LATEST) => {
                return Err(ApiError::invalid("$LATEST version cannot be deleted without deleting the function."));
            }
            Some(qualifier) => {
                let mut record = entry.record.clone();
                let used = |alias: &Alias| alias.version == qualifier || alias.weights.contains_key(qualifier);
                if let Some((alias, _)) = record.aliases.iter().find(|(_, alias)| used(alias)) {
                    return Err(ApiError::new(
                        ErrorKind::ResourceConflict,
                        format!("Unable to delete version because the following aliases reference it: [{alias}]"),
                    ));
                }
                record.versions.retain(|version| version.version != qualifier);
                self.record(&record)?;
                self.install(record, Some(&entry));
            }
        }
        writing.add(&entry.record);
        Ok(())
    }

    fn record(&self, record: &FunctionRecord) -> Result<(), ApiError> {
        let bytes = serde_json::to_vec(record).map_err(|e| ApiError::new(ErrorKind::Service, e.to_string()))?;
        self.records.put(&record.latest.function_name, &bytes)?;
        Ok(())
    }

    /// Makes a changed record durable, then what is served; publishes if asked to. What the caller is answered.
    fn keep(
        &self,
        leaving: &mut Leaving,
        mut record: FunctionRecord,
        package: Option<&Package>,
        before: Option<&Entry>,
        publish: bool,
    ) -> Result<Configuration, ApiError> {
        record.latest.revision_id = self.world.uuid();
        record.latest.last_modified = lambda_time(self.world.now_ms());
        let mut answer = record.latest.clone();
        if publish {
            if let Some(last) = record.versions.last().filter(|last| last.same_content(&record.latest)) {
                // As on AWS: nothing new to publish.
                answer = last.clone();
            } else {
                answer.version = record.next_version.to_string();
                answer.function_arn = format!("{}:{}", answer.function_arn, answer.version);
                record.next_version += 1;
                record.versions.push(answer.clone());
            }
        }
        if let Some(package) = package {
            // The code first: a record never names code that is not there.
            let key = code_key(&record.latest.code_sha256);
            if self.code.get(&key)?.is_none() {
                self.code.put(&key, package.zip())?;
            }
        }
        self.record(&record)?;
        self.install(record, before);
        if let Some(before) = before {
            leaving.add(&before.record);
        }
        Ok(answer)
    }

    /// Removes code that no function has and nobody runs any more: an invocation may have found its version before that was
    /// replaced, and wait for a worker to unpack it. That code stays after a failure costs room, nothing else.
    pub fn drop_unused_code(&self) -> Result<(), StoreError> {
        let mut leaving = self.lock();
        let Leaving { packages, layers } = std::mem::take(&mut *leaving);
        if packages.is_empty() && layers.is_empty() {
            return Ok(());
        }
        // What there is brings itself here again when it is replaced.
        let mut had = Leaving::default();
        for record in self.records() {
            had.add(&record);
        }
        if !layers.is_empty() {
            had.layers.extend(self.layer_hashes()?.iter().map(|sha256| code_key(sha256)));
        }
        let mut running = Leaving::default();
        self.alive().retain(|version| {
            let version = version.upgrade();
            version.inspect(|version| running.add_version(&version.configuration)).is_some()
        });
        for key in packages.difference(&had.packages) {
            if running.packages.contains(key) {
                leaving.packages.insert(key.clone());
            } else {
                self.code.delete(key)?;
            }
        }
        for key in layers.difference(&had.layers) {
            if running.layers.contains(key) {
                leaving.layers.insert(key.clone());
            } else {
                self.layer_code.delete(key)?;
            }
        }
        Ok(())
    }
}

/// The package that a request brings or points to.
pub(super) fn source(members: &Members, read: Read<'_>) -> Result<Option<Package>, ApiError> {
    if let Some(uri) = members.text("ImageUri")? {
        return Err(ApiError::invalid(format!("ImageUri {uri} is not supported: there are no container images here.")));
    }
    let zip = match (members.text("ZipFile")?, members.text("S3Bucket")?, members.text("S3Key")?) {
        (Some(zip), None, None) => {
            let zip = BASE64.decode(zip).map_err(|_| ApiError::invalid("ZipFile is not base64."))?;
            if zip.len() > MOST_ZIPPED_BYTES {
                let message = "Request must be smaller than 70167211 bytes for the UpdateFunctionCode operation";
                return Err(ApiError::new(ErrorKind::RequestEntityTooLarge, message));
            }
            zip.into()
        }
        (Some(_), ..) => {
            return Err(ApiError::invalid(
                "Please do not provide other FunctionCode parameters when providing a ZipFile.",
            ));
        }
        (None, Some(bucket), Some(key)) => read(Place { bucket, key, version: members.text("S3ObjectVersion")? })?,
        (None, Some(_), None) | (None, None, Some(_)) => {
            return Err(ApiError::invalid("S3Bucket and S3Key must be provided together."));
        }
        (None, None, None) => return Ok(None),
    };
    Package::read(zip).map(Some).map_err(|error| ApiError::invalid(error.to_string()))
}

impl Table {
    fn index_triggers(&mut self) {
        self.triggers.clear();
        for entry in self.entries.values() {
            let configuration = &entry.latest.configuration;
            if let Some(trigger) = &configuration.nano.trigger {
                let woof = configuration.nano.woof(&trigger.woof);
                let every = trigger.every.max(1);
                self.triggers.entry(woof).or_default().push((Arc::clone(&entry.latest), every));
            }
        }
    }
}

impl NanoSettings {
    /// `namespace/name` of a `WooF` that the function names.
    pub fn woof(&self, name: &str) -> String {
        if name.contains('/') {
            return name.to_owned();
        }
        format!("{}/{name}", self.namespace.as_deref().unwrap_or(super::DEFAULT_NAMESPACE))
    }
}

fn check_revision(members: &Members, entry: &Entry) -> Result<(), ApiError> {
    match members.text("RevisionId")? {
        Some(revision) if revision != entry.record.latest.revision_id => Err(wrong_revision()),
        _ => Ok(()),
    }
}

/// Somebody else has changed it.
pub(crate) fn wrong_revision() -> ApiError {
    ApiError::new(
        ErrorKind::PreconditionFailed,
        "The RevisionId provided does not match the latest RevisionId. Call the GetFunction API to retrieve the latest \
         RevisionId for your resource.",
    )
}

fn put_code(configuration: &mut Configuration, package: &Package) {
    configuration.code_size = package.zip().len() as u64;
    configuration.code_sha256 = BASE64.encode(package.sha256());
}

fn blank(name: &str, region: &str) -> Configuration {
    Configuration {
        function_name: name.to_owned(),
        function_arn: arn(region, ACCOUNT, name),
        runtime: "python3.11".to_owned(),
        role: format!("arn:aws:iam::{ACCOUNT}:role/nano"),
        handler: String::new(),
        code_size: 0,
        description: String::new(),
        timeout: 3,
        memory_size: 128,
        last_modified: String::new(),
        code_sha256: String::new(),
        version: LATEST.to_owned(),
        environment: None,
        vpc_config: None,
        kms_key_arn: None,
        tracing_config: json!({"Mode": "PassThrough"}),
        revision_id: String::new(),
        state: "Active".to_owned(),
        last_update_status: "Successful".to_owned(),
        package_type: "Zip".to_owned(),
        architectures: vec!["x86_64".to_owned()],
        ephemeral_storage: json!({"Size": 512}),
        snap_start: json!({"ApplyOn": "None", "OptimizationStatus": "Off"}),
        logging_config: json!({"LogFormat": "Text", "LogGroup": format!("/aws/lambda/{name}")}),
        layers: Vec::new(),
        nano: NanoSettings::default(),
    }
}
