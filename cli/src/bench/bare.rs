//! What machine and client take by themselves: a loop that has the server's core, and answers every request with the same few
//! bytes.

use super::cores::{self, Cores};
use crate::failure::Failure;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/// How often it is looked whether it is to end, nanoseconds.
const LOOK: i64 = 20_000_000;

/// A loop at work. It ends when this is dropped.
pub struct Bare {
    pub addr: SocketAddr,
    end: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Bare {
    /// Starts it on the server's core if there is one.
    pub fn start(cores: Option<Cores>) -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let (addr, end) = (listener.local_addr()?, Arc::new(AtomicBool::new(false)));
        let ending = Arc::clone(&end);
        // A thread is where it was started.
        let thread = cores::start(cores, || Ok(std::thread::spawn(move || serve(&listener, &ending))))?;
        Ok(Self { addr, end, thread: Some(thread) })
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        self.end.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(listener: &TcpListener, end: &AtomicBool) {
    let mut streams: Vec<TcpStream> = vec![];
    let mut bytes = [0; 4096];
    while !end.load(Ordering::Relaxed) {
        let listening = std::iter::once(PollFd::new(listener, PollFlags::IN));
        let mut all: Vec<PollFd<'_>> =
            listening.chain(streams.iter().map(|stream| PollFd::new(stream, PollFlags::IN))).collect();
        let _ = poll(&mut all, Some(&Timespec { tv_sec: 0, tv_nsec: LOOK }));
        let is_there: Vec<bool> = all.iter().map(|one| !one.revents().is_empty()).collect();
        let mut is_there = is_there.into_iter();
        let somebody_comes = is_there.next() == Some(true);
        // A request of a few hundred bytes comes in one piece.
        streams.retain_mut(|stream| {
            is_there.next() != Some(true)
                || (stream.read(&mut bytes).is_ok_and(|count| count > 0) && stream.write_all(ANSWER).is_ok())
        });
        if somebody_comes && let Ok((stream, _)) = listener.accept() {
            let _ = stream.set_nodelay(true);
            streams.push(stream);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::client::Client;

    #[test]
    fn every_request_of_every_connection_is_answered_until_it_ends() {
        let bare = Bare::start(None).unwrap();
        for _ in 0..3 {
            let mut client = Client::new(bare.addr, "");
            for _ in 0..3 {
                let request = client.request("GET", "/", "", b"");
                assert_eq!(client.send(request).unwrap().status, 200);
            }
        }
        let addr = bare.addr;
        drop(bare);
        assert!(TcpStream::connect(addr).is_err());
    }
}
