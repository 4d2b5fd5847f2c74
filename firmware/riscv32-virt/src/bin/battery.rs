//! The arithmetic battery's lines, from a RISC-V core.
#![no_std]
#![no_main]

use nano_riscv32_virt as _;

nano_bare::main!(battery);
