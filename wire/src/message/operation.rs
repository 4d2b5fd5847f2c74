//! The payload of a capability REQUEST, and of its RESPONSE, for each operation of a device.
//!
//! | operation | ns, woof of the request | payload | payload of the answer; rseq |
//! |---|---|---|---|
//! | GET | the log | [`Selection`](super::Selection) | [`Records`](super::Records); the newest of them |
//! | PUT | the log | the record | none; the record's sequence number |
//! | EXEC | the log | the record | none; the record's sequence number. The log's handlers run afterwards |
//! | MKNS | any, any | name str8 | handle u16 |
//! | MKWOOF | the namespace, any | element u32, history u32, name str8 | handle u16 |
//! | DROP | the log | none | none |
//! | STAT | the log; any log of a namespace; any, any | [`Listing`] | list of [`LogStat`], [`FunctionStat`] or [`DeviceStat`]; a log's last sequence number |
//! | INSTALL | the log whose appends invoke it, or any, any | [`Install`] | [`Installed`] |
//! | LIMIT | as INSTALL | [`Limit`] | none |
//! | SEQFIX | any, any | [`SequenceFix`] | none |
//! | REVOKE | any, any | [`Revocation`] | epoch u8 |
//! | FLATTEN | an object that the capability has FLATTEN on | none | body of one frame, key[16] masked |
//! | UPDATE | any, any | [`Update`](super::update::Update) | [`Updating`](super::update::Updating) |
//! | MINTID | an object that the capability has MINTID on | [`Mint`] | as FLATTEN: an identity that grants nothing |
//!
//! Making what is there already, in the same way, is no error and gives the same handle. So everything can be asked for again
//! in a new request, with no more effect than once, but PUT, EXEC and the REVOKE of a slot or of all. When an answer is DENIED, NOTFOUND or BUSY not because of the capability but because of what was
//! asked, its payload is one byte, [`Refused`]; that of a capability's refusal is empty. NOTFOUND without payload: no such
//! object. TOOBIG: the record is over the element size, or the answer over what the device answers with, or a
//! capability that can't be said in one frame.

use super::{MessageError, ModuleHash, Reader, Writer};

/// The handle that stands for "any".
pub const ANY: u16 = 0xFFFF;
/// The end of a listing.
pub const END: u16 = 0xFFFF;

/// One row a reason: its number and its words.
macro_rules! refusals {
    ($($(#[$doc:meta])* $variant:ident = $code:literal $text:literal,)+) => {
        /// Why a device did not do what a capability allows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Refused {
            $($(#[$doc])* $variant = $code,)+
        }

        impl Refused {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The reason in the payload of an answer.
            #[must_use]
            pub fn decode(payload: &[u8]) -> Option<Self> {
                match payload {
                    [code] => Self::ALL.iter().copied().find(|reason| *reason as u8 == *code),
                    _ => None,
                }
            }
        }

        impl core::fmt::Display for Refused {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(match self { $(Self::$variant => $text,)+ })
            }
        }
    };
}

refusals! {
    /// The payload is not what the operation takes.
    Malformed = 1 "the payload is not what the operation takes",
    /// The operation is not one of this device's.
    Unsupported = 2 "this device has no such operation",
    /// A log of that name has another element size or history.
    Differs = 3 "it exists with another element size or history",
    /// The name is not one a log may have.
    Name = 4 "a name is 1 to 64 letters, digits, '_', '-' or '.', and begins with a letter, digit or '_'",
    /// A table or the memory of the device is full.
    Full = 5 "the device has no room for it",
    /// The record is not there yet.
    NotYet = 6 "no such record yet",
    /// The record has left the history.
    Gone = 7 "the record has left the history",
    /// The module's bytes do not hash to what was installed, or are no module this device runs.
    Module = 8 "the module was refused",
    /// The log is the device's own: it is read, not written or dropped.
    Reserved = 9 "the log is the device's own",
    /// The device could not store the change.
    Storage = 10 "the device could not store it",
    /// The board has no second place for a firmware.
    Firmware = 11 "this board has no room for a second firmware: it is replaced by its serial line (nano deploy) alone",
    /// What was sent is no firmware for this board, or not what was announced.
    Image = 12 "it is no firmware for this board, is too large for it, or did not arrive whole",
}

/// What STAT lists.
///
/// ```text
/// what u8 (0 logs, 1 functions, 2 device) | from u16
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listing {
    /// What.
    pub what: Listed,
    /// Where to go on: 0, then the `next` of the answer before.
    pub from: u16,
}

/// What a [`Listing`] lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Listed {
    /// [`LogStat`]s: answer = next u16 ([`END`]: no more) | LogStat..
    Logs = 0,
    /// [`FunctionStat`]s: answer = next u16 | FunctionStat..
    Functions = 1,
    /// The [`DeviceStat`].
    Device = 2,
}

impl Listing {
    /// Exactly one.
    pub fn decode(payload: &[u8]) -> Result<Self, MessageError> {
        let mut reader = Reader::new(payload);
        let what = match reader.u8()? {
            0 => Listed::Logs,
            1 => Listed::Functions,
            2 => Listed::Device,
            _ => return Err(MessageError::Value),
        };
        let listing = Self { what, from: reader.u16()? };
        reader.end()?;
        Ok(listing)
    }

    /// Writes it and returns its length.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, MessageError> {
        let mut writer = Writer::new(out);
        writer.u8(self.what as u8)?;
        writer.u16(self.from)?;
        Ok(writer.len())
    }
}

/// What a log is and has.
///
/// ```text
/// ns u16 | woof u16 | element u32 | history u32 | first u64 | last u64 | namespace str8 | name str8
/// ```
///
/// An entry with woof [`ANY`] and an empty name is a namespace that has no logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogStat<'a> {
    /// Handle of the namespace; 0 where logs have no handles.
    pub ns: u16,
    /// Handle of the log; 0 where logs have no handles.
    pub woof: u16,
    /// Most bytes in a record.
    pub element: u32,
    /// How many records stay; 0: all.
    pub history: u32,
    /// Oldest readable record; 0 when there is none.
    pub first: u64,
    /// Newest record; 0 when there is none.
    pub last: u64,
    /// The namespace's name.
    pub namespace: &'a str,
    /// The log's name.
    pub name: &'a str,
}

impl<'a> LogStat<'a> {
    /// Reads one.
    pub fn read(r: &mut Reader<'a>) -> Result<Self, MessageError> {
        Ok(Self {
            ns: r.u16()?,
            woof: r.u16()?,
            element: r.u32()?,
            history: r.u32()?,
            first: r.u64()?,
            last: r.u64()?,
            namespace: r.str8()?,
            name: r.str8()?,
        })
    }

    /// Writes it.
    pub fn write(&self, w: &mut Writer<'_>) -> Result<(), MessageError> {
        w.u16(self.ns)?;
        w.u16(self.woof)?;
        w.u32(self.element)?;
        w.u32(self.history)?;
        w.u64(self.first)?;
        w.u64(self.last)?;
        w.str8(self.namespace)?;
        w.str8(self.name)
    }
}

/// What a function of a device is and has done.
///
/// ```text
/// hash [32] | ns u16 | woof u16 | every u16 | state u8 | place u8 | memory u32 | timeout_ms u32 | runs u32 | errors u32
/// | instructions u64 | heap_peak u32 | name str8 | handler str8
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunctionStat<'a> {
    /// The module that runs, or that is waited for.
    pub hash: ModuleHash,
    /// Namespace of the log that invokes it, or [`ANY`].
    pub ns: u16,
    /// The log that invokes it, or [`ANY`].
    pub woof: u16,
    /// After how many appends.
    pub every: u16,
    /// Whether it can run.
    pub state: FunctionState,
    /// Where it runs.
    pub place: Place,
    /// Bytes of its arena.
    pub memory: u32,
    /// Longest run.
    pub timeout_ms: u32,
    /// Invocations so far.
    pub runs: u32,
    /// Those that raised or hit a limit.
    pub errors: u32,
    /// Instructions of the last run.
    pub instructions: u64,
    /// Most bytes of the arena in use during the last run.
    pub heap_peak: u32,
    /// Its name.
    pub name: &'a str,
    /// `module.function`.
    pub handler: &'a str,
}

impl<'a> FunctionStat<'a> {
    /// Reads one.
    pub fn read(r: &mut Reader<'a>) -> Result<Self, MessageError> {
        Ok(Self {
            hash: ModuleHash(r.array()?),
            ns: r.u16()?,
            woof: r.u16()?,
            every: r.u16()?,
            state: FunctionState::from_code(r.u8()?)?,
            place: Place::from_code(r.u8()?)?,
            memory: r.u32()?,
            timeout_ms: r.u32()?,
            runs: r.u32()?,
            errors: r.u32()?,
            instructions: r.u64()?,
            heap_peak: r.u32()?,
            name: r.str8()?,
            handler: r.str8()?,
        })
    }

    /// Writes it.
    pub fn write(&self, w: &mut Writer<'_>) -> Result<(), MessageError> {
        w.put(&self.hash.0)?;
        w.u16(self.ns)?;
        w.u16(self.woof)?;
        w.u16(self.every)?;
        w.u8(self.state as u8)?;
        w.u8(self.place as u8)?;
        w.u32(self.memory)?;
        w.u32(self.timeout_ms)?;
        w.u32(self.runs)?;
        w.u32(self.errors)?;
        w.u64(self.instructions)?;
        w.u32(self.heap_peak)?;
        w.str8(self.name)?;
        w.str8(self.handler)
    }
}

/// Whether a function can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum FunctionState {
    /// Its module is here.
    Ready = 0,
    /// Its module is being fetched, or waited for.
    Wanted = 1,
    /// The module was refused; the one before, if any, goes on running.
    Refused = 2,
    /// It doesn't fit this device; the edge runs it.
    TooLarge = 3,
    /// It needs parts of the VM that this device's firmware was built without; the edge runs it.
    Lacks = 4,
}

impl FunctionState {
    fn from_code(code: u8) -> Result<Self, MessageError> {
        [Self::Ready, Self::Wanted, Self::Refused, Self::TooLarge, Self::Lacks]
            .get(usize::from(code))
            .copied()
            .ok_or(MessageError::Value)
    }
}

/// Where a function runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Place {
    /// In an arena of the device.
    Device = 0,
    /// The device asks the edge.
    Edge = 1,
}

impl Place {
    fn from_code(code: u8) -> Result<Self, MessageError> {
        [Self::Device, Self::Edge].get(usize::from(code)).copied().ok_or(MessageError::Value)
    }
}

/// What a device is.
///
/// ```text
/// time_ms u64 | uptime_ms u64 | silent u32 | arenas u8 | board str8 | version str8
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceStat<'a> {
    /// Its time: unix ms.
    pub time_ms: u64,
    /// Since it was switched on.
    pub uptime_ms: u64,
    /// Requests that got no answer since then.
    pub silent: u32,
    /// Functions it keeps ready at a time.
    pub arenas: u8,
    /// Name of the board.
    pub board: &'a str,
    /// Version of the runtime.
    pub version: &'a str,
}

impl<'a> DeviceStat<'a> {
    /// Exactly one.
    pub fn decode(payload: &'a [u8]) -> Result<Self, MessageError> {
        let mut r = Reader::new(payload);
        let stat = Self {
            time_ms: r.u64()?,
            uptime_ms: r.u64()?,
            silent: r.u32()?,
            arenas: r.u8()?,
            board: r.str8()?,
            version: r.str8()?,
        };
        r.end()?;
        Ok(stat)
    }

    /// Writes it.
    pub fn write(&self, w: &mut Writer<'_>) -> Result<(), MessageError> {
        w.u64(self.time_ms)?;
        w.u64(self.uptime_ms)?;
        w.u32(self.silent)?;
        w.u8(self.arenas)?;
        w.str8(self.board)?;
        w.str8(self.version)
    }
}

/// A function's configuration, or bytes of its module.
///
/// ```text
/// 1 configure: hash [32] | size u32 | memory u32 | timeout_ms u32 | every u16 | place u8 | name str8 | handler str8
/// 2 chunk:     hash [32] | offset u32 | bytes
/// 3 remove:    name str8
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Install<'a> {
    /// Makes the function, or changes it; the module it names is then wanted.
    Configure(Configuration<'a>),
    /// Bytes of a wanted module, for a device whose edge does not have it. In order; the answer says what is next.
    Chunk {
        /// The module.
        hash: ModuleHash,
        /// Where they belong.
        offset: u32,
        /// The bytes.
        bytes: &'a [u8],
    },
    /// Removes the function.
    Remove {
        /// Its name.
        name: &'a str,
    },
}

/// How a function is to be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Configuration<'a> {
    /// The module; a device runs no other. [`ModuleHash::NONE`] where the edge runs it.
    pub hash: ModuleHash,
    /// Bytes of the module.
    pub size: u32,
    /// Bytes of its arena.
    pub memory: u32,
    /// Longest run.
    pub timeout_ms: u32,
    /// After how many appends to the log it is invoked; 0: never by appends.
    pub every: u16,
    /// Where it runs.
    pub place: Place,
    /// Its name.
    pub name: &'a str,
    /// `module.function`.
    pub handler: &'a str,
}

impl<'a> Install<'a> {
    /// Exactly one.
    pub fn decode(payload: &'a [u8]) -> Result<Self, MessageError> {
        let mut r = Reader::new(payload);
        let install = match r.u8()? {
            1 => Self::Configure(Configuration {
                hash: ModuleHash(r.array()?),
                size: r.u32()?,
                memory: r.u32()?,
                timeout_ms: r.u32()?,
                every: r.u16()?,
                place: Place::from_code(r.u8()?)?,
                name: r.str8()?,
                handler: r.str8()?,
            }),
            2 => Self::Chunk { hash: ModuleHash(r.array()?), offset: r.u32()?, bytes: r.rest() },
            3 => Self::Remove { name: r.str8()? },
            _ => return Err(MessageError::Value),
        };
        r.end()?;
        Ok(install)
    }

    /// Writes it and returns its length.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, MessageError> {
        let mut w = Writer::new(out);
        match *self {
            Self::Configure(Configuration { hash, size, memory, timeout_ms, every, place, name, handler }) => {
                w.u8(1)?;
                w.put(&hash.0)?;
                w.u32(size)?;
                w.u32(memory)?;
                w.u32(timeout_ms)?;
                w.u16(every)?;
                w.u8(place as u8)?;
                w.str8(name)?;
                w.str8(handler)?;
            }
            Self::Chunk { hash, offset, bytes } => {
                w.u8(2)?;
                w.put(&hash.0)?;
                w.u32(offset)?;
                w.put(bytes)?;
            }
            Self::Remove { name } => {
                w.u8(3)?;
                w.str8(name)?;
            }
        }
        Ok(w.len())
    }
}

/// The answer to INSTALL.
///
/// ```text
/// state u8 | next u32
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Installed {
    /// Whether the function can run now.
    pub state: FunctionState,
    /// Bytes of the wanted module that are here: where the next chunk goes.
    pub next: u32,
}

impl Installed {
    /// Exactly one.
    pub fn decode(payload: &[u8]) -> Result<Self, MessageError> {
        let mut r = Reader::new(payload);
        let installed = Self { state: FunctionState::from_code(r.u8()?)?, next: r.u32()? };
        r.end()?;
        Ok(installed)
    }

    /// Writes it and returns its length.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, MessageError> {
        let mut w = Writer::new(out);
        w.u8(self.state as u8)?;
        w.u32(self.next)?;
        Ok(w.len())
    }
}

/// New limits of a function; 0 leaves one as it is.
///
/// ```text
/// memory u32 | timeout_ms u32 | name str8
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit<'a> {
    /// Bytes of its arena.
    pub memory: u32,
    /// Longest run.
    pub timeout_ms: u32,
    /// The function.
    pub name: &'a str,
}

impl<'a> Limit<'a> {
    /// Exactly one.
    pub fn decode(payload: &'a [u8]) -> Result<Self, MessageError> {
        let mut r = Reader::new(payload);
        let limit = Self { memory: r.u32()?, timeout_ms: r.u32()?, name: r.str8()? };
        r.end()?;
        Ok(limit)
    }

    /// Writes it and returns its length.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, MessageError> {
        let mut w = Writer::new(out);
        w.u32(self.memory)?;
        w.u32(self.timeout_ms)?;
        w.str8(self.name)?;
        Ok(w.len())
    }
}

/// An identity that the device is to mint for the asker.
///
/// ```text
/// identity [8] | expires u32 (unix s; FFFFFFFF: as long as the asker's capability)
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mint {
    /// Who its holder is.
    pub identity: [u8; 8],
    /// Its last second.
    pub expires: u32,
}

impl Mint {
    /// Bytes of one.
    pub const SIZE: usize = 12;

    /// Exactly one.
    pub fn decode(payload: &[u8]) -> Result<Self, MessageError> {
        let mut r = Reader::new(payload);
        let mint = Self { identity: r.array()?, expires: r.u32()? };
        r.end()?;
        Ok(mint)
    }

    /// Writes it and returns its length.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, MessageError> {
        let mut w = Writer::new(out);
        w.put(&self.identity)?;
        w.u32(self.expires)?;
        Ok(w.len())
    }
}

/// What SEQFIX sets.
///
/// ```text
/// 0 time: unix_ms u64 | 1 lane: lane u8, last u64
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SequenceFix {
    /// The device's time, unix ms.
    Time(u64),
    /// A lane's last sequence number.
    Lane {
        /// 0..=7.
        lane: u8,
        /// The number.
        last: u64,
    },
}

impl SequenceFix {
    /// Exactly one.
    pub fn decode(payload: &[u8]) -> Result<Self, MessageError> {
        let mut r = Reader::new(payload);
        let fix = match r.u8()? {
            0 => Self::Time(r.u64()?),
            1 => Self::Lane { lane: r.u8()?, last: r.u64()? },
            _ => return Err(MessageError::Value),
        };
        r.end()?;
        Ok(fix)
    }

    /// Writes it and returns its length.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, MessageError> {
        let mut w = Writer::new(out);
        match *self {
            Self::Time(ms) => {
                w.u8(0)?;
                w.u64(ms)?;
            }
            Self::Lane { lane, last } => {
                w.u8(1)?;
                w.u8(lane)?;
                w.u64(last)?;
            }
        }
        Ok(w.len())
    }
}

/// What REVOKE kills.
///
/// ```text
/// 0 subtree: the capability's body | 1 slot: slot u8 | 2 everything
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation<'a> {
    /// One capability and all derived from it: its body, in the form requests carry.
    Subtree(&'a [u8]),
    /// All capabilities of a slot.
    Slot(u8),
    /// All capabilities of the device.
    All,
}

impl<'a> Revocation<'a> {
    /// Exactly one.
    pub fn decode(payload: &'a [u8]) -> Result<Self, MessageError> {
        let mut r = Reader::new(payload);
        let revocation = match r.u8()? {
            0 => Self::Subtree(r.rest()),
            1 => Self::Slot(r.u8()?),
            2 => Self::All,
            _ => return Err(MessageError::Value),
        };
        r.end()?;
        Ok(revocation)
    }

    /// Writes it and returns its length.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, MessageError> {
        let mut w = Writer::new(out);
        match *self {
            Self::Subtree(body) => {
                w.u8(0)?;
                w.put(body)?;
            }
            Self::Slot(slot) => {
                w.u8(1)?;
                w.u8(slot)?;
            }
            Self::All => w.u8(2)?,
        }
        Ok(w.len())
    }
}
