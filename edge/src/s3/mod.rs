//! S3 over the object store: requests as any S3 client sends them.
//!
//! `s3s` reads requests and writes answers (XML, headers, SigV4, aws-chunked); what it asks for is done here by the
//! [`crate::store`]. An operation that isn't there, and an option of one that would change what it does, is answered
//! with `NotImplemented` by name, never ignored.

mod absent;
mod access;
mod admission;
mod attributes;
mod bucket;
mod bucket_encryption;
mod bucket_policy;
mod checksum;
mod chunked;
mod conditions;
mod copy;
mod cors;
mod delete;
mod encryption;
mod endpoint;
mod error;
mod form;
mod form_policy;
mod get;
mod grants;
mod headers;
mod host;
mod keys;
mod legible;
mod lifecycle;
mod list;
mod lock;
mod multipart;
mod multipart_form;
mod names;
mod notify;
mod operations;
mod policy;
mod put;
mod range;
mod region;
mod settings;
mod settling;
mod subresources;
mod tags;
mod unsigned;
mod versions;
mod wildcard;

pub(crate) use access::SOURCE_ADDRESS;
pub(crate) use endpoint::notifying_s3_service;
pub use endpoint::{S3Endpoint, s3_service};
pub use keys::{AccessKeys, user_arn, user_id};
pub use lifecycle::{Carried, carry_out_lifecycle};
pub(crate) use notify::{Call, Notifier};
