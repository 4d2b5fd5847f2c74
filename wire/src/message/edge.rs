//! What a device and its edge say to each other. Every struct shows its fields in the order of the wire.

use super::operation::LogStat;
use super::{Kind, MessageError, ModuleHash, Reader, Records, Writer};
use crate::features::Features;

/// A device asks for a function's module, translated for its memory.
///
/// ```text
/// id u16 | isa u16 | arena u32 | wanted [32] | held [32] | function str8 | handler str8 | features u32, if not all
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fetch<'a> {
    /// Comes back in the answer.
    pub id: u16,
    /// Version of the instruction set ([`crate::module::ISA_VERSION`]).
    pub isa: u16,
    /// Bytes of arena that the device can give the function.
    pub arena: u32,
    /// The module whose hash was installed; [`ModuleHash::NONE`]: whichever is current, just to know.
    pub wanted: ModuleHash,
    /// The module the device has.
    pub held: ModuleHash,
    /// The function.
    pub function: &'a str,
    /// `module.function`, as in AWS Lambda.
    pub handler: &'a str,
    /// Parts of the VM that the device's firmware has.
    pub features: Features,
}

/// The edge's answer to [`Fetch`].
///
/// ```text
/// id u16 | 0 not modified
///        | 1 offer: hash [32] | size u32 | memory u32
///        | 2 too large: needed u32
///        | 3 not found
///        | 4 failed: reason str8
///        | 5 lacks: features u32
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fetched<'a> {
    /// Of the [`Fetch`].
    pub id: u16,
    /// What the edge has.
    pub offer: Offer<'a>,
}

/// What the edge has of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer<'a> {
    /// The module the device has is the one it wants.
    NotModified,
    /// The module can be pulled.
    Module {
        /// Of its bytes.
        hash: ModuleHash,
        /// How many bytes.
        size: u32,
        /// Smallest arena it starts in, bytes; 0: not known.
        memory: u32,
    },
    /// It doesn't fit the arena; the device may ask the edge to run it.
    TooLarge {
        /// Smallest arena it would start in, bytes.
        needed: u32,
    },
    /// No such function, or not with that hash.
    NotFound,
    /// It can't be translated.
    Failed {
        /// One line for the console.
        reason: &'a str,
    },
    /// It needs parts of the VM that the device's firmware was built without; the device may ask the edge to run it.
    Lacks {
        /// Those.
        features: Features,
    },
}

/// A device asks for bytes of a module; they come as [`Chunk`]s, in order, none longer than `chunk`.
///
/// ```text
/// id u16 | hash [32] | offset u32 | length u32 | chunk u16
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pull {
    /// Comes back in every chunk.
    pub id: u16,
    /// The module.
    pub hash: ModuleHash,
    /// First byte.
    pub offset: u32,
    /// How many bytes.
    pub length: u32,
    /// Most bytes in one chunk.
    pub chunk: u16,
}

/// Bytes of a module.
///
/// ```text
/// id u16 | offset u32 | bytes
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk<'a> {
    /// Of the [`Pull`].
    pub id: u16,
    /// Where they belong.
    pub offset: u32,
    /// The bytes; none: the edge doesn't have the module (any more).
    pub bytes: &'a [u8],
}

/// A device asks the edge to run a function.
///
/// ```text
/// id u16 | deadline_ms u32 | sequence u64 | function str8 | log str8 | event
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invoke<'a> {
    /// Comes back in the answer.
    pub id: u16,
    /// How long the device will wait.
    pub deadline_ms: u32,
    /// Sequence number of the append that invoked it.
    pub sequence: u64,
    /// The function.
    pub function: &'a str,
    /// The log that was appended to.
    pub log: &'a str,
    /// The event: JSON text, or where it is none the bytes as they are.
    pub event: &'a [u8],
}

/// The edge's answer to [`Invoke`].
///
/// ```text
/// id u16 | outcome u8 (0 returned, 1 raised, 2 not found, 3 not run) | duration_us u32 | instructions u64 | body
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invoked<'a> {
    /// Of the [`Invoke`].
    pub id: u16,
    /// What became of it.
    pub outcome: InvokeOutcome,
    /// How long the function ran at the edge.
    pub duration_us: u32,
    /// Instructions it took, 0 where nobody counts.
    pub instructions: u64,
    /// The result as JSON, or the error as text.
    pub body: &'a [u8],
}

/// What became of an [`Invoke`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum InvokeOutcome {
    /// The handler returned.
    Returned = 0,
    /// The handler raised, or hit a limit.
    Raised = 1,
    /// No such function.
    NotFound = 2,
    /// The edge did not run it: too busy, out of time.
    NotRun = 3,
}

impl InvokeOutcome {
    fn from_code(code: u8) -> Result<Self, MessageError> {
        [Self::Returned, Self::Raised, Self::NotFound, Self::NotRun]
            .get(usize::from(code))
            .copied()
            .ok_or(MessageError::Value)
    }
}

/// A device appends to one of the edge's logs, once: (lane, client_sequence) is the append's identity.
///
/// ```text
/// id u16 | lane u8 | client_sequence u64 | log str8 | payload
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Append<'a> {
    /// Comes back in the answer.
    pub id: u16,
    /// The device's lane at the edge.
    pub lane: u8,
    /// Rises within the lane; a repetition carries the number of the first attempt. Never 0.
    pub client_sequence: u64,
    /// `namespace/name`.
    pub log: &'a str,
    /// The record.
    pub payload: &'a [u8],
}

/// The edge's answer to [`Append`].
///
/// ```text
/// id u16 | outcome u8 (0 appended, 1 not found, 2 too long, 3 refused) | sequence u64
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Of the [`Append`].
    pub id: u16,
    /// Where the record is, or why there is none.
    pub outcome: Result<u64, AppendRefusal>,
}

/// Why the edge did not append.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum AppendRefusal {
    /// No such log.
    NotFound = 1,
    /// The payload is over the log's element size.
    TooLong = 2,
    /// The lane is past that number, or the log takes no records.
    Refused = 3,
}

/// A device reads one of the edge's logs.
///
/// ```text
/// id u16 | selection | log str8
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read<'a> {
    /// Comes back in the answer.
    pub id: u16,
    /// Which records, or `None` for what the log is and has.
    pub selection: Option<Selection>,
    /// `namespace/name`.
    pub log: &'a str,
}

/// The edge's answer to [`Read`].
///
/// ```text
/// id u16 | 0 records | 1 stat | 2 not found | 3 gone | 4 not yet
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadReply<'a> {
    /// Of the [`Read`].
    pub id: u16,
    /// What was read.
    pub outcome: ReadOutcome<'a>,
}

/// What was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadOutcome<'a> {
    /// The records; fewer than asked for when they don't fit one message.
    Records(Records<'a>),
    /// What the log is and has.
    Stat(LogStat<'a>),
    /// No such log.
    NotFound,
    /// The record has left the history.
    Gone,
    /// No such record yet.
    NotYet,
}

/// An edge begins to prove, and to let prove, that both hold the root of its slot.
///
/// ```text
/// nonce [8] | body of the edge's root, as requests carry it
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair<'a> {
    /// The edge's number, at random.
    pub nonce: [u8; 8],
    /// One frame.
    pub root: &'a [u8],
}

/// The device's answer to [`Pair`].
///
/// ```text
/// nonce [8] | proof [16]
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paired {
    /// The device's number, at random.
    pub nonce: [u8; 8],
    /// The device's.
    pub proof: [u8; 16],
}

/// The edge's answer to [`Paired`].
///
/// ```text
/// proof [16]
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PairProof {
    /// The edge's.
    pub proof: [u8; 16],
}

/// Which records of a log.
///
/// ```text
/// 0 latest | 1 at: sequence u64 | 2 tail: count u16 | 3 range: from u64, count u16        (4: none, only in Read)
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// The newest.
    Latest,
    /// The one at this sequence number.
    At(u64),
    /// The newest `count`, oldest first; when they don't fit the answer, as many of the newest as do.
    Tail(u16),
    /// Up to `count` from `from` on (or from the oldest there is), as many as fit the answer.
    Range {
        /// First sequence number.
        from: u64,
        /// Most records.
        count: u16,
    },
}

impl Selection {
    /// Writes it; `None` is what [`Read`] writes for "stat".
    pub fn write(selection: Option<Self>, writer: &mut Writer<'_>) -> Result<(), MessageError> {
        match selection {
            Some(Self::Latest) => writer.u8(0),
            Some(Self::At(sequence)) => writer.u8(1).and_then(|()| writer.u64(sequence)),
            Some(Self::Tail(count)) => writer.u8(2).and_then(|()| writer.u16(count)),
            Some(Self::Range { from, count }) => {
                writer.u8(3)?;
                writer.u64(from)?;
                writer.u16(count)
            }
            None => writer.u8(4),
        }
    }

    /// Reads what [`Selection::write`] wrote.
    pub fn read(reader: &mut Reader<'_>) -> Result<Option<Self>, MessageError> {
        Ok(Some(match reader.u8()? {
            0 => Self::Latest,
            1 => Self::At(reader.u64()?),
            2 => Self::Tail(reader.u16()?),
            3 => Self::Range { from: reader.u64()?, count: reader.u16()? },
            4 => return Ok(None),
            _ => return Err(MessageError::Value),
        }))
    }
}

/// The first message of a device on a link that it has opened itself (TCP): who it is. It proves nothing; the edge goes on
/// with [`Pair`].
///
/// ```text
/// name str8 | board str8 | version str8
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hello<'a> {
    /// What its owner calls it.
    pub name: &'a str,
    /// What kind of board it is.
    pub board: &'a str,
    /// Version of its firmware.
    pub version: &'a str,
}

/// The edge entrusts its device with a capability under the edge's key: it may take from its queue, and bring answers.
///
/// ```text
/// masked [16] | body
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entrust<'a> {
    /// Its key, which only the two ends of the link can tell.
    pub masked: [u8; 16],
    /// Its frames, as a request shows them.
    pub body: &'a [u8],
}

/// Any message between a device and its edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message<'a> {
    /// See [`Fetch`].
    Fetch(Fetch<'a>),
    /// See [`Fetched`].
    Fetched(Fetched<'a>),
    /// See [`Pull`].
    Pull(Pull),
    /// See [`Chunk`].
    Chunk(Chunk<'a>),
    /// See [`Invoke`].
    Invoke(Invoke<'a>),
    /// See [`Invoked`].
    Invoked(Invoked<'a>),
    /// See [`Append`].
    Append(Append<'a>),
    /// See [`Appended`].
    Appended(Appended),
    /// See [`Read`].
    Read(Read<'a>),
    /// See [`ReadReply`].
    ReadReply(ReadReply<'a>),
    /// See [`Pair`].
    Pair(Pair<'a>),
    /// See [`Paired`].
    Paired(Paired),
    /// See [`PairProof`].
    PairProof(PairProof),
    /// See [`Hello`].
    Hello(Hello<'a>),
    /// See [`Entrust`].
    Entrust(Entrust<'a>),
}

impl<'a> Message<'a> {
    /// The frame's kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Fetch(_) => Kind::Fetch,
            Self::Fetched(_) => Kind::Fetched,
            Self::Pull(_) => Kind::Pull,
            Self::Chunk(_) => Kind::Chunk,
            Self::Invoke(_) => Kind::Invoke,
            Self::Invoked(_) => Kind::Invoked,
            Self::Append(_) => Kind::Append,
            Self::Appended(_) => Kind::Appended,
            Self::Read(_) => Kind::Read,
            Self::ReadReply(_) => Kind::ReadReply,
            Self::Pair(_) => Kind::Pair,
            Self::Paired(_) => Kind::Paired,
            Self::PairProof(_) => Kind::PairProof,
            Self::Hello(_) => Kind::Hello,
            Self::Entrust(_) => Kind::Entrust,
        }
    }

    /// Exactly one message of that kind.
    pub fn decode(kind: u8, body: &'a [u8]) -> Result<Self, MessageError> {
        let mut reader = Reader::new(body);
        let r = &mut reader;
        let message = match Kind::from_code(kind).ok_or(MessageError::Kind)? {
            Kind::Fetch => Self::Fetch(Fetch {
                id: r.u16()?,
                isa: r.u16()?,
                arena: r.u32()?,
                wanted: ModuleHash(r.array()?),
                held: ModuleHash(r.array()?),
                function: r.str8()?,
                handler: r.str8()?,
                features: if r.remaining() == 0 { Features::ALL } else { Features(r.u32()?) },
            }),
            Kind::Fetched => Self::Fetched(Fetched {
                id: r.u16()?,
                offer: match r.u8()? {
                    0 => Offer::NotModified,
                    1 => Offer::Module { hash: ModuleHash(r.array()?), size: r.u32()?, memory: r.u32()? },
                    2 => Offer::TooLarge { needed: r.u32()? },
                    3 => Offer::NotFound,
                    4 => Offer::Failed { reason: r.str8()? },
                    5 => Offer::Lacks { features: Features(r.u32()?) },
                    _ => return Err(MessageError::Value),
                },
            }),
            Kind::Pull => Self::Pull(Pull {
                id: r.u16()?,
                hash: ModuleHash(r.array()?),
                offset: r.u32()?,
                length: r.u32()?,
                chunk: r.u16()?,
            }),
            Kind::Chunk => Self::Chunk(Chunk { id: r.u16()?, offset: r.u32()?, bytes: r.rest() }),
            Kind::Invoke => Self::Invoke(Invoke {
                id: r.u16()?,
                deadline_ms: r.u32()?,
                sequence: r.u64()?,
                function: r.str8()?,
                log: r.str8()?,
                event: r.rest(),
            }),
            Kind::Invoked => Self::Invoked(Invoked {
                id: r.u16()?,
                outcome: InvokeOutcome::from_code(r.u8()?)?,
                duration_us: r.u32()?,
                instructions: r.u64()?,
                body: r.rest(),
            }),
            Kind::Append => Self::Append(Append {
                id: r.u16()?,
                lane: r.u8()?,
                client_sequence: r.u64()?,
                log: r.str8()?,
                payload: r.rest(),
            }),
            Kind::Appended => {
                let (id, outcome, sequence) = (r.u16()?, r.u8()?, r.u64()?);
                let outcome = match outcome {
                    0 => Ok(sequence),
                    _ if sequence != 0 => return Err(MessageError::Value),
                    1 => Err(AppendRefusal::NotFound),
                    2 => Err(AppendRefusal::TooLong),
                    3 => Err(AppendRefusal::Refused),
                    _ => return Err(MessageError::Value),
                };
                Self::Appended(Appended { id, outcome })
            }
            Kind::Read => Self::Read(Read { id: r.u16()?, selection: Selection::read(r)?, log: r.str8()? }),
            Kind::ReadReply => Self::ReadReply(ReadReply {
                id: r.u16()?,
                outcome: match r.u8()? {
                    0 => ReadOutcome::Records(Records::decode(r.rest())?),
                    1 => ReadOutcome::Stat(LogStat::read(r)?),
                    2 => ReadOutcome::NotFound,
                    3 => ReadOutcome::Gone,
                    4 => ReadOutcome::NotYet,
                    _ => return Err(MessageError::Value),
                },
            }),
            Kind::Pair => Self::Pair(Pair { nonce: r.array()?, root: r.rest() }),
            Kind::Paired => Self::Paired(Paired { nonce: r.array()?, proof: r.array()? }),
            Kind::PairProof => Self::PairProof(PairProof { proof: r.array()? }),
            Kind::Hello => Self::Hello(Hello { name: r.str8()?, board: r.str8()?, version: r.str8()? }),
            Kind::Entrust => Self::Entrust(Entrust { masked: r.array()?, body: r.rest() }),
            Kind::Request | Kind::Response | Kind::Sealed | Kind::Console => return Err(MessageError::Kind),
        };
        reader.end()?;
        Ok(message)
    }

    /// Writes the body of the frame and returns its length.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, MessageError> {
        let mut writer = Writer::new(out);
        let w = &mut writer;
        match *self {
            Self::Fetch(Fetch { id, isa, arena, wanted, held, function, handler, features }) => {
                w.u16(id)?;
                w.u16(isa)?;
                w.u32(arena)?;
                w.put(&wanted.0)?;
                w.put(&held.0)?;
                w.str8(function)?;
                w.str8(handler)?;
                if features != Features::ALL {
                    w.u32(features.0)?;
                }
            }
            Self::Fetched(Fetched { id, offer }) => {
                w.u16(id)?;
                match offer {
                    Offer::NotModified => w.u8(0)?,
                    Offer::Module { hash, size, memory } => {
                        w.u8(1)?;
                        w.put(&hash.0)?;
                        w.u32(size)?;
                        w.u32(memory)?;
                    }
                    Offer::TooLarge { needed } => {
                        w.u8(2)?;
                        w.u32(needed)?;
                    }
                    Offer::NotFound => w.u8(3)?,
                    Offer::Failed { reason } => {
                        w.u8(4)?;
                        w.str8(reason)?;
                    }
                    Offer::Lacks { features } => {
                        w.u8(5)?;
                        w.u32(features.0)?;
                    }
                }
            }
            Self::Pull(Pull { id, hash, offset, length, chunk }) => {
                w.u16(id)?;
                w.put(&hash.0)?;
                w.u32(offset)?;
                w.u32(length)?;
                w.u16(chunk)?;
            }
            Self::Chunk(Chunk { id, offset, bytes }) => {
                w.u16(id)?;
                w.u32(offset)?;
                w.put(bytes)?;
            }
            Self::Invoke(Invoke { id, deadline_ms, sequence, function, log, event }) => {
                w.u16(id)?;
                w.u32(deadline_ms)?;
                w.u64(sequence)?;
                w.str8(function)?;
                w.str8(log)?;
                w.put(event)?;
            }
            Self::Invoked(Invoked { id, outcome, duration_us, instructions, body }) => {
                w.u16(id)?;
                w.u8(outcome as u8)?;
                w.u32(duration_us)?;
                w.u64(instructions)?;
                w.put(body)?;
            }
            Self::Append(Append { id, lane, client_sequence, log, payload }) => {
                w.u16(id)?;
                w.u8(lane)?;
                w.u64(client_sequence)?;
                w.str8(log)?;
                w.put(payload)?;
            }
            Self::Appended(Appended { id, outcome }) => {
                w.u16(id)?;
                w.u8(outcome.map_or_else(|refusal| refusal as u8, |_| 0))?;
                w.u64(outcome.unwrap_or(0))?;
            }
            Self::Read(Read { id, selection, log }) => {
                w.u16(id)?;
                Selection::write(selection, w)?;
                w.str8(log)?;
            }
            Self::ReadReply(ReadReply { id, outcome }) => {
                w.u16(id)?;
                match outcome {
                    ReadOutcome::Records(records) => {
                        w.u8(0)?;
                        // At most 65535 records were read from a list.
                        w.u16(records.len() as u16)?;
                        for record in records.iter() {
                            w.u64(record.sequence)?;
                            w.u64(record.timestamp_ms)?;
                            w.bytes16(record.payload)?;
                        }
                    }
                    ReadOutcome::Stat(stat) => {
                        w.u8(1)?;
                        stat.write(w)?;
                    }
                    ReadOutcome::NotFound => w.u8(2)?,
                    ReadOutcome::Gone => w.u8(3)?,
                    ReadOutcome::NotYet => w.u8(4)?,
                }
            }
            Self::Pair(Pair { nonce, root }) => {
                w.put(&nonce)?;
                w.put(root)?;
            }
            Self::Paired(Paired { nonce, proof }) => {
                w.put(&nonce)?;
                w.put(&proof)?;
            }
            Self::PairProof(PairProof { proof }) => w.put(&proof)?,
            Self::Hello(Hello { name, board, version }) => {
                w.str8(name)?;
                w.str8(board)?;
                w.str8(version)?;
            }
            Self::Entrust(Entrust { masked, body }) => {
                w.put(&masked)?;
                w.put(body)?;
            }
        }
        Ok(writer.len())
    }
}
