"""Where CPython has the decoder of `json`."""

from json import JSONDecodeError, JSONDecoder
