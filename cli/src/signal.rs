//! Waiting to be ended.

use tokio::signal::unix::{SignalKind, signal};

/// Returns at SIGINT or SIGTERM, or when nobody reads what is printed any more.
pub fn wait() {
    until_ended(false);
}

/// Returns at SIGINT or SIGTERM. SIGHUP is nothing: a server outlives the terminal it was started from, and who has read
/// where it listens.
pub fn wait_as_server() {
    until_ended(true);
}

/// A write beyond the size that files may have (`ulimit -f`) fails from now on, as one to a full disk does, instead of ending
/// the process.
pub fn outlive_file_size_limit() {
    // Bound to a signal once, tokio leaves its handler there, and so the default action never comes back.
    if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() {
        let _entered = runtime.enter();
        let _ = signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()));
    }
}

fn until_ended(is_server: bool) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        // Without signals there is nothing to wait for but the default action.
        loop {
            std::thread::park();
        }
    };
    runtime.block_on(async {
        let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        else {
            std::future::pending::<()>().await;
            return;
        };
        // The signal is taken for as long as this is held.
        let _hangup = is_server.then(|| signal(SignalKind::hangup()));
        let (told, reader_gone) = tokio::sync::oneshot::channel();
        if !is_server {
            std::thread::spawn(move || {
                crate::reader::gone();
                let _ = told.send(());
            });
        }
        tokio::select! {
            Ok(()) = reader_gone => {}
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    });
}
