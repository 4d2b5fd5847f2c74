//! Translation of packages to IoTPy modules: on demand, kept by content, and checked against a device's memory.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use nano_compiler::{Diagnostic, Options, Symbols, code};
use nano_vm::{Aligned, Failure, Instance, Invocation, Limits, Module, NoHost};
use nano_wire::features::Features;
use sha2::{Digest, Sha256};

use crate::lambda::Run;
use crate::package::Package;
use crate::store::{Namespace, StoreError};

/// Instructions that a module's top level may take when its need of memory is measured.
const MEASURING_FUEL: u64 = 20_000_000;

/// Arena in which that is done when the device's own was too small.
const MEASURING_ARENA: usize = 4 << 20;

/// A handler's module, verified, with what turns its places into lines.
#[derive(Debug)]
pub struct Translation {
    /// The module.
    pub module: Module<Aligned>,
    /// SHA-256 of the module's bytes.
    pub hash: [u8; 32],
    /// Names and lines.
    pub symbols: Symbols,
    /// Name of the function in the module.
    pub function: String,
}

/// Why there is no module.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TranslationError {
    /// The handler's name has no dot.
    #[error("Bad handler '{0}': not enough values to unpack (expected 2, got 1)")]
    HandlerName(String),
    /// The package has no such module.
    #[error("Unable to import module '{0}': No module named '{0}'")]
    NoModule(String),
    /// The source is no Python, or not what IoTPy can take; rendered for a person in `Display`.
    #[error("{}", first(.0))]
    Refused(Vec<Diagnostic>),
    /// The compiler made something that the verifier refuses: nano's own bug.
    #[error("the compiled module was refused: {0}")]
    Unsound(String),
    /// The arena is too small.
    #[error("too large for this device: the function needs {needed} bytes of memory, the device has {available}")]
    TooLarge {
        /// Bytes it needs at least.
        needed: u32,
        /// Bytes there are.
        available: u32,
    },
    /// The firmware of the device was built without parts of the VM that the function needs.
    #[error(
        "it needs {0} of IoTPy, which the device's firmware was built without: build the firmware with it, or let the edge run the function"
    )]
    Lacks(Features),
    /// The store failed.
    #[error("{0}")]
    Store(String),
}

fn first(diagnostics: &[Diagnostic]) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics.iter().filter(|d| !d.is_warning()) {
        if !text.is_empty() {
            text.push('\n');
        }
        let _ = write!(text, "{diagnostic}");
    }
    text
}

impl TranslationError {
    /// Is the source wrong in CPython's eyes too?
    pub fn is_syntax_error(&self) -> bool {
        match self {
            Self::Refused(diagnostics) => {
                let wrong = [code::SYNTAX, code::MISPLACED, code::NAMES];
                diagnostics.iter().find(|d| !d.is_warning()).is_some_and(|d| wrong.contains(&d.code))
            }
            _ => false,
        }
    }

    /// Why IoTPy cannot take the package, in one line.
    pub fn reason(&self) -> String {
        match self {
            Self::Refused(diagnostics) => match diagnostics.iter().find(|d| !d.is_warning()) {
                Some(d) => format!("{}:{}: {}", d.file, d.line, d.message),
                None => "refused".to_owned(),
            },
            other => other.to_string(),
        }
    }
}

/// What is translated: a package and one of its functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key([u8; 32]);

impl Key {
    fn new(package: [u8; 32], module: &str, run: Run) -> Self {
        let mut hash = Sha256::new();
        hash.update(package);
        hash.update(module);
        hash.update([u8::from(has_another_python(run))]);
        // A module of another version would be refused when it is loaded.
        hash.update(nano_wire::module::ISA_VERSION.to_le_bytes());
        hash.update(env!("CARGO_PKG_VERSION"));
        Self(hash.finalize().into())
    }

    fn text(self) -> String {
        self.0.iter().fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// A module without the name of a function in it: functions of one package share it.
#[derive(Debug)]
struct Compiled {
    module: Module<Aligned>,
    hash: [u8; 32],
    symbols: Symbols,
}

/// Translations, by content: in memory, and in the store for the next start.
#[derive(Debug)]
pub(crate) struct Translations {
    kept: Namespace,
    known: Mutex<HashMap<Key, Arc<Compiled>>>,
}

/// Most translations in memory.
const MOST_KNOWN: usize = 1000;

/// Most translations in the store: each save of a project makes one, and any can be made again.
const MOST_KEPT: usize = 2000;

/// A translation as kept: module, then symbols, each with its length before it.
fn pack(module: &[u8], symbols: &[u8]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(8 + module.len() + symbols.len());
    for part in [module, symbols] {
        packed.extend((part.len() as u32).to_le_bytes());
        packed.extend(part);
    }
    packed
}

fn unpack(packed: &[u8]) -> Option<(&[u8], &[u8])> {
    let part = |bytes: &[u8]| -> Option<usize> { Some(u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?) as usize) };
    let length = part(packed)?;
    let module = packed.get(4..4 + length)?;
    let rest = packed.get(4 + length..)?;
    Some((module, rest.get(4..4 + part(rest)?)?))
}

impl Translations {
    pub fn new(kept: Namespace) -> Self {
        Self { kept, known: Mutex::default() }
    }

    /// The module of a handler (`module.function`) of a package, by its hash; `package` is asked for when it is not known.
    pub fn translate(
        &self,
        sha256: [u8; 32],
        handler: &str,
        run: Run,
        package: impl FnOnce() -> Result<Package, TranslationError>,
    ) -> Result<Translation, TranslationError> {
        let (module, function) =
            handler.rsplit_once('.').ok_or_else(|| TranslationError::HandlerName(handler.to_owned()))?;
        let module = module.replace('/', ".");
        let key = Key::new(sha256, &module, run);
        let compiled = match self.known(key) {
            Some(compiled) => compiled,
            None => self.learn(key, &module, run, package)?,
        };
        Ok(Translation {
            module: compiled.module.clone(),
            hash: compiled.hash,
            symbols: compiled.symbols.clone(),
            function: function.to_owned(),
        })
    }

    /// Forgets the oldest ones in the store, should there be very many. Blocks.
    pub fn drop_oldest(&self) -> Result<usize, StoreError> {
        self.kept.keep_newest(MOST_KEPT)
    }

    fn known(&self, key: Key) -> Option<Arc<Compiled>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned()
    }

    fn learn(
        &self,
        key: Key,
        module: &str,
        run: Run,
        package: impl FnOnce() -> Result<Package, TranslationError>,
    ) -> Result<Arc<Compiled>, TranslationError> {
        // One that can't be read, is damaged or outdated is made again.
        let kept = self.kept.get(&key.text()).ok().flatten();
        let kept = kept.as_ref().and_then(|value| {
            let (module, symbols) = unpack(&value.bytes)?;
            load(module, Symbols::decode(symbols).ok()?).ok()
        });
        let compiled = if let Some(kept) = kept {
            kept
        } else {
            let compiled = compile(&package()?, module, run)?;
            let packed = pack(compiled.module.bytes(), &compiled.symbols.encode());
            let (namespace, name) = (self.kept.clone(), key.text());
            // Nobody waits for the disk: it can be made again at any time.
            let write = move || drop(namespace.put(&name, &packed));
            match tokio::runtime::Handle::try_current() {
                Ok(runtime) => drop(runtime.spawn_blocking(write)),
                Err(_) => write(),
            }
            compiled
        };
        let compiled = Arc::new(compiled);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(key, Arc::clone(&compiled));
        Ok(compiled)
    }
}

/// Does CPython run what IoTPy can't?
fn has_another_python(run: Run) -> bool {
    run == Run::Auto
}

/// Compiles the entry module of a package and what it imports.
fn compile(package: &Package, module: &str, run: Run) -> Result<Compiled, TranslationError> {
    let mut source = nano_compiler::Package::new(module);
    for (path, text) in package.python_files().map_err(|error| TranslationError::Store(error.to_string()))? {
        // One that cannot be read is missed only where it is imported.
        if let Some(text) = text {
            source.add(&path, &text);
        }
    }
    if source.file(module).is_none() {
        return Err(TranslationError::NoModule(module.to_owned()));
    }
    if has_another_python(run) {
        source = source.strict();
    }
    let compiled = crate::snapshot::compile(&source, &Options::default()).map_err(TranslationError::Refused)?;
    let (compiled, _) = crate::snapshot::with_top_level_run(compiled);
    load(&compiled.module, compiled.symbols)
}

fn load(bytes: &[u8], symbols: Symbols) -> Result<Compiled, TranslationError> {
    let module = Module::load(Aligned::new(bytes)).map_err(|error| TranslationError::Unsound(format!("{error:?}")))?;
    Ok(Compiled { module, hash: Sha256::digest(bytes).into(), symbols })
}

/// Does a module start in an arena of so many bytes? Its top level is run for it, without pins, logs and clock; one
/// that cannot do without is judged by what is known before it runs.
///
/// That it starts does not prove that each of its invocations finds room.
pub fn fits(module: &Module<Aligned>, arena_bytes: u32) -> Result<(), TranslationError> {
    let start = |bytes: usize| {
        let limits = Limits { fuel: MEASURING_FUEL, ..Limits::default() };
        Instance::try_new(module.clone(), bytes, limits).map_or_else(
            |shortage| Invocation::unstarted(Failure::Memory(shortage)),
            |mut instance| instance.run_main(&mut NoHost),
        )
    };
    let invocation = start(arena_bytes as usize);
    match invocation.result {
        Err(Failure::ArenaTooSmall(needed)) => Err(TranslationError::TooLarge { needed, available: arena_bytes }),
        Err(Failure::Exception(exception)) if exception.class == "MemoryError" => {
            let needed = start(MEASURING_ARENA).heap_peak_bytes.max(arena_bytes + 4);
            Err(TranslationError::TooLarge { needed, available: arena_bytes })
        }
        // What the device says of its memory is its own word, and need not be in proportion to that of the edge.
        Err(Failure::Memory(shortage)) => Err(TranslationError::Store(shortage.to_string())),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{ObjectStore, StoreOptions};

    fn translations(folder: &std::path::Path) -> Translations {
        let store = ObjectStore::open(folder, StoreOptions::default(), Arc::new(|| 1_000)).unwrap();
        Translations::new(Arc::new(store).namespace("modules").unwrap())
    }

    fn package(files: &[(&str, &str)]) -> Package {
        Package::build(files.iter().map(|(path, text)| (*path, text.as_bytes()))).unwrap()
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let kept = translations(folder.path()).kept;
        for number in 0..10 {
            kept.put(&format!("k{}", (number * 7) % 10), b"x").unwrap();
        }
        kept.put("k0", b"again").unwrap();
        assert_eq!((kept.keep_newest(10).unwrap(), kept.keep_newest(3).unwrap()), (0, 7));
        assert_eq!(kept.keys("").unwrap(), ["k0", "k3", "k6"]);
    }

    #[test]
    fn a_package_is_compiled_once() {
        let folder = tempfile::tempdir().unwrap();
        let package = package(&[
            ("app.py", "import pkg.rules\ndef handler(event, context):\n    return pkg.rules.LIMIT\n"),
            ("pkg/__init__.py", ""),
            ("pkg/rules.py", "LIMIT = 7\n"),
        ]);
        let hash = {
            let translations = translations(folder.path());
            let first =
                translations.translate(package.sha256(), "app.handler", Run::Edge, || Ok(package.clone())).unwrap();
            assert_eq!(first.function, "handler");
            let again = translations.translate(package.sha256(), "app.other", Run::Edge, || unreachable!()).unwrap();
            assert_eq!(first.hash, again.hash);
            first.hash
        };
        let translations = translations(folder.path());
        let kept =
            translations.translate(package.sha256(), "app.handler", Run::Edge, || unreachable!("it is in the store"));
        assert_eq!(kept.unwrap().hash, hash);
    }

    #[test]
    fn what_cannot_be_translated() {
        let folder = tempfile::tempdir().unwrap();
        let translations = translations(folder.path());
        let attempt = |handler: &str, text: &str| {
            let package = package(&[("app.py", text)]);
            translations.translate(package.sha256(), handler, Run::Edge, || Ok(package.clone())).unwrap_err()
        };
        assert!(matches!(attempt("app", "x = 1\n"), TranslationError::HandlerName(_)));
        assert!(matches!(attempt("other.handler", "x = 1\n"), TranslationError::NoModule(_)));
        let syntax = attempt("app.handler", "def handler(event, context:\n    pass\n");
        assert!(syntax.is_syntax_error() && syntax.reason().starts_with("app.py:1: "), "{syntax}");
        let unsupported = attempt("app.handler", "import numpy\n");
        assert!(!unsupported.is_syntax_error());
        assert!(
            unsupported.to_string().contains("hint:") || unsupported.to_string().contains("numpy"),
            "{unsupported}"
        );
    }

    #[test]
    fn a_devices_memory_is_asked() {
        let folder = tempfile::tempdir().unwrap();
        let translations = translations(folder.path());
        let package =
            package(&[("app.py", "TABLE = [0] * 5000\ndef handler(event, context):\n    return len(TABLE)\n")]);
        let translation =
            translations.translate(package.sha256(), "app.handler", Run::Edge, || Ok(package.clone())).unwrap();
        assert_eq!(fits(&translation.module, 64 << 10), Ok(()));
        match fits(&translation.module, 16 << 10) {
            Err(TranslationError::TooLarge { needed, available }) => {
                assert!((20_000..40_000).contains(&needed) && available == 16 << 10, "{needed}");
            }
            other => panic!("{other:?}"),
        }
        assert!(matches!(fits(&translation.module, 100), Err(TranslationError::TooLarge { .. })));
    }
}
