"""What `json` has besides `dumps` and `loads`."""

from json import JSONDecodeError, dumps, loads


def dump(obj, fp, **kw):
    fp.write(dumps(obj, **kw))


def load(fp, **kw):
    return loads(fp.read(), **kw)


class JSONEncoder:
    item_separator = ", "
    key_separator = ": "

    def __init__(self, *, skipkeys=False, ensure_ascii=True, check_circular=True, allow_nan=True, sort_keys=False, indent=None, separators=None, default=None):
        self.options = {
            "skipkeys": skipkeys, "ensure_ascii": ensure_ascii, "check_circular": check_circular,
            "allow_nan": allow_nan, "sort_keys": sort_keys, "indent": indent, "separators": separators,
        }
        if default is not None:
            self.default = default

    def default(self, o):
        raise TypeError(f"Object of type {o.__class__.__name__} is not JSON serializable")

    def encode(self, o):
        return dumps(o, default=self.default, **self.options)

    def iterencode(self, o):
        yield self.encode(o)


class JSONDecoder:
    def __init__(self, *, object_hook=None, parse_float=None, parse_int=None, parse_constant=None, strict=True, object_pairs_hook=None):
        self.options = {
            "object_hook": object_hook, "parse_float": parse_float, "parse_int": parse_int,
            "parse_constant": parse_constant, "object_pairs_hook": object_pairs_hook,
        }

    def decode(self, s):
        return loads(s, **self.options)

    def raw_decode(self, s, idx=0):
        try:
            return loads(s[idx:], **self.options), len(s)
        except JSONDecodeError as error:
            if error.msg != "Extra data":
                raise
            end = idx + error.pos
            return loads(s[idx:end], **self.options), len(s[:end].rstrip())
