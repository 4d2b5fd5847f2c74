//! The device's runtime on an MPS2 with a Cortex-M4F.
#![no_std]
#![no_main]

nano_bare::main!(run::<nano_mps2_an386::Mps2>);
