//! Layers: zips that functions have beside their own, in versions that never change.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::error::{ApiError, ErrorKind};
use super::function::{Configuration, LayerRef};
use super::functions::{Functions, Read, Version, code_key, source};
use super::name::ACCOUNT;
use super::settings::Members;
use crate::package::{MOST_UNZIPPED_BYTES, Package};
use crate::store::StoreError;
use crate::world::lambda_time;

/// A function may have this many.
const MOST_LAYERS: usize = 5;

/// Folders of a layer that Python looks into, as far as IoTPy cares.
const PYTHON: &str = "python/";

/// All versions of a layer, one value in the store.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LayerRecord {
    /// Those that there are, oldest first.
    pub versions: Vec<LayerVersion>,
    /// The number of the last one, deleted ones included: numbers are not used again.
    pub last: u64,
}

/// A version of a layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerVersion {
    /// From 1.
    pub version: u64,
    /// Free text.
    pub description: String,
    /// When it was published.
    pub created: String,
    /// As given.
    pub runtimes: Vec<String>,
    /// As given.
    pub architectures: Vec<String>,
    /// As given.
    pub license: String,
    /// SHA-256 of the zip in base64.
    pub code_sha256: String,
    /// Bytes of the zip.
    pub code_size: u64,
    /// Statements of its resource policy.
    #[serde(default)]
    pub policy: Vec<Value>,
    /// Changes when the policy does.
    #[serde(default)]
    pub revision_id: String,
}

/// A layer as a caller names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerName {
    /// Its name alone.
    pub name: String,
    /// The version named, if any.
    pub version: Option<u64>,
}

impl LayerName {
    /// Reads a name, or an ARN with or without a version.
    pub fn parse(text: &str) -> Result<Self, ApiError> {
        let parts: Vec<&str> = text.split(':').collect();
        let found = match parts.as_slice() {
            [name] => Some((*name, None)),
            ["arn", "aws", "lambda", _, account, "layer", name] if *account == ACCOUNT => Some((*name, None)),
            ["arn", "aws", "lambda", _, account, "layer", name, version] if *account == ACCOUNT => {
                version.parse().ok().map(|version| (*name, Some(version)))
            }
            _ => None,
        };
        let is_name = |name: &str| {
            (1..=140).contains(&name.len())
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        };
        match found {
            Some((name, version)) if is_name(name) => Ok(Self { name: name.to_owned(), version }),
            _ => Err(super::validate::violation(
                text,
                "layerName",
                "Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)|(arn:aws:lambda:region:account:layer:name)",
            )),
        }
    }
}

/// ARN of a layer.
pub fn layer_arn(region: &str, name: &str) -> String {
    format!("arn:aws:lambda:{region}:{ACCOUNT}:layer:{name}")
}

impl Functions {
    /// All versions of a layer.
    pub fn layer(&self, name: &str) -> Result<LayerRecord, ApiError> {
        match self.layers.get(name)? {
            Some(value) => serde_json::from_slice(&value.bytes)
                .map_err(|error| ApiError::new(ErrorKind::Service, format!("layer {name} is damaged: {error}"))),
            None => Ok(LayerRecord::default()),
        }
    }

    /// A version of a layer.
    pub fn layer_version(&self, name: &str, version: u64) -> Result<LayerVersion, ApiError> {
        let record = self.layer(name)?;
        let found = record.versions.into_iter().find(|known| known.version == version);
        found.ok_or_else(|| {
            ApiError::new(ErrorKind::ResourceNotFound, "The resource you requested does not exist.".to_owned())
        })
    }

    /// Names of all layers that have a version.
    pub fn layer_names(&self) -> Result<Vec<String>, ApiError> {
        Ok(self.layers.keys("")?)
    }

    /// `PublishLayerVersion`.
    pub(crate) fn publish_layer(
        &self,
        name: &str,
        members: &Members,
        read: Read<'_>,
    ) -> Result<LayerVersion, ApiError> {
        let content = members.structure("Content")?;
        let package = content.as_ref().map(|content| source(content, read)).transpose()?.flatten();
        let package = package.ok_or_else(|| ApiError::invalid("Please provide a source for layer content."))?;
        let text = |member: &str| members.text(member).map(|text| text.unwrap_or_default().to_owned());
        let texts = |member: &str| members.texts(member).map(Option::unwrap_or_default);
        let code_sha256 = BASE64.encode(package.sha256());
        let made = LayerVersion {
            version: 0,
            description: text("Description")?,
            created: lambda_time(self.world.now_ms()),
            runtimes: texts("CompatibleRuntimes")?,
            architectures: texts("CompatibleArchitectures")?,
            license: text("LicenseInfo")?,
            code_size: package.zip().len() as u64,
            code_sha256,
            policy: vec![],
            revision_id: self.world.uuid(),
        };
        self.change_layer(name, |record| {
            // The code first: a record never names code that is not there.
            self.layer_code.put(&code_key(&made.code_sha256), package.zip())?;
            record.last += 1;
            let made = LayerVersion { version: record.last, ..made };
            record.versions.push(made.clone());
            Ok(made)
        })
    }

    /// Changes what is kept of a layer; durable when this returns.
    pub fn change_layer<T>(
        &self,
        name: &str,
        change: impl FnOnce(&mut LayerRecord) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let mut writing = self.lock();
        let before = self.layer(name)?;
        let mut record = before.clone();
        let answer = change(&mut record)?;
        if record != before {
            let bytes = serde_json::to_vec(&record).map_err(|e| ApiError::new(ErrorKind::Service, e.to_string()))?;
            self.layers.put(name, &bytes)?;
            writing.layers.extend(before.versions.iter().map(|version| code_key(&version.code_sha256)));
        }
        Ok(answer)
    }

    /// SHA-256 of the zips of all versions of all layers, in base64.
    pub(super) fn layer_hashes(&self) -> Result<Vec<String>, StoreError> {
        let mut hashes = vec![];
        for (name, value) in self.layers.entries("")? {
            let record: LayerRecord = serde_json::from_slice(&value.bytes)
                .map_err(|error| StoreError::Damaged(format!("layer {name}: {error}")))?;
            hashes.extend(record.versions.into_iter().map(|version| version.code_sha256));
        }
        Ok(hashes)
    }

    /// `DeleteLayerVersion`. Functions that have it keep it, so its code stays while there are any.
    pub fn delete_layer(&self, name: &str, version: u64) -> Result<(), ApiError> {
        self.change_layer(name, |record| {
            record.versions.retain(|known| known.version != version);
            Ok(())
        })
    }

    /// The layers that a request names, if it names any.
    pub(super) fn layers_of(&self, members: &Members) -> Result<Option<Vec<LayerRef>>, ApiError> {
        let Some(arns) = members.texts("Layers")? else { return Ok(None) };
        if arns.len() > MOST_LAYERS {
            return Err(ApiError::invalid("Cannot reference more than 5 layers."));
        }
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        let mut layers = vec![];
        for arn in arns {
            let missing = || ApiError::invalid(format!("Layer version {arn} does not exist."));
            let name = LayerName::parse(&arn).map_err(|_| missing())?;
            let version = self.layer_version(&name.name, name.version.ok_or_else(missing)?).map_err(|_| missing())?;
            if let Some(other) = found.insert(name.name, arn.clone()) {
                return Err(ApiError::invalid(format!(
                    "Two different versions of the same layer are not allowed to be referenced in the same function. \
                     {other} and {arn}"
                )));
            }
            layers.push(LayerRef { arn, code_size: version.code_size, code_sha256: version.code_sha256 });
        }
        Ok(Some(layers))
    }

    /// The zip of a layer.
    pub fn layer_package(&self, code_sha256: &str) -> Result<Package, ApiError> {
        match self.layer_code.get(&code_key(code_sha256))? {
            Some(value) => Ok(Package::stored(value.bytes)),
            None => Err(ApiError::new(ErrorKind::Service, format!("the code {code_sha256} is missing in the store"))),
        }
    }

    /// Refuses a function that with its layers is too large.
    pub(super) fn check_size(&self, configuration: &Configuration, package: &Package) -> Result<(), ApiError> {
        if configuration.layers.is_empty() {
            return Ok(());
        }
        let mut bytes = package.unzipped_bytes();
        for layer in &configuration.layers {
            bytes += self.layer_package(&layer.code_sha256)?.unzipped_bytes();
        }
        if bytes > MOST_UNZIPPED_BYTES {
            return Err(ApiError::invalid(format!(
                "Function code combined with layers exceeds the maximum allowed size of {MOST_UNZIPPED_BYTES} bytes. The \
                 actual size is {bytes} bytes."
            )));
        }
        Ok(())
    }

    /// A function's package with the Python modules of its layers, as IoTPy compiles it. The package's own go first, then
    /// those of the last layer.
    pub fn with_layers(&self, configuration: &Configuration, package: Package) -> Result<Package, ApiError> {
        let mut layers = vec![];
        for layer in &configuration.layers {
            layers.push(self.layer_package(&layer.code_sha256)?);
        }
        merged(package, &layers)
    }
}

impl Version {
    /// Its layers' zips, in the order in which they are laid over each other.
    pub fn layers(&self) -> Result<Vec<Package>, ApiError> {
        let layers = self.configuration.layers.iter().map(|layer| {
            let key = code_key(&layer.code_sha256);
            let value = self.layer_code.get(&key)?;
            let missing =
                || ApiError::new(ErrorKind::Service, format!("the layer {} is missing in the store", layer.arn));
            value.map(|value| Package::stored(value.bytes)).ok_or_else(missing)
        });
        layers.collect()
    }

    /// Its package with the modules of its layers.
    pub fn package_with_layers(&self) -> Result<Package, ApiError> {
        merged(self.package()?, &self.layers()?)
    }
}

impl Configuration {
    /// What tells its code from any other: of its package and its layers.
    pub(crate) fn code_hash(&self, package_sha256: [u8; 32]) -> [u8; 32] {
        if self.layers.is_empty() {
            return package_sha256;
        }
        let mut hash = Sha256::new_with_prefix(package_sha256);
        for layer in &self.layers {
            hash.update(&layer.code_sha256);
        }
        hash.finalize().into()
    }
}

fn merged(package: Package, layers: &[Package]) -> Result<Package, ApiError> {
    if layers.is_empty() {
        return Ok(package);
    }
    let broken = |error: crate::package::PackageError| ApiError::new(ErrorKind::Service, error.to_string());
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for layer in layers {
        for (path, text) in layer.python_files().map_err(broken)? {
            let (Some(path), Some(text)) = (path.strip_prefix(PYTHON), text) else { continue };
            // `python/lib/python3.11/site-packages/` is the other place.
            let path = path.split_once("/site-packages/").map_or(path, |(_, path)| path);
            files.insert(path.to_owned(), text);
        }
    }
    for (path, text) in package.python_files().map_err(broken)? {
        match text {
            Some(text) => files.insert(path, text),
            None => files.remove(&path),
        };
    }
    Package::build(files.iter().map(|(path, text)| (path.as_str(), text.as_bytes()))).map_err(broken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use crate::store::{ObjectStore, StoreOptions};
    use crate::world::World;

    #[test]
    fn what_is_published_has_its_code_whatever_is_deleted_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let world = World::system();
        let store = ObjectStore::open(folder.path(), StoreOptions::default(), Arc::clone(&world.clock)).unwrap();
        let functions = Functions::open(&Arc::new(store), world).unwrap();
        let package = Package::build([("python/rules.py", &b"LIMIT = 7\n"[..])]).unwrap();
        let body = format!(r#"{{"Content": {{"ZipFile": "{}"}}}}"#, BASE64.encode(package.zip()));
        let members = Members::parse(body.as_bytes()).unwrap();
        std::thread::scope(|scope| {
            for name in ["one", "two", "three"] {
                let (functions, members) = (&functions, &members);
                scope.spawn(move || {
                    for _ in 0..100 {
                        let made = functions.publish_layer(name, members, &|_| unreachable!()).unwrap();
                        functions.layer_package(&made.code_sha256).unwrap();
                        functions.delete_layer(name, made.version).unwrap();
                        functions.drop_unused_code().unwrap();
                    }
                });
            }
        });
        // Nobody has it now.
        functions.drop_unused_code().unwrap();
        assert!(functions.layer_package(&BASE64.encode(package.sha256())).is_err());
    }

    #[test]
    fn names() {
        let parsed = |text: &str| LayerName::parse(text).ok().map(|name| (name.name, name.version));
        assert_eq!(parsed("rules"), Some(("rules".to_owned(), None)));
        let arn = layer_arn("us-east-1", "rules");
        assert_eq!(parsed(&arn), Some(("rules".to_owned(), None)));
        assert_eq!(parsed(&format!("{arn}:7")), Some(("rules".to_owned(), Some(7))));
        for bad in ["", "a b", "arn:aws:lambda:us-east-1:111111111111:layer:x:1", &format!("{arn}:x"), "a:1"] {
            assert_eq!(parsed(bad), None, "{bad}");
        }
    }
}
