//! The edge as a proxy: a client's request goes to the device as it is, and the device's answer comes back as it is. Of a
//! software device, whose clients have a port each; where they share a line it is [`Bridge::ask`](crate::bridge::Bridge::ask).
//!
//! The proxy shows no capability of its own, so nobody gets more through it than he has: it can only drop or delay.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use nano_caps::RequestView;
use nano_wire::link::{self, Decoder};
use nano_wire::message::Kind;

/// How long the device's answer is waited for. Silence is an answer, too.
const PATIENCE: Duration = Duration::from_millis(1500);
/// Largest frame of a device.
const MOST_FRAME: usize = 64 << 10;

/// Passes a REQUEST on; its RESPONSE, or nothing where the device is silent.
pub fn pass_on(address: SocketAddr, request: &[u8]) -> std::io::Result<Option<Vec<u8>>> {
    // No device answers to what is no request.
    let Ok(view) = RequestView::parse(request) else { return Ok(None) };
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_nodelay(true)?;
    let mut wire = vec![0; link::encoded_bytes(request.len()) + 1];
    let length = link::encode(Kind::Request as u8, &[request], &mut wire[1..])
        .map_err(|error| std::io::Error::new(ErrorKind::InvalidInput, error.to_string()))?;
    // Whatever the line carried before ends with the first zero.
    stream.write_all(&wire[..=length])?;
    let deadline = Instant::now() + PATIENCE;
    let mut decoder = Decoder::new(vec![0; link::decoder_bytes(MOST_FRAME)]);
    let mut buffer = [0; 4096];
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(None);
        }
        stream.set_read_timeout(Some(left))?;
        let count = match stream.read(&mut buffer) {
            Ok(0) => return Ok(None),
            Ok(count) => count,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => return Ok(None),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        for byte in &buffer[..count] {
            if decoder.push(*byte) == Ok(true)
                && let Some(frame) = decoder.frame().filter(|frame| frame.kind == Kind::Response as u8)
                // What was asked by the client before on this port may be answered only now.
                && view.may_be_answered_by(frame.body)
            {
                return Ok(Some(frame.body.to_vec()));
            }
        }
    }
}
