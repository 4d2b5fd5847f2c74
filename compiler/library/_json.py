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
        self.skipkeys = skipkeys
        self.ensure_ascii = ensure_ascii
        self.check_circular = check_circular
        self.allow_nan = allow_nan
        self.sort_keys = sort_keys
        self.indent = indent
        if separators is not None:
            self.item_separator, self.key_separator = separators
        elif indent is not None:
            self.item_separator = ","
        if default is not None:
            self.default = default

    @classmethod
    def _dumps(encoder, obj, skipkeys, ensure_ascii, check_circular, allow_nan, cls, indent, separators, default, sort_keys):
        """`dumps` with `cls`: what is None was not given."""
        def given(value, otherwise):
            return otherwise if value is None else value
        return encoder(
            skipkeys=given(skipkeys, False), ensure_ascii=given(ensure_ascii, True),
            check_circular=given(check_circular, True), allow_nan=given(allow_nan, True), indent=indent,
            separators=separators, default=default, sort_keys=given(sort_keys, False),
        ).encode(obj)

    def default(self, o):
        raise TypeError(f"Object of type {o.__class__.__name__} is not JSON serializable")

    def encode(self, o):
        return dumps(
            o, skipkeys=self.skipkeys, ensure_ascii=self.ensure_ascii, check_circular=self.check_circular,
            allow_nan=self.allow_nan, sort_keys=self.sort_keys, indent=self.indent, default=self.default,
            separators=(self.item_separator, self.key_separator),
        )

    def iterencode(self, o, _one_shot=False):
        yield JSONEncoder.encode(self, o)


class JSONDecoder:
    def __init__(self, *, object_hook=None, parse_float=None, parse_int=None, parse_constant=None, strict=True, object_pairs_hook=None):
        self.object_hook = object_hook
        self.parse_float = parse_float
        self.parse_int = parse_int
        self.parse_constant = parse_constant
        self.strict = strict
        self.object_pairs_hook = object_pairs_hook

    @classmethod
    def _loads(decoder, s, cls, object_hook, parse_float, parse_int, parse_constant, object_pairs_hook):
        """`loads` with `cls`."""
        given = {
            "object_hook": object_hook, "parse_float": parse_float, "parse_int": parse_int,
            "parse_constant": parse_constant, "object_pairs_hook": object_pairs_hook,
        }
        return decoder(**{name: value for name, value in given.items() if value is not None}).decode(s)

    def _parse(self, s):
        return loads(
            s, object_hook=self.object_hook, parse_float=self.parse_float, parse_int=self.parse_int,
            parse_constant=self.parse_constant, object_pairs_hook=self.object_pairs_hook,
        )

    def decode(self, s):
        return self._parse(s)

    def raw_decode(self, s, idx=0):
        try:
            return self._parse(s[idx:]), len(s)
        except JSONDecodeError as error:
            if error.msg != "Extra data":
                raise
            end = idx + error.pos
            return self._parse(s[idx:end]), len(s[:end].rstrip())


# They import what stands above.
import json.decoder as decoder
import json.encoder as encoder
