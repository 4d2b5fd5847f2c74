"""What a handler does with boto3. The same file runs in IoTPy at the edge and, by check.py, on CPython with AWS's SDK."""

import io
import os

import boto3
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

s3 = boto3.client("s3")
functions = boto3.client("lambda")


def shown(value, name=None):
    """A result as text; ids and times differ from call to call."""
    if isinstance(value, dict):
        if "HTTPStatusCode" in value:
            return f"<{value['HTTPStatusCode']} {value['RetryAttempts']} {'RequestId' in value} {'date' in value['HTTPHeaders']}>"
        return "{" + ", ".join([f"{key!r}: {shown(value[key], key)}" for key in value]) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join([shown(each) for each in value]) + "]"
    if type(value).__name__.endswith("Body"):
        text = value.read()
        if b"requestId" in text:
            at = text.index(b"requestId") + 12
            text = text[:at] + b"ID" + text[at + 36:]
        return repr(text)
    if type(value).__name__ == "datetime":
        return f"datetime {value.tzinfo is not None} {value.utcoffset()}"
    return repr(value)


def handler(event, context):
    bucket = event["bucket"]
    said = []

    def show(call, *args, **kwargs):
        try:
            said.append(shown(call(*args, **kwargs)))
        except ClientError as error:
            said.append(f"{type(error).__name__} | {error} | {shown(error.response)} | {error.operation_name}")
        except (BotoCoreError, TypeError, AttributeError) as error:
            said.append(f"{type(error).__name__} | {error}")

    show(s3.get_object, Bucket=bucket, Key="missing")
    show(s3.create_bucket, Bucket=bucket)
    show(s3.head_bucket, Bucket=bucket)
    show(s3.get_object, Bucket=bucket, Key="missing")
    show(s3.head_object, Bucket=bucket, Key="missing")
    show(s3.put_object, Bucket=bucket, Key="a/one.txt", Body=b"first", ContentType="text/plain", Metadata={"who": "me"})
    show(s3.put_object, Bucket=bucket, Key="a/zwei & drei €.txt", Body="text", CacheControl="no-cache")
    show(s3.put_object, Bucket=bucket, Key="b", Body=io.BytesIO(b"\x00\xff" * 50))
    show(s3.put_object, Bucket=bucket, Key="empty")
    show(s3.get_object, Bucket=bucket, Key="a/one.txt")
    show(s3.get_object, Bucket=bucket, Key="a/one.txt", Range="bytes=1-3")
    show(s3.get_object, Bucket=bucket, Key="a/one.txt", Range="bytes=9-")
    show(s3.get_object, Bucket=bucket, Key="b", IfNoneMatch='"nothing"')
    show(s3.head_object, Bucket=bucket, Key="a/one.txt")
    show(s3.put_object, Bucket=bucket, Key="b", Body=b"x", IfNoneMatch="*")
    show(s3.list_objects_v2, Bucket=bucket)
    show(s3.list_objects_v2, Bucket=bucket, Prefix="a/", MaxKeys=1)
    show(s3.list_objects_v2, Bucket=bucket, Delimiter="/")
    show(s3.list_objects, Bucket=bucket, Prefix="a/z")
    show(s3.list_objects_v2, Bucket=bucket + "-none")
    show(lambda: [each["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
                  for each in page["Contents"]])
    show(s3.copy_object, Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "a/zwei & drei €.txt"})
    show(s3.copy_object, Bucket=bucket, Key="copy2", CopySource=f"{bucket}/b")
    show(s3.copy_object, Bucket=bucket, Key="copy3", CopySource=f"{bucket}/missing")
    show(lambda: s3.get_object(Bucket=bucket, Key="copy")["Body"].read(2))
    show(s3.delete_object, Bucket=bucket, Key="copy")
    show(s3.delete_object, Bucket=bucket, Key="copy")
    show(s3.delete_objects, Bucket=bucket, Delete={"Objects": [{"Key": "copy2"}, {"Key": "none"}]})
    show(s3.delete_bucket, Bucket=bucket)
    show(s3.get_object, Bucket=bucket)
    show(s3.get_object, Bucket=bucket, Key=5)
    show(s3.get_object, Bucket=bucket, Key="")
    show(s3.delete_bucket, Bucket=bucket, Nothing=1)
    show(s3.put_object, Bucket=bucket, Key="k", Body=5)
    show(s3.get_object, bucket, "k")
    show(lambda: s3.no_such_operation)
    try:
        s3.get_object(Bucket=bucket, Key="missing")
    except s3.exceptions.NoSuchKey as error:
        said.append(f"NoSuchKey {error.response['Error']['Code']} {isinstance(error, ClientError)}")
    body = s3.get_object(Bucket=bucket, Key="a/one.txt")["Body"]
    said.append(repr((body.read(2), body.read(), body.read())))
    target = io.BytesIO()
    s3.upload_fileobj(io.BytesIO(b"up"), bucket, "up")
    s3.download_fileobj(bucket, "up", target)
    said.append(repr(target.getvalue()))
    things = boto3.resource("s3")
    said.append(repr([each.key for each in things.Bucket(bucket).objects.filter(Prefix="a/")]))
    said.append(repr(things.Object(bucket, "a/one.txt").get()["Body"].read()))
    show(functions.invoke, FunctionName="echo", Payload=b'{"n": 20}')
    show(functions.invoke, FunctionName="echo", Payload='{"fail": true}')
    show(functions.invoke, FunctionName="echo", InvocationType="DryRun")
    show(functions.invoke, FunctionName="missing", Payload=b"{}")
    show(functions.invoke, FunctionName="echo", Payload=b"no json")
    try:
        functions.invoke(FunctionName="missing")
    except functions.exceptions.ResourceNotFoundException as error:
        said.append(error.response["Error"]["Code"])
    said.append(repr(sorted([each["FunctionName"] for each in functions.list_functions()["Functions"]])))
    said.append(functions.get_function_configuration(FunctionName="echo")["Handler"])
    said.append(f"{os.environ.get('OWN')} {os.environ['AWS_REGION']}")
    for each in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
        s3.delete_object(Bucket=bucket, Key=each["Key"])
    show(s3.delete_bucket, Bucket=bucket)
    return said
