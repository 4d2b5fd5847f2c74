//! What a board is told when it is flashed: who it is, and what is connected to it. One flash sector, a secret.
//!
//! ```text
//!  0  magic    u32   "NPRV"
//!  4  version  u16   1
//!  6  length   u16   bytes of the body
//!  8  crc32    u32   of the body
//! 12  body           key [32] | id [8] | time u64 (unix ms) | name str8 | count u8 | samplers | network | duty
//!     sampler        namespace str8 | log str8 | element u16 | history u16 | channel u8 | period u32 (ms)
//!     network        edge str8 (address:port) | ssid str8 | password str8; missing where the link is a wire
//!     duty           awake u16 | asleep u32, both in seconds; missing where the board never sleeps
//! ```
//!
//! ```
//! use nano_wire::provision::{Provision, MOST_BYTES};
//!
//! let provision = Provision { key: [7; 32], id: [1; 8], time_ms: 1_790_000_000_000, name: "walkway", samplers: &[], network: Default::default(), duty: None };
//! let mut sector = [0; MOST_BYTES];
//! let length = provision.encode(&mut sector).unwrap();
//! let read = nano_wire::provision::Stored::decode(&sector[..length]).unwrap();
//! assert_eq!((read.name, read.time_ms), ("walkway", 1_790_000_000_000));
//! ```

use crate::link::crc32;
use crate::message::{MessageError, Reader, Writer};

const MAGIC: u32 = u32::from_le_bytes(*b"NPRV");
const VERSION: u16 = 1;
const HEADER: usize = 12;

/// Where the key lies. Whoever can't read all of a sector tells by the magic and by it whose board it is.
pub const KEY: core::ops::Range<usize> = HEADER..HEADER + 32;

/// What a key's fingerprint is the SHA-256 of, before the key: enough to see that two keys differ, nothing to attack it by.
pub const FINGERPRINT: &[u8] = b"nano/1 fingerprint";

/// The fingerprint: the first four bytes of that SHA-256.
pub fn fingerprint(sha256: &[u8]) -> u32 {
    sha256.first_chunk().map_or(0, |first| u32::from_be_bytes(*first))
}

/// Most bytes of it.
pub const MOST_BYTES: usize = 1024;

/// An analogue channel that is read at a rate, each reading appended to a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sampler<'a> {
    /// Namespace of the log.
    pub namespace: &'a str,
    /// The log.
    pub log: &'a str,
    /// Most bytes of its records.
    pub element: u16,
    /// How many stay.
    pub history: u16,
    /// The channel.
    pub channel: u8,
    /// How often, ms.
    pub period_ms: u32,
}

/// How a board finds its edge, where its link is a network.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Network<'a> {
    /// Where the edge listens for devices: `10.0.2.2:4568`.
    pub edge: &'a str,
    /// The wireless network's name; empty where there is a cable.
    pub ssid: &'a str,
    /// Its password.
    pub password: &'a str,
}

/// How a board spares its battery: it works for a time, then sleeps deeply and starts anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duty {
    /// How long it is awake, seconds.
    pub awake_s: u16,
    /// How long it sleeps then, seconds.
    pub asleep_s: u32,
}

/// To be written.
#[derive(Clone, Copy)]
pub struct Provision<'a> {
    /// `K_device`.
    pub key: [u8; 32],
    /// The device's identity.
    pub id: [u8; 8],
    /// Unix ms when it was flashed.
    pub time_ms: u64,
    /// What its owner calls it.
    pub name: &'a str,
    /// What is connected.
    pub samplers: &'a [Sampler<'a>],
    /// Its way to the edge.
    pub network: Network<'a>,
    /// When it sleeps; `None`: never.
    pub duty: Option<Duty>,
}

impl Provision<'_> {
    /// Writes it; its length.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, MessageError> {
        let (head, body) = out.split_at_mut_checked(HEADER).ok_or(MessageError::NoSpace)?;
        let mut w = Writer::new(body);
        w.put(&self.key)?;
        w.put(&self.id)?;
        w.u64(self.time_ms)?;
        w.str8(self.name)?;
        w.u8(u8::try_from(self.samplers.len()).map_err(|_| MessageError::NoSpace)?)?;
        for sampler in self.samplers {
            w.str8(sampler.namespace)?;
            w.str8(sampler.log)?;
            w.u16(sampler.element)?;
            w.u16(sampler.history)?;
            w.u8(sampler.channel)?;
            w.u32(sampler.period_ms)?;
        }
        if self.network != Network::default() || self.duty.is_some() {
            w.str8(self.network.edge)?;
            w.str8(self.network.ssid)?;
            w.str8(self.network.password)?;
        }
        if let Some(duty) = self.duty {
            w.u16(duty.awake_s)?;
            w.u32(duty.asleep_s)?;
        }
        let length = w.len();
        let mut w = Writer::new(head);
        w.u32(MAGIC)?;
        w.u16(VERSION)?;
        w.u16(u16::try_from(length).map_err(|_| MessageError::NoSpace)?)?;
        w.u32(crc32(0, body.get(..length).unwrap_or_default()))?;
        Ok(HEADER + length)
    }
}

/// As read; the samplers are yet to be.
#[derive(Clone)]
pub struct Stored<'a> {
    /// `K_device`.
    pub key: [u8; 32],
    /// The device's identity.
    pub id: [u8; 8],
    /// Unix ms when it was flashed.
    pub time_ms: u64,
    /// What its owner calls it.
    pub name: &'a str,
    count: u8,
    samplers: &'a [u8],
}

impl<'a> Stored<'a> {
    /// Reads it from the beginning of a sector.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, MessageError> {
        let mut reader = Reader::new(bytes);
        if reader.u32()? != MAGIC || reader.u16()? != VERSION {
            return Err(MessageError::Value);
        }
        let (length, crc) = (reader.u16()?, reader.u32()?);
        let body = reader.take(length.into())?;
        if crc32(0, body) != crc {
            return Err(MessageError::Value);
        }
        let mut reader = Reader::new(body);
        let (key, id) = (reader.array()?, reader.array()?);
        let (time_ms, name, count) = (reader.u64()?, reader.str8()?, reader.u8()?);
        Ok(Self { key, id, time_ms, name, count, samplers: reader.rest() })
    }

    /// What is connected, as far as it can be read.
    pub fn samplers(&self) -> impl Iterator<Item = Sampler<'a>> + use<'a> {
        let mut reader = Reader::new(self.samplers);
        (0..self.count).map_while(move |_| sampler(&mut reader).ok())
    }

    /// Its way to the edge; empty where nothing is said of it.
    pub fn network(&self) -> Network<'a> {
        self.read_network().map(|(network, _)| network).unwrap_or_default()
    }

    /// When it sleeps; `None`: never.
    pub fn duty(&self) -> Option<Duty> {
        let (_, mut reader) = self.read_network().ok()?;
        Some(Duty { awake_s: reader.u16().ok()?, asleep_s: reader.u32().ok()? })
    }

    /// The network, and what comes behind it.
    fn read_network(&self) -> Result<(Network<'a>, Reader<'a>), MessageError> {
        let mut reader = Reader::new(self.samplers);
        for _ in 0..self.count {
            sampler(&mut reader)?;
        }
        Ok((Network { edge: reader.str8()?, ssid: reader.str8()?, password: reader.str8()? }, reader))
    }
}

fn sampler<'a>(reader: &mut Reader<'a>) -> Result<Sampler<'a>, MessageError> {
    Ok(Sampler {
        namespace: reader.str8()?,
        log: reader.str8()?,
        element: reader.u16()?,
        history: reader.u16()?,
        channel: reader.u8()?,
        period_ms: reader.u32()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_damage_is_not() {
        let samplers = [
            Sampler { namespace: "app", log: "light", element: 16, history: 8, channel: 0, period_ms: 1000 },
            Sampler { namespace: "app", log: "door", element: 4, history: 2, channel: 0, period_ms: 20 },
        ];
        let network = Network { edge: "10.0.2.2:4568", ssid: "", password: "" };
        let provision = Provision {
            key: [1; 32],
            id: [2; 8],
            time_ms: 3,
            name: "walkway",
            samplers: &samplers,
            network,
            duty: None,
        };
        let mut bytes = [0xFF; MOST_BYTES];
        let length = provision.encode(&mut bytes).unwrap();
        // What lies behind it in the sector doesn't matter.
        let read = Stored::decode(&bytes).unwrap();
        assert_eq!((read.key, read.id, read.time_ms, read.name), ([1; 32], [2; 8], 3, "walkway"));
        assert!(read.samplers().eq(samplers));
        assert!(read.network() == network);
        assert_eq!(read.duty(), None);
        // As it was written before there were networks.
        let mut wired = [0xFF; MOST_BYTES];
        Provision { network: Network::default(), ..provision }.encode(&mut wired).unwrap();
        assert!(Stored::decode(&wired).unwrap().network() == Network::default());
        assert_eq!(Stored::decode(&wired).unwrap().duty(), None);
        let duty = Some(Duty { awake_s: 20, asleep_s: 86_400 });
        for network in [network, Network::default()] {
            let mut asleep = [0xFF; MOST_BYTES];
            Provision { network, duty, ..provision }.encode(&mut asleep).unwrap();
            let read = Stored::decode(&asleep).unwrap();
            assert!(read.network() == network && read.duty() == duty && read.samplers().eq(samplers));
        }
        for at in 0..length {
            let mut damaged = bytes;
            damaged[at] ^= 0x10;
            assert!(Stored::decode(&damaged).is_err(), "byte {at}");
        }
        assert!(Stored::decode(&[0xFF; 64]).is_err());
        assert!(provision.encode(&mut [0; 40]).is_err());
    }
}
