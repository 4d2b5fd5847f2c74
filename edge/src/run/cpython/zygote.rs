//! The Python that has started already, and whose copies are the workers.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream as Pair;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt, Interest};
use tokio::net::UnixStream;
use tokio::process::{Child, Command};
use tokio::sync::Mutex;

use super::sandbox::{Network, Sandbox};
use super::task::Folders;

/// Time that the interpreter may take to start and to try what the kernel lets it do.
const MOST_START: Duration = Duration::from_secs(30);

/// File descriptors of one worker: control, output, and two links.
pub(super) const FILES: usize = 4;

/// Ends when it is dropped; its workers do not.
#[derive(Debug)]
pub(super) struct Zygote {
    /// Each message after its length; the file descriptors come with that.
    socket: Mutex<UnixStream>,
    pub about: About,
    _process: Child,
}

/// What it says when it is ready.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct About {
    pub sandbox: Sandbox,
}

impl Zygote {
    /// Starts one, and waits until it is ready.
    pub async fn start(interpreter: &Path, path: &str, folders: &Folders, network: Network) -> io::Result<Self> {
        let (ours, its) = Pair::pair()?;
        ours.set_nonblocking(true)?;
        let mut socket = UnixStream::from_std(ours)?;
        let mut process = Command::new(interpreter)
            .arg(folders.zygote())
            .arg(folders.mount_point())
            .arg(folders.runtime())
            .arg(network.word())
            .env_clear()
            .envs([("LANG", "C.UTF-8"), ("PATH", path), ("TZ", ":UTC"), ("PYTHONDONTWRITEBYTECODE", "1")])
            .current_dir("/")
            .stdin(OwnedFd::from(its))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            // Ctrl-C at the terminal is not its business.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let ready = tokio::time::timeout(MOST_START, receive(&mut socket)).await;
        match ready {
            Ok(Ok(message)) => {
                let about = serde_json::from_slice(&message).map_err(io::Error::other)?;
                Ok(Self { socket: Mutex::new(socket), about, _process: process })
            }
            Ok(Err(_)) => {
                // It has ended; what it said about that is short.
                let mut said = Vec::new();
                if let Some(mut errors) = process.stderr.take() {
                    let _ = tokio::time::timeout(Duration::from_secs(1), errors.read_to_end(&mut said)).await;
                }
                let said = String::from_utf8_lossy(&said);
                let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it ended at once");
                Err(io::Error::other(format!("{}: {}", interpreter.display(), last.trim())))
            }
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, format!("{} does not start", interpreter.display()))),
        }
    }

    /// Asks for a worker. What becomes of it is told on the worker's own control line.
    pub async fn fork(&self, request: &[u8], files: [BorrowedFd<'_>; FILES]) -> io::Result<()> {
        let mut socket = self.socket.lock().await;
        let length = (request.len() as u32).to_be_bytes();
        let first = [io::IoSlice::new(&length)];
        socket
            .async_io(Interest::WRITABLE, || {
                let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FILES))];
                let mut ancillary = SendAncillaryBuffer::new(&mut space);
                ancillary.push(SendAncillaryMessage::ScmRights(&files));
                Ok(sendmsg(socket.as_fd(), &first, &mut ancillary, SendFlags::DONTWAIT | SendFlags::NOSIGNAL)?)
            })
            .await?;
        socket.write_all(request).await
    }
}

/// One message.
async fn receive(socket: &mut UnixStream) -> io::Result<Vec<u8>> {
    let length = socket.read_u32().await?;
    let mut message = vec![0; length as usize];
    socket.read_exact(&mut message).await?;
    Ok(message)
}
