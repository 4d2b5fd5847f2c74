//! The modules that devices run, by hash: their bytes for who pulls them, their symbols for who reads a traceback.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use nano_edge::Translation;
use nano_vm::Exception;
use nano_wire::message::ModuleHash;

/// Most modules that are remembered; a device that still wants an older one asks for the current one by INSTALL.
const MOST: usize = 256;

/// Modules by hash.
#[derive(Debug, Default)]
pub struct Library {
    known: Mutex<HashMap<ModuleHash, Arc<Translation>>>,
}

impl Library {
    /// Remembers a module.
    pub fn add(&self, translation: Translation) -> Arc<Translation> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        let translation = Arc::new(translation);
        known.insert(ModuleHash(translation.hash), Arc::clone(&translation));
        translation
    }

    /// The module with this hash.
    pub fn get(&self, hash: ModuleHash) -> Option<Arc<Translation>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&hash).cloned()
    }

    /// A traceback as Python prints it; without the module's symbols it has numbers for names.
    pub fn traceback(&self, hash: ModuleHash, exception: &Exception) -> String {
        let symbols = self.get(hash);
        let symbols = symbols.as_ref().map(|translation| &translation.symbols);
        exception.text(symbols.unwrap_or(&nano_wire::symbols::Symbols::default()))
    }
}
