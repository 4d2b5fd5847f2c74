"""Where CPython has the encoder of `json`."""

from json import JSONEncoder, dumps as _dumps


def encode_basestring_ascii(s, /):
    return _dumps(s)


def encode_basestring(s, /):
    return _dumps(s, ensure_ascii=False)
