//! Vectors, deques, maps, sets, heaps and sorting, in a heap that fills and empties.

use crate::{Battery, chance::Chance};
use alloc::collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write;
use core::hint::black_box;

fn numbers(chance: &mut Chance) -> Vec<i64> {
    (0..chance.below(60)).map(|_| chance.next() as i64 >> chance.below(60)).collect()
}

pub fn run<W: Write>(battery: &mut Battery<'_, W>) {
    battery.group("sort", "stable", |chance, digest| {
        let mut list = black_box(numbers(chance));
        list.sort_by_key(|number| number % 16);
        for number in &list {
            digest.wide(*number as u128);
        }
    });
    battery.group("sort", "unstable", |chance, digest| {
        let mut list = black_box(numbers(chance));
        list.sort_unstable();
        for number in &list {
            digest.wide(*number as u128);
        }
    });
    battery.group("sort", "floats", |chance, digest| {
        let mut list: Vec<f64> = (0..chance.below(40)).map(|_| chance.float()).collect();
        black_box(&mut list).sort_by(f64::total_cmp);
        for float in &list {
            digest.float(*float);
        }
    });
    battery.group("sort", "text", |chance, digest| {
        let mut list: Vec<String> = numbers(chance).iter().map(ToString::to_string).collect();
        black_box(&mut list).sort();
        for text in &list {
            digest.bytes(text.as_bytes());
        }
    });
    battery.group("search", "binary", |chance, digest| {
        let mut list = numbers(chance);
        list.sort_unstable();
        let found = black_box(&list).partition_point(|number| *number < 100);
        digest.wide(found as u128);
    });
    battery.group("vector", "edit", |chance, digest| {
        let mut list = black_box(numbers(chance));
        for _ in 0..20 {
            match chance.below(4) {
                0 => list.insert(chance.below(list.len() + 1), 7),
                1 if !list.is_empty() => drop(list.remove(chance.below(list.len()))),
                2 => list.retain(|number| number % 5 != 0),
                _ => list.extend_from_slice(&[1, 2, 3]),
            }
        }
        list.dedup();
        for number in &list {
            digest.wide(*number as u128);
        }
    });
    battery.group("deque", "turns", |chance, digest| {
        let mut deque: VecDeque<i64> = black_box(numbers(chance)).into();
        for _ in 0..30 {
            match chance.below(4) {
                0 => deque.push_front(chance.next() as i64),
                1 => deque.push_back(chance.next() as i64),
                2 => digest.wide(deque.pop_front().unwrap_or(-1) as u128),
                _ => digest.wide(deque.pop_back().unwrap_or(-1) as u128),
            }
        }
    });
    battery.group("map", "edit", |chance, digest| {
        let mut map = BTreeMap::new();
        for _ in 0..40 {
            let key = chance.below(30);
            if chance.below(3) == 0 {
                digest.wide(map.remove(&key).unwrap_or(0).into());
            } else {
                *map.entry(key).or_insert(0u64) += chance.next() >> 40;
            }
        }
        for (key, value) in &map {
            digest.wide((*key as u128) << 64 | u128::from(*value));
        }
    });
    battery.group("set", "meet", |chance, digest| {
        let (a, b): (BTreeSet<_>, BTreeSet<_>) =
            (numbers(chance).into_iter().collect(), numbers(chance).into_iter().collect());
        black_box(&a).intersection(&b).for_each(|number| digest.wide(*number as u128));
        digest.wide(a.union(&b).count() as u128);
    });
    battery.group("heap", "order", |chance, digest| {
        let mut heap: BinaryHeap<i64> = black_box(numbers(chance)).into();
        while let Some(number) = heap.pop() {
            digest.wide(number as u128);
        }
    });
    battery.group("heap", "growth", |chance, digest| {
        let mut lists: Vec<Vec<u8>> = Vec::new();
        for _ in 0..24 {
            if chance.below(3) == 0 && !lists.is_empty() {
                lists.swap_remove(chance.below(lists.len()));
            } else {
                let bytes = chance.next().to_le_bytes();
                lists.push(bytes.repeat(chance.below(60)));
            }
        }
        for list in &lists {
            digest.bytes(list);
        }
    });
}
