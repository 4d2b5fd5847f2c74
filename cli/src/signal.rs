//! Waiting to be ended.

use tokio::signal::unix::{SignalKind, signal};

/// Returns at SIGINT or SIGTERM.
pub fn wait() {
    until_ended(false);
}

/// The same, and SIGHUP is nothing: a server outlives the terminal it was started from.
pub fn wait_as_server() {
    until_ended(true);
}

fn until_ended(ignores_hangup: bool) {
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
        let _hangup = ignores_hangup.then(|| signal(SignalKind::hangup()));
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    });
}
