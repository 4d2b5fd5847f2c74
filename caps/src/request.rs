//! A request: how a client binds its capabilities to one, and how a receiver takes it apart.

use crate::{
    Body, ChainKey, Domain, Error, Exchange, Header, LANES, Op, Right, Sequence, Token,
    bytes::{Reader, Writer},
    cipher::{self, Direction},
    hash::{Digest, equal, mac, step},
    policy::Policy,
    response::RESPONSE_HEADER_SIZE,
};

const REQUEST: u8 = 0x10;
/// Bytes before the capabilities.
pub const REQUEST_HEADER_SIZE: usize = 18;
/// Where lane and operation, and where namespace, log and payload size stand in the header.
pub(crate) const HEADER_FIELDS: (usize, usize) = (2, 12);

/// Bits of the flags byte.
mod flag {
    pub const WIDE_TAG: u8 = 1;
    pub const TWO_CAPABILITIES: u8 = 2;
    pub const ENCRYPTED: u8 = 4;
    pub const FLATTEN: u8 = 8;
}

/// Size of a tag on the wire.
pub(crate) const fn tag_size(wide: bool) -> usize {
    if wide { 16 } else { 8 }
}

/// What a client wants done once.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The operation.
    pub op: Op,
    /// 0..=7; a capability without a LANE entry may use lane 0 only.
    pub lane: u8,
    /// Above every earlier one in the lane; see [`crate::Sequencer`].
    pub seq: Sequence,
    /// Namespace handle.
    pub ns: u16,
    /// Log handle.
    pub woof: u16,
    /// At most 65535 bytes.
    pub payload: &'a [u8],
    /// A tag of 16 bytes instead of 8. Operations that demand it get it in any case.
    pub wide_tag: bool,
}

/// A request that has been written: its length, and what opens the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Bytes written.
    pub len: usize,
    /// Verifies the response.
    pub exchange: Exchange,
}

impl Request<'_> {
    /// Writes the request with one capability, or with two of which the first grants and the second vouches.
    pub fn bind(&self, capabilities: &[Token<'_>], out: &mut [u8]) -> Result<Bound, Error> {
        self.write(capabilities, false, out)
    }

    /// As [`Request::bind`]; the payload, and that of the answer, can be read only with the key. Whoever shares a
    /// capability with others derives one for himself first: two holders who ask for the same in the same millisecond
    /// would use one key stream.
    pub fn bind_encrypted(&self, capabilities: &[Token<'_>], out: &mut [u8]) -> Result<Bound, Error> {
        self.write(capabilities, true, out)
    }

    /// All 32 bytes of the tag of a clear request, of which 8 or 16 travel: for test vectors.
    pub fn full_tag(&self, capabilities: &[Token<'_>]) -> Result<[u8; 32], Error> {
        let mut out = [0; REQUEST_HEADER_SIZE + 2 * crate::MAX_STORED + 512];
        let bound = self.bind(capabilities, &mut out)?;
        let header = out.get(..REQUEST_HEADER_SIZE).unwrap_or_default();
        Ok(request_tag(&bound.exchange.key(), header, self.payload).0)
    }

    fn write(&self, capabilities: &[Token<'_>], encrypted: bool, out: &mut [u8]) -> Result<Bound, Error> {
        let (first, second) = match capabilities {
            [first] => (first, None),
            [first, second] => (first, Some(second)),
            _ => return Err(Error::CapabilityCount),
        };
        if self.lane >= LANES {
            return Err(Error::Lane);
        }
        let payload_size = u16::try_from(self.payload.len()).map_err(|_| Error::PayloadSize)?;
        let wide = self.wide_tag || self.op.demands_wide_tag();
        let mut flags = if wide { flag::WIDE_TAG } else { 0 };
        if second.is_some() {
            flags |= flag::TWO_CAPABILITIES;
        }
        if encrypted {
            flags |= flag::ENCRYPTED;
        }
        if self.op == Right::Flatten {
            flags |= flag::FLATTEN;
        }

        let mut header = [0; REQUEST_HEADER_SIZE];
        let mut writer = Writer::new(&mut header);
        writer.put(&[REQUEST, flags, self.lane, self.op.code()])?;
        writer.put(&self.seq.0.to_le_bytes())?;
        writer.put(&self.ns.to_le_bytes())?;
        writer.put(&self.woof.to_le_bytes())?;
        writer.put(&payload_size.to_le_bytes())?;

        let key = request_key(first.key, second.map(|second| second.key));
        let mut writer = Writer::new(out);
        writer.put(&header)?;
        capabilities.iter().try_for_each(|token| writer.put(token.body.as_bytes()))?;
        let payload_at = writer.len();
        writer.put(self.payload)?;
        let payload = writer.written_mut(payload_at);
        if encrypted {
            cipher::apply(&key, self.seq, Direction::Request(&header), payload);
        }
        let tag = request_tag(&key, &header, payload);
        writer.put(tag.0.get(..tag_size(wide)).unwrap_or_default())?;
        RequestView::parse(writer.written())?;
        Ok(Bound { len: writer.len(), exchange: Exchange::new(key, &tag, wide, encrypted.then_some(self.seq)) })
    }
}

/// `K_req`.
pub(crate) fn request_key(first: ChainKey, second: Option<ChainKey>) -> ChainKey {
    second.map_or(first, |second| step(&first, Domain::Join, second.as_bytes()))
}

/// All 32 bytes of the tag.
pub(crate) fn request_tag(key: &ChainKey, header: &[u8], payload: &[u8]) -> Digest {
    mac(&key.words(), &[&[Domain::Request as u8], header, payload])
}

/// A request taken apart. Well-formed, but nothing here is proved to be authentic, allowed or fresh:
/// for routing, logs and tools; a device uses [`crate::Verifier::verify`].
#[derive(Clone, Copy, Debug)]
pub struct RequestView<'a> {
    /// The first 18 bytes.
    pub header: &'a [u8; REQUEST_HEADER_SIZE],
    /// 0..=7.
    pub lane: u8,
    /// The operation.
    pub op: Op,
    /// Time and order in the lane.
    pub seq: Sequence,
    /// Namespace handle.
    pub ns: u16,
    /// Log handle.
    pub woof: u16,
    /// The capability that grants.
    pub first: Body<'a>,
    /// The capability that vouches.
    pub second: Option<Body<'a>>,
    /// The payload, as it travels.
    pub payload: &'a [u8],
    /// Whether the payload is encrypted.
    pub encrypted: bool,
    /// 8 or 16 bytes.
    pub tag: &'a [u8],
}

impl<'a> RequestView<'a> {
    /// Exactly one request.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let view = Self::delimit(bytes)?;
        let mut policy = Policy::new(view.op, view.ns, view.woof);
        view.frames(&mut policy, bytes, |_, _, _, _| ())?;
        Ok(view)
    }

    /// Whether bytes can be the answer to this request. A RESPONSE does not name its request, and only the asker's key tells
    /// for sure; but it has a tag as long as the request's, and says how long its payload is.
    pub fn may_be_answered_by(&self, answer: &[u8]) -> bool {
        let Some([_, _, low, high]) = answer.first_chunk() else { return false };
        answer.len() == RESPONSE_HEADER_SIZE + usize::from(u16::from_le_bytes([*low, *high])) + self.tag.len()
    }

    /// Whether the payload of what is a request is encrypted.
    pub(crate) fn is_encrypted(bytes: &[u8]) -> bool {
        bytes.get(1).is_some_and(|flags| flags & flag::ENCRYPTED != 0)
    }

    /// Checks header and lengths, as [`Self::delimit`] does, and does nothing else: what is no request, or one for no
    /// current slot, costs a device some hundred instructions. Returns where the second capability begins; 0: there is none.
    pub(crate) fn check(bytes: &[u8]) -> Result<usize, Error> {
        let [kind, flags, lane, op, .., low, high]: &[u8; REQUEST_HEADER_SIZE] =
            bytes.first_chunk().ok_or(Error::Truncated)?;
        if *kind != REQUEST {
            return Err(Error::Kind);
        }
        if flags & !(flag::WIDE_TAG | flag::TWO_CAPABILITIES | flag::ENCRYPTED | flag::FLATTEN) != 0 {
            return Err(Error::Flags);
        }
        if *lane >= LANES {
            return Err(Error::Lane);
        }
        // Operations are numbered from 1 in the order of the table.
        let number = op.wrapping_sub(1);
        if usize::from(number) >= Op::ALL.len() {
            return Err(Error::Operation);
        }
        if (number == Right::Flatten as u8) != (flags & flag::FLATTEN != 0) {
            return Err(Error::Flags);
        }
        let wide = flags & flag::WIDE_TAG != 0;
        if Op::WIDE_TAGS.has_bit(number) && !wide {
            return Err(Error::TagSize);
        }
        let mut end = Body::check(bytes, REQUEST_HEADER_SIZE)?;
        let mut second = 0;
        if flags & flag::TWO_CAPABILITIES != 0 {
            second = end;
            end = Body::check(bytes, end)?;
        }
        end += usize::from(u16::from_le_bytes([*low, *high])) + tag_size(wide);
        match bytes.len() {
            length if length < end => Err(Error::Truncated),
            length if length > end => Err(Error::Trailing),
            _ => Ok(second),
        }
    }

    /// Finds the parts by header and lengths alone, so that it costs nothing to refuse noise. The entries of the frames
    /// are yet to be checked.
    pub(crate) fn delimit(bytes: &'a [u8]) -> Result<Self, Error> {
        let header = bytes.first_chunk().ok_or(Error::Truncated)?;
        let mut reader = Reader::new(bytes);
        if reader.u8()? != REQUEST {
            return Err(Error::Kind);
        }
        let flags = reader.u8()?;
        if flags & !(flag::WIDE_TAG | flag::TWO_CAPABILITIES | flag::ENCRYPTED | flag::FLATTEN) != 0 {
            return Err(Error::Flags);
        }
        let lane = reader.u8()?;
        if lane >= LANES {
            return Err(Error::Lane);
        }
        let op = Op::from_code(reader.u8()?).ok_or(Error::Operation)?;
        if (op == Right::Flatten) != (flags & flag::FLATTEN != 0) {
            return Err(Error::Flags);
        }
        let encrypted = flags & flag::ENCRYPTED != 0;
        let wide = flags & flag::WIDE_TAG != 0;
        if op.demands_wide_tag() && !wide {
            return Err(Error::TagSize);
        }
        let (seq, ns, woof) = (Sequence(reader.u64()?), reader.u16()?, reader.u16()?);
        let payload_size = usize::from(reader.u16()?);
        let first = Body::delimit(&mut reader)?;
        let second = if flags & flag::TWO_CAPABILITIES == 0 { None } else { Some(Body::delimit(&mut reader)?) };
        let payload = reader.take(payload_size)?;
        let tag = reader.take(tag_size(wide))?;
        if !reader.is_empty() {
            return Err(Error::Trailing);
        }
        Ok(Self { header, lane, op, seq, ns, woof, first, second, payload, encrypted, tag })
    }

    /// What opens the answer, for who holds the capabilities that this was bound with and no longer has what
    /// [`Request::bind`] gave him. [`Error::Tag`] where it was bound with others.
    pub fn exchange(&self, capabilities: &[Token<'_>]) -> Result<Exchange, Error> {
        let (first, second) = match capabilities {
            [first] => (first, None),
            [first, second] => (first, Some(second)),
            _ => return Err(Error::CapabilityCount),
        };
        let key = request_key(first.key, second.map(|second| second.key));
        let tag = request_tag(&key, self.header, self.payload);
        if !equal(tag.0.get(..self.tag.len()).unwrap_or_default(), self.tag) {
            return Err(Error::Tag);
        }
        Ok(Exchange::new(key, &tag, self.wide_tag(), self.encrypted.then_some(self.seq)))
    }

    /// Whether the tag has 16 bytes.
    pub fn wide_tag(&self) -> bool {
        self.tag.len() == tag_size(true)
    }

    /// Feeds the frames of all capabilities to `policy`, telling `each` the capability (0 or 1), its header, the frame's
    /// index and its bytes before its entries are looked at. `bytes` are those of the whole request.
    pub(crate) fn frames(
        &self,
        policy: &mut Policy,
        bytes: &[u8],
        mut each: impl FnMut(usize, Header, usize, &'a [u8]),
    ) -> Result<(), Error> {
        let mut start = REQUEST_HEADER_SIZE;
        for (which, body) in [Some(self.first), self.second].into_iter().flatten().enumerate() {
            if which == 1 {
                policy.second(start)?;
            }
            for (index, frame) in body.frames().enumerate() {
                each(which, body.header(), index, frame.as_bytes());
                policy.frame(bytes, start + frame.at + 1, frame.entries_size())?;
            }
            start += body.as_bytes().len();
        }
        Ok(())
    }
}
