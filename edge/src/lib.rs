//! NanoLambda Cloud/Edge: S3, Lambda, function store, translation cache. What nano serve runs.

pub mod s3;
pub mod store;
