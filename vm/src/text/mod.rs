//! str, bytes and bytearray: methods, formatting, `repr` and `str` of everything.
//!
//! Results are built in the arena by [`TextBuilder`]. The operators that the protocols call are in `access.rs` and
//! `percent.rs`, `repr` and `str` in `repr.rs` and `describe.rs`, `format` in `format.rs`.

mod access;
mod builder;
mod bytearray;
mod bytes;
mod case;
mod chars;
mod codec;
mod convert;
mod describe;
mod directive;
mod find;
mod float;
mod format;
mod integer;
mod pad;
mod percent;
mod quote;
mod repr;
mod search;
mod space;
mod spec;
mod split;
mod table;
mod template;
#[cfg(test)]
mod tests;
mod translate;
mod view;
pub(crate) mod walk;
mod wide;

pub use builder::TextBuilder;
pub(crate) use chars::decimal_digit;
pub(crate) use codec::names_codec;
pub(crate) use space::is_space;
pub(crate) use table::{function, methods};
