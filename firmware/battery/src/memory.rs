//! Copying, moving, filling and comparing at every alignment and many lengths.

use crate::Battery;
use core::fmt::Write;
use core::hint::black_box;

pub fn run<W: Write>(battery: &mut Battery<'_, W>) {
    const NAMES: [&str; 4] = ["to_0", "to_1", "to_2", "to_3"];
    for (offset, name) in NAMES.iter().enumerate() {
        battery.group("copy", name, |chance, digest| {
            let mut from = [0u8; 96];
            for byte in &mut from {
                *byte = chance.next() as u8;
            }
            let mut to = [0u8; 96];
            let (at, length) = (chance.below(4), chance.below(80));
            to[offset..offset + length].copy_from_slice(black_box(&from[at..at + length]));
            digest.bytes(&to);
        });
        battery.group("move", name, |chance, digest| {
            let mut bytes = [0u8; 96];
            for byte in &mut bytes {
                *byte = chance.next() as u8;
            }
            let (at, length) = (chance.below(16), chance.below(72));
            black_box(&mut bytes).copy_within(at..at + length, offset);
            digest.bytes(&bytes);
        });
        battery.group("move_up", name, |chance, digest| {
            let mut bytes = [0u8; 128];
            for byte in &mut bytes {
                *byte = chance.next() as u8;
            }
            let (up, length) = (chance.below(24), chance.below(72));
            black_box(&mut bytes).copy_within(offset..offset + length, offset + up);
            digest.bytes(&bytes);
        });
        battery.group("fill", name, |chance, digest| {
            let mut bytes = [0u8; 96];
            let length = chance.below(90);
            black_box(&mut bytes)[offset..offset + length].fill(chance.next() as u8);
            digest.bytes(&bytes);
        });
        battery.group("compare", name, |chance, digest| {
            let mut a = [0u8; 64];
            for byte in &mut a {
                *byte = chance.below(3) as u8;
            }
            let mut b = a;
            b[chance.below(64)] ^= chance.below(2) as u8;
            let length = chance.below(60);
            let order = black_box(&a[offset..offset + length]).cmp(&b[offset..offset + length]);
            digest.bytes(&[order as u8]);
        });
    }
    battery.group("bytes", "le", |chance, digest| {
        let bytes = black_box(chance.next().to_le_bytes());
        digest.wide(u32::from_le_bytes([bytes[1], bytes[2], bytes[3], bytes[4]]).into());
        digest.wide(u16::from_be_bytes([bytes[5], bytes[6]]).into());
    });
    battery.group("array", "rotate", |chance, digest| {
        let mut words = [0u16; 33];
        for word in &mut words {
            *word = chance.next() as u16;
        }
        black_box(&mut words).rotate_left(chance.below(33));
        for word in &words {
            digest.wide((*word).into());
        }
    });
}
