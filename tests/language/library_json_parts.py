import json
import json.decoder
from json.decoder import JSONDecodeError
from json import decoder
try: json.loads("x")
except json.decoder.JSONDecodeError as e: print(e, e.pos)
try: json.loads("[1,")
except JSONDecodeError as e: print(e, JSONDecodeError is json.JSONDecodeError, decoder.JSONDecodeError is JSONDecodeError)
print(json.dumps({"a": 1}), json.JSONDecoder().decode("[1]"), json.encoder.encode_basestring_ascii("é"), json.decoder.JSONDecoder().raw_decode("5 x"))
def f():
    import json.encoder
    return json.dumps(5), json.encoder.JSONEncoder().encode([1])
print(f())


def handler(event):
    try:
        return json.loads(event)
    except json.decoder.JSONDecodeError as error:
        return str(error)


print(handler("{"), handler("{}"))
