//! What flatc made of `wire/schema/*.fbs` (`cargo xtask generate`).
#![allow(warnings, clippy::all, clippy::pedantic, clippy::restriction, unsafe_code, missing_docs)]
#[rustfmt::skip]
pub mod module;
#[rustfmt::skip]
pub mod symbols;
