//! NanoLambda Cloud/Edge: S3, Lambda, function store, translation cache. What nano serve runs.

pub mod store;
