"""Numbers and texts that nobody can guess, from the host's entropy."""

from base64 import urlsafe_b64encode as _encode
from hmac import compare_digest
from os import urandom as _urandom
from random import SystemRandom

DEFAULT_ENTROPY = 32


def randbits(k): return SystemRandom().getrandbits(k)
def choice(seq): return SystemRandom().choice(seq)


def randbelow(exclusive_upper_bound):
    if exclusive_upper_bound <= 0:
        raise ValueError("Upper bound must be positive.")
    return SystemRandom().randrange(exclusive_upper_bound)


def token_bytes(nbytes=None): return _urandom(DEFAULT_ENTROPY if nbytes is None else nbytes)
def token_hex(nbytes=None): return token_bytes(nbytes).hex()
def token_urlsafe(nbytes=None): return _encode(token_bytes(nbytes)).rstrip(b"=").decode("ascii")
