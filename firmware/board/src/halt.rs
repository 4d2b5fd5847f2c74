//! The end of a board that can't go on.

/// Says why again and again, so that whoever connects later learns it. `wait` takes about a millisecond.
pub fn halt(why: &str, mut say: impl FnMut(&str), mut wait: impl FnMut()) -> ! {
    loop {
        for part in ["nano: ", why, "\n"] {
            say(part);
        }
        for _ in 0..3000 {
            wait();
        }
    }
}
