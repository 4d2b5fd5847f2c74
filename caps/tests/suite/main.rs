//! Capabilities from the outside: vectors, the independent reference, properties, attacks, hostile bytes.

mod attacks;
mod decoder;
mod differential;
mod encryption;
mod fixture;
mod flatten;
mod keys;
mod properties;
mod text;
mod vectors;
mod verifier;
