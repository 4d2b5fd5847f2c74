import json, io
from functools import partial
class E(json.JSONEncoder):
    def default(self, o):
        if isinstance(o, set): return sorted(o)
        if isinstance(o, complex): return [o.real, o.imag]
        return super().default(o)
class Sorted(E):
    def __init__(self, *args, **kwargs):
        kwargs["sort_keys"] = True
        super().__init__(*args, **kwargs)
class Rounded(json.JSONEncoder):
    def encode(self, o):
        def r(v):
            if isinstance(v, float): return round(v, 2)
            if isinstance(v, dict): return {k: r(x) for k, x in v.items()}
            if isinstance(v, (list, tuple)): return [r(x) for x in v]
            return v
        return super().encode(r(o))
    def iterencode(self, o, _one_shot=False):
        return super().iterencode(o, _one_shot)
print(json.dumps({"b": {2, 1}, "a": 1j}, cls=E))
print(json.dumps({"b": {2, 1}, "a": [1, {}]}, cls=Sorted, indent=2))
print(json.dumps([1.23456, {"x": 2.999}], cls=Rounded, separators=(",", ":")))
print(partial(json.dumps, cls=E)({3}), json.dumps({"é": {1}}, **{"cls": E, "ensure_ascii": False}), json.dumps([1], cls=None))
for bad in (lambda: json.dumps(object, cls=E), lambda: json.dumps({(1, 2): 3}, cls=E), lambda: json.dumps(float("nan"), cls=E, allow_nan=False)):
    try: print(bad())
    except Exception as e: print(type(e).__name__, e)
print(json.dumps({(1, 2): 3, "k": 1}, cls=E, skipkeys=True), json.dumps({1}, cls=E, default=lambda o: "d"))
class D(json.JSONDecoder):
    def __init__(self, *args, **kwargs):
        super().__init__(object_hook=self.hook, *args, **kwargs)
    def hook(self, d):
        return set(d["set"]) if "set" in d else d
print(json.loads('{"a": {"set": [1, 2]}, "b": {}}', cls=D), json.loads(b'[1.5]', cls=json.JSONDecoder, parse_float=str))
f = io.StringIO()
json.dump({"x": {1}}, f, cls=E, indent=1)
print(f.getvalue(), E(indent=4).encode([{1}]), E().item_separator, E(indent=1).item_separator, "".join(E().iterencode({"q": {5}})))
