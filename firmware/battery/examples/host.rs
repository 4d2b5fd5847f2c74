//! The lines of this machine.

fn main() {
    let mut lines = String::new();
    nano_battery::run(&mut lines);
    print!("{lines}");
}
