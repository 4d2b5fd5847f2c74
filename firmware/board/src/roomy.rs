//! What boards with some hundred kilobytes of RAM have alike.

use nano_device::Config;

/// Frames, events and answers of a board with room. Its functions' memory is the board's own, from its table.
pub const ROOMY: Config = Config {
    ports: 1,
    frame_bytes: 2048,
    answer_bytes: 1024,
    queue: 16,
    event_bytes: 4096,
    remote: 4,
    result_bytes: 256,
    results: 8,
    // Whoever can reach the line is not the edge yet.
    pairing: true,
    ..Config::SMALL
};
