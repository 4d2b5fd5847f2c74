"""Flows of AWS's own SDK against the edge. Usage: flows.py ENDPOINT FLOW [ARGUMENT..]"""

import base64
import hashlib
import io
import json
import sys
import textwrap
import time
import urllib.error
import urllib.request
import zipfile

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ROLE = "arn:aws:iam::000000000000:role/any"
ENDPOINT = sys.argv[1]
# Of this machine: the edge finds the same one.
PYTHON = "python%d.%d" % sys.version_info[:2]
# Whether workers have a root of their own here, with Lambda's paths.
ROOTED = "--rooted" in sys.argv
CONFIG = Config(retries={"max_attempts": 1}, read_timeout=120)
CREDENTIALS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


def client(service="lambda", region="us-east-1"):
    return boto3.client(service, endpoint_url=ENDPOINT, region_name=region, config=CONFIG, **CREDENTIALS)


LAMBDA = client()


def package(**files):
    """A zip of modules; `a__b="..."` is `a/b.py`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/") + ".py", text)
    return buffer.getvalue()


def create(name, text=None, run=None, handler="app.handler", **more):
    code = more.pop("zip", None) or package(app=text or "def handler(event, context):\n    return event\n")
    tags = {"nano:run": run} if run else {}
    return LAMBDA.create_function(
        FunctionName=name,
        Runtime=more.pop("Runtime", PYTHON),
        Role=more.pop("Role", ROLE),
        Handler=handler,
        Code={"ZipFile": code},
        Tags=tags,
        **more,
    )


def invoke(name, event=None, client=None, **more):
    payload = json.dumps(event) if event is not None else b""
    answer = (client or LAMBDA).invoke(FunctionName=name, Payload=payload, **more)
    body = answer["Payload"].read()
    return answer, json.loads(body) if body else None


def refused(code, status, call, **arguments):
    """The call is refused with this exception and status; its message."""
    try:
        answer = call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        answered = error.response["ResponseMetadata"]
        assert answered["HTTPStatusCode"] == status, error.response
        # Who is put off is told for how long.
        assert ("retry-after" in answered["HTTPHeaders"]) == (status in (429, 503)), error.response
        return error.response["Error"]["Message"]
    raise AssertionError("not refused: %s" % answer)


def equal(left, right):
    assert left == right, "%r is not %r" % (left, right)


# ---- the control plane ----


def functions():
    made = create("one", Description="first", Timeout=5, MemorySize=256, Environment={"Variables": {"LEVEL": "3"}})
    zipped = package(app="def handler(event, context):\n    return event\n")
    equal(made["ResponseMetadata"]["HTTPStatusCode"], 201)
    equal(made["FunctionArn"], "arn:aws:lambda:us-east-1:000000000000:function:one")
    equal((made["State"], made["LastUpdateStatus"], made["Version"]), ("Active", "Successful", "$LATEST"))
    equal((made["Runtime"], made["Handler"], made["Timeout"], made["MemorySize"]), (PYTHON, "app.handler", 5, 256))
    equal(made["Environment"], {"Variables": {"LEVEL": "3"}})
    equal(len(base64.b64decode(made["CodeSha256"])), 32)
    # Waiters of every tool look at these.
    LAMBDA.get_waiter("function_active_v2").wait(FunctionName="one")
    LAMBDA.get_waiter("function_updated").wait(FunctionName="one")
    got = LAMBDA.get_function(FunctionName="one")
    equal(got["Configuration"]["RevisionId"], made["RevisionId"])
    with urllib.request.urlopen(got["Code"]["Location"]) as answer:
        fetched = answer.read()
    equal(base64.b64encode(hashlib.sha256(fetched).digest()).decode(), made["CodeSha256"])
    equal(len(fetched), made["CodeSize"])
    equal(zipfile.ZipFile(io.BytesIO(fetched)).namelist(), ["app.py"])
    arn = made["FunctionArn"]
    for name in (arn, arn + ":$LATEST", "000000000000:function:one", "function:one", "one:$LATEST"):
        equal(LAMBDA.get_function_configuration(FunctionName=name)["FunctionName"], "one")
    equal(client(region="eu-west-1").get_function_configuration(FunctionName="one")["FunctionName"], "one")

    changed = LAMBDA.update_function_configuration(
        FunctionName="one", Timeout=9, Handler="app.other", Environment={"Variables": {}}, Description=""
    )
    equal((changed["Timeout"], changed["Handler"], changed["MemorySize"]), (9, "app.other", 256))
    assert "Environment" not in changed and changed["RevisionId"] != made["RevisionId"]
    stale = dict(FunctionName="one", RevisionId=made["RevisionId"])
    refused("PreconditionFailedException", 412, LAMBDA.update_function_configuration, Timeout=3, **stale)
    refused("PreconditionFailedException", 412, LAMBDA.update_function_code, ZipFile=zipped, **stale)
    equal(LAMBDA.get_function_configuration(FunctionName="one")["Timeout"], 9)

    other = package(app="def other(event, context):\n    return 'new'\n")
    dry = LAMBDA.update_function_code(FunctionName="one", ZipFile=other, DryRun=True)
    assert dry["CodeSha256"] != made["CodeSha256"]
    equal(LAMBDA.get_function_configuration(FunctionName="one")["CodeSha256"], made["CodeSha256"])
    real = LAMBDA.update_function_code(FunctionName="one", ZipFile=other, RevisionId=changed["RevisionId"])
    equal(real["CodeSha256"], dry["CodeSha256"])
    published = LAMBDA.update_function_code(FunctionName="one", ZipFile=other, Publish=True)
    equal(published["Version"], "1")
    equal(published["FunctionArn"], arn + ":1")
    equal(LAMBDA.update_function_code(FunctionName="one", ZipFile=other, Publish=True)["Version"], "1")
    equal(LAMBDA.get_function(FunctionName="one", Qualifier="1")["Configuration"]["Version"], "1")
    LAMBDA.update_function_code(FunctionName="one", ZipFile=zipped)
    equal(LAMBDA.get_function_configuration(FunctionName="one:1")["CodeSha256"], real["CodeSha256"])
    LAMBDA.delete_function(FunctionName="one", Qualifier="1")
    refused("ResourceNotFoundException", 404, LAMBDA.get_function, FunctionName="one:1")
    refused("InvalidParameterValueException", 400, LAMBDA.delete_function, FunctionName="one", Qualifier="$LATEST")

    equal(LAMBDA.delete_function(FunctionName="one")["ResponseMetadata"]["HTTPStatusCode"], 204)
    message = refused("ResourceNotFoundException", 404, LAMBDA.get_function, FunctionName="one")
    equal(message, "Function not found: " + arn)
    refused("ResourceNotFoundException", 404, LAMBDA.delete_function, FunctionName="one")
    refused("ResourceNotFoundException", 404, LAMBDA.invoke, FunctionName="one")


def listing():
    names = ["f%02d" % number for number in range(7)]
    for name in reversed(names):
        create(name)
    equal([f["FunctionName"] for f in LAMBDA.list_functions()["Functions"]], names)
    pages = list(LAMBDA.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 3}))
    equal([len(page["Functions"]) for page in pages], [3, 3, 1])
    equal([f["FunctionName"] for page in pages for f in page["Functions"]], names)
    LAMBDA.update_function_code(FunctionName="f03", ZipFile=package(app="x = 1\n"), Publish=True)
    versions = [(f["FunctionName"], f["Version"]) for f in LAMBDA.list_functions(FunctionVersion="ALL")["Functions"]]
    assert ("f03", "1") in versions and len(versions) == 8, versions
    refused("InvalidParameterValueException", 400, LAMBDA.list_functions, Marker="no marker")


def from_s3():
    s3 = client("s3")
    s3.create_bucket(Bucket="deployments")
    zipped = package(app="def handler(event, context):\n    return 'from s3'\n")
    s3.put_object(Bucket="deployments", Key="v1/app.zip", Body=zipped)
    code = {"S3Bucket": "deployments", "S3Key": "v1/app.zip"}
    arguments = dict(FunctionName="s", Runtime="python3.12", Role=ROLE, Handler="app.handler")
    LAMBDA.create_function(Code=code, **arguments)
    equal(invoke("s", {})[1], "from s3")
    newer = package(app="def handler(event, context):\n    return 'newer'\n")
    s3.put_object(Bucket="deployments", Key="v2/app.zip", Body=newer)
    LAMBDA.update_function_code(FunctionName="s", S3Bucket="deployments", S3Key="v2/app.zip")
    equal(invoke("s", {})[1], "newer")
    update = LAMBDA.update_function_code
    # A version that is named, and what is kept encrypted.
    s3.put_bucket_versioning(Bucket="deployments", VersioningConfiguration={"Status": "Enabled"})
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    s3.put_bucket_encryption(Bucket="deployments", ServerSideEncryptionConfiguration={"Rules": [rule]})
    first = s3.put_object(Bucket="deployments", Key="v 3/\u00e9.zip", Body=zipped)["VersionId"]
    s3.put_object(Bucket="deployments", Key="v 3/\u00e9.zip", Body=newer)
    update(FunctionName="s", S3Bucket="deployments", S3Key="v 3/\u00e9.zip", S3ObjectVersion=first)
    equal(invoke("s", {})[1], "from s3")
    update(FunctionName="s", S3Bucket="deployments", S3Key="v 3/\u00e9.zip")
    equal(invoke("s", {})[1], "newer")
    message = refused("InvalidParameterValueException", 400, update, FunctionName="s", S3Bucket="deployments", S3Key="no")
    assert "NoSuchKey" in message, message
    message = refused("InvalidParameterValueException", 400, update, FunctionName="s", S3Bucket="nobody", S3Key="no")
    assert "NoSuchBucket" in message, message


def refusals():
    create("there")
    message = refused("ResourceConflictException", 409, create, name="there")
    equal(message, "Function already exist: there")
    for name in ("a b", "ü", "x" * 65, "a.b"):
        refused("ValidationException", 400, create, name=name)
    message = refused("InvalidParameterValueException", 400, create, name="n", Runtime="nodejs20.x")
    assert message.startswith("Value nodejs20.x at 'runtime' failed to satisfy constraint: Member must satisfy enum"), message
    refused("InvalidParameterValueException", 400, create, name="n", Runtime="python3.99")
    message = refused("ValidationException", 400, create, name="n", Role="me")
    assert "at 'role' failed to satisfy constraint" in message, message
    message = refused("ValidationException", 400, create, name="n", Timeout=901, MemorySize=10241, handler="a b")
    assert message.startswith("3 validation errors detected: "), message
    message = refused(
        "InvalidParameterValueException", 400, create, name="n", Environment={"Variables": {"AWS_REGION": "here"}}
    )
    assert "reserved keys" in message and "AWS_REGION" in message, message
    big = {"Variables": {"BIG": "x" * 4096}}
    assert "4KB limit" in refused("InvalidParameterValueException", 400, create, name="n", Environment=big)
    refused("ValidationException", 400, create, name="n", Environment={"Variables": {"1X": "y"}})
    layer = "arn:aws:lambda:us-east-1:000000000000:layer:l:1"
    assert "does not exist" in refused("InvalidParameterValueException", 400, create, name="n", Layers=[layer])
    message = refused("InvalidParameterValueException", 400, create, name="n", zip=b"this is no zip")
    assert message.startswith("Could not unzip uploaded file."), message
    whole = package(app="x = 1\n" * 50)
    refused("InvalidParameterValueException", 400, create, name="n", zip=whole[: len(whole) // 2])
    for path in ("../evil.py", "/etc/evil.py"):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(zipfile.ZipInfo(path), "x = 1\n")
        message = refused("InvalidParameterValueException", 400, create, name="n", zip=buffer.getvalue())
        assert "evil.py" in message, message
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(11):
            archive.writestr("%d.bin" % number, bytes(25 << 20))
    message = refused("InvalidParameterValueException", 400, create, name="n", zip=bomb.getvalue())
    assert message.startswith("Unzipped size must be smaller than 262144000 bytes"), message
    refused("ResourceNotFoundException", 404, LAMBDA.get_function, FunctionName="n")
    content = {"ZipFile": package(a="")}
    for bad in ({"ZipFile": b"no zip"}, {"S3Bucket": "nowhere", "S3Key": "k"}, {}):
        refused("InvalidParameterValueException", 400, LAMBDA.publish_layer_version, LayerName="l", Content=bad)
    # Nothing of all this has hurt what is there.
    equal(invoke("there", {"still": "here"})[1], {"still": "here"})


# ---- invocations ----

KINDS = """
import json

def handler(event, context):
    kind = event["kind"]
    if kind == "echo":
        return event["value"]
    if kind == "raise":
        raise ValueError("no such level: %s" % event["value"])
    if kind == "key":
        return {}["missing"]
    if kind == "set":
        return {1, 2}
    if kind == "print":
        print("level", event["value"])
        print("x" * event.get("more", 0))
        return None
    if kind == "loop":
        while True:
            pass
    if kind == "recurse":
        return handler(event, context)
    if kind == "allocate":
        kept = []
        while True:
            kept.append("x" * 100000 + str(len(kept)))
    if kind == "large":
        return "x" * event["value"]
    if kind == "context":
        return [
            context.aws_request_id,
            context.function_name,
            context.function_version,
            context.invoked_function_arn,
            context.memory_limit_in_mb,
            context.log_group_name,
            0 < context.get_remaining_time_in_millis() <= 3000,
        ]
"""


def results(run):
    """What holds wherever a handler runs."""
    create("k", KINDS, run, Timeout=3)
    values = [None, True, 0, -7, 2**70, 1.5, 1e100, "", "é😀\n\"", [], [1, [2, {"a": None}]], {"b": 1, "a": [True]}]
    for value in values:
        answer, result = invoke("k", {"kind": "echo", "value": value})
        equal((answer["StatusCode"], answer.get("FunctionError"), answer["ExecutedVersion"]), (200, None, "$LATEST"))
        equal(json.dumps(result), json.dumps(value))
    # The bytes are those of json.dumps.
    raw = LAMBDA.invoke(FunctionName="k", Payload='{"kind":"echo","value":{"é":[1,2.0,"\\u00e9"]}}')["Payload"].read()
    equal(raw, json.dumps({"é": [1, 2.0, "é"]}).encode())

    answer, error = invoke("k", {"kind": "raise", "value": 7}, LogType="Tail")
    equal((answer["StatusCode"], answer["FunctionError"]), (200, "Unhandled"))
    equal(list(error), ["errorMessage", "errorType", "requestId", "stackTrace"])
    equal((error["errorType"], error["errorMessage"]), ("ValueError", "no such level: 7"))
    request_id = answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]
    equal(error["requestId"], request_id)
    equal(len(error["stackTrace"]), 1)
    expected = '  File "/var/task/app.py", line 9, in handler\n    raise ValueError("no such level: %s" % event["value"])\n'
    equal(error["stackTrace"][0], expected)
    log = base64.b64decode(answer["LogResult"]).decode()
    assert log.startswith("START RequestId: %s Version: $LATEST\n" % request_id), log
    assert "[ERROR] ValueError: no such level: 7\nTraceback (most recent call last):\n" in log, log
    assert "END RequestId: %s\n" % request_id in log, log
    assert "REPORT RequestId: %s\tDuration: " % request_id in log and "\tMemory Size: 128 MB\t" in log, log
    equal(invoke("k", {"kind": "key"})[1]["errorMessage"], "'missing'")
    _, error = invoke("k", {"kind": "set"})
    equal(error["errorType"], "Runtime.MarshalError")
    equal(error["errorMessage"], "Unable to marshal response: Object of type set is not JSON serializable")
    equal(error["stackTrace"], [])
    equal(invoke("k", {"kind": "recurse"})[1]["errorType"], "RecursionError")
    equal(invoke("k", {"kind": "allocate"})[1]["errorType"], "MemoryError")
    equal(invoke("k", {"kind": "echo", "value": "alive"})[1], "alive")

    answer, _ = invoke("k", {"kind": "print", "value": 4}, LogType="Tail")
    assert "\nlevel 4\n" in base64.b64decode(answer["LogResult"]).decode()
    answer, _ = invoke("k", {"kind": "print", "value": 4, "more": 10000}, LogType="Tail")
    equal(len(base64.b64decode(answer["LogResult"])), 4096)

    answer, result = invoke("k", {"kind": "context"})
    request_id = answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]
    arn = "arn:aws:lambda:us-east-1:000000000000:function:k"
    equal(result, [request_id, "k", "$LATEST", arn, "128", "/aws/lambda/k", True])

    _, error = invoke("k", {"kind": "large", "value": 7 << 20})
    equal(error["errorType"], "Function.ResponseSizeTooLarge")
    equal(len(invoke("k", {"kind": "large", "value": 5 << 20})[1]), 5 << 20)

    LAMBDA.update_function_configuration(FunctionName="k", Timeout=1)
    answer, error = invoke("k", {"kind": "loop"}, LogType="Tail")
    request_id = answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]
    equal(answer["FunctionError"], "Unhandled")
    expected = "RequestId: %s Error: Task timed out after 1.00 seconds" % request_id
    equal(error, {"errorType": "Sandbox.Timedout", "errorMessage": expected})
    assert "Task timed out after 1.00 seconds" in base64.b64decode(answer["LogResult"]).decode()
    equal(invoke("k", {"kind": "echo", "value": "alive"})[1], "alive")


def update(run):
    """New code gives new results at once; a warm instance keeps its globals until then."""
    text = "count = 0\n\ndef handler(event, context):\n    global count\n    count += 1\n    return ['%s', count]\n"
    create("u", text % "old", run)
    equal([invoke("u", {})[1] for _ in range(3)], [["old", 1], ["old", 2], ["old", 3]])
    LAMBDA.update_function_code(FunctionName="u", ZipFile=package(app=text % "new"))
    equal([invoke("u", {})[1] for _ in range(2)], [["new", 1], ["new", 2]])
    # Several modules, and a handler in a package.
    files = {"deep__level": "from deep.rules import LIMIT\n\ndef handler(event, context):\n    return LIMIT\n"}
    files.update({"deep____init__": "", "deep__rules": "LIMIT = 40\n"})
    LAMBDA.update_function_code(FunctionName="u", ZipFile=package(**files))
    for handler in ("deep.level.handler", "deep/level.handler"):
        LAMBDA.update_function_configuration(FunctionName="u", Handler=handler)
        equal(invoke("u", {})[1], 40)


def faults(run):
    """Handlers that cannot be had."""

    def fault(handler, text):
        name = "fault%d" % len(LAMBDA.list_functions()["Functions"])
        create(name, text, run, handler=handler)
        answer, error = invoke(name, {})
        equal(answer["FunctionError"], "Unhandled")
        return error["errorType"], error["errorMessage"]

    plain = "def handler(event, context):\n    return 1\n"
    missing = ("Runtime.ImportModuleError", "Unable to import module 'other': No module named 'other'")
    equal(fault("other.handler", plain), missing)
    equal(fault("app.other", plain), ("Runtime.HandlerNotFound", "Handler 'other' missing on module 'app'"))
    bad = "Bad handler 'app': not enough values to unpack (expected 2, got 1)"
    equal(fault("app", plain), ("Runtime.MalformedHandlerName", bad))
    kind, message = fault("app.handler", "def handler(event, context)\n    return 1\n")
    equal(kind, "Runtime.UserCodeSyntaxError")
    assert message.startswith("Syntax error in module 'app': ") and "app.py" in message, message
    equal(fault("app.handler", "LIMITS = {}\nLIMIT = LIMITS['a']\n" + plain)[0], "KeyError")
    if run == "cloud":
        kind, message = fault("app.handler", "import nothing_of_the_kind\n" + plain)
        equal(kind, "Runtime.ImportModuleError")
        equal(message, "Unable to import module 'app': No module named 'nothing_of_the_kind'")


def workers():
    """What only real processes do."""
    text = """
import json, logging, os, subprocess, sys, time, uuid

WHO = str(uuid.uuid4())

def handler(event, context):
    kind = event.get("kind")
    if kind == "exit":
        sys.exit(event["status"])
    if kind == "kill":
        os.kill(os.getpid(), 9)
    if kind == "child":
        subprocess.Popen(["sleep", "300"])
        time.sleep(60)
    if kind == "log":
        logging.getLogger().warning("careful")
        os.write(1, b"raw\\n")
        subprocess.run(["echo", "from a child"], check=True)
        sys.stdout.write("no newline")
        return None
    if kind == "client":
        context_ = context.client_context
        return [context_.custom["a"], context_.env, context_.client.app_title]
    if kind == "environment":
        return dict(os.environ)
    if kind == "files":
        with open(os.path.join(os.environ["LAMBDA_TASK_ROOT"], "data.txt")) as file:
            return [file.read(), os.getcwd() == os.environ["LAMBDA_TASK_ROOT"]]
    if kind == "sdk":
        return sorted(os.listdir(os.environ["TMPDIR"])), os.environ["AWS_ENDPOINT_URL"]
    return WHO
"""
    buffer = io.BytesIO(package(app=text))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("data.txt", "42")
    create("w", run="cloud", zip=buffer.getvalue(), Environment={"Variables": {"LEVEL": "3"}}, Runtime=PYTHON)
    first = invoke("w", {})[1]
    equal([invoke("w", {})[1] for _ in range(3)], [first] * 3)
    answer, error = invoke("w", {"kind": "exit", "status": 3})
    request_id = answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]
    expected = "RequestId: %s Error: Runtime exited with error: exit status 3" % request_id
    equal(error, {"errorType": "Runtime.ExitError", "errorMessage": expected})
    assert "exited without providing a reason" in invoke("w", {"kind": "exit", "status": 0})[1]["errorMessage"]
    assert "signal: killed" in invoke("w", {"kind": "kill"})[1]["errorMessage"]
    assert invoke("w", {})[1] != first
    log = base64.b64decode(invoke("w", {"kind": "log"}, LogType="Tail")[0]["LogResult"]).decode()
    assert "[WARNING]\t" in log and "Z\t" in log and "\tcareful\n" in log, log
    assert "raw\nfrom a child\nno newline\nEND RequestId" in log, log
    context = {"custom": {"a": 7}, "env": {"e": "f"}, "client": {"app_title": "lights"}}
    encoded = base64.b64encode(json.dumps(context).encode()).decode()
    equal(invoke("w", {"kind": "client"}, ClientContext=encoded)[1], [7, {"e": "f"}, "lights"])
    bad = refused("InvalidRequestContentException", 400, LAMBDA.invoke, FunctionName="w", ClientContext="bm8=")
    assert "Client context" in bad, bad
    environment = invoke("w", {"kind": "environment"})[1]
    expected = {
        "LEVEL": "3",
        "AWS_LAMBDA_FUNCTION_NAME": "w",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/w",
        "AWS_REGION": "us-east-1",
        "AWS_EXECUTION_ENV": "AWS_Lambda_" + PYTHON,
        "_HANDLER": "app.handler",
        "TZ": ":UTC",
        "AWS_ENDPOINT_URL": ENDPOINT,
    }
    equal({name: environment.get(name) for name in expected}, expected)
    assert "CARGO_MANIFEST_DIR" not in environment and "USER" not in environment, sorted(environment)
    equal(invoke("w", {"kind": "files"})[1], ["42", True])
    LAMBDA.update_function_configuration(FunctionName="w", Timeout=1)
    equal(invoke("w", {"kind": "child"})[1]["errorType"], "Sandbox.Timedout")


def pythons():
    """A function gets the Python that it asks for, or is refused before it is there."""
    text = "import sys\n\ndef handler(event, context):\n    return list(sys.version_info[:2])\n"
    got = []
    for minor in range(8, 15):
        name, runtime = "p%d" % minor, "python3.%d" % minor
        try:
            create(name, text, run="cloud", Runtime=runtime)
        except ClientError as error:
            message = error.response["Error"]["Message"]
            expected = "The runtime %s is not on this machine; choose one of: " % runtime
            assert message.startswith(expected) and PYTHON in message, message
            # What runs in IoTPy needs none.
            create(name, run="edge", Runtime=runtime)
            arguments = dict(FunctionName=name, Runtime=runtime, Role=ROLE, Handler="app.handler")
            LAMBDA.delete_function(FunctionName=name)
            LAMBDA.create_function(Code={"ZipFile": package(app="def handler(event, context):\n    return 1\n")}, **arguments)
            continue
        equal(invoke(name)[1], [3, minor])
        got.append(runtime)
    assert PYTHON in got, got


LAYERED = """
import os, sys
from rules import LIMIT
import extra

def handler(event, context):
    return [LIMIT, extra.WHO, event]
"""


def layers():
    """Published, listed, had by functions of both arms, deleted."""

    def publish(name, files, **more):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for path, text in files.items():
                archive.writestr(path, text)
        return LAMBDA.publish_layer_version(LayerName=name, Content={"ZipFile": buffer.getvalue()}, **more), buffer

    first, zipped = publish(
        "rules", {"python/rules.py": "LIMIT = 1\n"}, Description="d", CompatibleRuntimes=[PYTHON], LicenseInfo="MIT"
    )
    arn = "arn:aws:lambda:us-east-1:000000000000:layer:rules"
    equal((first["LayerArn"], first["LayerVersionArn"], first["Version"]), (arn, arn + ":1", 1))
    sha256 = base64.b64encode(hashlib.sha256(zipped.getvalue()).digest()).decode()
    equal(first["Content"]["CodeSha256"], sha256)
    equal(urllib.request.urlopen(first["Content"]["Location"]).read(), zipped.getvalue())
    second, _ = publish("rules", {"python/rules.py": "LIMIT = 2\n", "data/level.txt": "from a layer"})
    equal(second["Version"], 2)
    site = "python/lib/%s/site-packages/" % PYTHON
    other, _ = publish("other", {site + "extra.py": "WHO = 'site'\n", "python/rules.py": "LIMIT = 3\n"})
    equal([layer["LayerName"] for layer in LAMBDA.list_layers()["Layers"]], ["other", "rules"])
    only = LAMBDA.list_layers(CompatibleRuntime=PYTHON)["Layers"]
    equal([(layer["LayerName"], layer["LatestMatchingVersion"]["Version"]) for layer in only], [("rules", 1)])
    equal([v["Version"] for v in LAMBDA.list_layer_versions(LayerName="rules")["LayerVersions"]], [2, 1])
    page = LAMBDA.list_layer_versions(LayerName="rules", MaxItems=1)
    rest = LAMBDA.list_layer_versions(LayerName="rules", MaxItems=1, Marker=page["NextMarker"])
    equal([v["Version"] for v in page["LayerVersions"] + rest["LayerVersions"]], [2, 1])
    equal(LAMBDA.get_layer_version(LayerName="rules", VersionNumber=1)["Description"], "d")
    equal(LAMBDA.get_layer_version(LayerName=arn, VersionNumber=2)["Version"], 2)
    equal(LAMBDA.get_layer_version_by_arn(Arn=arn + ":2")["LayerVersionArn"], arn + ":2")
    refused("ResourceNotFoundException", 404, LAMBDA.get_layer_version, LayerName="rules", VersionNumber=9)

    for run in ("edge", "cloud"):
        made = create("with-" + run, LAYERED, run=run, Layers=[arn + ":2", other["LayerVersionArn"]])
        equal([layer["Arn"] for layer in made["Layers"]], [arn + ":2", other["LayerVersionArn"]])
        # The last layer lies over the others.
        equal(invoke("with-" + run, 7)[1], [3, "site", 7])
        LAMBDA.update_function_configuration(FunctionName="with-" + run, Layers=[other["LayerVersionArn"], arn + ":1"])
        equal(invoke("with-" + run, 8)[1], [1, "site", 8])
        LAMBDA.update_function_configuration(FunctionName="with-" + run, Layers=[])
        assert "Layers" not in LAMBDA.get_function_configuration(FunctionName="with-" + run)
        assert "rules" in invoke("with-" + run, 8)[1]["errorMessage"]
    text = "import os\ndef handler(event, context):\n    return open('/opt/data/level.txt').read()\n"
    create("reads", text, run="cloud", Layers=[arn + ":2"])
    if ROOTED:
        equal(invoke("reads")[1], "from a layer")
    # Two versions of one layer, one that is not there, and too many.
    refused("InvalidParameterValueException", 400, create, name="n", Layers=[arn + ":1", arn + ":2"])
    refused("InvalidParameterValueException", 400, create, name="n", Layers=[arn + ":9"])
    refused("InvalidParameterValueException", 400, create, name="n", Layers=[arn])
    many = [publish("l%d" % n, {"python/m.py": ""})[0]["LayerVersionArn"] for n in range(6)]
    refused("InvalidParameterValueException", 400, create, name="n", Layers=many)

    permission = dict(LayerName="rules", VersionNumber=2, StatementId="all")
    LAMBDA.add_layer_version_permission(Action="lambda:GetLayerVersion", Principal="*", **permission)
    policy = json.loads(LAMBDA.get_layer_version_policy(LayerName="rules", VersionNumber=2)["Policy"])
    equal((policy["Statement"][0]["Sid"], policy["Statement"][0]["Resource"]), ("all", arn + ":2"))
    again = dict(permission, Action="lambda:GetLayerVersion", Principal="*")
    refused("ResourceConflictException", 409, LAMBDA.add_layer_version_permission, **again)
    LAMBDA.remove_layer_version_permission(**permission)
    refused("ResourceNotFoundException", 404, LAMBDA.get_layer_version_policy, LayerName="rules", VersionNumber=2)

    # Functions keep a version that is deleted; nobody else gets it, and its number is not used again.
    LAMBDA.delete_layer_version(LayerName="rules", VersionNumber=2)
    refused("InvalidParameterValueException", 400, create, name="n", Layers=[arn + ":2"])
    LAMBDA.update_function_configuration(FunctionName="reads", Timeout=5)
    if ROOTED:
        equal(invoke("reads")[1], "from a layer")
    equal(publish("rules", {"python/rules.py": "LIMIT = 4\n"})[0]["Version"], 3)


def kinds():
    """Invocation types, and requests that are refused."""
    create("i")
    equal(LAMBDA.invoke(FunctionName="i", InvocationType="DryRun")["StatusCode"], 204)
    equal(LAMBDA.invoke(FunctionName="i", InvocationType="Event", Payload=b"{}")["StatusCode"], 202)
    equal(invoke("i")[1], {})
    equal(invoke("arn:aws:lambda:us-east-1:000000000000:function:i:$LATEST", [1])[1], [1])
    equal(invoke("i", [1], Qualifier="$LATEST")[1], [1])
    message = refused("InvalidRequestContentException", 400, LAMBDA.invoke, FunctionName="i", Payload=b"{'a': 1}")
    assert message.startswith("Could not parse request body into json"), message
    refused("ResourceNotFoundException", 404, LAMBDA.invoke, FunctionName="i", Qualifier="9")
    refused("ResourceNotFoundException", 404, LAMBDA.invoke, FunctionName="nobody")
    elsewhere = "arn:aws:lambda:eu-west-1:000000000000:function:i"
    for call in (LAMBDA.invoke, LAMBDA.get_function, LAMBDA.delete_function):
        message = refused("ResourceNotFoundException", 404, call, FunctionName=elsewhere)
        equal(message, "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')")
        others = elsewhere.replace("eu-west-1", "us-east-1").replace("0" * 12, "1" * 12)
        refused("ResourceNotFoundException", 404, call, FunctionName=others)
    refused("ResourceNotFoundException", 404, create, name=elsewhere + "2")
    refused("ValidationException", 400, LAMBDA.invoke, FunctionName="no/body")
    large = json.dumps("x" * (6 << 20)).encode()
    refused("RequestTooLargeException", 413, LAMBDA.invoke, FunctionName="i", Payload=large)
    large = json.dumps("x" * (1 << 20)).encode()
    refused("RequestTooLargeException", 413, LAMBDA.invoke, FunctionName="i", Payload=large, InvocationType="Event")
    equal(invoke("i", "x" * (1 << 20))[1], "x" * (1 << 20))
    identity = client("sts").get_caller_identity()
    equal(identity["Account"], "000000000000")
    refused("NotImplementedException", 501, client("logs").describe_queries)


def fill():
    """Before a restart."""
    create("kept", "def handler(event, context):\n    return 'kept'\n", Environment={"Variables": {"LEVEL": "b"}})
    made = LAMBDA.update_function_code(
        FunctionName="kept", ZipFile=package(app="def handler(event, context):\n    return 'newer'\n"), Publish=True
    )
    create("gone")
    LAMBDA.delete_function(FunctionName="gone")
    print(json.dumps([made["CodeSha256"], LAMBDA.get_function_configuration(FunctionName="kept")["RevisionId"]]))


def check(code, revision):
    """After it."""
    kept = LAMBDA.get_function(FunctionName="kept")
    equal((kept["Configuration"]["CodeSha256"], kept["Configuration"]["RevisionId"]), (code, revision))
    equal(kept["Configuration"]["Environment"]["Variables"], {"LEVEL": "b"})
    equal([f["FunctionName"] for f in LAMBDA.list_functions()["Functions"]], ["kept"])
    equal(invoke("kept", {})[1], "newer")
    equal(invoke("kept:1", {})[1], "newer")
    create("gone")


def as_user(access_key, secret, service="lambda"):
    keys = {"aws_access_key_id": access_key, "aws_secret_access_key": secret}
    return boto3.client(service, endpoint_url=ENDPOINT, region_name="us-east-1", config=CONFIG, **keys)


def roles():
    """What functions may do at an edge with keys: alice's, of wonderland."""
    alice, store = as_user("alice", "wonderland"), as_user("alice", "wonderland", "s3")
    keys = """
        import os


        def handler(event, context):
            return [os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]]
    """
    copies = """
        import boto3

        s3 = boto3.client("s3")


        def handler(event, context):
            try:
                return s3.get_object(Bucket="hers", Key=event["key"])["Body"].read().decode()
            except s3.exceptions.ClientError as error:
                return error.response["Error"]["Code"]
    """

    def create(name, text, run, role):
        alice.create_function(
            FunctionName=name,
            Runtime=PYTHON,
            Role="arn:aws:iam::000000000000:role/" + role,
            Handler="app.handler",
            Code={"ZipFile": package(app=textwrap.dedent(text))},
            Tags={"nano:run": run},
        )

    for name, run, role in (("edge", "edge", "reader"), ("cloud", "cloud", "reader"), ("other", "edge", "writer")):
        create(name, keys, run, role)
    reader, same, writer = (invoke(name, {}, alice)[1] for name in ("edge", "cloud", "other"))
    equal(reader, same)
    assert reader[0] != writer[0] and reader[1] != writer[1], (reader, writer)
    # What it makes is its own; what is another's it gets where that bucket's policy names its role.
    its = as_user(*reader, "s3")
    its.create_bucket(Bucket="its")
    its.put_object(Bucket="its", Key="k", Body=b"its")
    refused("AccessDenied", 403, store.get_object, Bucket="its", Key="k")
    store.create_bucket(Bucket="hers")
    store.put_object(Bucket="hers", Key="k", Body=b"hers")
    create("copies", copies, "edge", "reader")

    def allow(principal):
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": principal},
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::hers/*",
        }
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        store.put_bucket_policy(Bucket="hers", Policy=json.dumps(policy))

    for principal in (
        None,
        "arn:aws:iam::000000000000:root",
        "arn:aws:iam::000000000000:role/writer",
        "arn:aws:iam::000000000000:user/" + writer[0],
    ):
        if principal:
            allow(principal)
        refused("AccessDenied", 403, its.get_object, Bucket="hers", Key="k")
        equal(invoke("copies", {"key": "k"}, alice)[1], "AccessDenied")
    allow("arn:aws:iam::000000000000:role/reader")
    equal(its.get_object(Bucket="hers", Key="k")["Body"].read(), b"hers")
    equal(invoke("copies", {"key": "k"}, alice)[1], "hers")
    refused("AccessDenied", 403, its.put_object, Bucket="hers", Key="k", Body=b"its")
    refused("AccessDenied", 403, as_user(*writer, "s3").get_object, Bucket="hers", Key="k")
    refused("SignatureDoesNotMatch", 403, as_user(reader[0], "x", "s3").get_object, Bucket="hers", Key="k")
    # Of Lambda it invokes, and no more: neither other functions' variables nor their code are its business.
    function = as_user(*reader)
    equal(invoke("copies", {"key": "k"}, function)[1], "hers")
    message = refused("AccessDeniedException", 403, function.list_functions)
    assert "role/reader is not authorized" in message, message
    code = package(app="def handler(event, context):\n    return 'taken over'\n")
    refused("AccessDeniedException", 403, function.update_function_code, FunctionName="copies", ZipFile=code)
    refused("AccessDeniedException", 403, function.get_function, FunctionName="copies")
    refused("AccessDeniedException", 403, function.delete_function, FunctionName="copies")
    refused("AccessDeniedException", 403, as_user(*reader, "logs").describe_log_groups)
    equal(as_user(*reader, "sts").get_caller_identity()["Arn"], "arn:aws:iam::000000000000:role/reader")
    for path in ("/_nano/functions", "/_nano/woofs"):
        basic = base64.b64encode(":".join(reader).encode()).decode()
        request = urllib.request.Request(ENDPOINT + path, headers={"Authorization": "Basic " + basic})
        try:
            urllib.request.urlopen(request)
            raise AssertionError("not refused: " + path)
        except urllib.error.HTTPError as error:
            equal(error.code, 403)
    # Code comes from S3 with the rights of who deploys it, and destinations are written to with those of the role.
    its.put_object(Bucket="its", Key="app.zip", Body=code)
    source = {"S3Bucket": "its", "S3Key": "app.zip"}
    message = refused("AccessDeniedException", 403, alice.update_function_code, FunctionName="copies", **source)
    assert "GetObject" in message, message
    refused("AccessDeniedException", 403, alice.publish_layer_version, LayerName="l", Content=source)
    create("fails", FAILS, "edge", "reader")
    for bucket in ("hers", "its"):
        told = {"OnFailure": {"Destination": "arn:aws:s3:::" + bucket}}
        alice.put_function_event_invoke_config(FunctionName="fails", MaximumRetryAttempts=0, DestinationConfig=told)
        invoke("fails", {"bucket": bucket}, alice, InvocationType="Event")
        logs = as_user("alice", "wonderland", "logs")
        for _ in range(200):
            written = its.list_objects_v2(Bucket="its", Prefix="aws/lambda/async/fails/").get("Contents", [])
            lines = logs.filter_log_events(logGroupName="/aws/lambda/fails", filterPattern="AccessDenied")["events"]
            if written or (bucket == "hers" and lines):
                break
            time.sleep(0.05)
        equal((bucket, len(written), len(lines)), (bucket, 0 if bucket == "hers" else 1, 1))
    equal([c["Key"] for c in store.list_objects_v2(Bucket="hers")["Contents"]], ["k"])
    # Whatever service it signs for, the request is what it is.
    logs = {"X-Amz-Target": "Logs_20140328.DescribeLogGroups"}
    for service, method, path, headers in (
        ("sts", "GET", "/_nano/functions", {}),
        ("sts", "GET", "/_nano/woofs", {}),
        ("lambda", "POST", "/_nano/functions/copies/invoke", {}),
        ("sts", "POST", "/", logs),
        ("iam", "POST", "/?Action=CreateRole", {}),
        ("logs", "POST", "/2015-03-31/functions/copies/invocations", logs),
        ("cloudformation", "POST", "/2015-03-31/functions/copies/invocations", {}),
    ):
        equal((service, path, signed_status(reader, service, method, path, **headers)), (service, path, 403))


def signed_status(keys, service, method, path, body=b"{}", **headers):
    """The status of a request that is signed for a service, whatever it asks for."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    request = AWSRequest(method, ENDPOINT + path, data=body, headers=headers)
    SigV4Auth(Credentials(*keys), service, "us-east-1").add_auth(request)
    made = urllib.request.Request(ENDPOINT + path, method=method, data=body, headers=dict(request.headers.items()))
    try:
        with urllib.request.urlopen(made) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def signed():
    """An edge with keys: alice, of wonderland."""
    from botocore.auth import SigV4Auth

    def status(path, method="GET", body=None, **headers):
        request = urllib.request.Request(ENDPOINT + path, method=method, data=body, headers=headers)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    alice = as_user("alice", "wonderland")
    code = {"ZipFile": package(app="def handler(event, context):\n    return event\n")}
    arguments = dict(FunctionName="s", Runtime=PYTHON, Role=ROLE, Handler="app.handler", Code=code)
    refused("InvalidSignatureException", 403, as_user("alice", "other").create_function, **arguments)
    refused("UnrecognizedClientException", 403, as_user("bob", "wonderland").create_function, **arguments)
    made = alice.create_function(**arguments)
    equal(invoke("s", {"a": "ü +/="}, alice)[1], {"a": "ü +/="})
    # Names that are encoded, and queries that are sorted.
    equal(invoke(made["FunctionArn"], [1], alice, Qualifier="$LATEST")[1], [1])
    alice.list_functions(MaxItems=5, FunctionVersion="ALL")
    refused("InvalidSignatureException", 403, as_user("alice", "x").invoke, FunctionName="s", Payload=b"{}")
    identity = as_user("alice", "wonderland", "sts").get_caller_identity()
    equal([identity["Account"], identity["Arn"]], ["000000000000", "arn:aws:iam::000000000000:user/alice"])
    refused("InvalidSignatureException", 403, as_user("alice", "x", "sts").get_caller_identity)
    # Without any signature only health and the links that were given out are open.
    equal(status("/2015-03-31/functions"), 403)
    equal(status("/2015-03-31/functions/s/invocations", "POST", b"{}"), 403)
    equal(status("/_nano/functions"), 403)
    equal(status("/_nano/functions/s/invoke", "POST", b"{}"), 403)
    equal(status("/_nano/woofs"), 403)
    equal(status("/_nano/health"), 200)
    link = alice.get_function(FunctionName="s")["Code"]["Location"]
    with urllib.request.urlopen(link) as answer:
        equal(answer.read(), code["ZipFile"])
    equal(status(link[len(ENDPOINT) : -1] + "x"), 404)
    basic = base64.b64encode(b"alice:wonderland").decode()
    equal(status("/_nano/functions/s/invoke", "POST", b"{}", Authorization="Basic " + basic), 200)
    wrong = base64.b64encode(b"alice:builder").decode()
    equal(status("/_nano/functions", Authorization="Basic " + wrong), 403)
    # Basic is for nano's own routes only.
    equal(status("/2015-03-31/functions", Authorization="Basic " + basic), 400)
    # A body that was changed on its way.
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    path = "/2015-03-31/functions/s/invocations"
    request = AWSRequest("POST", ENDPOINT + path, data=b"[1]")
    SigV4Auth(Credentials("alice", "wonderland"), "lambda", "us-east-1").add_auth(request)
    headers = dict(request.headers.items())
    equal(status(path, "POST", b"[1]", **headers), 200)
    equal(status(path, "POST", b"[2]", **headers), 403)
    # Where a client was given a `Date` to send, that is all there is of one.
    request = AWSRequest("POST", ENDPOINT + path, data=b"[1]", headers={"Date": "now"})
    SigV4Auth(Credentials("alice", "wonderland"), "lambda", "us-east-1").add_auth(request)
    headers = dict(request.headers.items())
    assert "Date" in headers and "X-Amz-Date" not in headers, headers
    equal(status(path, "POST", b"[1]", **headers), 200)
    equal(status(path, "POST", b"[1]", **headers | {"Date": "Wed, 07 Jul 2010 21:53:04 GMT"}), 400)


def placed():
    """Which runtime runs what, and why, where AWS's own clients show it."""
    plain = "def handler(event, context):\n    return event\n"
    for name, source, run, runtime, why in [
            ("fits", plain, None, "IoTPy", "the package compiles for IoTPy"),
            ("not", "import ctypes\n" + plain, None, "CPython", "the package does not compile for IoTPy: "),
            ("cloud", plain, "cloud", "CPython", 'run = "cloud"'),
            ("edge", plain, "edge", "IoTPy", 'run = "edge"'),
            ("device", plain, "device", "IoTPy", 'run = "device"')]:
        create(name, source, run=run)
        configuration = LAMBDA.get_function(FunctionName=name)["Configuration"]
        reason = configuration["StateReason"]
        assert reason.startswith(f"runs on {runtime}: ") and why in reason, reason
        equal((configuration["State"], configuration["LastUpdateStatus"]), ("Active", "Successful"))
        print(json.dumps([name, reason]))
    listed = json.load(urllib.request.urlopen(ENDPOINT + "/_nano/functions"))
    equal({f["name"]: f["runs_on"] for f in listed}["not"], "cloud")
    assert "ctypes" in {f["name"]: f["why"] for f in listed}["not"]


VERSIONED = "def handler(event, context):\n    return [%s, context.function_version, context.invoked_function_arn]\n"


def versions():
    """Versions, aliases that move and that share by weight, and what refuses."""
    create("v", VERSIONED % 1)
    first = LAMBDA.publish_version(FunctionName="v", Description="one")
    equal((first["Version"], first["Description"]), ("1", "one"))
    equal(LAMBDA.publish_version(FunctionName="v")["Version"], "1")
    LAMBDA.update_function_code(FunctionName="v", ZipFile=package(app=VERSIONED % 2))
    refused("InvalidParameterValueException", 400, LAMBDA.publish_version, FunctionName="v", CodeSha256="x")
    refused("PreconditionFailedException", 412, LAMBDA.publish_version, FunctionName="v", RevisionId="x")
    equal(LAMBDA.publish_version(FunctionName="v")["Version"], "2")
    listed = LAMBDA.list_versions_by_function(FunctionName="v")["Versions"]
    equal([version["Version"] for version in listed], ["$LATEST", "1", "2"])
    page = LAMBDA.list_versions_by_function(FunctionName="v", MaxItems=2)
    rest = LAMBDA.list_versions_by_function(FunctionName="v", Marker=page["NextMarker"])
    equal([version["Version"] for version in rest["Versions"]], ["2"])
    equal(invoke("v", None, Qualifier="1")[1][:2], [1, "1"])
    made = LAMBDA.create_alias(FunctionName="v", Name="live", FunctionVersion="1")
    equal(made["AliasArn"], "arn:aws:lambda:us-east-1:000000000000:function:v:live")
    refused("ResourceConflictException", 409, LAMBDA.create_alias, FunctionName="v", Name="live", FunctionVersion="1")
    refused("ResourceNotFoundException", 404, LAMBDA.create_alias, FunctionName="v", Name="x", FunctionVersion="9")
    refused("ValidationException", 400, LAMBDA.create_alias, FunctionName="v", Name="12", FunctionVersion="1")
    answer, body = invoke("v", None, Qualifier="live")
    equal((body[0], answer["ExecutedVersion"]), (1, "1"))
    equal(invoke("v:live")[1][0], 1)
    refused("PreconditionFailedException", 412, LAMBDA.update_alias, FunctionName="v", Name="live", RevisionId="x")
    routing = {"AdditionalVersionWeights": {"2": 0.5}}
    LAMBDA.update_alias(FunctionName="v", Name="live", RoutingConfig=routing)
    equal(LAMBDA.get_alias(FunctionName="v", Name="live")["RoutingConfig"], routing)
    equal({invoke("v", None, Qualifier="live")[1][0] for _ in range(60)}, {1, 2})
    refused("InvalidParameterValueException", 400, LAMBDA.update_alias, FunctionName="v", Name="live",
            RoutingConfig={"AdditionalVersionWeights": {"2": 2}})
    refused("ResourceConflictException", 409, LAMBDA.delete_function, FunctionName="v", Qualifier="2")
    LAMBDA.update_alias(FunctionName="v", Name="live", FunctionVersion="2",
                        RoutingConfig={"AdditionalVersionWeights": {}})
    equal({invoke("v", None, Qualifier="live")[1][0] for _ in range(9)}, {2})
    LAMBDA.create_alias(FunctionName="v", Name="next", FunctionVersion="$LATEST")
    equal([a["Name"] for a in LAMBDA.list_aliases(FunctionName="v")["Aliases"]], ["live", "next"])
    equal([a["Name"] for a in LAMBDA.list_aliases(FunctionName="v", FunctionVersion="2")["Aliases"]], ["live"])
    LAMBDA.delete_alias(FunctionName="v", Name="live")
    refused("ResourceNotFoundException", 404, LAMBDA.get_alias, FunctionName="v", Name="live")
    refused("ResourceNotFoundException", 404, LAMBDA.invoke, FunctionName="v", Qualifier="live")
    LAMBDA.delete_function(FunctionName="v", Qualifier="2")


def settings():
    """Tags, policies, concurrency, and what has one answer here."""
    arn = create("s")["FunctionArn"]
    LAMBDA.tag_resource(Resource=arn, Tags={"a": "1", "b": "2"})
    LAMBDA.untag_resource(Resource=arn, TagKeys=["a", "c"])
    equal(LAMBDA.list_tags(Resource=arn)["Tags"], {"b": "2"})
    equal(LAMBDA.get_function(FunctionName="s")["Tags"], {"b": "2"})
    permission = dict(FunctionName="s", StatementId="p", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com",
                      SourceArn="arn:aws:s3:::bkt")
    refused("ResourceNotFoundException", 404, LAMBDA.get_policy, FunctionName="s")
    LAMBDA.add_permission(**permission)
    refused("ResourceConflictException", 409, LAMBDA.add_permission, **permission)
    statement = json.loads(LAMBDA.get_policy(FunctionName="s")["Policy"])["Statement"][0]
    equal((statement["Sid"], statement["Principal"]), ("p", {"Service": "s3.amazonaws.com"}))
    equal(statement["Condition"], {"ArnLike": {"AWS:SourceArn": "arn:aws:s3:::bkt"}})
    refused("ResourceNotFoundException", 404, LAMBDA.remove_permission, FunctionName="s", StatementId="q")
    LAMBDA.remove_permission(FunctionName="s", StatementId="p")
    refused("ResourceNotFoundException", 404, LAMBDA.get_policy, FunctionName="s")
    # Reserved: none at all is 429, with the time to wait.
    LAMBDA.put_function_concurrency(FunctionName="s", ReservedConcurrentExecutions=0)
    refused("TooManyRequestsException", 429, LAMBDA.invoke, FunctionName="s")
    equal(LAMBDA.get_function_concurrency(FunctionName="s")["ReservedConcurrentExecutions"], 0)
    refused("InvalidParameterValueException", 400, LAMBDA.put_function_concurrency, FunctionName="s",
            ReservedConcurrentExecutions=901)
    LAMBDA.put_function_concurrency(FunctionName="s", ReservedConcurrentExecutions=900)
    equal(LAMBDA.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"], 100)
    LAMBDA.delete_function_concurrency(FunctionName="s")
    equal(invoke("s", 1)[1], 1)
    equal(LAMBDA.get_account_settings()["AccountUsage"]["FunctionCount"], 1)
    # What Terraform reads of every function.
    equal(LAMBDA.get_function_code_signing_config(FunctionName="s")["FunctionName"], "s")
    equal(LAMBDA.get_runtime_management_config(FunctionName="s")["UpdateRuntimeOn"], "Auto")
    equal(LAMBDA.get_function_recursion_config(FunctionName="s")["RecursiveLoop"], "Terminate")
    LAMBDA.put_function_recursion_config(FunctionName="s", RecursiveLoop="Allow")
    equal(LAMBDA.get_function_recursion_config(FunctionName="s")["RecursiveLoop"], "Allow")
    refused("ProvisionedConcurrencyConfigNotFoundException", 404, LAMBDA.get_provisioned_concurrency_config,
            FunctionName="s", Qualifier="1")
    equal(LAMBDA.list_event_source_mappings()["EventSourceMappings"], [])
    unknown = "00000000-0000-0000-0000-000000000000"
    refused("ResourceNotFoundException", 404, LAMBDA.get_event_source_mapping, UUID=unknown)
    equal(LAMBDA.list_layers()["Layers"], [])


URL = """
def handler(event, context):
    http = event["requestContext"]["http"]
    if http["path"] == "/plain":
        return {"seen": event.get("queryStringParameters")}
    if http["path"] == "/fail":
        raise ValueError("no")
    return {"statusCode": 201, "headers": {"X-Method": http["method"]}, "cookies": ["a=b"],
            "body": event.get("body", "") + "|" + event["headers"].get("x-mine", "")}
"""


def urls():
    """A function's URL answers HTTP."""
    create("u", URL)
    made = LAMBDA.create_function_url_config(FunctionName="u", AuthType="NONE", Cors={"AllowOrigins": ["https://a.test"]})
    refused("ResourceConflictException", 409, LAMBDA.create_function_url_config, FunctionName="u", AuthType="NONE")
    url = made["FunctionUrl"]

    def ask(path, method="GET", data=None, **headers):
        request = urllib.request.Request(url + path, method=method, data=data,
                                         headers={name.replace("_", "-"): value for name, value in headers.items()})
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    status, headers, body = ask("x?y=1", "POST", b"hello", x_mine="z", Content_Type="text/plain")
    equal((status, headers["X-Method"], headers["Set-Cookie"], body), (201, "POST", "a=b", "hello|z"))
    status, headers, body = ask("plain?a=1&b=x%20y&a=2", Origin="https://a.test")
    equal((status, json.loads(body)), (200, {"seen": {"a": "1,2", "b": "x y"}}))
    equal(headers["Access-Control-Allow-Origin"], "https://a.test")
    equal(ask("x", "OPTIONS", Origin="https://a.test")[0], 200)
    equal(ask("fail")[0], 502)
    LAMBDA.put_function_concurrency(FunctionName="u", ReservedConcurrentExecutions=0)
    equal(ask("x")[0], 429)
    LAMBDA.delete_function_concurrency(FunctionName="u")
    equal(LAMBDA.get_function_url_config(FunctionName="u")["FunctionUrl"], url)
    equal(len(LAMBDA.list_function_url_configs(FunctionName="u")["FunctionUrlConfigs"]), 1)
    updated = LAMBDA.update_function_url_config(FunctionName="u", AuthType="AWS_IAM")
    equal(updated["AuthType"], "AWS_IAM")
    LAMBDA.delete_function_url_config(FunctionName="u")
    equal(ask("x")[0], 403)
    refused("ResourceNotFoundException", 404, LAMBDA.get_function_url_config, FunctionName="u")


FAILS = "def handler(event, context):\n    print('trying')\n    raise ValueError('always')\n"
PRINTS = "import json\ndef handler(event, context):\n    print('GOT ' + json.dumps(event))\n"


def printed(function, wanted, **more):
    """Waits until a function has printed a line with this; all lines of its log."""
    logs = client("logs")
    for _ in range(200):
        found = logs.filter_log_events(logGroupName="/aws/lambda/" + function, **more)["events"]
        lines = [event["message"] for event in found]
        if sum(wanted in line for line in lines):
            return lines
        time.sleep(0.05)
    raise AssertionError(f"{wanted} is not among {lines}")


def asynchronous():
    """Retries, destinations, and objects whose changes invoke."""
    create("fails", FAILS)
    sink = create("sink", PRINTS)["FunctionArn"]
    config = dict(FunctionName="fails", MaximumRetryAttempts=1, DestinationConfig={"OnFailure": {"Destination": sink}})
    refused("ResourceNotFoundException", 404, LAMBDA.get_function_event_invoke_config, FunctionName="fails")
    LAMBDA.put_function_event_invoke_config(**config)
    equal(LAMBDA.get_function_event_invoke_config(FunctionName="fails")["MaximumRetryAttempts"], 1)
    # What could never be told is refused and not kept in silence.
    queue = {"TargetArn": "arn:aws:sqs:us-east-1:000000000000:q"}
    refused("InvalidParameterValueException", 400, LAMBDA.update_function_configuration, FunctionName="fails",
            DeadLetterConfig=queue)
    LAMBDA.update_function_configuration(FunctionName="fails", DeadLetterConfig={"TargetArn": ""})
    queue = {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:000000000000:q"}}
    refused("InvalidParameterValueException", 400, LAMBDA.put_function_event_invoke_config, FunctionName="fails",
            DestinationConfig=queue)
    equal(invoke("fails", {"n": 7}, InvocationType="Event")[0]["StatusCode"], 202)
    line = [line for line in printed("sink", "RetriesExhausted") if line.startswith("GOT")][0]
    told = json.loads(line[4:])
    equal((told["requestPayload"], told["requestContext"]["approximateInvokeCount"]), ({"n": 7}, 2))
    equal(told["responsePayload"]["errorType"], "ValueError")
    equal(sum(line == "trying" for line in printed("fails", "trying")), 2)
    # Who tells himself ends.
    turns = create("turns", "def handler(event, context):\n    print('TURN')\n")["FunctionArn"]
    LAMBDA.put_function_event_invoke_config(
        FunctionName="turns", DestinationConfig={"OnSuccess": {"Destination": turns}})
    invoke("turns", {}, InvocationType="Event")
    lines = printed("turns", "is not told")
    equal(sum(line == "TURN" for line in lines), 16)
    # Objects.
    s3 = client("s3")
    s3.create_bucket(Bucket="bkt")
    wanted = {"LambdaFunctionConfigurations": [{
        "LambdaFunctionArn": sink, "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:Delete"],
        "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": "in/"}, {"Name": "suffix", "Value": ".txt"}]}}}]}
    s3.put_bucket_notification_configuration(Bucket="bkt", NotificationConfiguration=wanted)
    found = s3.get_bucket_notification_configuration(Bucket="bkt")["LambdaFunctionConfigurations"]
    equal(found[0]["Events"], ["s3:ObjectCreated:*", "s3:ObjectRemoved:Delete"])
    nobody = {"LambdaFunctionConfigurations": [{"LambdaFunctionArn": sink + "x", "Events": ["s3:ObjectCreated:*"]}]}
    refused("InvalidArgument", 400, s3.put_bucket_notification_configuration, Bucket="bkt",
            NotificationConfiguration=nobody)
    s3.put_object(Bucket="bkt", Key="out/x.txt", Body=b"")
    s3.put_object(Bucket="bkt", Key="in/a b.txt", Body=b"hello")
    s3.delete_object(Bucket="bkt", Key="in/a b.txt")
    lines = printed("sink", "ObjectRemoved:Delete")
    lines = printed("sink", "ObjectCreated:Put")
    records = [json.loads(line[4:])["Records"][0] for line in lines if '"Records"' in line]
    records.sort(key=lambda record: record["eventName"])
    equal([(r["eventName"], r["s3"]["object"]["key"]) for r in records],
          [("ObjectCreated:Put", "in/a+b.txt"), ("ObjectRemoved:Delete", "in/a+b.txt")])
    equal(records[0]["s3"]["object"]["size"], 5)


def streams():
    """A result as a stream of events; logs as CloudWatch shows them."""
    create("st", "def handler(event, context):\n    print('one')\n    print('two ERROR')\n    return event['x'] * 3\n")
    stream = LAMBDA.invoke_with_response_stream(FunctionName="st", Payload=b'{"x": "ab"}', LogType="Tail")["EventStream"]
    events = list(stream)
    equal(b"".join(e["PayloadChunk"]["Payload"] for e in events if "PayloadChunk" in e), b'"ababab"')
    assert b"two ERROR" in base64.b64decode(events[-1]["InvokeComplete"]["LogResult"])
    failed = list(LAMBDA.invoke_with_response_stream(FunctionName="st", Payload=b"{}")["EventStream"])
    equal(failed[-1]["InvokeComplete"]["ErrorCode"], "KeyError")
    lines = printed("st", "KeyError")
    equal([line for line in lines if line in ("one", "two ERROR")], ["one", "two ERROR"] * 2)
    equal(printed("st", "two", filterPattern="two -one"), ["two ERROR"] * 2)
    logs = client("logs")
    groups = logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/s")["logGroups"]
    equal([group["logGroupName"] for group in groups], ["/aws/lambda/st"])
    stream = logs.describe_log_streams(logGroupName="/aws/lambda/st")["logStreams"][0]["logStreamName"]
    got = logs.get_log_events(logGroupName="/aws/lambda/st", logStreamName=stream, startFromHead=True, limit=2)
    rest = logs.get_log_events(logGroupName="/aws/lambda/st", logStreamName=stream, nextToken=got["nextForwardToken"])
    equal([event["message"] for event in got["events"] + rest["events"]], lines)
    refused("ResourceNotFoundException", 400, logs.filter_log_events, logGroupName="/aws/lambda/none")
    # Functions may share a group; every event has an id of its own, by which clients tell what they have.
    for name in ("shared1", "shared2"):
        create(name, PRINTS, LoggingConfig={"LogGroup": "/shared"})
        invoke(name, name)
    for _ in range(200):
        found = logs.filter_log_events(logGroupName="/shared")["events"]
        if sum(event["message"].startswith("GOT") for event in found) == 2:
            break
        time.sleep(0.05)
    equal(len({event["eventId"] for event in found}), len(found))
    # Pages: each group and stream once, and none behind the end.
    create("sts")
    invoke("sts")
    printed("sts", "START")
    pages = [logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/s", limit=1)]
    pages.append(logs.describe_log_groups(limit=1, logGroupNamePrefix="/aws/lambda/s", nextToken=pages[0]["nextToken"]))
    equal([group["logGroupName"] for page in pages for group in page["logGroups"]], ["/aws/lambda/st", "/aws/lambda/sts"])
    assert "nextToken" not in pages[1], pages
    for version in ("one", "two"):
        LAMBDA.update_function_configuration(FunctionName="st", Description=version)
        invoke("st", {"x": version})
        printed("st", "two ERROR")
    every = logs.describe_log_streams(logGroupName="/aws/lambda/st")["logStreams"]
    paged = logs.get_paginator("describe_log_streams").paginate(logGroupName="/aws/lambda/st", limit=1)
    equal([stream for page in paged for stream in page["logStreams"]], every)
    assert len(every) == 3, every
    behind = logs.filter_log_events(logGroupName="/aws/lambda/st", nextToken="f" * 56)
    equal((behind["events"], "nextToken" in behind), ([], False))
    refused("InvalidParameterException", 400, logs.describe_log_streams, logGroupName="/aws/lambda/st", nextToken="x")


def constraints():
    """What the API's model says of names, numbers and pages, in AWS's words."""
    create("c")
    unchecked = boto3.client("lambda", endpoint_url=ENDPOINT, region_name="us-east-1", config=Config(
        retries={"max_attempts": 1}, parameter_validation=False), **CREDENTIALS)

    def violated(call, value, member, constraint, **arguments):
        message = refused("ValidationException", 400, getattr(unchecked, call), FunctionName="c", **arguments)
        wanted = f"Value {value} at '{member}' failed to satisfy constraint: {constraint}"
        assert "validation error" in message and wanted in message, message

    least, most = "Member must have value greater than or equal to ", "Member must have value less than or equal to "
    pattern = "Member must satisfy regular expression pattern: "
    missing = "Member must not be null"
    violated("put_function_concurrency", "null", "reservedConcurrentExecutions", missing)
    violated("put_function_concurrency", "'-1'", "reservedConcurrentExecutions", least + "0", ReservedConcurrentExecutions=-1)
    config = "put_function_event_invoke_config"
    violated(config, "'3'", "maximumRetryAttempts", most + "2", MaximumRetryAttempts=3)
    violated(config, "'59'", "maximumEventAgeInSeconds", least + "60", MaximumEventAgeInSeconds=59)
    both = dict(MaximumRetryAttempts=-1, MaximumEventAgeInSeconds=21601)
    violated(config, "'21601'", "maximumEventAgeInSeconds", most + "21600", **both)
    message = refused("ValidationException", 400, getattr(unchecked, config), FunctionName="c", **both)
    assert message.startswith("2 validation errors detected: Value '-1'"), message
    alias = dict(Name="a", FunctionVersion="$LATEST")
    violated("create_alias", "null", "name", missing, FunctionVersion="1")
    violated("create_alias", "null", "functionVersion", missing, Name="a")
    violated("create_alias", "'12'", "name", pattern + "(?!^[0-9]+$)([a-zA-Z0-9-_]+)", **{**alias, "Name": "12"})
    violated("create_alias", "'x'", "functionVersion", pattern + "(\\$LATEST|[0-9]+)", **{**alias, "FunctionVersion": "x"})
    violated("create_alias", f"'{'d' * 257}'", "description", "Member must have length less than or equal to 256",
             Description="d" * 257, **alias)
    url = dict(AuthType="NONE")
    violated("create_function_url_config", "null", "authType", missing)
    violated("create_function_url_config", "'90000'", "cors.maxAge", most + "86400", Cors={"MaxAge": 90000}, **url)
    message = refused("ValidationException", 400, unchecked.create_function_url_config, FunctionName="c",
                      Cors={"AllowMethods": ["FETCH"]}, **url)
    assert "Value '[FETCH]' at 'cors.allowMethods'" in message, message
    for call, limit in (("list_aliases", 10000), ("list_versions_by_function", 10000),
                        ("list_function_event_invoke_configs", 50), ("list_function_url_configs", 50)):
        violated(call, f"'{limit + 1}'", "maxItems", f"{most}{limit}", MaxItems=limit + 1)
        violated(call, "'0'", "maxItems", least + "1", MaxItems=0)
        refused("SerializationException", 400, getattr(unchecked, call), FunctionName="c", MaxItems="x")
    violated("update_function_configuration", "'a:b'", "loggingConfig.logGroup", pattern + "[\\.\\-_/#A-Za-z0-9]+",
             LoggingConfig={"LogGroup": "a:b"})
    # Only the function as a whole has what is reserved.
    create("r", Publish=True)
    LAMBDA.put_function_concurrency(FunctionName="r", ReservedConcurrentExecutions=7)
    equal(LAMBDA.get_function(FunctionName="r")["Concurrency"], {"ReservedConcurrentExecutions": 7})
    assert "Concurrency" not in LAMBDA.get_function(FunctionName="r", Qualifier="1")
    for call in (LAMBDA.put_function_concurrency, LAMBDA.get_function_concurrency, LAMBDA.delete_function_concurrency):
        more = {"ReservedConcurrentExecutions": 1} if call == LAMBDA.put_function_concurrency else {}
        message = refused("InvalidParameterValueException", 400, call, FunctionName="r:1", **more)
        assert message.startswith("This operation is permitted on Lambda functions only."), message
    # A policy is changed by whoever knows it.
    permission = dict(FunctionName="c", StatementId="s", Action="lambda:InvokeFunction", Principal="*")
    refused("PreconditionFailedException", 412, LAMBDA.add_permission, RevisionId="x", **permission)
    LAMBDA.add_permission(RevisionId=LAMBDA.get_function(FunctionName="c")["Configuration"]["RevisionId"], **permission)
    refused("PreconditionFailedException", 412, LAMBDA.remove_permission, FunctionName="c", StatementId="s", RevisionId="x")
    LAMBDA.remove_permission(FunctionName="c", StatementId="s", RevisionId=LAMBDA.get_function(
        FunctionName="c")["Configuration"]["RevisionId"])
    # Every list has pages.
    for number in range(3):
        LAMBDA.create_alias(FunctionName="c", Name=f"a{number}", FunctionVersion="$LATEST")
        LAMBDA.publish_layer_version(LayerName=f"l{number % 2}", Content={"ZipFile": package(m="")})
    for call, member, expected, more in (
        ("list_aliases", "Aliases", 3, dict(FunctionName="c")),
        ("list_versions_by_function", "Versions", 2, dict(FunctionName="r")),
        ("list_layers", "Layers", 2, {}),
        ("list_layer_versions", "LayerVersions", 2, dict(LayerName="l0")),
        ("list_functions", "Functions", 2, {}),
    ):
        pages = list(LAMBDA.get_paginator(call).paginate(PaginationConfig={"PageSize": 1}, **more))
        equal([len(page[member]) for page in pages], [1] * expected)


def no_python():
    """A machine without CPython."""
    message = refused("InvalidParameterValueException", 400, create, name="c", run="cloud")
    assert "sudo apt install python3" in message, message
    # One that nobody asked for is missed when it is needed.
    create("later", run="edge")
    LAMBDA.update_function_configuration(FunctionName="later", Environment={"Variables": {"NANO_RUN": "cloud"}})
    _, error = invoke("later", {})
    equal(error["errorType"], "Runtime.InvalidEntrypoint")
    assert "sudo apt install python3" in error["errorMessage"], error
    create("e", run="edge")
    equal(invoke("e", 1)[1], 1)


globals()[sys.argv[2]](*[argument for argument in sys.argv[3:] if argument != "--rooted"])
