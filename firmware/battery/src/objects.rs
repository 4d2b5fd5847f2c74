//! Dispatch: jump tables, recursion, closures, trait objects, cells, atomics.

use crate::Battery;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::fmt::Write;
use core::hint::black_box;
use core::sync::atomic::{AtomicU8, AtomicU32, Ordering};

trait Shape {
    fn area(&self) -> i64;
    fn twice(&self) -> i64 {
        self.area() * 2
    }
}

struct Square(i64);
struct Oblong(i64, i64);

impl Shape for Square {
    fn area(&self) -> i64 {
        self.0.wrapping_mul(self.0)
    }
}

impl Shape for Oblong {
    fn area(&self) -> i64 {
        self.0.wrapping_mul(self.1)
    }
    fn twice(&self) -> i64 {
        self.area() + self.0
    }
}

/// Many arms of different shape, for a jump table.
#[inline(never)]
fn step(op: u8, a: u32, b: u32) -> u32 {
    match op {
        0 => a.wrapping_add(b),
        1 => a.wrapping_sub(b),
        2 => a.wrapping_mul(b),
        3 => a.checked_div(b).unwrap_or(7),
        4 => a & b,
        5 => a | b,
        6 => a ^ b,
        7 => a.rotate_left(b % 32),
        8 => a.leading_zeros() + b,
        9 => (a as i32).wrapping_abs() as u32,
        10 => u32::from(a < b),
        11 => (a as f32 * 0.5) as u32,
        12 => a.swap_bytes(),
        13 => b.reverse_bits(),
        14 => a.count_ones().wrapping_mul(b),
        _ => !a,
    }
}

#[inline(never)]
fn ackermann(m: u32, n: u32) -> u32 {
    match (m, n) {
        (0, n) => n + 1,
        (m, 0) => ackermann(m - 1, 1),
        (m, n) => ackermann(m - 1, ackermann(m, n - 1)),
    }
}

pub fn run<W: Write>(battery: &mut Battery<'_, W>) {
    battery.group("jump", "table", |chance, digest| {
        let mut a = chance.next() as u32;
        for _ in 0..32 {
            a = step(black_box(chance.below(18) as u8), a, chance.next() as u32);
        }
        digest.wide(a.into());
    });
    battery.group("call", "recursion", |chance, digest| {
        digest.wide(ackermann(black_box(2), chance.below(6) as u32).into());
    });
    battery.group("call", "closures", |chance, digest| {
        let offset = chance.next() as u32;
        let functions: [Box<dyn Fn(u32) -> u32>; 3] =
            [Box::new(move |x| x ^ offset), Box::new(|x| x.wrapping_mul(3)), Box::new(u32::swap_bytes)];
        let result = (0..9).fold(1, |x, _| functions[chance.below(3)](x));
        digest.wide(result.into());
    });
    battery.group("call", "objects", |chance, digest| {
        let shapes: Vec<Box<dyn Shape>> = (0..8)
            .map(|i| -> Box<dyn Shape> {
                let side = chance.next() as i32;
                if (side as u32 + i).is_multiple_of(2) {
                    Box::new(Square(side.into()))
                } else {
                    Box::new(Oblong(side.into(), 3))
                }
            })
            .collect();
        for shape in black_box(&shapes) {
            digest.wide(shape.area().wrapping_add(shape.twice()) as u128);
        }
    });
    battery.group("cell", "shared", |chance, digest| {
        let cell = Rc::new(Cell::new(chance.next() as u32));
        let list = Rc::new(RefCell::new(Vec::new()));
        for _ in 0..10 {
            let other = Rc::clone(&cell);
            other.set(other.get().wrapping_mul(5).wrapping_add(1));
            list.borrow_mut().push(other);
        }
        digest.wide((u128::from(cell.get()) << 32) | Rc::strong_count(&cell) as u128);
    });
    battery.group("atomic", "store", |chance, digest| {
        let (word, byte) = (AtomicU32::new(0), AtomicU8::new(0));
        word.store(chance.next() as u32, Ordering::SeqCst);
        byte.store(chance.next() as u8, Ordering::Release);
        digest.wide((u128::from(word.load(Ordering::Acquire)) << 8) | u128::from(byte.load(Ordering::Relaxed)));
    });
    battery.group("option", "niches", |chance, digest| {
        let options: Vec<Option<Option<bool>>> = (0..16)
            .map(|_| match chance.below(4) {
                0 => None,
                1 => Some(None),
                2 => Some(Some(true)),
                _ => Some(Some(false)),
            })
            .collect();
        for option in black_box(options) {
            digest.bytes(&[match option {
                None => 0,
                Some(None) => 1,
                Some(Some(true)) => 2,
                Some(Some(false)) => 3,
            }]);
        }
    });
}
