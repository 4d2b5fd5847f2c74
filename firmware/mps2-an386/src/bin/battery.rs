//! The arithmetic battery's lines, from a Cortex-M4F.
#![no_std]
#![no_main]

use nano_mps2_an386 as _;

nano_bare::main!(battery);
