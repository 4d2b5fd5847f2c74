"""The module `device` for handlers that CPython runs: an edge has logs, but no pins.

What a handler drives is written to its log, as for handlers that IoTPy runs at the edge.
"""

import os
from urllib.parse import quote

from nano_link import Link

name = "nano"

_link = None


def _request(verb, log, body=b""):
    global _link
    if _link is None:
        _link = Link(os.environ["AWS_LAMBDA_RUNTIME_API"])
    status, headers, content = _link.request("POST", "/_nano/%s/%s" % (verb, quote(log)), body)
    if status != 200:
        raise OSError(_ERRORS.get(status, "refused"))
    return int(headers["nano-sequence"]), content


_ERRORS = {404: "not found", 413: "too large"}


def set_pin_high(pin):
    print("device: pin %d high" % pin)


def set_pin_low(pin):
    print("device: pin %d low" % pin)


def read_pin(pin):
    raise OSError("unsupported")


def read_adc(channel):
    raise OSError("unsupported")


def append(log, payload):
    return _request("append", log, payload.encode() if isinstance(payload, str) else bytes(payload))[0]


def latest(log):
    sequence, content = _request("latest", log)
    return content if sequence else None
