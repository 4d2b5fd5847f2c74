//! The UART: standard input and output, a byte at a time.

use core::cell::UnsafeCell;
use nano_lx106::simulator;

/// Polls in vain after which the next waits a little, so that an idle device does not keep the host busy.
const PATIENCE: u32 = 64;
/// How long, microseconds.
const WAIT_US: u32 = 1000;

struct Input {
    bytes: [u8; 256],
    from: usize,
    to: usize,
    vain: u32,
}

struct Cell(UnsafeCell<Input>);
// SAFETY: there is one core, and no interrupt enters the ROM.
unsafe impl Sync for Cell {}
static INPUT: Cell = Cell(UnsafeCell::new(Input { bytes: [0; 256], from: 0, to: 0, vain: 0 }));

/// `uart_tx_one_char`.
// SAFETY: the name is unique; the ABI is that of the chip's ROM.
#[unsafe(no_mangle)]
extern "C" fn rom_uart_send(byte: u32) -> u32 {
    simulator::write(1, &[byte as u8]);
    0
}

/// `uart_rx_one_char`: 0 and a byte, or 1 when there is none.
///
/// # Safety
///
/// `to` is a byte of the caller.
// SAFETY: the name is unique; the ABI is that of the chip's ROM.
#[unsafe(no_mangle)]
unsafe extern "C" fn rom_uart_receive(to: *mut u8) -> u32 {
    // SAFETY: see `Sync` above.
    let input = unsafe { &mut *INPUT.0.get() };
    if input.from == input.to {
        let wait_us = if input.vain < PATIENCE { 0 } else { WAIT_US };
        if !simulator::is_ready(0, wait_us) {
            input.vain = input.vain.saturating_add(1);
            return 1;
        }
        (input.from, input.to) = (0, simulator::read(&mut input.bytes));
        if input.to == 0 {
            // Whoever held the other end has gone.
            simulator::exit(0);
        }
    }
    input.vain = 0;
    let byte = input.bytes.get(input.from).copied().unwrap_or_default();
    input.from += 1;
    // SAFETY: the caller's promise.
    unsafe { *to = byte };
    0
}
