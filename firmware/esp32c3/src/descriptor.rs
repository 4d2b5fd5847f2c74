//! What the boot loader wants to know of an image before it runs it: Espressif's `esp_app_desc_t`.

/// As it lies at the beginning of the image's constants.
#[repr(C)]
struct Descriptor {
    magic: u32,
    secure_version: u32,
    reserved: [u32; 2],
    version: [u8; 32],
    name: [u8; 32],
    time: [u8; 16],
    date: [u8; 16],
    framework: [u8; 32],
    /// Of the program; not computed.
    sha256: [u8; 32],
    /// Revisions of the chip's fuse block that it runs on: any.
    least_block_revision: u16,
    most_block_revision: u16,
    /// Logarithm of the size of a page that the cache maps.
    page_size: u8,
    padding: [u8; 3],
    rest: [u32; 18],
}

const _: () = assert!(size_of::<Descriptor>() == 256);

#[used]
// SAFETY: the section is the boot loader's to read, and nothing else is put there.
#[unsafe(link_section = ".flash.appdesc")]
static DESCRIPTOR: Descriptor = Descriptor {
    magic: 0xABCD_5432,
    secure_version: 0,
    reserved: [0; 2],
    version: text(env!("CARGO_PKG_VERSION")),
    name: text("nano"),
    time: [0; 16],
    date: [0; 16],
    framework: [0; 32],
    sha256: [0; 32],
    least_block_revision: 0,
    most_block_revision: 199,
    page_size: 16,
    padding: [0; 3],
    rest: [0; 18],
};

/// Text with zeros behind it.
const fn text<const N: usize>(text: &str) -> [u8; N] {
    let (bytes, mut out, mut at) = (text.as_bytes(), [0; N], 0);
    // What is too long does not compile; a zero stays behind it.
    assert!(bytes.len() < N);
    while at < bytes.len() {
        out[at] = bytes[at];
        at += 1;
    }
    out
}
