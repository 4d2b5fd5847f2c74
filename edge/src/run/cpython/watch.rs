//! What a worker's keeper tells: who it is, the doors of the worker's network, and how it ended.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
use rustix::process::Signal;
use tokio::io::Interest;
use tokio::net::unix::OwnedReadHalf;
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::mpsc;

use super::runtime_api::{self, Mailbox};
use super::worker::Life;

/// Doors of a network: the edge's endpoint, and the Runtime API.
const MOST_DOORS: usize = 2;
/// A line is a word and two numbers, or an error.
const MOST_LINE: usize = 64 << 10;

/// Listens to a keeper.
pub(super) struct Watch {
    pub mailbox: Arc<Mailbox>,
    pub life: Arc<Life>,
    /// Takes the connections of the first door.
    pub guests: Option<mpsc::Sender<TcpStream>>,
    /// The last door is the Runtime API's.
    pub serves_api: bool,
}

impl Watch {
    /// Reads to the end. The doors close when this is dropped.
    pub async fn watch(self, told: OwnedReadHalf) {
        let mut unread = Vec::new();
        let mut doors = Doors::default();
        while let Ok((bytes, files)) = receive(told.as_ref()).await {
            if bytes.is_empty() {
                break;
            }
            doors.0.extend(files.into_iter().zip([true, false]).filter_map(|(file, first)| self.serve(file, first)));
            unread.extend(bytes);
            while let Some(end) = unread.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = unread.drain(..=end).collect();
                self.line(String::from_utf8_lossy(&line).trim_end());
            }
            unread.truncate(MOST_LINE);
        }
        // Without a word from the keeper: it was killed, and all that it kept with it.
        self.mailbox.exited(ExitStatus::from_raw(Signal::KILL.as_raw()));
    }

    fn line(&self, line: &str) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let mut numbers = rest.split(' ').map(str::parse::<u64>);
        match (word, numbers.next(), numbers.next()) {
            ("keeper", Some(Ok(process)), _) => self.life.keeper.store(process as u32, Ordering::Relaxed),
            ("exited", Some(Ok(status)), Some(Ok(kilobytes))) => {
                self.life.kilobytes.store(kilobytes, Ordering::Relaxed);
                self.mailbox.exited(ExitStatus::from_raw(status as i32));
            }
            ("failed", ..) => self.mailbox.not_started(rest),
            _ => {}
        }
    }

    /// Answers at a door of the worker's network.
    fn serve(&self, file: OwnedFd, first: bool) -> Option<tokio::task::JoinHandle<()>> {
        let listener = std::net::TcpListener::from(file);
        listener.set_nonblocking(true).ok()?;
        let listener = TcpListener::from_std(listener).ok()?;
        if let Some(guests) = self.guests.clone().filter(|_| first) {
            return Some(tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    if guests.send(stream).await.is_err() {
                        return;
                    }
                }
            }));
        }
        self.serves_api.then(|| tokio::spawn(runtime_api::listen(listener, Arc::clone(&self.mailbox))))
    }
}

/// Closed when dropped.
#[derive(Default)]
struct Doors(Vec<tokio::task::JoinHandle<()>>);

impl Drop for Doors {
    fn drop(&mut self) {
        for door in &self.0 {
            door.abort();
        }
    }
}

/// The next bytes, and the files that came with them; no bytes at the end.
async fn receive(socket: &UnixStream) -> io::Result<(Vec<u8>, Vec<OwnedFd>)> {
    socket
        .async_io(Interest::READABLE, || {
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST_DOORS))];
            let mut ancillary = RecvAncillaryBuffer::new(&mut space);
            let mut bytes = vec![0; 4096];
            let received = {
                let mut buffers = [io::IoSliceMut::new(&mut bytes)];
                recvmsg(socket.as_fd(), &mut buffers, &mut ancillary, RecvFlags::DONTWAIT | RecvFlags::CMSG_CLOEXEC)?
            };
            bytes.truncate(received.bytes);
            let mut files = Vec::new();
            for message in ancillary.drain() {
                if let RecvAncillaryMessage::ScmRights(rights) = message {
                    files.extend(rights);
                }
            }
            Ok((bytes, files))
        })
        .await
}
