//! What `nano deploy` can't do, or not yet: each cause by its own words and what to do. What is the matter with a port itself
//! is in `ports.rs`.

use std::fs;
use std::sync::atomic::Ordering;

use tempfile::TempDir;

use crate::PROJECT;
use crate::board::{Board, ESP32, ESP32C3, ESP8266, FLASH_BYTES, SECTOR};
use crate::rom::Faults;
use crate::serial::firmware;

fn project() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn is_blank(board: &Board) -> bool {
    board.flash().iter().all(|byte| *byte == 0xFF)
}

/// Bytes that were written, as `--json` says.
fn written(text: &str) -> usize {
    let said: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    said["written_bytes"].as_u64().unwrap() as usize
}

#[test]
fn another_chip_is_named_where_nano_knows_it() {
    for (chip, hint) in [(ESP32C3, "it is an ESP32-C3: --target esp32c3"), (ESP32, "name another: --port")] {
        let board = Board::new(chip, Faults::default());
        let (done, text) = board.deploy(project().path(), &[]);
        assert!(!done && text.contains("is no ESP8266") && text.contains("nothing was written"), "{text}");
        assert!(text.contains(hint) && is_blank(&board), "{text}");
    }
}

#[test]
fn a_project_for_another_board_is_not_put_on_this_one() {
    let (board, project) = (Board::new(ESP8266, Faults::default()), project());
    fs::write(project.path().join("nano.toml"), PROJECT.replace("board = \"esp8266\"", "board = \"esp32c3\"")).unwrap();
    fs::write(project.path().join("lights.py"), "def new_light_lvl(event, context):\n    return 1\n").unwrap();
    let (done, text) = board.deploy(project.path(), &[]);
    assert!(!done && text.contains("nano.toml says that walkway is a board \"esp32c3\""), "{text}");
    assert!(text.contains("--target") && is_blank(&board), "{text}");
    assert!(!project.path().join(".nano/devices/walkway/key").exists());
}

#[test]
fn a_flash_chip_that_is_too_small_is_seen_before_it_is_written() {
    let board = Board::new(ESP8266, Faults { flash_bytes: Some(256 << 10), ..Faults::default() });
    let (done, text) = board.deploy(project().path(), &[]);
    assert!(!done && text.contains("has 262144 bytes") && text.contains("nothing was written"), "{text}");
    assert!(text.contains("take one whose flash has 524288 bytes or more") && is_blank(&board), "{text}");
}

#[test]
fn a_damaged_image_is_refused_before_anything_is_written() {
    let (board, project) = (Board::new(ESP8266, Faults::default()), project());
    let image = board.cache().join("nano/firmware/esp8266.bin");
    let whole = fs::read(&image).unwrap();
    fs::write(&image, &whole[..whole.len() - 4096]).unwrap();
    let (done, text) = board.deploy(project.path(), &[]);
    assert!(!done && text.contains("damaged or cut short") && text.contains("cargo xtask firmware esp8266"), "{text}");
    fs::write(&image, vec![0xE9; 0x10_0000]).unwrap();
    let (done, text) = board.deploy(project.path(), &[]);
    assert!(!done && text.contains("has room for") && text.contains("emulator/boards/esp8266.toml"), "{text}");
    fs::write(&image, b"no image").unwrap();
    let (done, text) = board.deploy(project.path(), &[]);
    assert!(!done && text.contains("is no image for this board") && text.contains("build it anew"), "{text}");
    fs::remove_file(&image).unwrap();
    let (done, text) = board.deploy(project.path(), &[]);
    assert!(!done && text.contains("there is no") && text.contains("cargo xtask firmware esp8266"), "{text}");
    assert!(is_blank(&board));
}

/// The firmware does not run, so that nobody says whose it is: another's write was cut short, or its button is held.
#[test]
fn a_silent_board_keeps_its_secret() {
    let (board, owner, other) = (Board::new(ESP8266, Faults::default()), project(), project());
    assert!(board.deploy(owner.path(), &[]).0);
    board.shared.power_off();
    let before = board.flash();
    let (done, text) = board.deploy(other.path(), &[]);
    assert!(!done && text.contains("says nothing, and its flash holds another secret"), "{text}");
    assert!(text.contains("--replace-secret") && board.flash() == before, "{text}");
    // Its owner's project goes on.
    let (done, text) = board.deploy(owner.path(), &[]);
    assert!(done, "{text}");
    board.shared.power_off();
    let (done, text) = board.deploy(other.path(), &["--replace-secret"]);
    assert!(done, "{text}");
}

/// Blocks of a kilobyte that are through before nothing more is.
const THROUGH: u32 = 300;

#[test]
fn an_interrupted_flash_is_resumed() {
    let board = Board::new(ESP8266, Faults { unplugged_after: Some(THROUGH), ..Faults::default() });
    let project = project();
    let (done, text) = board.deploy(project.path(), &[]);
    assert!(!done && text.contains("does not answer") && text.contains("it goes on where it was"), "{text}");
    board.shared.unplugged.store(false, Ordering::Release);
    goes_on_where_it_was(&board, &project);
}

#[test]
fn a_board_that_is_pulled_out_while_it_is_written_goes_on_at_another_port() {
    let mut board = Board::new(ESP8266, Faults { vanishes_after: Some(THROUGH), ..Faults::default() });
    let project = project();
    let (done, text) = board.deploy(project.path(), &[]);
    assert!(!done && text.contains("has gone while the board was spoken to"), "{text}");
    assert!(text.contains("plug it in, then deploy again (it goes on where it was)"), "{text}");
    board.plug_in(Faults::default());
    goes_on_where_it_was(&board, &project);
}

/// That what was through is not written again, as far as 64 blocks of it were whole.
fn goes_on_where_it_was(board: &Board, project: &TempDir) {
    let (done, text) = board.deploy(project.path(), &["--json"]);
    assert!(done, "{text}");
    let whole = fs::metadata(firmware().join("esp8266.bin")).unwrap().len() as usize;
    let (kept, written) = (THROUGH as usize / 64 * 65_536, written(&text));
    assert!(written > 0 && written <= whole - kept + 2 * SECTOR, "{written} of {whole}");
}

/// How a flash is interrupted.
#[derive(Debug)]
enum End {
    /// The board loses its power in the middle of a block, and its port stays.
    Silence,
    /// It is pulled out in the middle of a block.
    Gone,
    /// `nano` is killed.
    Killed,
}

/// Numbers that are the same whenever the image is.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

#[test]
fn a_flash_that_is_interrupted_fifty_times_goes_on_where_it_was_each_time() {
    const PART: usize = 64 << 10;
    let image = fs::read(firmware().join("esp8266.bin")).unwrap();
    let mut chance = Chance(nano_wire::link::crc32(0, &image).into());
    let chip = Faults { flash_bytes: Some(512 << 10), ..Faults::default() };
    let (mut board, mut project) = (Board::new(ESP8266, chip), project());
    // Bytes that have been written and answered, one after the other; how often it began further on than at 0.
    let (mut through, mut resumed, mut finished) = (0, 0, 0);
    for number in 0..50 {
        // It goes on after whole parts of 64 blocks: one in three or four times another is there.
        let after = 1 + chance.below(90);
        let end = match chance.below(10) {
            0 => End::Silence,
            1..=5 => End::Gone,
            _ => End::Killed,
        };
        let torn = Some(chance.below(1025));
        if image.len() - through / PART * PART <= (after + 2) << 10 {
            // Nearly all of it is there: this one may end, and the next board is a blank one.
            finishes(&mut board, &project, chip, through);
            finished += 1;
            (board, project, through) = (Board::new(ESP8266, chip), self::project(), 0);
        }
        let blocks = Some(after as u32);
        board.plug_in(match end {
            End::Silence => Faults { unplugged_after: blocks, torn, ..chip },
            End::Gone => Faults { vanishes_after: blocks, torn, ..chip },
            End::Killed => Faults { killed_after: blocks, ..chip },
        });
        let (done, text) = board.deploy_in_vain(project.path());
        board.shared.unplugged.store(false, Ordering::Release);
        assert!(!done, "{number} {end:?} after {after}: {text}");
        let parts = std::mem::take(&mut *board.shared.written.lock().unwrap());
        let [part] = &parts[..] else { panic!("{number} {end:?}: one part in one piece, not {parts:?}: {text}") };
        // Of the last block nobody may know that it was answered.
        assert_eq!(part.start % PART, 0);
        assert!(
            part.start + PART > through.max(1 << 10) - (1 << 10),
            "{number} {end:?}: {part:?}, {through} were through"
        );
        assert!(part.start <= through, "{number} {end:?}: {part:?} leaves out what follows {through}");
        resumed += usize::from(part.start > 0);
        through = part.end;
    }
    finishes(&mut board, &project, chip, through);
    assert!(resumed > 25 && finished > 0, "{resumed} began further on, {finished} boards were finished on the way");
}

/// The board that takes the rest starts.
fn finishes(board: &mut Board, project: &TempDir, chip: Faults, through: usize) {
    board.plug_in(chip);
    let (done, text) = board.deploy(project.path(), &[]);
    assert!(done && text.contains("read back by the board itself"), "{text}");
    let parts = std::mem::take(&mut *board.shared.written.lock().unwrap());
    let first = parts.first().expect("something was written");
    assert!(first.start <= through && first.start + (65 << 10) > through, "{parts:?}, {through} were through");
    let image = fs::read(firmware().join("esp8266.bin")).unwrap();
    assert!(board.flash()[..image.len()] == image);
}

#[test]
fn a_sector_that_fails_is_found_whether_the_chip_says_so_or_not() {
    let image = fs::read(firmware().join("esp8266.bin")).unwrap();
    let at = image.iter().rposition(|byte| byte & 1 == 1).unwrap();
    let mut board = Board::new(ESP8266, Faults { stuck: Some(at), ..Faults::default() });
    let project = project();
    let (done, text) = board.deploy(project.path(), &[]);
    assert!(!done && text.contains("from its flash") && text.contains("its flash is worn"), "{text}");
    board.plug_in(Faults { refused: Some(at / SECTOR), ..Faults::default() });
    let (done, text) = board.deploy(project.path(), &[]);
    assert!(!done && text.contains("refused to write") && text.contains("its flash is worn or protected"), "{text}");
    // With a chip that is all right.
    board.plug_in(Faults::default());
    let (done, text) = board.deploy(project.path(), &["--json"]);
    assert!(done && written(&text) > 0, "{text}");
    assert_eq!(board.flash().len(), FLASH_BYTES);
    assert!(board.flash()[..image.len()] == image);
}

#[test]
fn a_project_that_the_board_has_no_room_for_is_told_what_does_not_fit() {
    let (board, project) = (Board::new(ESP8266, Faults::default()), project());
    fs::write(project.path().join("nano.toml"), PROJECT.replace("history = 8", "history = 800")).unwrap();
    fs::write(project.path().join("lights.py"), include_str!("../../../templates/sensor-app/lights.py")).unwrap();
    let (done, text) = board.deploy(project.path(), &[]);
    assert!(!done && text.contains("`light` takes") && text.contains("left for logs"), "{text}");
    assert!(text.contains("hint: lower it") && is_blank(&board), "{text}");
}
