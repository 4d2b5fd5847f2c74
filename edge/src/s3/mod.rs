//! S3 over the object store: requests as any S3 client sends them.
//!
//! `s3s` reads requests and writes answers (XML, headers, SigV4, aws-chunked); what it asks for is done here by the
//! [`crate::store`]. An operation that isn't there, and an option of one that would change what it does, is answered
//! with `NotImplemented` by name, never ignored.

mod attributes;
mod bucket;
mod checksum;
mod chunked;
mod conditions;
mod copy;
mod delete;
mod endpoint;
mod error;
mod get;
mod headers;
mod host;
mod keys;
mod list;
mod multipart;
mod operations;
mod put;
mod unsigned;

pub use endpoint::{S3Endpoint, s3_service};
pub use keys::AccessKeys;
