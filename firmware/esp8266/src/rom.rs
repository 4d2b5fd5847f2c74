//! The boot ROM's functions, and the registers that are one line each.

use core::ptr;

unsafe extern "C" {
    fn uart_tx_one_char(byte: u32) -> u32;
    fn uart_rx_one_char(to: *mut u8) -> u32;
    fn ets_delay_us(us: u32);
    fn ets_get_cpu_frequency() -> u32;
    fn software_reset();
}

/// Reads a register.
pub fn register(address: usize) -> u32 {
    // SAFETY: the callers name registers of the chip, which are aligned words.
    unsafe { ptr::with_exposed_provenance::<u32>(address).read_volatile() }
}

/// Writes a register.
pub fn set_register(address: usize, value: u32) {
    // SAFETY: as in `register`; none of those written lies over memory that Rust knows.
    unsafe { ptr::with_exposed_provenance_mut::<u32>(address).write_volatile(value) }
}

/// Sends a byte; waits for room in the hardware's queue.
pub fn send(byte: u8) {
    // SAFETY: the function takes any byte.
    unsafe { uart_tx_one_char(byte.into()) };
}

/// A byte that has come in.
pub fn receive() -> Option<u8> {
    let mut byte = 0;
    // SAFETY: the function writes at most one byte there.
    let none = unsafe { uart_rx_one_char(&raw mut byte) };
    (none == 0).then_some(byte)
}

/// Waits.
pub fn delay_us(us: u32) {
    // SAFETY: it only waits.
    unsafe { ets_delay_us(us) };
}

/// Ticks of the cycle counter in a microsecond.
pub fn cycles_per_us() -> u32 {
    // SAFETY: it only reads what start-up told the ROM.
    unsafe { ets_get_cpu_frequency() }.max(1)
}

/// The hardware's watchdog starts anew; it resets the chip when this is not done for some seconds.
pub fn feed_watchdog() {
    set_register(0x6000_0914, 0x73);
}

/// Starts anew.
pub fn reset() -> ! {
    loop {
        // SAFETY: does not return on the chip; where it does, it is called again.
        unsafe { software_reset() };
    }
}
