//! Calls to the simulator (`simcall`): files and console of the host. Only programs that never see silicon use them.

use core::fmt;

const EXIT: u32 = 1;
const READ: u32 = 3;
const WRITE: u32 = 4;

unsafe extern "C" {
    /// Call, three arguments; the result.
    fn lx106_simcall(call: u32, a: usize, b: usize, c: usize) -> isize;
}

/// Ends the simulator with this status.
pub fn exit(status: u8) -> ! {
    loop {
        // SAFETY: this call touches no memory.
        unsafe { lx106_simcall(EXIT, status.into(), 0, 0) };
    }
}

/// Reads from standard input what is there, at least one byte; 0 at its end.
pub fn read(buffer: &mut [u8]) -> usize {
    // SAFETY: the simulator writes at most as many bytes as the buffer has.
    let read = unsafe { lx106_simcall(READ, 0, buffer.as_mut_ptr() as usize, buffer.len()) };
    usize::try_from(read).unwrap_or(0).min(buffer.len())
}

/// Fills the buffer from standard input; `false` when it ends before.
pub fn read_all(mut buffer: &mut [u8]) -> bool {
    while !buffer.is_empty() {
        let read = read(buffer);
        if read == 0 {
            return false;
        }
        buffer = buffer.get_mut(read..).unwrap_or_default();
    }
    true
}

/// Standard output.
#[derive(Clone, Copy, Debug, Default)]
pub struct Console;

impl fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // SAFETY: the simulator reads exactly the text.
        unsafe { lx106_simcall(WRITE, 1, text.as_ptr() as usize, text.len()) };
        Ok(())
    }
}
