//! What a worker prints: read as it comes, and to the last byte when an invocation ends.

use std::io::{self, PipeReader, PipeWriter, Read};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::unix::pipe::Receiver;
use tokio::task::AbortHandle;

/// Most bytes kept of one invocation's output. What is printed beyond is dropped, and that is said.
const MOST_BYTES: usize = 1 << 20;

/// Most bytes that are read at once. A pipe has no more in it, and what a function left behind may fill it for ever.
const MOST_AT_ONCE: usize = 2 << 20;

/// The reading end of a worker's standard output and error.
#[derive(Debug)]
pub(super) struct Output {
    pipe: PipeReader,
    text: Arc<Mutex<Text>>,
    emptier: AbortHandle,
}

#[derive(Debug, Default)]
struct Text {
    bytes: Vec<u8>,
    dropped: usize,
}

impl Output {
    /// The output and the end that the worker writes to. Must be called within the runtime, which empties the pipe
    /// while a handler prints more than fits into it.
    pub fn new() -> io::Result<(Self, PipeWriter)> {
        let (pipe, writer) = io::pipe()?;
        // Both readers are one pipe to the kernel, so this makes both of them non-blocking.
        let watcher = Receiver::from_owned_fd(OwnedFd::from(pipe.try_clone()?))?;
        let text = Arc::new(Mutex::new(Text::default()));
        let filled = Arc::clone(&text);
        let emptier = tokio::spawn(async move {
            while watcher.readable().await.is_ok() {
                if lock(&filled).fill(|buffer| watcher.try_read(buffer)) {
                    return;
                }
                // Others have a turn, however much comes.
                tokio::task::yield_now().await;
            }
        })
        .abort_handle();
        Ok((Self { pipe, text, emptier }, writer))
    }

    /// All that was printed since the last call. What a process wrote before it answered is in the pipe by then, so
    /// nothing of an invocation is missed.
    pub fn take(&self) -> String {
        let mut text = lock(&self.text);
        let mut pipe = &self.pipe;
        text.fill(|buffer| pipe.read(buffer));
        let Text { bytes, dropped } = std::mem::take(&mut *text);
        let mut text = String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned());
        if dropped > 0 {
            text.push_str("\n[");
            text.push_str(&dropped.to_string());
            text.push_str(" bytes more were printed and are not kept]\n");
        }
        text
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        self.emptier.abort();
    }
}

fn lock(text: &Mutex<Text>) -> MutexGuard<'_, Text> {
    text.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Text {
    /// Reads until the pipe is empty, or as much as there is in one; whether it is closed.
    fn fill(&mut self, mut read: impl FnMut(&mut [u8]) -> io::Result<usize>) -> bool {
        let mut buffer = [0; 8 << 10];
        let mut left = MOST_AT_ONCE;
        while left > 0 {
            match read(&mut buffer) {
                Ok(0) => return true,
                Ok(count) => {
                    left = left.saturating_sub(count);
                    let kept = count.min(MOST_BYTES - self.bytes.len());
                    self.bytes.extend_from_slice(&buffer[..kept]);
                    self.dropped += count - kept;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return error.kind() != io::ErrorKind::WouldBlock,
            }
        }
        false
    }
}
