# simplejson: its documented examples, every option of the encoder and decoder, positions of errors, decimals.
from collections import OrderedDict, namedtuple
from decimal import Decimal
from io import StringIO

import simplejson as json
from simplejson import JSONDecodeError, JSONDecoder, JSONEncoder, JSONEncoderForHTML, RawJSON


def fails(function, *args, **kwargs):
    try:
        print("no error", function(*args, **kwargs))
    except Exception as error:
        print(type(error).__name__, error)


print(json.__version__)
print(json.dumps(["foo", {"bar": ("baz", None, 1.0, 2)}]), json.dumps('"foo\bar'), json.dumps("\u1234"), json.dumps("\\"))
print(json.dumps({"c": 0, "b": 0, "a": 0}, sort_keys=True), json.dumps([1, 2, 3, {"4": 5, "6": 7}], separators=(",", ":"), sort_keys=True))
print(json.dumps({"4": 5, "6": [7, [], {}]}, sort_keys=True, indent=4 * " "), json.dumps([1, [2]], indent=1))
out = StringIO()
json.dump(["streaming API", {"a": [1, 2]}], out)
print(out.getvalue(), json.load(StringIO('["streaming API"]')))
print(json.loads('["foo", {"bar":["baz", null, 1.0, 2]}]'), json.loads('"\\"foo\\bar"'), json.loads(b'"\xc3\xa9"'))
print(json.loads('{"x": 1.1, "y": [-1.5e3, 12345678901234567890, -0, 0.0, -0.0, 1E400]}'))
print(json.loads("1.1", use_decimal=True), json.loads("[1.10, 2]", parse_float=Decimal), json.dumps(Decimal("1.100")), json.dumps({Decimal("2.50"): Decimal("1E+3")}))
print(json.loads('{"a": 1, "b": 2, "a": 3}'), json.loads('{"a": 1, "b": 2}', object_pairs_hook=list), json.loads('{"b": 1}', object_hook=lambda d: sorted(d.items())))
print(json.loads('{"b": 1, "a": [1]}', object_pairs_hook=OrderedDict), json.loads("[1, 2]", parse_int=str), json.loads("[[1], []]", array_hook=tuple))
print(json.loads("[NaN, Infinity, -Infinity]", allow_nan=True), json.loads("[NaN]", parse_constant=repr))

Point = namedtuple("Point", "x y")


class Own:
    def __init__(self, value): self.value = value

    def for_json(self): return {"own": self.value}

    def _asdict(self): return {"dict": self.value}


print(json.dumps(Point(1, 2)), json.dumps(Point(1, [2]), namedtuple_as_object=False), json.dumps((1, 2)), json.dumps({"p": Point(0, Point(1, 2))}))
print(json.dumps([Own(1)], for_json=True), json.dumps(Own(3)), json.dumps(iter(range(3)), iterable_as_array=True), json.dumps(RawJSON("{raw: 1}")))
print(json.dumps(1 << 60, bigint_as_string=True), json.dumps([1 << 31, 5], int_as_string_bitcount=31), json.dumps({1: 2, None: 3, True: 4, 2.5: 5}))
print(json.dumps({"b": 1, "a": 2, "C": 3}, item_sort_key=lambda pair: pair[0].lower()), json.dumps({("t",): 1, "s": 2}, skipkeys=True))
print(json.dumps([float("nan"), float("inf")], ignore_nan=True), json.dumps([float("nan"), -float("inf")], allow_nan=True), json.dumps("é€😀\u2028"), json.dumps("é€😀", ensure_ascii=False))
print(json.dumps("<script>&'</script>", cls=JSONEncoderForHTML), json.dumps("<>", for_json=False), json.dumps(b"bytes"), JSONEncoder(sort_keys=True).encode({"b": 1, "a": (None, True, False)}))
print("".join(JSONEncoder(indent="\t").iterencode({"k": [1, {"z": []}]})), JSONEncoderForHTML().encode("</a>"))
print(json.dumps([1j], default=lambda c: [c.real, c.imag]), json.dumps([], indent=2), json.dumps({}, indent=2), json.dumps([[]], indent=2))
for bad in (
    "", "{", "[1, 2", "[1,]", '{"a" 1}', '{"a": 1,}', '{a: 1}', '"abc', '"\\q"', '"\\u12"', "nul", "[1 2]", "1 2", '{"a": }', '"\t"', "[NaN]",
    '"\\ud83d\\ude00"', "01", "-", "[1.]", "tru",
):
    fails(json.loads, bad)
try:
    json.loads('[1,\n 2,\n x]')
except JSONDecodeError as error:
    print(error.msg, error.pos, error.lineno, error.colno, error.end, error.endlineno, error.endcolno, error.doc == "[1,\n 2,\n x]", isinstance(error, ValueError))
decoder = JSONDecoder()
print(decoder.raw_decode('{"a": 1} tail'), decoder.raw_decode("  [1]", idx=2), decoder.decode(' "x" '))
fails(json.dumps, [1j])
fails(json.dumps, {(): 1})
fails(json.dumps, [float("nan")], allow_nan=False)
circle = []
circle.append(circle)
fails(json.dumps, circle)
fails(json.dumps, {1}, iterable_as_array=False)
fails(json.loads, 5)
rounds = {"text": "line\n\ttab \\ \" / \u007f\u0000", "numbers": [0, -1, 1.5, 1e-7, 1e22, 123456789.123], "deep": [[[{"a": {"b": [None]}}]]]}
for options in ({}, {"indent": 2}, {"separators": (",", ":")}, {"ensure_ascii": False}, {"sort_keys": True}):
    text = json.dumps(rounds, **options)
    print(len(text), json.loads(text) == rounds, text[:60])
