//! The device's runtime on QEMU's RISC-V machine.
#![no_std]
#![no_main]

nano_bare::main!(run::<nano_riscv32_virt::Virt>);
