//! Which native is behind which name.

use super::{bytearray, bytes, case, codec, convert, find, pad, split, template, translate};
use crate::native::Native;
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;

pub(crate) fn function(builtin: Builtin) -> Option<&'static Native> {
    static ASCII: Native = Native::new("ascii", convert::ascii, 1, 1);
    static BIN: Native = Native::new("bin", convert::bin, 1, 1);
    static BYTEARRAY: Native =
        Native::new("bytearray,source,encoding,errors", bytes::new_bytearray, 0, 3).part_of(Feature::Bytearray);
    static BYTES: Native =
        Native::new("bytes,source,encoding,errors", bytes::new_bytes, 0, 3).part_of(Feature::Bytearray);
    static CHR: Native = Native::new("chr", convert::chr, 1, 1);
    static FORMAT: Native = Native::new("format", convert::format, 1, 2);
    static HEX: Native = Native::new("hex", convert::hex, 1, 1);
    static OCT: Native = Native::new("oct", convert::oct, 1, 1);
    static ORD: Native = Native::new("ord", convert::ord, 1, 1);
    static REPR: Native = Native::new("repr", convert::repr, 1, 1);
    static STR: Native = Native::new("str,object,encoding,errors", codec::new_str, 0, 3);
    Some(match builtin {
        Builtin::Ascii => &ASCII,
        Builtin::Bin => &BIN,
        Builtin::BytearrayType => &BYTEARRAY,
        Builtin::BytesType => &BYTES,
        Builtin::Chr => &CHR,
        Builtin::Format => &FORMAT,
        Builtin::Hex => &HEX,
        Builtin::Oct => &OCT,
        Builtin::Ord => &ORD,
        Builtin::Repr => &REPR,
        Builtin::StrType => &STR,
        _ => return None,
    })
}

pub(crate) fn methods(builtin_type: Builtin) -> &'static [Native] {
    match builtin_type {
        Builtin::StrType => STR,
        Builtin::BytesType => BYTES,
        Builtin::BytearrayType => BYTEARRAY,
        _ => &[],
    }
}

const SPLIT: Native = Native::new("split,,sep,maxsplit", split::split, 1, 3);
const RSPLIT: Native = Native::new("rsplit,,sep,maxsplit", split::rsplit, 1, 3);
const SPLITLINES: Native = Native::new("splitlines,,keepends", split::splitlines, 1, 2).part_of(Feature::StrLayout);
const EXPANDTABS: Native = Native::new("expandtabs,,tabsize", pad::expandtabs, 1, 2).part_of(Feature::StrLayout);
const DECODE: Native = Native::new("decode,,encoding,errors", codec::decode, 1, 3);
const HEX: Native = Native::new("hex,,sep,bytes_per_sep", bytes::hex, 1, 3).part_of(Feature::Bytearray);
const TRANSLATE_BYTES: Native =
    Native::new("translate,,,delete", translate::translate_bytes, 2, 3).part_of(Feature::StrTranslate);

/// What str, bytes and bytearray have in common, and what is behind it.
macro_rules! shared {
    ($($more:expr),* $(,)?) => {
        &[
            Native::new("capitalize", case::capitalize, 1, 1).part_of(Feature::StrLayout),
            Native::new("center", pad::center, 2, 3).part_of(Feature::StrLayout),
            Native::new("count", find::count, 2, 4),
            Native::new("endswith", find::endswith, 2, 4),
            EXPANDTABS,
            Native::new("find", find::find, 2, 4),
            Native::new("index", find::index, 2, 4),
            Native::new("isalnum", case::isalnum, 1, 1).part_of(Feature::StrPredicates),
            Native::new("isalpha", case::isalpha, 1, 1).part_of(Feature::StrPredicates),
            Native::new("isascii", case::isascii, 1, 1).part_of(Feature::StrPredicates),
            Native::new("isdigit", case::isdigit, 1, 1).part_of(Feature::StrPredicates),
            Native::new("islower", case::islower, 1, 1).part_of(Feature::StrPredicates),
            Native::new("isspace", case::isspace, 1, 1).part_of(Feature::StrPredicates),
            Native::new("istitle", case::istitle, 1, 1).part_of(Feature::StrLayout),
            Native::new("isupper", case::isupper, 1, 1).part_of(Feature::StrPredicates),
            Native::new("join", split::join, 2, 2),
            Native::new("ljust", pad::ljust, 2, 3).part_of(Feature::StrLayout),
            Native::new("lower", case::lower, 1, 1),
            Native::new("lstrip", pad::lstrip, 1, 2),
            Native::new("partition", find::partition, 2, 2).part_of(Feature::StrParts),
            Native::new("removeprefix", find::removeprefix, 2, 2).part_of(Feature::StrParts),
            Native::new("removesuffix", find::removesuffix, 2, 2).part_of(Feature::StrParts),
            Native::new("replace", find::replace, 3, 4),
            Native::new("rfind", find::rfind, 2, 4),
            Native::new("rindex", find::rindex, 2, 4),
            Native::new("rjust", pad::rjust, 2, 3).part_of(Feature::StrLayout),
            Native::new("rpartition", find::rpartition, 2, 2).part_of(Feature::StrParts),
            RSPLIT,
            Native::new("rstrip", pad::rstrip, 1, 2),
            SPLIT,
            SPLITLINES,
            Native::new("startswith", find::startswith, 2, 4),
            Native::new("strip", pad::strip, 1, 2),
            Native::new("swapcase", case::swapcase, 1, 1).part_of(Feature::StrLayout),
            Native::new("title", case::title, 1, 1).part_of(Feature::StrLayout),
            Native::new("upper", case::upper, 1, 1),
            Native::new("zfill", pad::zfill, 2, 2).part_of(Feature::StrLayout),
            $($more),*
        ]
    };
}

static STR: &[Native] = shared![
    Native::new("casefold", case::casefold, 1, 1),
    Native::new("encode,,encoding,errors", codec::encode, 1, 3),
    Native::any_keywords("format", template::format, 1, 255).part_of(Feature::StrFormat),
    Native::new("format_map", template::format_map, 2, 2).part_of(Feature::StrFormat),
    Native::new("isdecimal", case::isdecimal, 1, 1).part_of(Feature::StrPredicates),
    Native::new("isidentifier", case::isidentifier, 1, 1).part_of(Feature::StrPredicates),
    Native::new("isnumeric", case::isnumeric, 1, 1).part_of(Feature::StrPredicates),
    Native::new("isprintable", case::isprintable, 1, 1).part_of(Feature::StrPredicates),
    // Static: no receiver.
    Native::new("maketrans", translate::maketrans, 1, 3).part_of(Feature::StrTranslate),
    Native::new("translate", translate::translate, 2, 2).part_of(Feature::StrTranslate),
];

static BYTES: &[Native] = shared![
    DECODE,
    // Of the class: the receiver, if any, is ignored.
    Native::new("fromhex", bytes::fromhex, 1, 2).part_of(Feature::Bytearray),
    HEX,
    Native::new("maketrans", translate::maketrans_bytes, 2, 2).part_of(Feature::StrTranslate),
    TRANSLATE_BYTES,
];

static BYTEARRAY: &[Native] = shared![
    DECODE,
    Native::new("fromhex", bytes::fromhex_bytearray, 1, 2).part_of(Feature::Bytearray),
    HEX,
    Native::new("maketrans", translate::maketrans_bytes, 2, 2).part_of(Feature::StrTranslate),
    TRANSLATE_BYTES,
    Native::new("append", bytearray::append, 2, 2).part_of(Feature::Bytearray),
    Native::new("clear", bytearray::clear, 1, 1).part_of(Feature::Bytearray),
    Native::new("copy", bytearray::copy, 1, 1).part_of(Feature::Bytearray),
    Native::new("extend", bytearray::extend, 2, 2).part_of(Feature::Bytearray),
    Native::new("insert", bytearray::insert, 3, 3).part_of(Feature::Bytearray),
    Native::new("pop", bytearray::pop, 1, 2).part_of(Feature::Bytearray),
    Native::new("remove", bytearray::remove, 2, 2).part_of(Feature::Bytearray),
    Native::new("reverse", bytearray::reverse, 1, 1).part_of(Feature::Bytearray),
];
