//! `nano deploy` and `nano monitor`: the firmware onto a board by its serial line, and what it says there.

mod loader;
mod port;

use crate::arguments::{Deploy, DeployTarget, Monitor};
use crate::failure::Failure;
use indicatif::{ProgressBar, ProgressStyle};
use loader::{Loader, LoaderError};
use nano_emulator::{DeviceFolder, Identity, provision};
use nano_wire::link::crc32;
use port::{Console, Serial};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where the sector lies that says who the board is; the image ends before it.
const PROVISION: u32 = 0xF_C000;
const SECTOR: usize = 4096;
/// What the firmware needs of a flash chip.
const LEAST_FLASH: u64 = 0x12_0000;
/// What a board says of itself when it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Introduction {
    image: u32,
    key: u32,
    name: String,
}

/// `nano 0.1.0 on esp8266, image 1a2b3c4d, key 5e6f7a8b, walkway`
fn introduction(line: &str) -> Option<Introduction> {
    let (_, rest) = line.strip_prefix("nano ")?.split_once(", image ")?;
    let (image, rest) = rest.split_once(", key ")?;
    let (key, name) = rest.split_once(", ")?;
    let number = |text| u32::from_str_radix(text, 16).ok();
    Some(Introduction { image: number(image)?, key: number(key)?, name: name.to_owned() })
}

/// What the board is to say.
fn wanted(image: &[u8], identity: &Identity, name: &str) -> Introduction {
    let key = Sha256::new_with_prefix(provision::FINGERPRINT).chain_update(identity.key.as_bytes()).finalize();
    Introduction { image: crc32(0, image), key: provision::fingerprint(&key), name: name.to_owned() }
}

/// Flashes what differs.
pub fn deploy(arguments: &Deploy) -> Result<u8, Failure> {
    let DeployTarget::Esp8266 = arguments.target;
    let image = image()?;
    let world = nano_edge::World::system();
    let folder = DeviceFolder::new(&arguments.project.join(".nano"), &arguments.device);
    let port = port::choose(arguments.port.as_deref())?;
    let mut serial = Serial::open(&port)?;
    let identity = folder.open(&world).map_err(Failure::usage)?;
    let wanted = wanted(&image, &identity, &arguments.device);

    // Whether there is a firmware already is not worth as much time as whether the new one starts.
    let patience = Duration::from_secs(arguments.patience);
    let found = introduce(&mut serial, patience / 4);
    if found.as_ref() == Some(&wanted) {
        return Ok(done(arguments, &port, &wanted, 0));
    }
    if let Some(other) = found.as_ref().filter(|found| found.key != wanted.key && !arguments.replace_secret) {
        return Err(Failure::with_hint(
            format!(
                "the board at {port} is {:?} and holds another secret than {}",
                other.name,
                folder.key_file().display()
            ),
            "choose its project or --device; with --replace-secret it gets this one, and its capabilities die",
        ));
    }
    let mut loader = Loader::enter(serial).map_err(|(_, error)| explain(&port, &error))?;
    let failed = |error: LoaderError| explain(&port, &error);
    let flash = loader.flash_bytes().map_err(failed)?;
    if flash < LEAST_FLASH {
        return Err(Failure::usage(format!(
            "the board's flash has {flash} bytes and the firmware needs {LEAST_FLASH}: it is another board than nano knows"
        )));
    }
    let mut written = 0;
    if found.as_ref().is_none_or(|found| found.image != wanted.image) {
        let bar = ProgressBar::new(image.len() as u64);
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {eta}") {
            bar.set_style(style);
        }
        loader.write(0, &image, |bytes| bar.set_position(bytes as u64)).map_err(failed)?;
        bar.finish_and_clear();
        written += image.len();
    }
    if found.is_none_or(|found| found.key != wanted.key || found.name != wanted.name) {
        let sector = provision(&identity, &arguments.device, world.now_ms())?;
        loader.write(PROVISION, &sector, |_| ()).map_err(failed)?;
        written += sector.len();
    }
    loader.finish().map_err(failed)?;
    // What the board then says of itself is the image as its processor reads it: the check of what was written.
    let mut serial = loader.leave();
    match introduce(&mut serial, patience) {
        Some(found) if found == wanted => Ok(done(arguments, &port, &wanted, written)),
        Some(found) => Err(Failure::Code(format!(
            "error: the board reads image {:08x} from its flash, {:08x} was sent: deploy again; if it stays so, its flash is worn\n",
            found.image, wanted.image
        ))),
        None => Err(Failure::Code(format!(
            "error: everything is written, and the board does not start: press its reset button, then: nano monitor --port {port}\n"
        ))),
    }
}

fn done(arguments: &Deploy, port: &str, board: &Introduction, written: usize) -> u8 {
    if arguments.json {
        println!(
            "{}",
            serde_json::json!({"device": board.name, "port": port, "image": format!("{:08x}", board.image), "written_bytes": written})
        );
    } else if written == 0 {
        anstream::println!("{} at {port} has this firmware and this name already; nothing was written", board.name);
    } else {
        anstream::println!("{} at {port}: {written} bytes written and read back by the board itself", board.name);
        anstream::println!("its secret is in .nano/devices/{}; what it says: nano monitor --port {port}", board.name);
    }
    0
}

/// Restarts the board and hears who it is; `None` when it says nothing that nano knows.
fn introduce(serial: &mut Serial, patience: Duration) -> Option<Introduction> {
    serial.restart();
    let mut console = Console::default();
    let mut found = None;
    console.listen(serial, patience, |line| {
        found = introduction(line);
        found.is_none() && !line.starts_with("nano: ")
    });
    found
}

/// The sector that says who the board is.
fn provision(identity: &Identity, name: &str, time_ms: u64) -> Result<Vec<u8>, Failure> {
    let provision = provision::Provision {
        key: *identity.key.as_bytes(),
        id: identity.id.0,
        time_ms,
        name,
        samplers: &[],
        network: provision::Network::default(),
    };
    let mut sector = vec![0xFF; SECTOR];
    provision.encode(&mut sector).map_err(|_| Failure::usage("the device's name is too long: 255 bytes at most"))?;
    Ok(sector)
}

/// The flash's content, as `cargo xtask firmware` leaves it in the cache folder.
fn image() -> Result<Vec<u8>, Failure> {
    let path = firmware_folder()?.join("esp8266.bin");
    let mut image = std::fs::read(&path).map_err(|_| {
        Failure::with_hint(
            format!("there is no {}", path.display()),
            "build it, in nano's repository: cargo xtask firmware esp8266",
        )
    })?;
    if image.first() != Some(&0xE9) || image.len() > PROVISION as usize {
        return Err(Failure::with_hint(
            format!("{} is no image for this board", path.display()),
            "build it anew, in nano's repository: cargo xtask firmware esp8266",
        ));
    }
    image.resize(image.len().next_multiple_of(4), 0xFF);
    Ok(image)
}

/// Where `cargo xtask firmware` leaves images.
pub fn firmware_folder() -> Result<PathBuf, Failure> {
    let cache = match (std::env::var_os("XDG_CACHE_HOME"), std::env::var_os("HOME")) {
        (Some(folder), _) if Path::new(&folder).is_absolute() => PathBuf::from(folder),
        (_, Some(home)) => Path::new(&home).join(".cache"),
        _ => return Err(Failure::usage("neither XDG_CACHE_HOME nor HOME is set: there is no cache folder")),
    };
    Ok(cache.join("nano/firmware"))
}

fn explain(port: &str, error: &LoaderError) -> Failure {
    match error {
        LoaderError::NoAnswer => Failure::with_hint(
            format!("the board at {port} does not answer"),
            "hold its FLASH (or BOOT) button while you press RESET, then deploy again; is it the right port?",
        ),
        LoaderError::OtherChip(word) => Failure::usage(format!(
            "the chip at {port} is no ESP8266 (it is known by {word:#010x}); nothing was written"
        )),
        LoaderError::Refused(status, reason) => Failure::usage(format!(
            "the board at {port} refused to write (status {status}, reason {reason}); nothing of it is lost: deploy again"
        )),
        LoaderError::Io(error) => {
            Failure::with_hint(format!("{port}: {error}"), "is it still plugged in? deploy again")
        }
    }
}

/// Shows the console until it is interrupted; reconnects when the board is plugged in again.
pub fn monitor(arguments: &Monitor) -> Result<u8, Failure> {
    let port = port::choose(arguments.port.as_deref())?;
    let mut serial = Serial::open(&port)?;
    let mut console = Console::default();
    loop {
        let whole = console.listen(&mut serial, Duration::from_secs(3600), |line| {
            if arguments.json {
                println!("{}", serde_json::json!({"port": port, "line": line}));
            } else {
                anstream::println!("{line}");
            }
            true
        });
        if whole {
            continue;
        }
        anstream::eprintln!("{port} is gone; waiting for it");
        serial = loop {
            std::thread::sleep(Duration::from_millis(300));
            if let Ok(serial) = Serial::open(&port) {
                break serial;
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::{Introduction, introduction};

    #[test]
    fn boards_introduce_themselves() {
        let found = introduction("nano 0.1.0 on esp8266, image 1a2b3c4d, key 0000007b, walk, way").unwrap();
        assert_eq!(found, Introduction { image: 0x1A2B_3C4D, key: 123, name: "walk, way".into() });
        assert_eq!(introduction("nano: this board has no name"), None);
        assert_eq!(introduction("light(light 1) -> 1"), None);
    }
}
