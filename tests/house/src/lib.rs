//! What the tests of the repository as a whole read: its files, its crates, Rust without its comments.

mod files;
mod rust;

pub use files::{Source, root, sources};
pub use rust::code_only;
