//! A panic as a person meets it: no backtrace, one line and the next step; and no panic at all when nobody reads on.
//!
//! `println!` panics when standard output can't be written. A reader that has gone (`nano cap resolve .. | head -1`) ends the
//! command quietly, a full disk with an error; whatever else panics is a defect of nano.

use crate::failure::Failure;
use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};

thread_local! {
    /// Where the command's thread panicked.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs a command; one that panics has failed.
pub fn caught(command: impl FnOnce() -> Result<u8, Failure>) -> Result<u8, Failure> {
    let main = std::thread::current().id();
    let usual = take_hook();
    let wants_backtrace = std::env::var_os("RUST_BACKTRACE").is_some_and(|level| level != "0");
    set_hook(Box::new(move |panic| {
        // Other threads' panics are told as ever: what becomes of them is their makers' choice.
        if std::thread::current().id() != main || (wants_backtrace && unwritable(said(panic.payload())).is_none()) {
            usual(panic);
        }
        PLACE.set(panic.location().map(ToString::to_string));
    }));
    catch_unwind(AssertUnwindSafe(command)).unwrap_or_else(|panic| {
        let said = said(panic.as_ref());
        let place = PLACE.take().unwrap_or_default();
        Err(unwritable(said).unwrap_or_else(|| Failure::Internal(anyhow::anyhow!("{said} ({place})"))))
    })
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("something failed")
}

/// What `println!` and its kin say when they can't.
fn unwritable(said: &str) -> Option<Failure> {
    let (stream, why) = said.strip_prefix("failed printing to ")?.split_once(": ")?;
    // As the system numbers EPIPE.
    Some(if why.ends_with("(os error 32)") {
        Failure::BrokenPipe
    } else {
        Failure::usage(format!("{stream} can't be written: {why}"))
    })
}
