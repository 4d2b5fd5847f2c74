//! Whoever reads what is printed, and may go before there is more of it: `nano dev | head`, `nano logs -f | grep -m1`.

use rustix::event::{PollFd, PollFlags, poll};

/// Returns when nobody reads standard output any more, as `tail -f` ends then; where it is no pipe, never. Blocks.
///
/// Not by writing: the next event may be hours away.
pub fn gone() {
    let out = std::io::stdout();
    loop {
        // Nothing is asked for but what is told unasked: that the other end is closed.
        let mut watched = [PollFd::new(&out, PollFlags::empty())];
        let told = poll(&mut watched, None);
        let [watched] = watched;
        let flags = watched.revents();
        if told.is_ok() && flags.intersects(PollFlags::ERR | PollFlags::HUP) {
            return;
        }
        if flags.contains(PollFlags::NVAL) || !matches!(told, Ok(_) | Err(rustix::io::Errno::INTR)) {
            // There is no standard output at all, so nobody has gone.
            loop {
                std::thread::park();
            }
        }
    }
}

/// Ends the process well when nobody reads it any more: for commands that only print.
pub fn end_when_gone() {
    std::thread::spawn(|| {
        gone();
        std::process::exit(0);
    });
}
