//! On Device: event loop, capability gate, logs, interpreter cache, link. no_std; a board is a trait.
