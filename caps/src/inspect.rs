//! What a capability says, for people and tools: rights on an object, conditions, and GRANTs that can never take effect.

use crate::{Body, Entry, FrameRef, Grant, Header, Identity, LaneRule, Right, Rights, policy::Policy};

/// The conditions of all frames together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Number of frames, the root's included.
    pub frames: usize,
    /// Last valid second, unix time.
    pub expires: Option<u32>,
    /// First valid second, unix time.
    pub not_before: Option<u32>,
    /// Where it may be used.
    pub lane: LaneRule,
    /// Largest payload, bytes.
    pub max_payload: Option<u16>,
    /// Least time since the lane's last operation, ms.
    pub min_gap_ms: u16,
    /// Whether nothing may be derived from it.
    pub sealed: bool,
    /// Whether a frame derived from it may carry an IDENT.
    pub may_mint: bool,
}

/// A GRANT that says more than the frames before it allow. The surplus is inert: intersection ignores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Widening {
    /// Index of its frame; the root is 0, which never widens.
    pub frame: usize,
    /// What it says.
    pub grant: Grant,
    /// The rights it cannot give, on all or part of what it names.
    pub inert: Rights,
}

/// Rights of one frame on `(ns, woof)`: all without a GRANT, else those of the GRANTs that name it.
fn frame_rights(grants: impl Iterator<Item = Grant>, ns: u16, woof: u16) -> Rights {
    let (mut any, mut rights) = (false, Rights::NONE);
    for grant in grants {
        any = true;
        if grant.names(ns, woof) {
            rights = rights | grant.rights;
        }
    }
    if any { rights } else { Rights::ALL }
}

impl<'a> Body<'a> {
    /// What all frames together allow on the object. With [`crate::ANY`], what they allow on every object.
    pub fn rights(&self, ns: u16, woof: u16) -> Rights {
        self.frames().fold(Rights::ALL, |left, frame| left & frame_rights(frame.grants(), ns, woof))
    }

    /// The conditions of all frames together.
    pub fn summary(&self) -> Summary {
        let mut policy = Policy::new(Right::Get, 0, 0);
        let mut frames = 0;
        for frame in self.frames() {
            // A body was parsed by these rules, so they hold again.
            if policy.frame(self.as_bytes(), frame.at + 1, frame.entries_size()).is_ok() {
                frames += 1;
            }
        }
        Summary {
            frames,
            expires: (policy.expires != u32::MAX).then_some(policy.expires),
            not_before: (policy.not_before != 0).then_some(policy.not_before),
            lane: policy.lane,
            max_payload: (policy.max_payload != u16::MAX).then_some(policy.max_payload),
            min_gap_ms: policy.min_gap_ms,
            sealed: policy.sealed,
            may_mint: policy.may_mint && !policy.sealed,
        }
    }

    /// The identities that the other capability of a request must bring.
    pub fn required(&self) -> impl Iterator<Item = Identity> + use<'a> {
        self.frames().flat_map(|frame| frame.entries()).filter_map(|entry| match entry {
            Entry::Requires(identity) => Some(identity),
            _ => None,
        })
    }

    /// The identities that it brings.
    pub fn identities(&self) -> impl Iterator<Item = Identity> + use<'a> {
        self.frames().flat_map(|frame| frame.entries()).filter_map(|entry| match entry {
            Entry::Ident(identity) => Some(identity),
            _ => None,
        })
    }

    /// SHA-256 compressions of verifying a short request with it: the chain's, and 4 of the tag (2 on a device that keeps
    /// the pads of a key). A root frame of up to 30 bytes, or a later one of up to 34, costs one.
    pub fn compressions(&self) -> usize {
        // 4 of the counter, 16 of the key, 1 of the domain, 4 of the header for the root; 9 of padding.
        let step = |(index, frame): (usize, FrameRef<'_>)| {
            let header = if index == 0 { Header::SIZE } else { 0 };
            (4 + 16 + 1 + header + frame.as_bytes().len() + 9).div_ceil(64)
        };
        4 + self.frames().enumerate().map(step).sum::<usize>()
    }

    /// GRANTs not covered by the frames before theirs: harmless, but surely not what was meant.
    pub fn widenings(&self) -> impl Iterator<Item = Widening> + use<'a> {
        let body = *self;
        body.frames().enumerate().flat_map(move |(index, frame)| {
            frame.grants().filter_map(move |grant| {
                // Asked about ANY, only an any-grant answers: 36 GRANTs cannot name all 65535 handles one by one.
                let before = body
                    .frames()
                    .take(index)
                    .fold(Rights::ALL, |left, earlier| left & frame_rights(earlier.grants(), grant.ns, grant.woof));
                let inert = grant.rights - before;
                (!inert.is_empty()).then_some(Widening { frame: index, grant, inert })
            })
        })
    }
}
