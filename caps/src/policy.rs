//! What the frames of a request say, gathered front to back: the rules of shape and of meaning, each in one place.

use crate::{Entries, Entry, Error, RequestView, Right, Sequence, Status, verifier::MAX_AHEAD_MS};

/// Number of lanes.
pub const LANES: u8 = 8;
/// Most different REQUIRES, and most different IDENT, in one request.
pub const MAX_IDENTITIES: usize = 4;

/// The lane a capability may be used in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LaneRule {
    /// No LANE entry: lane 0, the owner's and the Edgistry's.
    Default,
    /// Only this lane. Read from the wire it may be above 7, which no request can name.
    Only(u8),
    /// LANE entries that contradict each other: unusable.
    Never,
}

impl LaneRule {
    pub(crate) fn and(self, lane: u8) -> Self {
        match self {
            Self::Default => Self::Only(lane),
            Self::Only(other) if other == lane => self,
            Self::Only(_) | Self::Never => Self::Never,
        }
    }

    /// Whether a request in `lane` may be made.
    pub fn allows(self, lane: u8) -> bool {
        match self {
            Self::Default => lane == 0,
            Self::Only(only) => lane == only,
            Self::Never => false,
        }
    }
}

/// Where identities stand in the request. Offsets instead of copies keep the verifier's state small.
#[derive(Clone, Copy, Default)]
struct Positions {
    at: [u16; MAX_IDENTITIES],
    count: u8,
}

impl Positions {
    fn iter(&self) -> impl Iterator<Item = usize> {
        self.at.iter().take(usize::from(self.count)).map(|at| usize::from(*at))
    }

    /// Remembers the identity at `at`. One repeated inside its capability (which begins at `since`) takes no place.
    fn add(&mut self, bytes: &[u8], at: usize, since: usize) -> Result<(), Error> {
        if self.iter().any(|known| known >= since && identity(bytes, known) == identity(bytes, at)) {
            return Ok(());
        }
        let place = self.at.get_mut(usize::from(self.count)).ok_or(Error::TooManyIdentities)?;
        // Two capabilities and a request header are 4108 bytes at most.
        *place = u16::try_from(at).map_err(|_| Error::TooManyIdentities)?;
        self.count += 1;
        Ok(())
    }
}

fn identity(bytes: &[u8], at: usize) -> Option<&[u8]> {
    bytes.get(at..at + 8)
}

/// The meet of all frames seen so far, for one question `(ns, woof, right)`.
///
/// [`Policy::frame`] refuses what the format refuses, whatever the question; it proves nothing about authenticity.
#[derive(Clone, Copy)]
pub(crate) struct Policy {
    right: Right,
    ns: u16,
    woof: u16,
    allowed: bool,
    pub sealed: bool,
    pub may_mint: bool,
    pub lane: LaneRule,
    pub max_payload: u16,
    pub min_gap_ms: u16,
    pub expires: u32,
    pub not_before: u32,
    second_from: u16,
    required: Positions,
    brought: Positions,
}

impl Policy {
    pub fn new(right: Right, ns: u16, woof: u16) -> Self {
        Self {
            right,
            ns,
            woof,
            allowed: true,
            sealed: false,
            may_mint: true,
            lane: LaneRule::Default,
            max_payload: u16::MAX,
            min_gap_ms: 0,
            expires: u32::MAX,
            not_before: 0,
            second_from: u16::MAX,
            required: Positions::default(),
            brought: Positions::default(),
        }
    }

    /// The frames that follow are those of the second capability, which begins at offset `at`.
    pub fn second(&mut self, at: usize) -> Result<(), Error> {
        self.second_from = u16::try_from(at).map_err(|_| Error::FrameSize)?;
        self.sealed = false;
        self.may_mint = true;
        Ok(())
    }

    fn in_second(&self) -> bool {
        self.second_from != u16::MAX
    }

    /// Takes in the frame whose entries are the `size` bytes of `bytes` at `at`.
    pub fn frame(&mut self, bytes: &[u8], at: usize, size: usize) -> Result<(), Error> {
        if self.sealed {
            return Err(Error::Sealed);
        }
        let since = if self.in_second() { usize::from(self.second_from) } else { 0 };
        let end = at.checked_add(size).ok_or(Error::Truncated)?;
        let mut entries = Entries::new(bytes.get(at..end).ok_or(Error::Truncated)?);
        let (mut has_grant, mut covered, mut keeps_mint) = (false, false, false);
        while let Some(entry) = entries.next() {
            match entry? {
                Entry::Grant(grant) => {
                    has_grant = true;
                    covered |= grant.covers(self.ns, self.woof, self.right);
                    keeps_mint |= grant.rights.has(Right::MintId);
                }
                Entry::Expires(unix_s) => self.expires = self.expires.min(unix_s),
                Entry::NotBefore(unix_s) => self.not_before = self.not_before.max(unix_s),
                // The second capability lends its conditions, not its lane.
                Entry::Lane(lane) if !self.in_second() => self.lane = self.lane.and(lane),
                Entry::Lane(_) => {}
                Entry::Requires(_) => self.required.add(bytes, at + entries.at() - 8, since)?,
                Entry::Ident(_) if !self.may_mint => return Err(Error::SelfMinted),
                Entry::Ident(_) => self.brought.add(bytes, at + entries.at() - 8, since)?,
                Entry::MaxLen(size) => self.max_payload = self.max_payload.min(size),
                Entry::Sealed => self.sealed = true,
                Entry::MinGap(ms) => self.min_gap_ms = self.min_gap_ms.max(ms),
            }
        }
        // An IDENT beside the GRANT that drops MINTID still counts: only *earlier* frames take the right away.
        self.may_mint &= !has_grant || keeps_mint;
        self.allowed &= !has_grant || covered || self.in_second();
        Ok(())
    }

    /// Every REQUIRES is met by an IDENT of the *other* capability; a token cannot vouch for itself.
    fn identities_meet(&self, bytes: &[u8]) -> bool {
        let side = |at: usize| at >= usize::from(self.second_from);
        self.required.iter().all(|wanted| {
            self.brought
                .iter()
                .any(|brought| side(brought) != side(wanted) && identity(bytes, brought) == identity(bytes, wanted))
        })
    }

    /// The answer to an authentic request, in the order the format fixes (section 3). `bytes` are those the frames came
    /// from; `last` is the lane's last sequence number.
    pub fn decide(&self, bytes: &[u8], asked: &RequestView<'_>, time_ms: u64, last: Sequence) -> Result<(), Status> {
        let now_s = asked.seq.ms().max(time_ms) / 1000;
        if !self.lane.allows(asked.lane)
            || !self.allowed
            || !self.identities_meet(bytes)
            || now_s < u64::from(self.not_before)
        {
            return Err(Status::Denied);
        }
        // Without EXPIRES the limit is the last second a u32 can name (year 2106): later times are no times.
        if now_s > u64::from(self.expires) {
            return Err(Status::Expired);
        }
        if asked.payload.len() > usize::from(self.max_payload) {
            return Err(Status::TooBig);
        }
        if asked.seq <= last {
            return Err(Status::SeqLow);
        }
        if last != Sequence::ZERO && asked.seq.ms() - last.ms() < u64::from(self.min_gap_ms) {
            return Err(Status::Busy);
        }
        if asked.seq.ms() > time_ms.saturating_add(MAX_AHEAD_MS) {
            return Err(Status::SeqAhead);
        }
        Ok(())
    }
}
