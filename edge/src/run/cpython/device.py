"""The module `device` for handlers that CPython runs at the edge: logs, but no pins. Errors are worded as on devices."""

import operator
import threading
from urllib.parse import quote

from nano_link import Link

name = "cloud"

# Handlers may have threads, and there is one connection.
_lock = threading.Lock()
_link = None


def _number(value):
    number = operator.index(value)
    if not 0 <= number < 1 << 32:
        raise OSError("device: no such pin or channel: %d" % number)
    return number


def set_pin_high(pin):
    # There are no pins here: a handler written for a device runs all the same, and its log says what it drove.
    print("device: pin %d high" % _number(pin))


def set_pin_low(pin):
    print("device: pin %d low" % _number(pin))


def read_pin(pin):
    _number(pin)
    raise OSError("device: this host has no pins")


def read_adc(channel):
    _number(channel)
    raise OSError("device: this host has no ADC channels")


def _request(function, log, body=b""):
    global _link
    if not isinstance(log, str):
        raise TypeError("device.%s() argument 'log' must be str, not %s" % (function, type(log).__name__))
    with _lock:
        if _link is None:
            _link = Link(1)
        status, headers, content = _link.request("POST", "/_nano/%s/%s" % (function, quote(log)), body)
    if status == 404:
        raise OSError("device: no such log: '%s'" % log)
    if status == 413:
        raise OSError("device: the payload is too large for a record of log '%s'" % log)
    if status != 200:
        raise OSError("device: log '%s' refused it" % log)
    return int(headers["nano-sequence"]), content


def append(log, payload):
    """Appends a record; its sequence number."""
    if isinstance(payload, str):
        body = payload.encode()
    elif isinstance(payload, (bytes, bytearray)):
        body = bytes(payload)
    else:
        given = type(payload).__name__
        raise TypeError("device.append() takes str or bytes, not %s; json.dumps() makes a str of it" % given)
    return _request("append", log, body)[0]


def latest(log):
    """The newest record as (sequence number, bytes); None where the log is empty."""
    sequence, content = _request("latest", log)
    return (sequence, content) if sequence else None
