//! What functions sign their own requests with.

use std::sync::OnceLock;

use crate::s3::AccessKeys;
use crate::world::Entropy;

/// What every function has where nobody checks signatures.
const ANY: &str = "nano";

/// The keys of functions: those of their role where the edge checks signatures.
#[derive(Debug, Default)]
pub(crate) struct Credentials(OnceLock<AccessKeys>);

impl Credentials {
    /// Says what signatures are checked with; before the first function runs.
    pub fn set(&self, keys: AccessKeys) {
        let _ = self.0.set(keys);
    }

    /// The access key and the secret of a function with this role.
    pub fn of(&self, role: &str, random: &Entropy) -> (String, String) {
        self.0.get().map_or_else(|| (ANY.to_owned(), ANY.to_owned()), |keys| keys.of_role(role, random))
    }
}
