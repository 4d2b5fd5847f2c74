//! The text form.

use nano_caps::{Capability, Error, FrameBuilder, MAX_STORED, MAX_TEXT, Right, TEXT_PREFIX};

use crate::fixture::{Device, Rng, grant};

fn text(capability: &Capability) -> String {
    let mut out = [0; MAX_TEXT];
    capability.write_text(&mut out).unwrap().to_owned()
}

#[test]
fn there_and_back() {
    let mut rng = Rng(1);
    let mut capability = Device::new().root();
    for _ in 0..7 {
        let padding = rng.below(30);
        let frame = (0..=padding).fold(FrameBuilder::new(), |frame, _| frame.max_len(9));
        capability = capability.derive(&frame.build().unwrap()).unwrap();
        let text = text(&capability);
        assert!(text.starts_with(TEXT_PREFIX) && text.is_ascii());
        assert_eq!(Capability::from_text(&text), Ok(capability.clone()));
    }
}

#[test]
fn one_text_is_fixed() {
    // Made from the vectors by Python's base64 and hashlib.
    assert_eq!(text(&Device::new().root()), include_str!("../data/root.txt").trim());
}

#[test]
fn the_longest_fits() {
    let full = (0..36).fold(FrameBuilder::new(), |frame, _| frame.grant(1, 2, Right::Get.into())).lane(0);
    let full = full.build().unwrap();
    let mut capability = Device::new().ring.root(0, &full).unwrap();
    for _ in 0..7 {
        capability = capability.derive(&full).unwrap();
    }
    assert_eq!(capability.stored().len(), MAX_STORED);
    assert_eq!(text(&capability).len(), MAX_TEXT);
    assert_eq!(Capability::from_text(&text(&capability)), Ok(capability.clone()));
    assert_eq!(capability.write_text(&mut [0; MAX_TEXT - 1]), Err(Error::NoSpace));
    assert_eq!(Capability::from_text(&format!("{}AAAA", text(&capability))), Err(Error::Text));
}

#[test]
fn mistakes_are_found() {
    let capability = Device::new().root().derive(&grant(1, 2, Right::Get)).unwrap();
    let good = text(&capability);
    for at in TEXT_PREFIX.len()..good.len() {
        for letter in ["A", "z", "_"] {
            if &good[at..=at] != letter {
                let mut wrong = good.clone();
                wrong.replace_range(at..=at, letter);
                assert!(matches!(Capability::from_text(&wrong), Err(Error::Checksum | Error::Text)), "{wrong}");
            }
        }
        assert!(Capability::from_text(&good[..at]).is_err(), "cut to {at}");
        let mut swapped = good.clone().into_bytes();
        swapped.swap(at, at - 1);
        let swapped = String::from_utf8(swapped).unwrap();
        assert!(swapped == good || Capability::from_text(&swapped).is_err());
    }
    for wrong in ["", "ncap1.", "ncap2.AAAA", "NCAP1.AAAA", "ncap1.====", "ncap1.AAAAAAAA", " ncap1.AAAA"] {
        assert!(Capability::from_text(wrong).is_err(), "{wrong}");
    }
    for wrong in [format!("{good}="), format!("{good}\n"), format!(" {good}"), good.replace('-', "+") + "+"] {
        assert_eq!(Capability::from_text(&wrong), Err(Error::Text), "{wrong:?}");
    }
}
