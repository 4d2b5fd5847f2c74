//! Bytes out of what gives one at a time.

/// Takes as many bytes as there are and fit; how many.
pub fn take(buffer: &mut [u8], mut next: impl FnMut() -> Option<u8>) -> usize {
    let mut count = 0;
    for place in buffer {
        let Some(byte) = next() else { break };
        *place = byte;
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_takes_what_there_is_and_no_more_than_fits() {
        let mut bytes = 1..=3_u8;
        let mut buffer = [0; 2];
        assert_eq!((take(&mut buffer, || bytes.next()), buffer), (2, [1, 2]));
        assert_eq!((take(&mut buffer, || bytes.next()), buffer), (1, [3, 2]));
        assert_eq!(take(&mut buffer, || bytes.next()), 0);
    }
}
