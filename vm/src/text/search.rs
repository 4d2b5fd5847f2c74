//! Finding bytes in bytes, from either end, in linear time.

/// Offset of the first occurrence. An empty needle is found at 0.
pub(crate) fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(0),
        [byte] => find_byte(hay, *byte),
        _ if needle.len() > hay.len() => None,
        _ if needle.len() <= SHORT => find_short(hay, needle),
        _ => two_way::<false>(hay, needle),
    }
}

/// Offset of the last occurrence. An empty needle is found at the end.
pub(crate) fn rfind(hay: &[u8], needle: &[u8]) -> Option<usize> {
    match needle {
        [] => Some(hay.len()),
        [byte] => hay.iter().rposition(|candidate| candidate == byte),
        _ if needle.len() > hay.len() => None,
        _ if needle.len() <= SHORT => hay.windows(needle.len()).rposition(|window| window == needle),
        _ => two_way::<true>(hay, needle).map(|back| hay.len() - back - needle.len()),
    }
}

/// Occurrences that don't overlap, at most `limit`. The needle isn't empty.
pub(crate) fn count(hay: &[u8], needle: &[u8], limit: usize) -> usize {
    if let [byte] = needle {
        // The compiler makes vector code of it.
        #[expect(clippy::naive_bytecount, reason = "no crate for one line")]
        return hay.iter().filter(|candidate| *candidate == byte).count().min(limit);
    }
    let (mut found, mut rest) = (0, hay);
    while found < limit
        && let Some(at) = find(rest, needle)
    {
        found += 1;
        rest = rest.get(at + needle.len()..).unwrap_or(&[]);
    }
    found
}

/// Needles up to this length are compared at each place where their first byte stands: at most this much work a byte.
const SHORT: usize = 16;

const WORD: usize = size_of::<usize>();

/// Offset of a byte, a machine word at a time.
fn find_byte(hay: &[u8], byte: u8) -> Option<usize> {
    const LOW: usize = usize::MAX / 255;
    const HIGH: usize = LOW << 7;
    let pattern = LOW * usize::from(byte);
    let (words, _) = hay.as_chunks::<WORD>();
    let mut at = 0;
    for word in words {
        let difference = usize::from_le_bytes(*word) ^ pattern;
        if difference.wrapping_sub(LOW) & !difference & HIGH != 0 {
            break;
        }
        at += WORD;
    }
    let rest = hay.get(at..)?;
    rest.iter().position(|candidate| *candidate == byte).map(|offset| at + offset)
}

fn find_short(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let last = hay.len() - needle.len();
    let mut at = 0;
    while let Some(step) = find_byte(hay.get(at..=last)?, first) {
        at += step;
        if hay.get(at..at + needle.len()) == Some(needle) {
            return Some(at);
        }
        at += 1;
        if at > last {
            break;
        }
    }
    None
}

/// Byte `index` of a slice, counted from its end when searching backwards.
#[inline]
fn byte<const BACK: bool>(bytes: &[u8], index: usize) -> u8 {
    let index = if BACK { bytes.len().wrapping_sub(1).wrapping_sub(index) } else { index };
    bytes.get(index).copied().unwrap_or(0)
}

/// The two-way algorithm: linear time, no memory.
///
/// Source: M. Crochemore, D. Perrin, "Two-way string-matching", Journal of the ACM 38 (3), 1991.
fn two_way<const BACK: bool>(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let length = needle.len();
    let (first, first_period) = maximal_suffix::<BACK>(needle, false);
    let (second, second_period) = maximal_suffix::<BACK>(needle, true);
    let (critical, period) = if first > second { (first, first_period) } else { (second, second_period) };
    let periodic = period + critical <= length
        && (0..critical).all(|index| byte::<BACK>(needle, index) == byte::<BACK>(needle, index + period));
    let shift = if periodic { period } else { critical.max(length - critical) + 1 };
    let (mut at, mut known) = (0, 0);
    while at + length <= hay.len() {
        let mut index = critical.max(known);
        while index < length && byte::<BACK>(needle, index) == byte::<BACK>(hay, at + index) {
            index += 1;
        }
        if index < length {
            at += index - critical + 1;
            known = 0;
            continue;
        }
        let mut index = critical;
        while index > known && byte::<BACK>(needle, index - 1) == byte::<BACK>(hay, at + index - 1) {
            index -= 1;
        }
        if index <= known {
            return Some(at);
        }
        at += shift;
        known = if periodic { length - period } else { 0 };
    }
    None
}

/// Start of the maximal suffix, in one order of bytes or the other, and its period.
fn maximal_suffix<const BACK: bool>(needle: &[u8], reversed: bool) -> (usize, usize) {
    let (mut left, mut right, mut offset, mut period) = (0, 1, 0, 1);
    while right + offset < needle.len() {
        let a = byte::<BACK>(needle, right + offset);
        let b = byte::<BACK>(needle, left + offset);
        if a == b {
            if offset + 1 == period {
                right += period;
                offset = 0;
            } else {
                offset += 1;
            }
        } else if (a < b) != reversed {
            right += offset + 1;
            offset = 0;
            period = right - left;
        } else {
            left = right;
            right += 1;
            offset = 0;
            period = 1;
        }
    }
    (left, period)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn naive(hay: &[u8], needle: &[u8]) -> (Option<usize>, Option<usize>) {
        let last = hay.len().wrapping_sub(needle.len());
        if needle.len() > hay.len() {
            return (None, None);
        }
        let at = |index: &usize| hay[*index..].starts_with(needle);
        ((0..=last).find(at), (0..=last).rev().find(at))
    }

    #[test]
    #[cfg_attr(miri, ignore = "numbers only, and too many for Miri")]
    fn agrees_with_the_naive_search() {
        let mut seed = 1u32;
        let mut random = move |below: u32| {
            seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
            (seed >> 8) % below
        };
        for round in 0..20000 {
            let letters = 1 + random(3);
            let hay: Vec<u8> = (0..random(120)).map(|_| b'a' + random(letters) as u8).collect();
            let needle: Vec<u8> = if round % 2 == 0 && hay.len() > 2 {
                let from = random(hay.len() as u32) as usize;
                hay[from..(from + random(50) as usize).min(hay.len())].to_vec()
            } else {
                (0..random(40)).map(|_| b'a' + random(letters) as u8).collect()
            };
            assert_eq!((find(&hay, &needle), rfind(&hay, &needle)), naive(&hay, &needle), "{hay:?} {needle:?}");
            if needle.len() > 1 && needle.len() <= hay.len() {
                assert_eq!(two_way::<false>(&hay, &needle), naive(&hay, &needle).0);
                let back = two_way::<true>(&hay, &needle).map(|back| hay.len() - back - needle.len());
                assert_eq!(back, naive(&hay, &needle).1);
            }
        }
    }

    #[test]
    fn counts_without_overlap() {
        assert_eq!(count(b"aaaa", b"aa", usize::MAX), 2);
        assert_eq!(count(b"aaaa", b"a", 3), 3);
        assert_eq!(count(b"abcabcab", b"abc", usize::MAX), 2);
    }
}
