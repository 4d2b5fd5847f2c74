# json: dumps and loads, formatting, errors.
import json


def show(action, *args, **named):
    try:
        print(repr(action(*args, **named)))
    except json.JSONDecodeError as error:
        print("JSONDecodeError:", error, error.msg, error.pos, error.lineno, error.colno, error.doc == args[0] if args else "")
    except Exception as error:
        print(type(error).__name__ + ":", error)


# dumps
for value in (None, True, False, 0, 1, -5, 2**31, 10**25, -(10**25), 1.0, -0.0, 0.1, 1e22, 1e16, 123456789.125, 1e-7, 5e-324, 1.7976931348623157e308, float("nan"), float("inf"), -float("inf"), "", "abc", "é→😀", "\"\\/\b\f\n\r\t\x00\x1f\x7f", [], {}, (), [1, [2, [3, []]]], {"a": {"b": {}}}, (1, "x", None), {"k": [1.5, True]}, {1: 2, 1.5: 3, True: 4, None: 5, "s": 6, 10**20: 7}):
    show(json.dumps, value)
for options in ({"indent": 2}, {"indent": 0}, {"indent": "\t"}, {"indent": -3}, {"indent": 1, "separators": (",", ":")}, {"separators": (",", ":")}, {"separators": [" ; ", " = "]}, {"ensure_ascii": False}, {"sort_keys": True}, {"indent": 4, "sort_keys": True}, {"indent": None}):
    show(json.dumps, {"b": [1, 2, {"c": "é"}], "a": {}, "z": [], "n": None, "t": (1,), "d": {"y": 1, "x": [[]]}}, **options)
print(json.dumps([[1, 2], {"a": [3]}], indent=3))
show(json.dumps, "é\x7f\u2028", ensure_ascii=False)


class Thing:
    pass


show(json.dumps, Thing())
show(json.dumps, [1, {2}])
show(json.dumps, b"x")
show(json.dumps, {"a": range(3)})
show(json.dumps, {(1, 2): 3})
show(json.dumps, {(1, 2): 3, "a": 1, b"x": 2, "b": 3}, skipkeys=True)
show(json.dumps, {(1, 2): 3}, skipkeys=True, indent=1)
show(json.dumps, {b"k": 3})
show(json.dumps, float("nan"), allow_nan=False)
show(json.dumps, [1.0, float("inf")], allow_nan=False)
show(json.dumps, {"b": 1, 2: 3}, sort_keys=True)
loop = [1]
loop.append(loop)
show(json.dumps, loop)
loop = {}
loop["me"] = {"deep": [loop]}
show(json.dumps, loop)
same = [1]
show(json.dumps, [same, same, {"a": same}])
show(json.dumps, [Thing(), {1, 2}], default=lambda o: type(o).__name__)
show(json.dumps, Thing(), default=lambda o: [1, {"x": 2}], indent=1)
show(json.dumps, Thing(), default=lambda o: o)
show(json.dumps, {1, 2}, default=sorted)
show(json.dumps, {1, 2})
text = json.dumps({"s": "x" * 1000, "l": list(range(200)), "d": {str(i): i / 4 for i in range(60)}})
print(len(text), json.loads(text) == {"s": "x" * 1000, "l": list(range(200)), "d": {str(i): i / 4 for i in range(60)}})

# loads
for text in ("null", "true", "false", "0", "-0", "1", "-17", "123456789012345678", "1234567890123456789", "12345678901234567890123", "1.5", "-0.0", "1e5", "1E+5", "1e-5", "0.1", "123.456e3", "1e400", "-1e400", "5e-324", "2.2250738585072011e-308", "9007199254740993.0", "0.30000000000000004", "179769313486231570000000000000000000000", "1e22", "1e23", "NaN", "Infinity", "-Infinity", '""', '"abc"', '"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\u00e9\\u2192\\ud83d\\ude00"', '"é→😀\\n"', "[]", "{}", " [ ] ", "\t{\n}\r", "[1,2,3]", "[ 1 , [ 2 , { } ] ]", '{"a":1}', ' { "a" : [ 1 , { "b" : null } ] , "c" : "d" } ', '{"a":1,"a":2}', '{"":0}', '[[[[]]]]', '[true,false,null]', '{"x":{"x":{"x":{}}}}', '"\x7f"'):
    show(json.loads, text)
for text in ("", "  ", "nul", "nulls", "tru", "-", "-a", "+1", ".5", "1.", "1.e5", "1e", "01", "1 2", "--1", "[", "[1", "[1,", "[1,]", "[1 2]", "[,", "{", '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}', "{1:2}", "{a:1}", '{"a" 1}', '{"a":1 "b":2}', "]", "}", '"abc', '"a\nb"', '"\x1f"', '"a\\', '"\\q"', '"\\u12G4"', '"\\u12', '"\\', '"\\u', "'a'", "[1]]", "[1}", '{"a":1]', "\x00", "-Infinityx", "nan", "True", "\n\n  x", "[1,\n2 3]", '["é→", x]', '{"é": 1,\n "😀" 2}', "\ufeff1", "/*c*/1", '[1,,2]', '{"a":,}', '{,}', '[NaN', "1e5.5", "0x10", "1_000", '"a" "b"', '\xa01'):
    show(json.loads, text)
show(json.loads, b'{"a": "\xc3\xa9"}')
show(json.loads, bytearray(b"[1, 2]"))
show(json.loads, b"\xef\xbb\xbf[1]")
show(json.loads, 5)
show(json.loads, None)
show(json.loads, [1])
print(json.loads('{"a": {"b": 1}, "c": [{"d": 2}]}', object_hook=lambda d: sorted(d.items())))
print(json.loads('{"a": {"b": 1}, "a": 2}', object_pairs_hook=list))
print(json.loads("[1.5, 2, NaN, 1e3]", parse_float=lambda s: "f" + s, parse_int=lambda s: "i" + s, parse_constant=lambda s: "c" + s))
try:
    json.loads("[1,\n 2,\n x]")
except ValueError as error:
    print(type(error).__name__, isinstance(error, json.JSONDecodeError), error.args, error.msg, error.doc, error.pos, error.lineno, error.colno)
print(len(json.dumps(json.loads("[" * 300 + "]" * 300))))
for text in ("[" * 5000, '{"a":' * 5000):
    try:
        json.loads(text)
    except RecursionError as error:
        print("RecursionError", str(error)[:32])
nest = []
for i in range(3000):
    nest = [nest]
try:
    json.dumps(nest)
except RecursionError as error:
    print("RecursionError", str(error)[:32])
records = json.loads('[{"id": 1, "tag": "a"}, {"id": 2, "tag": "b"}, {"tag": "c", "id": 3}]')
print(records, [r["id"] for r in records], json.dumps(records, sort_keys=True))
