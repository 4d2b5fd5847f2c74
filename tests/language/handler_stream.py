"""DynamoDB stream: typed values to plain ones and back, change sets."""
import base64
import json
from decimal import Decimal
from typing import Any


class Binary:
    def __init__(self, value):
        if not isinstance(value, (bytes, bytearray)):
            raise TypeError(f"Value must be of the following types: {', '.join(str(t) for t in (bytes, bytearray))}")
        self.value = value

    def __eq__(self, other):
        return self.value == (other.value if isinstance(other, Binary) else other)

    def __hash__(self):
        return hash(self.value)

    def __repr__(self):
        return f"Binary({self.value!r})"


class TypeDeserializer:
    def deserialize(self, value: dict) -> Any:
        if not value:
            raise TypeError("Value must be a nonempty dictionary whose key is a valid dynamodb type.")
        kind = list(value.keys())[0]
        try:
            method = getattr(self, f"_deserialize_{kind}".lower())
        except AttributeError:
            raise TypeError(f"Dynamodb type {kind} is not supported")
        return method(value[kind])

    def _deserialize_null(self, value): return None
    def _deserialize_bool(self, value): return value
    def _deserialize_n(self, value): return Decimal(value)
    def _deserialize_s(self, value): return value
    def _deserialize_b(self, value): return Binary(base64.b64decode(value))
    def _deserialize_ns(self, value): return set(map(self._deserialize_n, value))
    def _deserialize_ss(self, value): return set(map(self._deserialize_s, value))
    def _deserialize_l(self, value): return [self.deserialize(v) for v in value]
    def _deserialize_m(self, value): return {k: self.deserialize(v) for k, v in value.items()}


def serialize(value):
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int() | Decimal():
            return {"N": str(value)}
        case float():
            raise TypeError("Float types are not supported. Use Decimal types instead.")
        case str():
            return {"S": value}
        case Binary(value=raw) | (bytes() as raw):
            return {"B": base64.b64encode(raw).decode()}
        case set() | frozenset() if value and all(isinstance(v, str) for v in value):
            return {"SS": sorted(value)}
        case set() | frozenset() if value:
            return {"NS": sorted(str(v) for v in value)}
        case [*items]:
            return {"L": [serialize(i) for i in items]}
        case {**pairs}:
            return {"M": {k: serialize(v) for k, v in pairs.items()}}
        case _:
            raise TypeError(f"Unsupported type {type(value)!r} for value {value!r}")


def diff(old, new, path=""):
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            here = f"{path}.{key}" if path else key
            if key not in old:
                yield "added", here, new[key]
            elif key not in new:
                yield "removed", here, old[key]
            else:
                yield from diff(old[key], new[key], here)
    elif old != new:
        yield "changed", path, (old, new)


def default(o):
    if isinstance(o, Decimal):
        return int(o) if o == o.to_integral_value() else float(o)
    if isinstance(o, set):
        return sorted(o)
    raise TypeError(f"Object of type {o.__class__.__name__} is not JSON serializable")


def handler(event, context):
    d = TypeDeserializer()
    for record in event["Records"]:
        image = record["dynamodb"]
        match record:
            case {"eventName": "INSERT", "dynamodb": {"NewImage": new}}:
                print("insert", json.dumps(d._deserialize_m(new), default=default))
            case {"eventName": "MODIFY", "dynamodb": {"OldImage": old, "NewImage": new}}:
                for change in diff(d._deserialize_m(old), d._deserialize_m(new)):
                    print("modify", *change)
            case {"eventName": "REMOVE", "dynamodb": {"Keys": {"id": {"S": key}}}}:
                print("remove", key)
            case {"eventName": str(name)}:
                print("unknown", name, list(image))


handler({"Records": [
    {"eventName": "INSERT", "dynamodb": {"NewImage": {"id": {"S": "1"}, "n": {"N": "12.50"}, "i": {"N": "7"}, "t": {"SS": ["b", "a"]}, "l": {"L": [{"NULL": True}, {"BOOL": False}]}}}},
    {"eventName": "MODIFY", "dynamodb": {"OldImage": {"a": {"N": "1"}, "m": {"M": {"x": {"S": "q"}, "gone": {"S": ""}}}}, "NewImage": {"a": {"N": "2"}, "m": {"M": {"x": {"S": "q"}, "new": {"NS": ["1"]}}}}}},
    {"eventName": "REMOVE", "dynamodb": {"Keys": {"id": {"S": "k"}}}},
    {"eventName": "OTHER", "dynamodb": {}},
]}, None)
for v in (None, True, 3, Decimal("1.10"), "x", b"\x00\xff", Binary(b"q"), {"a", "b"}, {1, 2}, [1, [2.5]], (1, "t"), {"k": {"z": []}}, 1.5, set(), object):
    try:
        print(serialize(v))
    except TypeError as e:
        print("TypeError", e)
for v in ({}, {"X": 1}, {"B": "AP8="}, {"N": "NaN"}, {"N": "abc"}):
    try:
        print(repr(TypeDeserializer().deserialize(v)))
    except Exception as e:
        print(type(e).__mro__[0:3], e)
try:
    json.dumps({"a": object}, default=default)
except TypeError as e:
    print(e)
