"""Flows of CloudWatch Logs, done with boto3. Usage: flows.py ENDPOINT FLOW"""

import io
import json
import sys
import time
import zipfile

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = sys.argv[1]
PYTHON = "python%d.%d" % sys.version_info[:2]


def client(service, region="us-east-1"):
    return boto3.client(
        service, endpoint_url=ENDPOINT, region_name=region, config=Config(retries={"max_attempts": 1}),
        aws_access_key_id="test", aws_secret_access_key="test")


LOGS = client("logs")


def refused(code, call, **arguments):
    """The call is refused with this exception; its message."""
    try:
        answer = call(**arguments)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400, error.response
        return error.response["Error"]["Message"]
    raise AssertionError("not refused: %s" % answer)


def equal(left, right):
    assert left == right, "%r is not %r" % (left, right)


def now():
    return int(time.time() * 1000)


def put(group, stream, *messages, at=None):
    events = [{"timestamp": (at or now()) + number, "message": message} for number, message in enumerate(messages)]
    return LOGS.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)


def messages(group, **more):
    pages = LOGS.get_paginator("filter_log_events").paginate(logGroupName=group, **more)
    return [event["message"] for page in pages for event in page["events"]]


def names(**more):
    pages = LOGS.get_paginator("describe_log_groups").paginate(**more)
    return [group["logGroupName"] for page in pages for group in page["logGroups"]]


def groups():
    missing = "ResourceNotFoundException"
    LOGS.create_log_group(logGroupName="/app/web", tags={"team": "lights"})
    equal(refused("ResourceAlreadyExistsException", LOGS.create_log_group, logGroupName="/app/web"),
          "The specified log group already exists")
    refused("InvalidParameterException", LOGS.create_log_group, logGroupName="a b")
    refused("InvalidParameterException", LOGS.create_log_group, logGroupName="a:b")
    refused("InvalidParameterException", LOGS.create_log_group, logGroupName="x" * 513)
    refused("InvalidParameterException", LOGS.create_log_group, logGroupName="/k", kmsKeyId="arn:aws:kms:us-east-1:0:key/x")
    refused("InvalidParameterException", LOGS.create_log_group, logGroupName="/k", logGroupClass="FAST")
    for number in range(5):
        LOGS.create_log_group(logGroupName=f"/app/n{number}")
    equal(names(), [f"/app/n{number}" for number in range(5)] + ["/app/web"])
    equal(names(limit=2), names())
    equal(names(logGroupNamePattern="N3"), ["/app/n3"])
    equal(names(logGroupNamePrefix="/app/w"), ["/app/web"])
    refused("InvalidParameterException", LOGS.describe_log_groups, logGroupNamePrefix="a", logGroupNamePattern="b")
    equal(refused("InvalidParameterException", LOGS.describe_log_groups, limit=51),
          "1 validation error detected: Value '51' at 'limit' failed to satisfy constraint: Member must have value less "
          "than or equal to 50")
    # As Terraform reads one: by its name as a prefix; and its tags by its ARN, without what stands for its streams.
    group = LOGS.describe_log_groups(logGroupNamePrefix="/app/web")["logGroups"][0]
    assert abs(group["creationTime"] - now()) < 60_000 and "retentionInDays" not in group, group
    equal((group["arn"], group["logGroupClass"]), ("arn:aws:logs:us-east-1:000000000000:log-group:/app/web:*", "STANDARD"))
    arn = group["arn"][:-2]
    equal(LOGS.list_tags_for_resource(resourceArn=arn)["tags"], {"team": "lights"})
    LOGS.tag_resource(resourceArn=arn, tags={"a": "1", "b": ""})
    LOGS.untag_resource(resourceArn=arn, tagKeys=["team", "none"])
    equal(LOGS.list_tags_for_resource(resourceArn=arn)["tags"], {"a": "1", "b": ""})
    refused("TooManyTagsException", LOGS.tag_resource, resourceArn=arn, tags={f"k{n}": "" for n in range(49)})
    equal(LOGS.list_tags_for_resource(resourceArn=arn)["tags"], {"a": "1", "b": ""})
    refused(missing, LOGS.list_tags_for_resource, resourceArn=arn + "x")
    LOGS.put_retention_policy(logGroupName="/app/web", retentionInDays=14)
    equal(LOGS.describe_log_groups(logGroupNamePrefix="/app/web")["logGroups"][0]["retentionInDays"], 14)
    message = refused("InvalidParameterException", LOGS.put_retention_policy, logGroupName="/app/web", retentionInDays=2)
    assert message.startswith("1 validation error detected: Value '2' at 'retentionInDays'"), message
    LOGS.delete_retention_policy(logGroupName="/app/web")
    assert "retentionInDays" not in LOGS.describe_log_groups(logGroupNamePrefix="/app/web")["logGroups"][0]
    for call in (LOGS.delete_log_group, LOGS.delete_retention_policy, LOGS.describe_log_streams, LOGS.filter_log_events):
        equal(refused(missing, call, logGroupName="/none"), "The specified log group does not exist.")
    refused(missing, LOGS.put_retention_policy, logGroupName="/none", retentionInDays=1)
    west = client("logs", "eu-west-1").describe_log_groups(logGroupNamePrefix="/app/web")["logGroups"][0]
    assert west["arn"].startswith("arn:aws:logs:eu-west-1:"), west
    # Streams.
    named = dict(logGroupName="/app/web", logStreamName="one")
    equal(refused(missing, LOGS.put_log_events, logEvents=[{"timestamp": now(), "message": "x"}], **named),
          "The specified log stream does not exist.")
    refused(missing, LOGS.get_log_events, **named)
    LOGS.create_log_stream(**named)
    refused("ResourceAlreadyExistsException", LOGS.create_log_stream, **named)
    refused("InvalidParameterException", LOGS.create_log_stream, logGroupName="/app/web", logStreamName="a:b")
    refused(missing, LOGS.create_log_stream, logGroupName="/none", logStreamName="x")
    stream = LOGS.describe_log_streams(logGroupName="/app/web")["logStreams"][0]
    assert "firstEventTimestamp" not in stream and stream["logStreamName"] == "one", stream
    begun = now() - 5000
    equal(put("/app/web", "one", *[f"m{number}" for number in range(10)], at=begun).get("rejectedLogEventsInfo"), None)
    for number, (name, at) in enumerate([("three", begun + 1000), ("two", begun + 500)]):
        LOGS.create_log_stream(logGroupName="/app/web", logStreamName=name)
        put("/app/web", name, f"other{number}", at=at)
    def streams(**more):
        pages = LOGS.get_paginator("describe_log_streams").paginate(logGroupName="/app/web", **more)
        return [stream["logStreamName"] for page in pages for stream in page["logStreams"]]
    equal(streams(), ["one", "three", "two"])
    equal(streams(descending=True, limit=1), ["two", "three", "one"])
    equal(streams(orderBy="LastEventTime", descending=True, limit=2), ["three", "two", "one"])
    equal(streams(logStreamNamePrefix="t"), ["three", "two"])
    refused("InvalidParameterException", LOGS.describe_log_streams, logGroupName="/app/web", orderBy="LastEventTime",
            logStreamNamePrefix="t")
    stream = LOGS.describe_log_streams(logGroupName="/app/web", logStreamNamePrefix="one")["logStreams"][0]
    equal((stream["firstEventTimestamp"], stream["lastEventTimestamp"]), (begun, begun + 9))
    # Both ways through a stream; who comes to an end gets the same token again, and goes on from it later.
    def texts(page):
        return [event["message"] for event in page["events"]]
    page = LOGS.get_log_events(startFromHead=True, limit=4, **named)
    equal(texts(page), ["m0", "m1", "m2", "m3"])
    page = LOGS.get_log_events(nextToken=page["nextForwardToken"], limit=4, **named)
    equal(texts(page), ["m4", "m5", "m6", "m7"])
    back = LOGS.get_log_events(nextToken=page["nextBackwardToken"], limit=3, **named)
    equal(texts(back), ["m1", "m2", "m3"])
    page = LOGS.get_log_events(nextToken=page["nextForwardToken"], limit=4, **named)
    equal(texts(page), ["m8", "m9"])
    end = LOGS.get_log_events(nextToken=page["nextForwardToken"], **named)
    equal((texts(end), end["nextForwardToken"]), ([], page["nextForwardToken"]))
    put("/app/web", "one", "later")
    equal(texts(LOGS.get_log_events(nextToken=end["nextForwardToken"], **named)), ["later"])
    equal(texts(LOGS.get_log_events(limit=2, **named)), ["m9", "later"])
    equal(texts(LOGS.get_log_events(startTime=begun + 2, endTime=begun + 4, **named)), ["m2", "m3"])
    refused("InvalidParameterException", LOGS.get_log_events, nextToken="f/x", **named)
    # All streams of a group, in order of time and in pages; of filters the end is in.
    expected = [f"m{number}" for number in range(10)] + ["other1", "other0", "later"]
    equal(messages("/app/web"), expected)
    equal(messages("/app/web", PaginationConfig={"PageSize": 3}), expected)
    equal(messages("/app/web", startTime=begun + 2, endTime=begun + 4), ["m2", "m3", "m4"])
    equal(messages("/app/web", logStreamNames=["two", "three"]), ["other1", "other0"])
    equal(messages("/app/web", logStreamNamePrefix="on"), expected[:10] + ["later"])
    refused(missing, LOGS.filter_log_events, logGroupName="/app/web", logStreamNames=["none"])
    refused("InvalidParameterException", LOGS.filter_log_events, logGroupName="/app/web", logStreamNames=["one"],
            logStreamNamePrefix="o")
    refused("InvalidParameterException", LOGS.filter_log_events, logGroupName="/app/web", nextToken="x")
    by_arn = LOGS.filter_log_events(logGroupIdentifier=group["arn"])["events"]
    equal(len(by_arn), len({event["eventId"] for event in by_arn}))
    # What is put must be in order and of one day; what is too old or not yet is left out.
    refused("InvalidParameterException", LOGS.put_log_events, logEvents=[
        {"timestamp": now(), "message": "a"}, {"timestamp": now() - 9, "message": "b"}], **named)
    refused("InvalidParameterException", LOGS.put_log_events, logEvents=[
        {"timestamp": now() - 90_000_000, "message": "a"}, {"timestamp": now(), "message": "b"}], **named)
    large = {"timestamp": now(), "message": "x" * (1 << 20)}
    message = refused("InvalidParameterException", LOGS.put_log_events, logEvents=[large], **named)
    equal(message, "Upload too large: 1048602 bytes exceeds limit of 1048576")
    hour = 3_600_000
    left = put("/app/web", "one", "old", at=now() - 15 * 24 * hour)["rejectedLogEventsInfo"]
    equal(left, {"tooOldLogEventEndIndex": 1})
    left = LOGS.put_log_events(logEvents=[
        {"timestamp": now(), "message": "\u00e9\u0001"}, {"timestamp": now() + 3 * hour, "message": "not yet"}], **named)
    equal(left["rejectedLogEventsInfo"], {"tooNewLogEventStartIndex": 1})
    equal(messages("/app/web")[-1], "\u00e9\u0001")
    # What is deleted is gone, and what is made anew under its name has nothing of it.
    LOGS.delete_log_stream(**named)
    refused(missing, LOGS.delete_log_stream, **named)
    equal(messages("/app/web"), ["other1", "other0"])
    LOGS.create_log_stream(**named)
    equal(messages("/app/web"), ["other1", "other0"])
    LOGS.delete_log_group(logGroupName="/app/web")
    refused(missing, LOGS.filter_log_events, logGroupName="/app/web")
    LOGS.create_log_group(logGroupName="/app/web")
    equal((messages("/app/web"), streams()), ([], []))


def create(name, **more):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("app.py", "def handler(event, context):\n    print('got', event)\n")
    client("lambda").create_function(
        FunctionName=name, Runtime=PYTHON, Role="arn:aws:iam::000000000000:role/any", Handler="app.handler",
        Code={"ZipFile": archive.getvalue()}, **more)


def invoke(name, event):
    client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))


def functions():
    """Groups of functions."""
    group = "/aws/lambda/f"
    create("f")
    # There is nothing in it yet: Terraform may make the group after the function.
    equal(names(), [])
    LOGS.create_log_group(logGroupName=group)
    refused("ResourceAlreadyExistsException", LOGS.create_log_group, logGroupName=group)
    invoke("f", 1)
    create("g")
    invoke("g", 1)
    equal(names(), [group, "/aws/lambda/g"])
    refused("ResourceAlreadyExistsException", LOGS.create_log_group, logGroupName="/aws/lambda/g")
    equal(messages(group, filterPattern="got"), ["got 1"])
    # A group may have streams of both kinds.
    LOGS.create_log_stream(logGroupName=group, logStreamName="mine")
    put(group, "mine", "got mine")
    equal(messages(group, filterPattern="got"), ["got 1", "got mine"])
    # A stream of a function that is deleted is shown no more.
    stream = [s["logStreamName"] for s in LOGS.describe_log_streams(logGroupName=group)["logStreams"] if s["logStreamName"] != "mine"][0]
    LOGS.delete_log_stream(logGroupName=group, logStreamName=stream)
    equal(messages(group), ["got mine"])
    time.sleep(0.01)
    invoke("f", 2)
    equal(messages(group, filterPattern="got"), ["got mine", "got 2"])
    # A group is deleted with all of it; what the function says next makes it again.
    LOGS.delete_log_group(logGroupName=group)
    equal(names(), ["/aws/lambda/g"])
    refused("ResourceNotFoundException", LOGS.delete_log_group, logGroupName=group)
    invoke("f", 3)
    equal(messages(group, filterPattern="got"), ["got 3"])
    # A function goes, its log stays until the group goes.
    client("lambda").delete_function(FunctionName="f")
    equal(messages(group, filterPattern="got"), ["got 3"])
    LOGS.delete_log_group(logGroupName=group)
    equal(names(), ["/aws/lambda/g"])
    create("f")
    invoke("f", 4)
    equal(messages(group, filterPattern="got"), ["got 4"])
    # Where it logs elsewhere from now on.
    client("lambda").update_function_configuration(FunctionName="f", LoggingConfig={"LogGroup": "/elsewhere"})
    invoke("f", 5)
    assert "got 5" in messages("/elsewhere"), names()


def patterns():
    LOGS.create_log_group(logGroupName="p")
    LOGS.create_log_stream(logGroupName="p", logStreamName="s")
    lines = ['{"level": "ERROR", "code": 500, "at": {"file": "a.py"}}', '{"level": "INFO", "code": 200}',
             "ERROR in a.py", 'GET "/x y" 404 12', "[WARN] slow disk"]
    put("p", "s", *lines)
    for pattern, expected in [
        ("ERROR", [0, 2]), ("ERROR a.py", [0, 2]), ("ERROR -level", [2]), ('"in a.py"', [2]), ("?WARN ?GET", [3, 4]),
        ('{ $.level = "ERROR" }', [0]), ("{ $.code >= 200 && $.level != INFO }", [0]), ("{ $.at.file = *.py }", [0]),
        ("{ $.at NOT EXISTS }", [1]), ("[verb = GET, path, status = 4*, took]", [3]), ("[..., disk = disk]", [4]),
    ]:
        equal(messages("p", filterPattern=pattern), [lines[number] for number in expected])
    for bad in ("{ $.level = }", "%ERROR.*%", "[a"):
        message = refused("InvalidParameterException", LOGS.filter_log_events, logGroupName="p", filterPattern=bad)
        assert message.startswith("Invalid filter pattern"), message


def retention():
    """A day is an hour here."""
    hour = 3_600_000
    LOGS.create_log_group(logGroupName="r")
    LOGS.create_log_stream(logGroupName="r", logStreamName="s")
    put("r", "s", "one", at=now() - 2 * hour)
    put("r", "s", "two")
    equal(messages("r"), ["one", "two"])
    LOGS.put_retention_policy(logGroupName="r", retentionInDays=1)
    equal(messages("r"), ["two"])
    equal(put("r", "s", "late", at=now() - 2 * hour)["rejectedLogEventsInfo"], {"expiredLogEventEndIndex": 1})
    LOGS.put_retention_policy(logGroupName="r", retentionInDays=3)
    equal(messages("r"), ["one", "two"])


def expiry():
    """A day is a second here: what is over goes, of clients and of functions."""
    LOGS.create_log_group(logGroupName="r")
    LOGS.create_log_stream(logGroupName="r", logStreamName="s")
    put("r", "s", "one")
    create("f")
    invoke("f", 1)
    equal(messages("/aws/lambda/f", filterPattern="got"), ["got 1"])
    for group in ("r", "/aws/lambda/f"):
        LOGS.put_retention_policy(logGroupName=group, retentionInDays=1)
    time.sleep(1.2)
    equal((messages("r"), messages("/aws/lambda/f")), ([], []))
    # Gone from the disk it stays gone when more days are asked for.
    for _ in range(200):
        for group in ("r", "/aws/lambda/f"):
            LOGS.delete_retention_policy(logGroupName=group)
        left = messages("r") + messages("/aws/lambda/f")
        for group in ("r", "/aws/lambda/f"):
            LOGS.put_retention_policy(logGroupName=group, retentionInDays=1)
        if not left:
            break
        time.sleep(0.2)
    equal(left, [])
    put("r", "s", "new")
    invoke("f", 2)
    LOGS.delete_retention_policy(logGroupName="r")
    LOGS.delete_retention_policy(logGroupName="/aws/lambda/f")
    assert messages("r") in (["new"], []) and messages("/aws/lambda/f", filterPattern="got") in (["got 2"], [])


def fill():
    LOGS.create_log_group(logGroupName="kept")
    LOGS.put_retention_policy(logGroupName="kept", retentionInDays=3)
    LOGS.create_log_stream(logGroupName="kept", logStreamName="s")
    put("kept", "s", "one", "\u0001" * 100_000)
    put("kept", "s", "three")


def filled():
    equal(names(), ["kept"])
    equal(messages("kept"), ["one", "\u0001" * 100_000, "three"])
    equal(LOGS.describe_log_groups()["logGroups"][0]["retentionInDays"], 3)


globals()[sys.argv[2]]()
