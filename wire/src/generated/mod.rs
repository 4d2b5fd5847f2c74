//! What flatc made of `wire/schema/*.fbs`: readers, writers and verifiers. Made by `cargo xtask generate`.
#![allow(
    unsafe_code,
    unsafe_op_in_unsafe_fn,
    missing_docs,
    unused_imports,
    unused_qualifications,
    dead_code,
    mismatched_lifetime_syntaxes,
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "flatc's own style"
)]
#[rustfmt::skip]
pub mod module;
#[rustfmt::skip]
pub mod symbols;
