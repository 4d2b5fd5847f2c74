//! What can be wrong with capability bytes, or with a wish to make some.

use core::fmt;

/// Why bytes were refused or could not be made. On a device every refusal of a request's shape is silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The bytes end before the format does.
    Truncated,
    /// Bytes follow where the format ends.
    Trailing,
    /// The output buffer is too small.
    NoSpace,
    /// First byte of a request or response is of neither kind.
    Kind,
    /// The header's version is not 1.
    Version,
    /// The slot is not 0..=15, or the key ring has not enabled it.
    Slot,
    /// Not 1..=8 frames.
    FrameCount,
    /// A frame's entries are not 1..=254 bytes.
    FrameSize,
    /// An entry of unknown type, or one that overruns its frame.
    Entry,
    /// A frame follows a SEALED one.
    Sealed,
    /// An IDENT below a frame whose GRANTs dropped MINTID: nobody asserts an identity for himself.
    SelfMinted,
    /// More REQUIRES or IDENT entries in a request than a verifier holds positions for.
    TooManyIdentities,
    /// A lane above 7.
    Lane,
    /// An operation code outside the table.
    Operation,
    /// A name that is no right's.
    RightName,
    /// Undefined flag bits are set, or the FLATTEN bit and operation disagree.
    Flags,
    /// An encrypted payload where only clear ones are taken.
    Encrypted,
    /// An 8-byte tag on an operation that demands 16.
    TagSize,
    /// Neither one nor two capabilities.
    CapabilityCount,
    /// A payload above 65535 bytes.
    PayloadSize,
    /// A response status outside the table.
    Status,
    /// The tag is not the one the key gives.
    Tag,
    /// Text that does not begin with `ncap1.` or is not canonical base64url.
    Text,
    /// The text's checksum differs: a typing or copying mistake.
    Checksum,
    /// The wished-for scope and rights leave nothing of the capability.
    Nothing,
    /// The capability is not derived from the one it is to be flattened by.
    Ancestor,
    /// A counter is at its end: of generations or epochs, and only the next larger revocation is left; of a link's
    /// messages, and the ends must pair again.
    Exhausted,
    /// A message of a paired link that was heard before, or is too old to tell.
    Stale,
    /// All 8 places of the revocation list are taken: raise the slot's generation.
    ListFull,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truncated => "ends too early",
            Self::Trailing => "has bytes after its end",
            Self::NoSpace => "does not fit the buffer",
            Self::Kind => "is neither a request nor a response",
            Self::Version => "is of an unknown version",
            Self::Slot => "names a slot that does not exist or is not enabled",
            Self::FrameCount => "must have 1 to 8 frames",
            Self::FrameSize => "has a frame that is not 1 to 254 bytes long",
            Self::Entry => "has an entry of unknown type or wrong size",
            Self::Sealed => "is sealed: nothing can be derived from it",
            Self::SelfMinted => "asserts an identity without the right MINTID",
            Self::TooManyIdentities => "requires or brings more than 4 identities",
            Self::Lane => "names a lane above 7",
            Self::Operation => "asks for an unknown operation",
            Self::RightName => "names an unknown right",
            Self::Flags => "has undefined flags",
            Self::Encrypted => "is encrypted, and only clear payloads are taken here",
            Self::TagSize => "needs a 16-byte tag for this operation",
            Self::CapabilityCount => "must present one or two capabilities",
            Self::PayloadSize => "has a payload above 65535 bytes",
            Self::Status => "has an unknown status",
            Self::Tag => "is not authentic: the tag differs",
            Self::Text => "is not a capability's text (ncap1.<base64url>)",
            Self::Checksum => "has a wrong checksum: it was copied incompletely or mistyped",
            Self::Nothing => "would grant nothing",
            Self::Ancestor => "is not derived from that capability",
            Self::Exhausted => "has used all its numbers",
            Self::Stale => "was heard before",
            Self::ListFull => "finds the device's revocation list full",
        })
    }
}

impl core::error::Error for Error {}
