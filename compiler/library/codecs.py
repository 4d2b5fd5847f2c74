"""Encoders and decoders by name: those of text, and hex, base64 and rot13."""

from binascii import a2b_base64 as _a2b, b2a_base64 as _b2a, hexlify as _hexlify, unhexlify as _unhexlify

BOM_UTF8 = b"\xef\xbb\xbf"
BOM = BOM_LE = BOM_UTF16 = BOM_UTF16_LE = b"\xff\xfe"
BOM_BE = BOM_UTF16_BE = b"\xfe\xff"
BOM_UTF32 = BOM_UTF32_LE = b"\xff\xfe\0\0"
BOM_UTF32_BE = b"\0\0\xfe\xff"


def _plain(encoding):
    return encoding.lower().replace("-", "_").replace(" ", "_")


def _rotated(text):
    return "".join([
        chr((ord(c) - start + 13) % 26 + start) if c.isascii() and c.isalpha() else c
        for c, start in ((c, 97 if c.islower() else 65) for c in text)
    ])


def _lines(data):
    return b"".join([_b2a(data[at:at + 57]) for at in range(0, len(data), 57)])


def encode(obj, encoding="utf-8", errors="strict"):
    name = _plain(encoding)
    if name in ("hex", "hex_codec"):
        return _hexlify(obj)
    if name in ("base64", "base_64", "base64_codec"):
        return _lines(bytes(obj))
    if name in ("rot13", "rot_13"):
        return _rotated(obj)
    if name in ("utf_8_sig", "utf8_sig"):
        return BOM_UTF8 + obj.encode("utf-8", errors)
    if not isinstance(obj, str):
        raise TypeError(f"utf_8_encode() argument 1 must be str, not {type(obj).__name__}")
    return obj.encode(encoding, errors)


def decode(obj, encoding="utf-8", errors="strict"):
    name = _plain(encoding)
    if name in ("hex", "hex_codec"):
        return _unhexlify(obj)
    if name in ("base64", "base_64", "base64_codec"):
        return _a2b(obj)
    if name in ("rot13", "rot_13"):
        return _rotated(obj)
    if isinstance(obj, str):
        raise TypeError("a bytes-like object is required, not 'str'")
    data = bytes(obj)
    if name in ("utf_8_sig", "utf8_sig"):
        return data.removeprefix(BOM_UTF8).decode("utf-8", errors)
    return data.decode(encoding, errors)


class IncrementalEncoder:
    encoding = "utf-8"

    def __init__(self, errors="strict"):
        self.errors = errors
        self._begun = False

    def encode(self, input, final=False):
        made = encode(input, self.encoding, self.errors)
        # The mark stands before the first text only.
        if self._begun and _plain(self.encoding) in _MARKED:
            made = made[_MARKED[_plain(self.encoding)]:]
        self._begun = self._begun or bool(input)
        return made

    def reset(self):
        self._begun = False


_MARKED = {"utf_8_sig": 3, "utf8_sig": 3, "utf_16": 2, "utf16": 2, "utf_32": 4, "utf32": 4}


class IncrementalDecoder:
    encoding = "utf-8"

    def __init__(self, errors="strict"):
        self.errors = errors
        self.reset()

    def reset(self):
        self._held = b""
        self._order = None

    def decode(self, input, final=False):
        data = self._held + bytes(input)
        name = _plain(self.encoding)
        marked = _MARKED.get(name, 0)
        if marked and self._order is None:
            if len(data) < marked and not final:
                self._held = data
                return ""
            if marked == 3:
                self._order, data = "utf-8", data.removeprefix(BOM_UTF8)
            else:
                big = data[:marked] in (BOM_UTF16_BE, BOM_UTF32_BE)
                mark = data[:marked] in (BOM_UTF16_LE, BOM_UTF32_LE) or big
                self._order = f"utf-{marked * 8}-{'be' if big else 'le'}"
                data = data[marked:] if mark else data
        name = _plain(self._order or self.encoding)
        keep = 0 if final else _incomplete(data, name)
        self._held = data[len(data) - keep:]
        return data[:len(data) - keep].decode(name, self.errors)


def _incomplete(data, name):
    """Bytes at the end that a character begins with, and which don't end it."""
    if name in ("utf_8", "utf8", "u8"):
        for count in range(1, min(len(data), 3) + 1):
            byte = data[-count]
            if byte >= 0xC0:
                return count if count < (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4) else 0
            if byte < 0x80:
                return 0
        return 0
    if name.startswith("utf_32"):
        return len(data) % 4
    if name.startswith("utf_16"):
        odd = len(data) % 2
        top = data[len(data) - odd - (2 if name.endswith("be") else 1):][:1]
        return odd + 2 if len(data) > 1 and top and 0xD8 <= top[0] < 0xDC else odd
    return 0


class CodecInfo(tuple):
    def __new__(cls, encode, decode, streamreader=None, streamwriter=None, incrementalencoder=None,
                incrementaldecoder=None, name=None):
        self = tuple.__new__(cls, (encode, decode, streamreader, streamwriter))
        self.name, self.encode, self.decode = name, encode, decode
        self.incrementalencoder, self.incrementaldecoder = incrementalencoder, incrementaldecoder
        self.streamreader, self.streamwriter = streamreader, streamwriter
        return self

    def __repr__(self):
        return f"<codecs.CodecInfo object for encoding {self.name} at {id(self):#x}>"


_ALIASES = {
    "utf8": "utf-8", "u8": "utf-8", "utf_8": "utf-8", "latin1": "iso8859-1", "latin_1": "iso8859-1", "l1": "iso8859-1",
    "iso_8859_1": "iso8859-1", "iso8859_1": "iso8859-1", "us_ascii": "ascii", "utf8_sig": "utf-8-sig",
    "utf16": "utf-16", "utf32": "utf-32", "rot_13": "rot13", "hex_codec": "hex", "base64_codec": "base64",
}


def lookup(encoding, /):
    name = _ALIASES.get(_plain(encoding)) or _plain(encoding).replace("_", "-")
    if name not in ("hex", "base64", "rot13", "utf-8-sig"):
        # One that there is not says so.
        b"".decode(name)
    own = name
    def encoder(input, errors="strict"): return encode(input, own, errors), len(input)
    def decoder(input, errors="strict"): return decode(input, own, errors), len(input)

    class Encoder(IncrementalEncoder):
        encoding = own

    class Decoder(IncrementalDecoder):
        encoding = own

    return CodecInfo(encoder, decoder, None, None, Encoder, Decoder, name)


def getencoder(encoding): return lookup(encoding).encode
def getdecoder(encoding): return lookup(encoding).decode
def getincrementalencoder(encoding): return lookup(encoding).incrementalencoder
def getincrementaldecoder(encoding): return lookup(encoding).incrementaldecoder


def iterencode(iterator, encoding, errors="strict", **kwargs):
    encoder = getincrementalencoder(encoding)(errors)
    for part in iterator:
        made = encoder.encode(part)
        if made:
            yield made
    made = encoder.encode("", True)
    if made:
        yield made


def iterdecode(iterator, encoding, errors="strict", **kwargs):
    decoder = getincrementaldecoder(encoding)(errors)
    for part in iterator:
        made = decoder.decode(part)
        if made:
            yield made
    made = decoder.decode(b"", True)
    if made:
        yield made
