"""Usage: check.py ENDPOINT. What handler.py says in IoTPy at the edge, and here with AWS's own SDK, is the same."""

import io
import json
import os
import sys
import zipfile
from pathlib import Path

endpoint = sys.argv[1]
os.environ.update(AWS_ENDPOINT_URL=endpoint, AWS_ACCESS_KEY_ID="nano", AWS_SECRET_ACCESS_KEY="nano",
                  AWS_DEFAULT_REGION="us-east-1", AWS_REGION="us-east-1", OWN="own")
import boto3

text = Path(__file__).with_name("handler.py").read_text()
WHERE = "\n\ndef where(event, context):\n    import sys\n    return sys.implementation.name\n"
ECHO = "def handler(event, context):\n    if event.get('fail'):\n        raise ValueError('told to')\n    return {'got': event}\n"


def package(name, text):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, text)
    return buffer.getvalue()


client = boto3.client("lambda")
for name, module, source in (("echo", "echo", ECHO), ("flow", "flow", text + WHERE), ("where", "flow", text + WHERE)):
    handler = f"{module}.{'where' if name == 'where' else 'handler'}"
    client.create_function(FunctionName=name, Runtime="python3.11", Role="arn:aws:iam::000000000000:role/any",
                           Handler=handler, Code={"ZipFile": package(f"{module}.py", source)}, Timeout=60,
                           MemorySize=128, Environment={"Variables": {"OWN": "own"}})


def invoke(name, event):
    answer = client.invoke(FunctionName=name, Payload=json.dumps(event), LogType="Tail")
    payload = json.load(answer["Payload"])
    if "FunctionError" in answer:
        import base64
        sys.exit(f"{payload}\n{base64.b64decode(answer['LogResult']).decode()}")
    return payload


place = invoke("where", {})
if place == "cpython":
    sys.exit("the handler did not run in IoTPy")
there = invoke("flow", {"bucket": "things"})
sys.path.insert(0, str(Path(__file__).parent))
import handler

here = handler.handler({"bucket": "things"}, None)
different = [(a, b) for a, b in zip(here, there) if a != b]
for a, b in different:
    print(f"CPython: {a}\nIoTPy:   {b}\n")
print(f"{len(here)} and {len(there)} results, {len(different)} differ, in {place}")
sys.exit(bool(different) or len(here) != len(there))
