//! Projects, devices, clients and `nano dev`, with the real edge, device and compiler.

mod appends;
mod bench;
mod capabilities;
mod capture;
mod client;
mod dev;
mod once;
mod power;
mod project;
mod waiting;
