//! What `nano bench` and the instrument it measures with must agree on, before either believes the other.

use crate::module::ISA_VERSION;

/// Requests and answers of the instrument; changes when either does.
pub const REQUESTS: u16 = 1;

/// The request that is first: a line. An instrument that knows it not was built before there was one.
pub const VERSION: &str = "version\n";

/// What the instrument answers behind the word `version`: [`REQUESTS`], and the modules that it takes.
pub const SPEAKS: [u16; 2] = [REQUESTS, ISA_VERSION];
