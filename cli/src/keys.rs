//! Access keys given on the command line.

use crate::failure::Failure;
use nano_edge::s3::AccessKeys;

/// `ACCESS:SECRET` for each key.
pub fn access_keys(given: &[String]) -> Result<AccessKeys, Failure> {
    let mut keys = AccessKeys::default();
    for key in given {
        let (access, secret) = key
            .split_once(':')
            .filter(|(access, secret)| !access.is_empty() && !secret.is_empty())
            .ok_or_else(|| Failure::with_hint("a key is ACCESS:SECRET", "nano serve --auth AKIAEXAMPLE:secret"))?;
        keys = keys.with(access, secret);
    }
    Ok(keys)
}
