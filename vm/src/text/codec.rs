//! `encode` and `decode`: UTF-8, ASCII, Latin-1, and the wide codecs of `wide.rs`; strict, ignoring or replacing what doesn't fit.

use super::builder::TextBuilder;
use super::wide::Wide;
use crate::error::Outcome;
use crate::features::FEATURES;
use crate::kind::kind;
use crate::raw;
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

/// Are there others than UTF-8 and ASCII, and other ways with errors than strict?
const ALL: bool = FEATURES.has(Feature::Codecs);

/// A codec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Codec {
    Utf8,
    /// UTF-8 behind a signature.
    Signed,
    Ascii,
    Latin1,
    Wide(Wide),
}

/// A codec's name as it is compared: as in CPython case, and which separator, don't matter.
#[derive(Default)]
struct Name([u8; 12]);

impl Name {
    /// Of a text; a longer one is no codec's.
    fn of(&mut self, text: &[u8]) -> &[u8] {
        let Some(name) = self.0.get_mut(..text.len()) else { return &[] };
        for (place, byte) in name.iter_mut().zip(text) {
            *place = if matches!(byte, b'_' | b' ') { b'-' } else { byte.to_ascii_lowercase() };
        }
        name
    }
}

/// What stands before text in UTF-8 that says so.
const SIGNATURE: &[u8] = b"\xef\xbb\xbf";

const NAMES: [(Codec, &str); 4] = [
    (Codec::Utf8, "utf-8 utf8 u8 cp65001"),
    (Codec::Signed, "utf-8-sig"),
    (Codec::Ascii, "ascii us-ascii 646"),
    (Codec::Latin1, "latin-1 latin1 latin l1 iso-8859-1 iso8859-1 8859"),
];

/// Does a text name a codec that not every build has?
pub(crate) fn names_codec(text: &str) -> bool {
    !matches!(Codec::named(Name::default().of(text.as_bytes())), None | Some(Codec::Utf8 | Codec::Ascii))
}

impl Codec {
    /// The codec of a [`Name`].
    fn named(name: &[u8]) -> Option<Self> {
        let named = |(_, names): &&(Self, &str)| names.split(' ').any(|one| one.as_bytes() == name);
        NAMES.iter().find(named).map(|(codec, _)| *codec).or_else(|| Wide::named(name).map(Self::Wide))
    }

    /// Characters from here on have no code.
    const fn limit(self) -> u32 {
        match self {
            Self::Utf8 | Self::Signed | Self::Wide(_) => 0x11_0000,
            Self::Ascii => 128,
            Self::Latin1 => 256,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Utf8 | Self::Signed => "utf-8",
            Self::Ascii => "ascii",
            Self::Latin1 => "latin-1",
            Self::Wide(wide) => wide.name(),
        }
    }
}

/// What to do about what doesn't fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Errors {
    Strict,
    Ignore,
    Replace,
    Backslash,
    Xml,
    Unknown,
}

impl Vm<'_> {
    /// The codec an argument names; UTF-8 where it isn't given.
    fn codec_argument(&mut self, value: Value, function: &str) -> Outcome<Codec> {
        if value.is_unbound() {
            return Ok(Codec::Utf8);
        }
        self.str_argument(value, function, "encoding")?;
        let mut name = Name::default();
        let codec = Codec::named(name.of(self.bytes(value)));
        match codec {
            Some(Codec::Utf8 | Codec::Ascii) => {}
            _ => self.must_have(Feature::Codecs)?,
        }
        let Some(codec) = codec else {
            let name = self.line_of(value);
            return self.raise_fmt(Builtin::LookupError, format_args!("unknown encoding: {name}"));
        };
        Ok(codec)
    }

    fn errors_argument(&mut self, value: Value, function: &str) -> Outcome<Errors> {
        if value.is_unbound() {
            return Ok(Errors::Strict);
        }
        self.str_argument(value, function, "errors")?;
        if self.bytes(value) == b"strict" {
            return Ok(Errors::Strict);
        }
        self.must_have(Feature::Codecs)?;
        Ok(match self.bytes(value) {
            b"ignore" => Errors::Ignore,
            b"replace" => Errors::Replace,
            b"backslashreplace" => Errors::Backslash,
            b"xmlcharrefreplace" => Errors::Xml,
            _ => Errors::Unknown,
        })
    }

    fn str_argument(&mut self, value: Value, function: &str, name: &str) -> Outcome<()> {
        if self.is_str(value) {
            return Ok(());
        }
        let given = self.given_name(value);
        self.raise_fmt(Builtin::TypeError, format_args!("{function}() argument '{name}' must be str, not {given}"))
    }

    /// A str as a line for messages.
    pub(crate) fn line_of(&self, text: Value) -> crate::vm::Line {
        use core::fmt::Write as _;
        let mut line = crate::vm::Line::default();
        let _ = line.write_str(self.text(text));
        line
    }

    #[cold]
    fn unknown_handler<T>(&mut self, errors: Value) -> Outcome<T> {
        let name = self.line_of(errors);
        self.raise_fmt(Builtin::LookupError, format_args!("unknown error handler name '{name}'"))
    }

    /// A str as bytes in an encoding: argument 0 is the text, `encoding` and `errors` are names or unbound.
    pub(crate) fn encode_text(&mut self, text: Root, encoding: Value, errors: Root, function: &str) -> Outcome<Value> {
        let codec = self.codec_argument(encoding, function)?;
        let policy = self.errors_argument(self.get(errors), function)?;
        if let Codec::Wide(wide) = codec
            && ALL
        {
            return wide.encode(self, text);
        }
        if codec == Codec::Signed && ALL {
            let length = self.length(self.get(text));
            let made = self.alloc(kind::BYTES, length + 3)?;
            self.mem.slice_mut(made.0 + 4, 3).copy_from_slice(SIGNATURE);
            self.copy_text(self.get(text), 0, made.0 + 7, length);
            return Ok(made);
        }
        let length = self.length(self.get(text));
        if codec == Codec::Utf8 || self.is_ascii(self.get(text)) {
            let made = self.alloc(kind::BYTES, length)?;
            self.copy_text(self.get(text), 0, made.0 + 4, length);
            return Ok(made);
        }
        let mut out = TextBuilder::bytes(self, length)?;
        let (mut at, mut position) = (0, 0);
        while let Some((character, next)) = self.char_at(self.get(text), at) {
            self.work(1)?;
            if (character as u32) < codec.limit() {
                out.push_byte(self, character as u8)?;
            } else {
                match policy {
                    policy if policy == Errors::Strict || !ALL => return self.cannot_encode(text, codec, at, position),
                    Errors::Strict | Errors::Ignore => {}
                    Errors::Replace => out.push_byte(self, b'?')?,
                    Errors::Backslash => super::quote::push_escape(self, &mut out, character as u32)?,
                    Errors::Xml => out.push_fmt(self, format_args!("&#{};", character as u32))?,
                    Errors::Unknown => return self.unknown_handler(self.get(errors)),
                }
            }
            (at, position) = (next, position + 1);
        }
        Ok(out.finish_and_release(self))
    }

    #[cold]
    fn cannot_encode<T>(&mut self, text: Root, codec: Codec, at: u32, position: u32) -> Outcome<T> {
        let text = raw::text(self.bytes(self.get(text)).get(at as usize..).unwrap_or(&[]));
        let run = text.chars().take_while(|character| *character as u32 >= codec.limit()).count() as u32;
        let code = text.chars().next().map_or(0, |character| character as u32);
        let (name, limit) = (codec.name(), codec.limit());
        if run > 1 {
            let last = position + run - 1;
            return self.raise_fmt(
                Builtin::UnicodeEncodeError,
                format_args!(
                    "'{name}' codec can't encode characters in position {position}-{last}: ordinal not in range({limit})"
                ),
            );
        }
        let escape = super::quote::Escape(code);
        self.raise_fmt(
            Builtin::UnicodeEncodeError,
            format_args!(
                "'{name}' codec can't encode character '{escape}' in position {position}: ordinal not in range({limit})"
            ),
        )
    }

    /// Bytes as a str; `encoding` and `errors` are names or unbound.
    pub(crate) fn decode_bytes(
        &mut self,
        bytes: Root,
        encoding: Value,
        errors: Root,
        function: &str,
    ) -> Outcome<Value> {
        let mut codec = self.codec_argument(encoding, function)?;
        let policy = self.errors_argument(self.get(errors), function)?;
        let mark = self.mark();
        let (source, length) = self.blob_root(self.get(bytes))?;
        let mut out = TextBuilder::new(self, length)?;
        let mut at = 0;
        if let Codec::Wide(wide) = codec
            && ALL
        {
            let (wide, start) = wide.marked(self.bytes(self.get(source)).get(..length as usize).unwrap_or(&[]));
            (codec, at) = (Codec::Wide(wide), start);
        }
        if codec == Codec::Signed && ALL {
            at = if length >= 3 && self.bytes(self.get(source)).starts_with(SIGNATURE) { 3 } else { 0 };
            codec = Codec::Utf8;
        }
        while at < length {
            self.work(1)?;
            let all = self.bytes(self.get(source));
            let rest = all.get(at as usize..length as usize).unwrap_or(&[]);
            let (good, bad, reason) = match codec {
                Codec::Wide(wide) if ALL => match wide.character(rest) {
                    Ok((character, bytes)) => {
                        out.push_char(self, character)?;
                        at += bytes;
                        continue;
                    }
                    Err((bad, reason)) => (0, bad, reason),
                },
                _ => valid_prefix(codec, rest),
            };
            if codec == Codec::Latin1 && ALL {
                for offset in at..length {
                    self.work(1)?;
                    let byte = self.bytes(self.get(source)).get(offset as usize).copied().unwrap_or(0);
                    out.push_char(self, char::from(byte))?;
                }
                break;
            }
            out.push_part(self, source, at, at + good)?;
            at += good;
            if bad == 0 {
                break;
            }
            match policy {
                policy if policy == Errors::Strict || !ALL => {
                    return self.cannot_decode(source, codec, at, bad, reason);
                }
                Errors::Strict | Errors::Ignore => {}
                Errors::Replace => out.push_char(self, char::REPLACEMENT_CHARACTER)?,
                Errors::Backslash => {
                    for offset in at..at + bad {
                        let byte = self.bytes(self.get(source)).get(offset as usize).copied().unwrap_or(0);
                        out.push_fmt(self, format_args!("\\x{byte:02x}"))?;
                    }
                }
                Errors::Xml => {
                    return self
                        .raise(Builtin::TypeError, "don't know how to handle UnicodeDecodeError in error callback");
                }
                Errors::Unknown => return self.unknown_handler(self.get(errors)),
            }
            at += bad;
        }
        let made = out.finish(self);
        self.release(mark);
        Ok(made)
    }

    #[cold]
    fn cannot_decode<T>(&mut self, source: Root, codec: Codec, at: u32, bad: u32, reason: &str) -> Outcome<T> {
        let byte = self.bytes(self.get(source)).get(at as usize).copied().unwrap_or(0);
        let name = codec.name();
        if bad > 1 {
            let last = at + bad - 1;
            return self.raise_fmt(
                Builtin::UnicodeDecodeError,
                format_args!("'{name}' codec can't decode bytes in position {at}-{last}: {reason}"),
            );
        }
        self.raise_fmt(
            Builtin::UnicodeDecodeError,
            format_args!("'{name}' codec can't decode byte {byte:#04x} in position {at}: {reason}"),
        )
    }
}

/// How many bytes decode, how many behind them don't, and why.
fn valid_prefix(codec: Codec, bytes: &[u8]) -> (u32, u32, &'static str) {
    match codec {
        Codec::Latin1 | Codec::Wide(_) => (bytes.len() as u32, 0, ""),
        Codec::Ascii => match bytes.iter().position(|byte| *byte > 127) {
            Some(at) => (at as u32, 1, "ordinal not in range(128)"),
            None => (bytes.len() as u32, 0, ""),
        },
        Codec::Utf8 | Codec::Signed => match core::str::from_utf8(bytes) {
            Ok(_) => (bytes.len() as u32, 0, ""),
            Err(error) => {
                let good = error.valid_up_to();
                let first = bytes.get(good).copied().unwrap_or(0);
                match error.error_len() {
                    None => (good as u32, (bytes.len() - good) as u32, "unexpected end of data"),
                    Some(bad) if matches!(first, 0xC2..=0xF4) => (good as u32, bad as u32, "invalid continuation byte"),
                    Some(bad) => (good as u32, bad as u32, "invalid start byte"),
                }
            }
        },
    }
}

/// `str.encode(encoding="utf-8", errors="strict")`.
pub(super) fn encode(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    vm.encode_text(args.root(0), vm.arg(args, 1), args.root(2), "encode")
}

/// `bytes.decode(encoding="utf-8", errors="strict")`.
pub(super) fn decode(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    vm.decode_bytes(args.root(0), vm.arg(args, 1), args.root(2), "decode")
}

/// `str(object="", encoding="utf-8", errors="strict")`.
pub(super) fn new_str(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (object, encoding, errors) = (vm.arg(args, 0), vm.arg(args, 1), vm.arg(args, 2));
    if object.is_unbound() {
        return vm.new_str("");
    }
    if encoding.is_unbound() && errors.is_unbound() {
        return vm.str(object);
    }
    if !vm.is_bytes_like(object)
        && let Some(bytes) = vm.call_special(object, "__buffer__", &[])?
    {
        vm.set(args.root(0), bytes);
    }
    // One of a derived class is what it holds, whatever its methods do.
    let object = vm.arg(args, 0);
    let plain = vm.plain(object);
    vm.set(args.root(0), plain);
    match vm.kind(plain) {
        kind::BYTES | kind::BYTEARRAY => vm.decode_bytes(args.root(0), vm.arg(args, 1), args.root(2), "str"),
        kind::STR => vm.raise(Builtin::TypeError, "decoding str is not supported"),
        _ => vm.raise_type("decoding to str: need a bytes-like object, {} found", object),
    }
}
