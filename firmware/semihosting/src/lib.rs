//! Semihosting: files and console of the host, for boards in QEMU or behind a debugger; and a flash in such a file.
//!
//! ARM's call, which RISC-V took over: <https://github.com/ARM-software/abi-aa/blob/main/semihosting/semihosting.rst>.
#![no_std]

mod faults;
mod flash;

pub use flash::HostFlash;

use core::fmt;

const OPEN: usize = 0x01;
const WRITE: usize = 0x05;
const READ: usize = 0x06;
const SEEK: usize = 0x0A;
const EXIT: usize = 0x18;
/// Why a program ends: in order, or by an error of its own.
const ORDERLY: usize = 0x2_0026;
const ERROR: usize = 0x2_0023;

/// Modes of C's `fopen`: `r+b`, `w`, `a`.
const READ_AND_WRITE: usize = 3;
const TO_OUTPUT: usize = 4;

/// Makes a call.
///
/// # Safety
///
/// The words that `argument` points at are what the operation takes, and the memory they name is the caller's.
unsafe fn call(operation: usize, argument: usize) -> usize {
    let result;
    #[cfg(target_arch = "arm")]
    // SAFETY: the host changes r0 and the memory that the caller gave it.
    unsafe {
        core::arch::asm!("bkpt 0xab", inout("r0") operation => result, in("r1") argument);
    }
    #[cfg(target_arch = "riscv32")]
    // SAFETY: as above, with a0. The three instructions are how the host knows the call; they must lie in one page.
    unsafe {
        core::arch::asm!(
            ".balign 16",
            ".option push",
            ".option norvc",
            "slli x0, x0, 0x1f",
            "ebreak",
            "srai x0, x0, 7",
            ".option pop",
            inout("a0") operation => result, in("a1") argument,
        );
    }
    #[cfg(not(any(target_arch = "arm", target_arch = "riscv32")))]
    {
        // There is no host to be asked.
        let _ = (operation, argument);
        result = usize::MAX;
    }
    result
}

/// Makes a call with these words.
///
/// # Safety
///
/// As for [`call`].
unsafe fn call_with(operation: usize, words: &[usize]) -> usize {
    // SAFETY: the caller's promise.
    unsafe { call(operation, words.as_ptr() as usize) }
}

/// Ends the simulator.
pub fn exit(well: bool) -> ! {
    loop {
        // SAFETY: this call takes a number and touches no memory.
        unsafe { call(EXIT, if well { ORDERLY } else { ERROR }) };
    }
}

/// A file of the host.
#[derive(Debug)]
pub struct File(usize);

impl File {
    fn with_mode(path: &core::ffi::CStr, mode: usize) -> Option<Self> {
        let bytes = path.to_bytes();
        // SAFETY: the host reads the path.
        let handle = unsafe { call_with(OPEN, &[path.as_ptr() as usize, mode, bytes.len()]) };
        (handle != usize::MAX).then_some(Self(handle))
    }

    /// Opens a file that is there, to read and write.
    pub fn open(path: &core::ffi::CStr) -> Option<Self> {
        Self::with_mode(path, READ_AND_WRITE)
    }

    /// The host's standard output.
    pub fn output() -> Option<Self> {
        Self::with_mode(c":tt", TO_OUTPUT)
    }

    /// Fills the buffer from an offset; `false` when the file doesn't have so much.
    pub fn read_at(&mut self, offset: u32, buffer: &mut [u8]) -> bool {
        // SAFETY: the host writes at most as many bytes as the buffer has.
        self.seek(offset) && unsafe { call_with(READ, &[self.0, buffer.as_mut_ptr() as usize, buffer.len()]) } == 0
    }

    /// Writes bytes at an offset.
    pub fn write_at(&mut self, offset: u32, bytes: &[u8]) -> bool {
        self.seek(offset) && self.write(bytes)
    }

    /// Writes bytes where it stands.
    pub fn write(&mut self, bytes: &[u8]) -> bool {
        // SAFETY: the host reads the bytes. It answers with the number of those it did not write.
        unsafe { call_with(WRITE, &[self.0, bytes.as_ptr() as usize, bytes.len()]) == 0 }
    }

    fn seek(&mut self, offset: u32) -> bool {
        // SAFETY: this call touches no memory.
        unsafe { call_with(SEEK, &[self.0, offset as usize]) == 0 }
    }
}

impl fmt::Write for File {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.write(text.as_bytes()) { Ok(()) } else { Err(fmt::Error) }
    }
}
