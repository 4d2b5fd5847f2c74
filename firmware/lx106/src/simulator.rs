//! Calls to the simulator (`simcall`): files and console of the host. Only programs that never see silicon use them.

use core::ffi::CStr;
use core::fmt;

const EXIT: u32 = 1;
const READ: u32 = 3;
const WRITE: u32 = 4;
const OPEN: u32 = 5;
const SEEK: u32 = 19;
const SELECT: u32 = 29;

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

/// Opens a file of the host to read and write.
pub fn open(path: &CStr) -> Option<u32> {
    const READ_AND_WRITE: usize = 2;
    // SAFETY: the simulator reads the path up to its end.
    let file = unsafe { lx106_simcall(OPEN, path.as_ptr() as usize, READ_AND_WRITE, 0) };
    u32::try_from(file).ok()
}

/// Goes to an offset of a file.
pub fn seek(file: u32, offset: u32) -> bool {
    // SAFETY: this call touches no memory.
    unsafe { lx106_simcall(SEEK, file as usize, offset as usize, 0) >= 0 }
}

/// Goes to a file's end; its bytes.
pub fn seek_end(file: u32) -> Option<u32> {
    const FROM_THE_END: usize = 2;
    // SAFETY: this call touches no memory.
    let at = unsafe { lx106_simcall(SEEK, file as usize, 0, FROM_THE_END) };
    u32::try_from(at).ok()
}

/// Reads from a file what is there, at least one byte; 0 at its end.
pub fn read_from(file: u32, buffer: &mut [u8]) -> usize {
    // SAFETY: the simulator writes at most as many bytes as the buffer has.
    let read = unsafe { lx106_simcall(READ, file as usize, buffer.as_mut_ptr() as usize, buffer.len()) };
    usize::try_from(read).unwrap_or(0).min(buffer.len())
}

/// Writes to a file; how many bytes.
pub fn write(file: u32, bytes: &[u8]) -> usize {
    // SAFETY: the simulator reads exactly the bytes.
    let written = unsafe { lx106_simcall(WRITE, file as usize, bytes.as_ptr() as usize, bytes.len()) };
    usize::try_from(written).unwrap_or(0)
}

/// Whether there is something to be read, after waiting up to so many microseconds.
pub fn is_ready(file: u32, wait_us: u32) -> bool {
    const TO_READ: usize = 1;
    let time = [0, wait_us];
    // SAFETY: the simulator reads the two words.
    unsafe { lx106_simcall(SELECT, file as usize, TO_READ, time.as_ptr() as usize) > 0 }
}

/// Reads from standard input what is there, at least one byte; 0 at its end.
pub fn read(buffer: &mut [u8]) -> usize {
    read_from(0, buffer)
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
        write(1, text.as_bytes());
        Ok(())
    }
}

/// Standard error.
#[derive(Clone, Copy, Debug, Default)]
pub struct Errors;

impl fmt::Write for Errors {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        write(2, text.as_bytes());
        Ok(())
    }
}
