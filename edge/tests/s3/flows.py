"""What S3 clients do, done with boto3. `python flows.py ENDPOINT FLOW [ARGUMENT..]` exits 0 when all of it held."""

import base64
import datetime
import hashlib
import io
import json
import os
import random
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import zlib

import boto3
import botocore.exceptions
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

ENDPOINT = sys.argv[1]
MB = 1 << 20


def client(key="test", secret="test", region="us-east-1", **config):
    config.setdefault("retries", {"max_attempts": 1})
    config.setdefault("s3", {"addressing_style": "path"})
    return boto3.client(
        "s3", endpoint_url=config.pop("endpoint", ENDPOINT), region_name=region,
        aws_access_key_id=key, aws_secret_access_key=secret, config=Config(**config))


s3 = client()


def fails(code, status, call, *args, **kwargs):
    """The call fails with this code and status; returns the response."""
    try:
        call(*args, **kwargs)
    except botocore.exceptions.ClientError as error:
        found = (error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"])
        assert found == (code, status), f"{found} instead of {(code, status)}: {error}"
        return error.response
    raise AssertionError(f"no {code}")


def noise(size, seed=1):
    return random.Random(seed).randbytes(size)


def body(**kwargs):
    return s3.get_object(**kwargs)["Body"].read()


def buckets():
    made = s3.create_bucket(Bucket="one")
    assert made["Location"] == "/one"
    s3.create_bucket(Bucket="one")  # again, in the default region: no error
    west = client(region="eu-west-1")
    west.create_bucket(Bucket="two.dots-2", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    fails("BucketAlreadyOwnedByYou", 409, west.create_bucket, Bucket="two.dots-2",
          CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    def located(constraint):
        return {"Bucket": "elsewhere", "CreateBucketConfiguration": {"LocationConstraint": constraint}}
    for constraint in ["us-east-1", "mars-1", "eu-west-1/"]:
        fails("InvalidLocationConstraint", 400, s3.create_bucket, **located(constraint))
    fails("IllegalLocationConstraintException", 400, west.create_bucket, **located("us-west-2"))
    fails("IllegalLocationConstraintException", 400, west.create_bucket, Bucket="elsewhere")
    listed = s3.list_buckets()
    assert [b["Name"] for b in listed["Buckets"]] == ["one", "two.dots-2"], listed
    assert abs((listed["Buckets"][0]["CreationDate"] - datetime.datetime.now(datetime.timezone.utc)).total_seconds()) < 60
    assert listed["Owner"]["DisplayName"] == "nano"
    first = s3.list_buckets(MaxBuckets=1)
    second = s3.list_buckets(MaxBuckets=1, ContinuationToken=first["ContinuationToken"])
    assert [b["Name"] for b in first["Buckets"] + second["Buckets"]] == ["one", "two.dots-2"]
    assert s3.get_bucket_location(Bucket="one")["LocationConstraint"] is None
    assert s3.get_bucket_location(Bucket="two.dots-2")["LocationConstraint"] == "eu-west-1"
    assert s3.head_bucket(Bucket="two.dots-2")["BucketRegion"] == "eu-west-1"
    fails("404", 404, s3.head_bucket, Bucket="none")
    fails("NoSuchBucket", 404, s3.get_bucket_location, Bucket="none")
    fails("NoSuchBucket", 404, s3.delete_bucket, Bucket="none")
    fails("NoSuchBucket", 404, s3.put_object, Bucket="none", Key="k", Body=b"")
    fails("NoSuchBucket", 404, s3.list_objects_v2, Bucket="none")
    s3.put_object(Bucket="one", Key="k", Body=b"")
    fails("BucketNotEmpty", 409, s3.delete_bucket, Bucket="one")
    s3.delete_object(Bucket="one", Key="k")
    s3.delete_bucket(Bucket="one")
    assert [b["Name"] for b in s3.list_buckets()["Buckets"]] == ["two.dots-2"]
    unchecked = client()
    unchecked.meta.events.unregister("before-parameter-build.s3", __import__("botocore.handlers").handlers.validate_bucket_name)
    for bad in ["Upper", "ab", "under_score", "-dash", "dot.", "two..dots", "192.168.0.1", "x" * 64, "xn--x"]:
        fails("InvalidBucketName", 400, unchecked.create_bucket, Bucket=bad)


def objects():
    s3.create_bucket(Bucket="bkt")
    for size in [0, 1, 16384, 16385, 300_000, 9 * MB]:
        data = noise(size, size)
        put = s3.put_object(Bucket="bkt", Key=f"size/{size}", Body=data)
        assert put["ETag"] == f'"{hashlib.md5(data).hexdigest()}"'
        got = s3.get_object(Bucket="bkt", Key=f"size/{size}")
        assert got["Body"].read() == data
        assert got["ContentLength"] == size and got["ETag"] == put["ETag"]
        assert got["ContentType"] == "binary/octet-stream" and got["AcceptRanges"] == "bytes"
    for key in ["plain", "with space", "a+b&c=d?e#f%20", "ünï/cödé/日本", "//double//", "dir/", "~*'()!", "x" * 1024, "\u0001"]:
        s3.put_object(Bucket="bkt", Key=key, Body=key.encode())
        assert body(Bucket="bkt", Key=key) == key.encode(), key
    fails("KeyTooLongError", 400, s3.put_object, Bucket="bkt", Key="x" * 1025, Body=b"")
    fails("NoSuchKey", 404, s3.get_object, Bucket="bkt", Key="none")
    fails("404", 404, s3.head_object, Bucket="bkt", Key="none")
    s3.put_object(
        Bucket="bkt", Key="described", Body=b"<p>", ContentType="text/html; charset=utf-8", CacheControl="max-age=5",
        ContentDisposition='attachment; filename="a b"', ContentEncoding="gzip", ContentLanguage="de",
        Expires=datetime.datetime(2030, 1, 2, 3, 4, 5), WebsiteRedirectLocation="/x",
        Metadata={"Who": "me", "empty": "", "accent": "plain"}, StorageClass="STANDARD_IA")
    for described in [s3.head_object(Bucket="bkt", Key="described"), s3.get_object(Bucket="bkt", Key="described")]:
        assert described["ContentType"] == "text/html; charset=utf-8"
        assert described["CacheControl"] == "max-age=5" and described["ContentEncoding"] == "gzip"
        assert described["ContentDisposition"] == 'attachment; filename="a b"' and described["ContentLanguage"] == "de"
        assert described["ExpiresString"] == "Wed, 02 Jan 2030 03:04:05 GMT", described
        assert described["WebsiteRedirectLocation"] == "/x" and described["StorageClass"] == "STANDARD_IA"
        assert described["Metadata"] == {"who": "me", "empty": "", "accent": "plain"}
    changed = s3.get_object(Bucket="bkt", Key="described", ResponseContentType="a/b", ResponseCacheControl="no-cache",
                            ResponseContentDisposition="inline", ResponseContentLanguage="fr")
    assert (changed["ContentType"], changed["CacheControl"]) == ("a/b", "no-cache")
    assert (changed["ContentDisposition"], changed["ContentLanguage"]) == ("inline", "fr")
    fails("MetadataTooLarge", 400, s3.put_object, Bucket="bkt", Key="k", Body=b"", Metadata={"a": "x" * 2048})
    fails("InvalidStorageClass", 400, s3.put_object, Bucket="bkt", Key="k", Body=b"", StorageClass="FAST")
    s3.put_object(Bucket="bkt", Key="described", Body=b"new")
    assert s3.head_object(Bucket="bkt", Key="described")["Metadata"] == {}
    s3.delete_object(Bucket="bkt", Key="described")
    s3.delete_object(Bucket="bkt", Key="described")
    fails("NoSuchKey", 404, s3.get_object, Bucket="bkt", Key="described")


def ranges():
    s3.create_bucket(Bucket="bkt")
    data = noise(1_000_000)
    s3.put_object(Bucket="bkt", Key="k", Body=data)
    for text, expected in [
        ("bytes=0-0", data[:1]), ("bytes=0-", data), ("bytes=999999-", data[-1:]), ("bytes=-10", data[-10:]),
        ("bytes=-5000000", data), ("bytes=16383-16384", data[16383:16385]), ("bytes=500-2000000", data[500:]),
        ("bytes=262143-262145", data[262143:262146]),
    ]:
        got = s3.get_object(Bucket="bkt", Key="k", Range=text)
        assert got["Body"].read() == expected, text
        assert got["ResponseMetadata"]["HTTPStatusCode"] == 206
        start = len(data) - len(expected) if text.startswith("bytes=-") else int(text[6:].split("-")[0])
        assert got["ContentRange"] == f"bytes {start}-{start + len(expected) - 1}/{len(data)}", got["ContentRange"]
    assert s3.head_object(Bucket="bkt", Key="k", Range="bytes=5-9")["ContentLength"] == 5
    fails("InvalidRange", 416, s3.get_object, Bucket="bkt", Key="k", Range="bytes=1000000-")
    s3.put_object(Bucket="bkt", Key="empty", Body=b"")
    fails("InvalidRange", 416, s3.get_object, Bucket="bkt", Key="empty", Range="bytes=0-1")
    # What is no range is not looked at.
    for text in ["bytes=9-5", "bytes=a-b", "bytes=0-1,3-4", "lines=0-1", "bytes=", "x"]:
        got = s3.get_object(Bucket="bkt", Key="k", Range=text)
        assert (got["ResponseMetadata"]["HTTPStatusCode"], got["Body"].read() == data) == (200, True), text
        assert s3.head_object(Bucket="bkt", Key="k", Range=text)["ContentLength"] == len(data)
    randoms = random.Random(7)
    for _ in range(40):
        a, b = sorted(randoms.sample(range(len(data)), 2))
        assert body(Bucket="bkt", Key="k", Range=f"bytes={a}-{b}") == data[a:b + 1]


def conditions():
    s3.create_bucket(Bucket="bkt")
    put = s3.put_object(Bucket="bkt", Key="k", Body=b"one")
    tag, other = put["ETag"], '"0123"'
    modified = s3.head_object(Bucket="bkt", Key="k")["LastModified"]
    before, after = modified - datetime.timedelta(seconds=10), modified + datetime.timedelta(seconds=1)
    get = dict(Bucket="bkt", Key="k")
    assert body(IfMatch=tag, **get) == b"one"
    fails("PreconditionFailed", 412, s3.get_object, IfMatch=other, **get)
    not_modified = fails("304", 304, s3.get_object, IfNoneMatch=tag, **get)
    assert not_modified["ResponseMetadata"]["HTTPHeaders"]["etag"] == tag
    fails("304", 304, s3.head_object, IfNoneMatch=tag, **get)
    assert body(IfNoneMatch=other, **get) == b"one"
    fails("304", 304, s3.get_object, IfModifiedSince=modified, **get)
    assert body(IfModifiedSince=before, **get) == b"one"
    fails("PreconditionFailed", 412, s3.get_object, IfUnmodifiedSince=before, **get)
    assert body(IfUnmodifiedSince=after, **get) == b"one"
    fails("PreconditionFailed", 412, s3.put_object, Body=b"two", IfNoneMatch="*", **get)
    fails("PreconditionFailed", 412, s3.put_object, Body=b"two", IfMatch=other, **get)
    fails("NoSuchKey", 404, s3.put_object, Bucket="bkt", Key="none", Body=b"two", IfMatch=tag)
    assert body(**get) == b"one"
    s3.put_object(Body=b"two", IfMatch=tag, **get)
    s3.put_object(Bucket="bkt", Key="new", Body=b"first", IfNoneMatch="*")
    assert body(**get) == b"two"
    fails("PreconditionFailed", 412, s3.delete_object, IfMatch=tag, **get)
    results = []
    def race(n):
        try:
            client().put_object(Bucket="bkt", Key="race", Body=str(n).encode(), IfNoneMatch="*")
            results.append(n)
        except botocore.exceptions.ClientError as error:
            assert error.response["Error"]["Code"] == "PreconditionFailed"
    threads = [threading.Thread(target=race, args=(n,)) for n in range(8)]
    [t.start() for t in threads], [t.join() for t in threads]
    assert len(results) == 1 and body(Bucket="bkt", Key="race") == str(results[0]).encode()


def replaced():
    """Conditions on what a copy replaces; what a copy's checksum is; markers; when an upload is given up."""
    s3.create_bucket(Bucket="bkt")
    tag = s3.put_object(Bucket="bkt", Key="k", Body=b"one")["ETag"]
    s3.put_object(Bucket="bkt", Key="source", Body=b"two", ChecksumAlgorithm="SHA256")
    copy = dict(Bucket="bkt", Key="k", CopySource="bkt/source")
    fails("PreconditionFailed", 412, s3.copy_object, IfMatch='"0123"', **copy)
    fails("PreconditionFailed", 412, s3.copy_object, IfNoneMatch="*", **copy)
    fails("NoSuchKey", 404, s3.copy_object, IfMatch=tag, Bucket="bkt", Key="none", CopySource="bkt/source")
    assert body(Bucket="bkt", Key="k") == b"one"
    copied = s3.copy_object(IfMatch=tag, **copy)["CopyObjectResult"]
    sha256 = base64.b64encode(hashlib.sha256(b"two").digest()).decode()
    assert (copied["ChecksumSHA256"], copied["ChecksumType"]) == (sha256, "FULL_OBJECT"), copied
    # Another algorithm for the copy, and one of all bytes for what came in parts.
    crc = base64.b64encode(zlib.crc32(b"two").to_bytes(4, "big")).decode()
    copied = s3.copy_object(Bucket="bkt", Key="new", CopySource="bkt/k", IfNoneMatch="*", ChecksumAlgorithm="CRC32")
    assert copied["CopyObjectResult"]["ChecksumCRC32"] == crc and "ChecksumSHA256" not in copied["CopyObjectResult"], copied
    assert s3.head_object(Bucket="bkt", Key="new", ChecksumMode="ENABLED")["ChecksumCRC32"] == crc
    named = dict(Bucket="bkt", Key="parts")
    named["UploadId"] = s3.create_multipart_upload(ChecksumAlgorithm="SHA256", **named)["UploadId"]
    fails("InvalidRequest", 400, s3.upload_part, PartNumber=1, Body=b"two", ChecksumAlgorithm="SHA1", **named)
    part = s3.upload_part(PartNumber=1, Body=b"two", ChecksumAlgorithm="SHA256", **named)
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"], "ChecksumSHA256": part["ChecksumSHA256"]}]}
    fails("InvalidRequest", 400, s3.complete_multipart_upload, MultipartUpload=parts, ChecksumType="FULL_OBJECT", **named)
    s3.complete_multipart_upload(MultipartUpload=parts, ChecksumType="COMPOSITE", **named)
    copied = s3.copy_object(Bucket="bkt", Key="whole", CopySource="bkt/parts")["CopyObjectResult"]
    assert (copied["ChecksumSHA256"], copied["ChecksumType"]) == (sha256, "FULL_OBJECT"), copied
    sealed = s3.copy_object(Bucket="bkt", Key="sealed", CopySource="bkt/k", ServerSideEncryption="AES256",
                            ChecksumAlgorithm="CRC32")["CopyObjectResult"]
    assert sealed["ChecksumCRC32"] == crc and body(Bucket="bkt", Key="sealed", ChecksumMode="ENABLED") == b"two", sealed
    # A marker that is read says what may be done with it.
    s3.put_bucket_versioning(Bucket="bkt", VersioningConfiguration={"Status": "Enabled"})
    marker = s3.delete_object(Bucket="bkt", Key="k")["VersionId"]
    refused = fails("MethodNotAllowed", 405, s3.get_object, Bucket="bkt", Key="k", VersionId=marker)
    assert refused["ResponseMetadata"]["HTTPHeaders"]["allow"] == "DELETE", refused
    fails("InvalidArgument", 400, s3.list_object_versions, Bucket="bkt", VersionIdMarker=marker)
    # Uploads say when they are given up.
    s3.put_bucket_lifecycle_configuration(Bucket="bkt", LifecycleConfiguration={"Rules": [
        {"ID": "up", "Status": "Enabled", "Filter": {"Prefix": "a"}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 2}},
        {"ID": "off", "Status": "Disabled", "Filter": {"Prefix": ""}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}}]})
    upload = s3.create_multipart_upload(Bucket="bkt", Key="a")
    days = upload["AbortDate"] - datetime.datetime.now(datetime.timezone.utc)
    assert upload["AbortRuleId"] == "up" and datetime.timedelta(days=2) <= days <= datetime.timedelta(days=3), upload
    assert s3.list_parts(Bucket="bkt", Key="a", UploadId=upload["UploadId"])["AbortDate"] == upload["AbortDate"]
    assert "AbortDate" not in s3.create_multipart_upload(Bucket="bkt", Key="b")


def absent():
    """What a bucket can't have can be asked for, taken away, and set to what it is."""
    s3.create_bucket(Bucket="bkt")
    s3.delete_bucket_website(Bucket="bkt")
    s3.delete_bucket_replication(Bucket="bkt")
    s3.put_bucket_logging(Bucket="bkt", BucketLoggingStatus={})
    fails("NotImplemented", 501, s3.put_bucket_logging, Bucket="bkt", BucketLoggingStatus={
        "LoggingEnabled": {"TargetBucket": "bkt", "TargetPrefix": "log/"}})
    s3.put_bucket_request_payment(Bucket="bkt", RequestPaymentConfiguration={"Payer": "BucketOwner"})
    fails("NotImplemented", 501, s3.put_bucket_request_payment, Bucket="bkt",
          RequestPaymentConfiguration={"Payer": "Requester"})
    fails("NotImplemented", 501, s3.put_bucket_website, Bucket="bkt",
          WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
    for call in (s3.list_bucket_analytics_configurations, s3.list_bucket_inventory_configurations,
                 s3.list_bucket_metrics_configurations, s3.list_bucket_intelligent_tiering_configurations):
        assert call(Bucket="bkt")["IsTruncated"] is False
        fails("NoSuchBucket", 404, call, Bucket="none")


def checksums():
    s3.create_bucket(Bucket="bkt")
    data = noise(100_000)
    for algorithm in ["CRC32", "SHA1", "SHA256"]:
        put = s3.put_object(Bucket="bkt", Key=algorithm, Body=data, ChecksumAlgorithm=algorithm)
        name = f"Checksum{algorithm}"
        assert put[name] and put["ChecksumType"] == "FULL_OBJECT", put
        assert s3.head_object(Bucket="bkt", Key=algorithm, ChecksumMode="ENABLED")[name] == put[name]
        assert body(Bucket="bkt", Key=algorithm) == data
        attributes = s3.get_object_attributes(Bucket="bkt", Key=algorithm, ObjectAttributes=["Checksum", "ObjectSize", "ETag"])
        assert attributes["Checksum"][name] == put[name] and attributes["ObjectSize"] == len(data)
        assert attributes["ETag"] == put["ETag"].strip('"'), attributes
    crc = base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()
    assert s3.put_object(Bucket="bkt", Key="k", Body=data, ChecksumCRC32=crc)["ChecksumCRC32"] == crc
    fails("BadDigest", 400, s3.put_object, Bucket="bkt", Key="bad", Body=data, ChecksumCRC32="AAAAAA==")
    fails("BadDigest", 400, s3.put_object, Bucket="bkt", Key="bad", Body=data, ChecksumCRC32="AAAA")
    md5 = base64.b64encode(hashlib.md5(data).digest()).decode()
    s3.put_object(Bucket="bkt", Key="k", Body=data, ContentMD5=md5)
    fails("BadDigest", 400, s3.put_object, Bucket="bkt", Key="bad", Body=data + b"x", ContentMD5=md5)
    fails("InvalidDigest", 400, s3.put_object, Bucket="bkt", Key="bad", Body=data, ContentMD5="AAAA")
    fails("NoSuchKey", 404, s3.get_object, Bucket="bkt", Key="bad")


def listing():
    s3.create_bucket(Bucket="bkt")
    keys = sorted(["a", "b/1", "b/2", "b/c/3", "b0", "sp ace/x", "plus+", "ü/日本", "z/"] + [f"n/{i:04}" for i in range(1203)])
    def upload(part, s3):
        for key in part:
            s3.put_object(Bucket="bkt", Key=key, Body=key.encode())
    uploads = [threading.Thread(target=upload, args=(keys[n::4], client())) for n in range(4)]
    [u.start() for u in uploads], [u.join() for u in uploads]
    for operation in ["list_objects", "list_objects_v2"]:
        for size in [7, 1000]:
            found, prefixes, pages = [], [], 0
            for page in s3.get_paginator(operation).paginate(Bucket="bkt", PaginationConfig={"PageSize": size}):
                found += [o["Key"] for o in page.get("Contents", [])]
                pages += 1
            assert found == keys and pages == -(-len(keys) // size), (operation, size)
            found = []
            for page in s3.get_paginator(operation).paginate(Bucket="bkt", Delimiter="/", PaginationConfig={"PageSize": 2}):
                assert len(page.get("Contents", [])) + len(page.get("CommonPrefixes", [])) <= 2
                found += [o["Key"] for o in page.get("Contents", [])]
                prefixes += [p["Prefix"] for p in page.get("CommonPrefixes", [])]
            assert found == ["a", "b0", "plus+"], found
            assert prefixes == ["b/", "n/", "sp ace/", "z/", "ü/"], prefixes
        call = getattr(s3, operation)
        inner = call(Bucket="bkt", Prefix="b/", Delimiter="/")
        assert [o["Key"] for o in inner["Contents"]] == ["b/1", "b/2"] and inner["CommonPrefixes"] == [{"Prefix": "b/c/"}]
        assert inner["Contents"][0]["Size"] == 3 and inner["Contents"][0]["StorageClass"] == "STANDARD"
        assert "Contents" not in call(Bucket="bkt", Prefix="none") and not call(Bucket="bkt", MaxKeys=0)["IsTruncated"]
        fails("InvalidArgument", 400, call, Bucket="bkt", MaxKeys=-1)
        fails("InvalidArgument", 400, call, Bucket="bkt", EncodingType="base64")
    two = s3.list_objects_v2(Bucket="bkt", StartAfter="n/1200", FetchOwner=True)
    assert [o["Key"] for o in two["Contents"]][:3] == ["n/1201", "n/1202", "plus+"] and two["KeyCount"] == len(two["Contents"])
    assert two["Contents"][0]["Owner"]["DisplayName"] == "nano"
    fails("InvalidArgument", 400, s3.list_objects_v2, Bucket="bkt", ContinuationToken="!")
    assert [o["Key"] for o in s3.list_objects(Bucket="bkt", Marker="n/1200", MaxKeys=1)["Contents"]] == ["n/1201"]
    deleted = s3.delete_objects(Bucket="bkt", Delete={"Objects": [{"Key": k} for k in keys[:500]] + [{"Key": "none"}]})
    assert len(deleted["Deleted"]) == 501 and "Errors" not in deleted
    quiet = s3.delete_objects(Bucket="bkt", Delete={"Quiet": True, "Objects": [{"Key": k} for k in keys[500:]]})
    assert "Deleted" not in quiet
    assert s3.list_objects_v2(Bucket="bkt")["KeyCount"] == 0
    fails("MalformedXML", 400, s3.delete_objects, Bucket="bkt", Delete={"Objects": [{"Key": "k"}] * 1001})


def copies():
    s3.create_bucket(Bucket="bkt")
    s3.create_bucket(Bucket="other")
    for size in [10, 500_000]:
        data = noise(size)
        s3.put_object(Bucket="bkt", Key="sö urce", Body=data, ContentType="a/b", Metadata={"x": "1"})
        source = {"Bucket": "bkt", "Key": "sö urce"}
        copied = s3.copy_object(Bucket="other", Key="copy", CopySource=source)["CopyObjectResult"]
        assert copied["ETag"] == f'"{hashlib.md5(data).hexdigest()}"' and copied["LastModified"]
        got = s3.get_object(Bucket="other", Key="copy")
        assert (got["Body"].read(), got["ContentType"], got["Metadata"]) == (data, "a/b", {"x": "1"})
        s3.copy_object(Bucket="other", Key="copy", CopySource=source, MetadataDirective="REPLACE", ContentType="c/d")
        got = s3.head_object(Bucket="other", Key="copy")
        assert (got["ContentType"], got["Metadata"]) == ("c/d", {})
        s3.delete_object(**source)
        assert body(Bucket="other", Key="copy") == data
    itself = dict(Bucket="other", Key="copy", CopySource="other/copy")
    fails("InvalidRequest", 400, s3.copy_object, **itself)
    s3.copy_object(MetadataDirective="REPLACE", Metadata={"y": "2"}, **itself)
    assert s3.head_object(Bucket="other", Key="copy")["Metadata"] == {"y": "2"}
    fails("NoSuchKey", 404, s3.copy_object, Bucket="other", Key="c", CopySource="bkt/none")
    fails("NoSuchBucket", 404, s3.copy_object, Bucket="none", Key="c", CopySource="other/copy")
    tag = s3.head_object(Bucket="other", Key="copy")["ETag"]
    fails("PreconditionFailed", 412, s3.copy_object, Bucket="other", Key="c", CopySource="other/copy", CopySourceIfNoneMatch=tag)
    s3.copy_object(Bucket="other", Key="c", CopySource="other/copy", CopySourceIfMatch=tag)


def multipart():
    s3.create_bucket(Bucket="bkt")
    parts = [noise(5 * MB, 1), noise(6 * MB, 2), noise(100, 3)]
    upload = s3.create_multipart_upload(Bucket="bkt", Key="k", ContentType="a/b", Metadata={"x": "1"})
    named = dict(Bucket="bkt", Key="k", UploadId=upload["UploadId"])
    done = []
    for number in [3, 1, 2]:
        put = s3.upload_part(PartNumber=number, Body=parts[number - 1], **named)
        done.append({"PartNumber": number, "ETag": put["ETag"]})
    done.sort(key=lambda part: part["PartNumber"])
    listed = s3.list_parts(MaxParts=2, **named)
    assert [p["Size"] for p in listed["Parts"]] == [5 * MB, 6 * MB] and listed["IsTruncated"]
    rest = s3.list_parts(PartNumberMarker=listed["NextPartNumberMarker"], **named)
    assert [p["PartNumber"] for p in rest["Parts"]] == [3] and not rest["IsTruncated"]
    uploads = s3.list_multipart_uploads(Bucket="bkt")["Uploads"]
    assert [(u["Key"], u["UploadId"]) for u in uploads] == [("k", upload["UploadId"])]
    fails("NoSuchKey", 404, s3.get_object, Bucket="bkt", Key="k")
    fails("InvalidPartOrder", 400, s3.complete_multipart_upload, MultipartUpload={"Parts": done[::-1]}, **named)
    wrong = done[:1] + [{"PartNumber": 2, "ETag": '"00000000000000000000000000000000"'}]
    fails("InvalidPart", 400, s3.complete_multipart_upload, MultipartUpload={"Parts": wrong}, **named)
    fails("EntityTooSmall", 400, s3.complete_multipart_upload,
          MultipartUpload={"Parts": [done[0], dict(done[2], PartNumber=3), dict(PartNumber=4, ETag=s3.upload_part(PartNumber=4, Body=b"x", **named)["ETag"])]}, **named)
    fails("InvalidArgument", 400, s3.upload_part, PartNumber=10001, Body=b"x", **named)
    complete = s3.complete_multipart_upload(MultipartUpload={"Parts": done}, **named)
    expected = hashlib.md5(b"".join(hashlib.md5(p).digest() for p in parts)).hexdigest() + "-3"
    assert complete["ETag"] == f'"{expected}"', complete
    got = s3.get_object(Bucket="bkt", Key="k")
    assert got["Body"].read() == b"".join(parts) and got["Metadata"] == {"x": "1"} and got["ContentType"] == "a/b"
    second = s3.get_object(Bucket="bkt", Key="k", PartNumber=2)
    assert second["Body"].read() == parts[1] and second["PartsCount"] == 3
    assert body(Bucket="bkt", Key="k", Range=f"bytes={5 * MB - 2}-{5 * MB + 1}") == parts[0][-2:] + parts[1][:2]
    # A client that missed the answer asks again.
    assert s3.complete_multipart_upload(MultipartUpload={"Parts": done}, **named)["ETag"] == got["ETag"]
    fails("NoSuchUpload", 404, s3.upload_part, PartNumber=1, Body=b"", Bucket="bkt", Key="k", UploadId="none")
    # A part from another object.
    copy = s3.create_multipart_upload(Bucket="bkt", Key="copy")
    named = dict(Bucket="bkt", Key="copy", UploadId=copy["UploadId"])
    one = s3.upload_part_copy(PartNumber=1, CopySource="bkt/k", CopySourceRange=f"bytes=3-{7 * MB}", **named)["CopyPartResult"]
    two = s3.upload_part_copy(PartNumber=2, CopySource="bkt/k", **named)["CopyPartResult"]
    fails("InvalidRange", 416, s3.upload_part_copy, PartNumber=3, CopySource="bkt/k", CopySourceRange=f"bytes=0-{99 * MB}", **named)
    s3.complete_multipart_upload(MultipartUpload={"Parts": [
        {"PartNumber": 1, "ETag": one["ETag"]}, {"PartNumber": 2, "ETag": two["ETag"]}]}, **named)
    whole = b"".join(parts)
    assert body(Bucket="bkt", Key="copy") == whole[3:7 * MB + 1] + whole
    # A plain copy of it has the MD5 of its bytes.
    plain = s3.copy_object(Bucket="bkt", Key="plain", CopySource="bkt/k")["CopyObjectResult"]
    assert plain["ETag"] == f'"{hashlib.md5(whole).hexdigest()}"'
    # Aborted, and several of one key.
    ids = [s3.create_multipart_upload(Bucket="bkt", Key=key)["UploadId"] for key in ["u/a", "u/a", "u/b/c"]]
    found, markers = [], {}
    while True:
        page = s3.list_multipart_uploads(Bucket="bkt", Prefix="u/", MaxUploads=1, **markers)
        found += [u["UploadId"] for u in page["Uploads"]]
        if not page["IsTruncated"]:
            break
        markers = dict(KeyMarker=page["NextKeyMarker"], UploadIdMarker=page["NextUploadIdMarker"])
    assert sorted(found) == sorted(ids), (found, ids)
    rolled = s3.list_multipart_uploads(Bucket="bkt", Prefix="u/", Delimiter="/")
    assert len(rolled["Uploads"]) == 2 and rolled["CommonPrefixes"] == [{"Prefix": "u/b/"}]
    for key, upload in zip(["u/a", "u/a", "u/b/c"], ids):
        s3.abort_multipart_upload(Bucket="bkt", Key=key, UploadId=upload)
    fails("NoSuchUpload", 404, s3.abort_multipart_upload, Bucket="bkt", Key="u/a", UploadId=ids[0])
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="bkt")


def transfers():
    """boto3's own managed transfers: parts in parallel, with their default checksums."""
    s3.create_bucket(Bucket="bkt")
    data = noise(25 * MB + 17)
    config = TransferConfig(multipart_threshold=5 * MB, multipart_chunksize=5 * MB, max_concurrency=4)
    s3.upload_fileobj(io.BytesIO(data), "bkt", "large", Config=config)
    got = io.BytesIO()
    s3.download_fileobj("bkt", "large", got, Config=config)
    assert got.getvalue() == data
    head = s3.head_object(Bucket="bkt", Key="large", ChecksumMode="ENABLED")
    assert head["ETag"].endswith('-6"') and head["ContentLength"] == len(data)
    attributes = s3.get_object_attributes(Bucket="bkt", Key="large", ObjectAttributes=["ObjectParts", "Checksum", "StorageClass"])
    assert attributes["ObjectParts"]["TotalPartsCount"] == 6, attributes
    assert [part["PartNumber"] for part in attributes["ObjectParts"]["Parts"]] == [1, 2, 3, 4, 5, 6], attributes
    for algorithm, kind, suffix in [("CRC32", "COMPOSITE", "-6"), ("CRC32", "FULL_OBJECT", ""), ("SHA256", "COMPOSITE", "-6")]:
        upload = s3.create_multipart_upload(Bucket="bkt", Key="sums", ChecksumAlgorithm=algorithm, ChecksumType=kind)
        named = dict(Bucket="bkt", Key="sums", UploadId=upload["UploadId"])
        done = []
        for number in range(1, 7):
            put = s3.upload_part(PartNumber=number, Body=data[(number - 1) * 5 * MB:number * 5 * MB], ChecksumAlgorithm=algorithm, **named)
            name = f"Checksum{algorithm}"
            done.append({"PartNumber": number, "ETag": put["ETag"], name: put[name]})
        result = s3.complete_multipart_upload(MultipartUpload={"Parts": done}, **named)
        assert result["ChecksumType"] == kind and (result[name].endswith(suffix)), result
        if kind == "FULL_OBJECT":
            assert result[name] == base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()
        assert s3.head_object(Bucket="bkt", Key="sums", ChecksumMode="ENABLED")[name] == result[name]


def chunked():
    """Bodies in aws-chunked, as clients other than boto3 send them over HTTP."""
    s3.create_bucket(Bucket="bkt")
    data = noise(200_000)

    def put(key, trailer, checksum, kind="STREAMING-UNSIGNED-PAYLOAD-TRAILER"):
        text = b""
        for at in range(0, len(data), 65_536):
            part = data[at:at + 65_536]
            signature = b"" if "UNSIGNED" in kind else b";chunk-signature=" + b"0" * 64
            text += b"%x%s\r\n%s\r\n" % (len(part), signature, part)
        text += b"0" + (b";chunk-signature=" + b"0" * 64 if "UNSIGNED" not in kind else b"") + b"\r\n" + trailer + b"\r\n"
        headers = {
            "Content-Encoding": "aws-chunked,zstd", "X-Amz-Decoded-Content-Length": str(len(data)),
            "X-Amz-Content-Sha256": kind, "Authorization": "AWS4-HMAC-SHA256 Credential=x/20300101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"}
        if checksum:
            headers["X-Amz-Trailer"] = "x-amz-checksum-crc32"
        request = urllib.request.Request(f"{ENDPOINT}/bkt/{key}", text, headers, method="PUT")
        return urllib.request.urlopen(request)

    crc = base64.b64encode(zlib.crc32(data).to_bytes(4, "big"))
    put("trailing", b"x-amz-checksum-crc32:" + crc + b"\r\n", True)
    put("signed", b"", False, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
    for key in ["trailing", "signed"]:
        got = s3.get_object(Bucket="bkt", Key=key)
        assert got["Body"].read() == data and got["ContentEncoding"] == "zstd"
    assert s3.head_object(Bucket="bkt", Key="trailing", ChecksumMode="ENABLED")["ChecksumCRC32"] == crc.decode()
    for trailer in [b"x-amz-checksum-crc32:AAAAAA==\r\n", b""]:
        try:
            put("bad", trailer, True)
            raise AssertionError("accepted")
        except urllib.error.HTTPError as error:
            assert error.code == 400, error
    fails("NoSuchKey", 404, s3.get_object, Bucket="bkt", Key="bad")


def hosts():
    """Virtual-host style, presigned URLs, anonymous requests."""
    port = urllib.parse.urlparse(ENDPOINT).port
    s3.create_bucket(Bucket="bkt")
    s3.put_object(Bucket="bkt", Key="a b", Body=b"hello")

    def fetch(path, host, method="GET", data=None):
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data, {"Host": host}, method=method)
        return urllib.request.urlopen(request).read()

    for host in [f"bkt.localhost:{port}", f"bkt.s3.localhost:{port}", f"bkt.s3.us-east-1.localhost.localstack.cloud:{port}"]:
        assert fetch("/a%20b", host) == b"hello", host
    for host in [f"localhost:{port}", f"s3.localhost:{port}", f"127.0.0.1:{port}", "some-machine"]:
        assert fetch("/bkt/a%20b", host) == b"hello", host
    fetch("/anon", f"bkt.localhost:{port}", "PUT", b"anyone")
    assert body(Bucket="bkt", Key="anon") == b"anyone"
    for version in ["s3v4", "s3"]:
        signer = client(signature_version=version)
        url = signer.generate_presigned_url("get_object", Params={"Bucket": "bkt", "Key": "a b", "ResponseContentType": "x/y"})
        with urllib.request.urlopen(url) as response:
            assert response.read() == b"hello" and response.headers["Content-Type"] == "x/y"
        url = signer.generate_presigned_url("put_object", Params={"Bucket": "bkt", "Key": "put"})
        urllib.request.urlopen(urllib.request.Request(url, version.encode(), method="PUT")).read()
        assert body(Bucket="bkt", Key="put") == version.encode()
    virtual = client(endpoint=f"http://localhost:{port}", s3={"addressing_style": "virtual"})
    virtual.meta.events.register("before-send.s3", lambda request, **_: setattr(
        request, "url", request.url.replace("bkt.localhost", "127.0.0.1")) or request.headers.__setitem__("Host", f"bkt.localhost:{port}"))
    assert virtual.get_object(Bucket="bkt", Key="a b")["Body"].read() == b"hello"


def refusals():
    """What isn't there says so by name; nothing is half done."""
    s3.create_bucket(Bucket="bkt")
    put = dict(Bucket="bkt", Key="k", Body=b"x")
    for option in [dict(ServerSideEncryption="aws:kms"), dict(StorageClass="GLACIER")]:
        fails("NotImplemented", 501, s3.put_object, **put, **option)
    fails("InvalidRequest", 400, s3.put_object, **put, ObjectLockLegalHoldStatus="ON")
    fails("NoSuchKey", 404, s3.get_object, Bucket="bkt", Key="k")
    s3.put_object(ACL="private", **put)
    fails("NotImplemented", 501, s3.put_bucket_website, Bucket="bkt",
          WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
    fails("NotImplemented", 501, s3.put_bucket_accelerate_configuration, Bucket="bkt",
          AccelerateConfiguration={"Status": "Enabled"})
    # Nor is a query that nobody knows taken for none: this would delete the bucket, and that replace the object.
    for method, path in [("DELETE", "/bkt?abac"), ("DELETE", "/bkt?versioning"), ("PUT", "/bkt/k?renameObject"),
                         ("PUT", "/bkt/k?encryption"), ("DELETE", "/bkt/k?annotation"), ("GET", "/bkt?metadataConfiguration")]:
        status, _, text = http(method, path)
        assert status == 501 and b"NotImplemented" in text, (method, path, status)
    assert body(Bucket="bkt", Key="k") == b"x"
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket="bkt")
    fails("NoSuchWebsiteConfiguration", 404, s3.get_bucket_website, Bucket="bkt")
    fails("ServerSideEncryptionConfigurationNotFoundError", 404, s3.get_bucket_encryption, Bucket="bkt")
    fails("ReplicationConfigurationNotFoundError", 404, s3.get_bucket_replication, Bucket="bkt")
    fails("NoSuchBucket", 404, s3.get_bucket_logging, Bucket="none")
    fails("InvalidArgument", 400, s3.get_object, Bucket="bkt", Key="k", VersionId="1")
    assert s3.get_object(Bucket="bkt", Key="k", VersionId="null")["Body"].read() == b"x"


def versioned(name, status="Enabled"):
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": status})


def listed_versions(bucket, **kwargs):
    found = s3.list_object_versions(Bucket=bucket, **kwargs)
    return [[v["VersionId"] for v in found.get(kind, [])] for kind in ("Versions", "DeleteMarkers")]


def versions():
    """Versions are kept, found, listed in pages, deleted one by one; delete markers hide and can be taken away."""
    s3.create_bucket(Bucket="bkt")
    assert "Status" not in s3.get_bucket_versioning(Bucket="bkt")
    s3.put_object(Bucket="bkt", Key="old", Body=b"plain")
    s3.put_bucket_versioning(Bucket="bkt", VersioningConfiguration={"Status": "Enabled"})
    ids = [s3.put_object(Bucket="bkt", Key="k", Body=str(n))["VersionId"] for n in range(4)]
    assert listed_versions("bkt", Prefix="k") == [ids[::-1], []]
    for n, version in enumerate(ids):
        assert body(Bucket="bkt", Key="k", VersionId=version) == str(n).encode()
    marker = s3.delete_object(Bucket="bkt", Key="k")
    assert marker["DeleteMarker"] and listed_versions("bkt", Prefix="k") == [ids[::-1], [marker["VersionId"]]]
    answer = fails("NoSuchKey", 404, s3.get_object, Bucket="bkt", Key="k")
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-amz-delete-marker"] == "true"
    fails("MethodNotAllowed", 405, s3.get_object, Bucket="bkt", Key="k", VersionId=marker["VersionId"])
    fails("NoSuchVersion", 404, s3.get_object, Bucket="bkt", Key="k", VersionId="0" * 32)
    fails("BucketNotEmpty", 409, s3.delete_bucket, Bucket="bkt")
    undone = s3.delete_object(Bucket="bkt", Key="k", VersionId=marker["VersionId"])
    assert undone["DeleteMarker"] and body(Bucket="bkt", Key="k") == b"3"
    s3.delete_object(Bucket="bkt", Key="k", VersionId=ids[3])
    assert body(Bucket="bkt", Key="k") == b"2"
    # An old version copied over the new one; parts make versions too.
    copied = s3.copy_object(Bucket="bkt", Key="k", CopySource={"Bucket": "bkt", "Key": "k", "VersionId": ids[0]})
    assert copied["CopySourceVersionId"] == ids[0] and body(Bucket="bkt", Key="k") == b"0"
    upload = s3.create_multipart_upload(Bucket="bkt", Key="m")["UploadId"]
    part = s3.upload_part(Bucket="bkt", Key="m", UploadId=upload, PartNumber=1, Body=b"x")
    named = dict(Bucket="bkt", Key="m", UploadId=upload,
                 MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    first = s3.complete_multipart_upload(**named)
    assert s3.complete_multipart_upload(**named)["VersionId"] == first["VersionId"], "asked again: the same answer"
    # What was put before is the version "null"; while suspended new ones take its place.
    s3.put_object(Bucket="bkt", Key="old", Body=b"new")
    assert body(Bucket="bkt", Key="old", VersionId="null") == b"plain"
    s3.put_bucket_versioning(Bucket="bkt", VersioningConfiguration={"Status": "Suspended"})
    s3.put_object(Bucket="bkt", Key="old", Body=b"null again")
    assert body(Bucket="bkt", Key="old", VersionId="null") == b"null again"
    assert s3.delete_object(Bucket="bkt", Key="old")["VersionId"] == "null"
    assert [len(found) for found in listed_versions("bkt", Prefix="old")] == [1, 1]
    # Pages of every size, with common prefixes.
    versioned("pages")
    wanted = []
    for key in ("a", "b/1", "b/2", "c"):
        wanted += [(key, v) for v in reversed([s3.put_object(Bucket="pages", Key=key)["VersionId"] for _ in range(3)])]
    for size in (1, 2, 3, 5, 100):
        found, marker = [], {}
        while True:
            page = s3.list_object_versions(Bucket="pages", MaxKeys=size, **marker)
            found += [(v["Key"], v["VersionId"]) for v in page.get("Versions", [])]
            if not page["IsTruncated"]:
                break
            marker = dict(KeyMarker=page["NextKeyMarker"], VersionIdMarker=page["NextVersionIdMarker"])
        assert found == wanted, size
    grouped = s3.list_object_versions(Bucket="pages", Delimiter="/")
    assert [p["Prefix"] for p in grouped["CommonPrefixes"]] == ["b/"] and len(grouped["Versions"]) == 6
    deleted = s3.delete_objects(Bucket="pages", Delete={"Objects": [{"Key": k, "VersionId": v} for k, v in wanted]})
    assert len(deleted["Deleted"]) == 12
    s3.delete_bucket(Bucket="pages")


def tags():
    s3.create_bucket(Bucket="bkt")
    some = {"TagSet": [{"Key": "a", "Value": ""}, {"Key": "b", "Value": "c d"}]}
    s3.put_object(Bucket="bkt", Key="k", Tagging="b=c%20d&a")
    assert s3.get_object_tagging(Bucket="bkt", Key="k")["TagSet"] == some["TagSet"]
    assert s3.get_object(Bucket="bkt", Key="k")["TagCount"] == 2
    s3.copy_object(Bucket="bkt", Key="copy", CopySource="bkt/k")
    assert s3.get_object_tagging(Bucket="bkt", Key="copy")["TagSet"] == some["TagSet"]
    s3.delete_object_tagging(Bucket="bkt", Key="k")
    assert s3.get_object_tagging(Bucket="bkt", Key="k")["TagSet"] == []
    many = {"TagSet": [{"Key": str(n), "Value": ""} for n in range(11)]}
    fails("InvalidTag", 400, s3.put_object_tagging, Bucket="bkt", Key="k", Tagging=many)
    for key, value in (("k" * 129, ""), ("k", "v" * 257), ("aws:x", "")):
        fails("InvalidTag", 400, s3.put_object_tagging, Bucket="bkt", Key="k",
              Tagging={"TagSet": [{"Key": key, "Value": value}]})
    fails("NoSuchTagSet", 404, s3.get_bucket_tagging, Bucket="bkt")
    s3.put_bucket_tagging(Bucket="bkt", Tagging=some)
    assert s3.get_bucket_tagging(Bucket="bkt")["TagSet"] == some["TagSet"]
    s3.delete_bucket_tagging(Bucket="bkt")
    fails("NoSuchTagSet", 404, s3.get_bucket_tagging, Bucket="bkt")


def http(method, path, headers=None, data=None):
    """A request by hand: status, headers, body."""
    request = urllib.request.Request(ENDPOINT + path, method=method, headers=headers or {}, data=data)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def cors():
    s3.create_bucket(Bucket="bkt")
    fails("NoSuchCORSConfiguration", 404, s3.get_bucket_cors, Bucket="bkt")
    rules = [{"AllowedMethods": ["GET", "PUT"], "AllowedOrigins": ["https://*.example"], "AllowedHeaders": ["x-amz-*"],
              "ExposeHeaders": ["ETag"], "MaxAgeSeconds": 30}]
    s3.put_bucket_cors(Bucket="bkt", CORSConfiguration={"CORSRules": rules})
    assert s3.get_bucket_cors(Bucket="bkt")["CORSRules"] == rules
    fails("InvalidRequest", 400, s3.put_bucket_cors, Bucket="bkt",
          CORSConfiguration={"CORSRules": [{"AllowedMethods": ["BREW"], "AllowedOrigins": ["*"]}]})
    asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "PUT"}
    status, headers, _ = http("OPTIONS", "/bkt/k", asked | {"Access-Control-Request-Headers": "X-Amz-Date"})
    assert status == 200 and headers["Access-Control-Allow-Origin"] == "https://a.example"
    assert headers["Access-Control-Max-Age"] == "30" and headers["Access-Control-Expose-Headers"] == "ETag"
    for other in ({"Origin": "https://a.test"}, {"Access-Control-Request-Method": "DELETE"},
                  {"Access-Control-Request-Headers": "x-other"}):
        assert http("OPTIONS", "/bkt/k", asked | other)[0] == 403
    assert http("OPTIONS", "/bkt/k")[0] == 400
    assert http("GET", "/bkt/none", {"Origin": "https://a.example"})[1]["Access-Control-Allow-Methods"] == "GET, PUT"
    assert "Access-Control-Allow-Origin" not in http("GET", "/bkt/none", {"Origin": "https://a.test"})[1]
    s3.delete_bucket_cors(Bucket="bkt")
    assert http("OPTIONS", "/bkt/k", asked)[0] == 403


def lifecycle():
    """Rules are checked, kept, and told about; what they do is tested with a clock of its own."""
    s3.create_bucket(Bucket="bkt")

    def put(*rules):
        s3.put_bucket_lifecycle_configuration(Bucket="bkt", LifecycleConfiguration={"Rules": list(rules)})
    fails("NoSuchLifecycleConfiguration", 404, s3.get_bucket_lifecycle_configuration, Bucket="bkt")
    rule = {"ID": "one", "Expiration": {"Days": 1}, "Filter": {"Prefix": "tmp/"}, "Status": "Enabled"}
    put(rule)
    assert s3.get_bucket_lifecycle_configuration(Bucket="bkt")["Rules"] == [rule]
    assert 'rule-id="one"' in s3.put_object(Bucket="bkt", Key="tmp/x")["Expiration"]
    assert "Expiration" not in s3.put_object(Bucket="bkt", Key="x")
    assert 'rule-id="one"' in s3.head_object(Bucket="bkt", Key="tmp/x")["Expiration"]
    for code, change in [("InvalidArgument", {"ID": "x" * 256}), ("MalformedXML", {"Status": "on"}),
                         ("InvalidArgument", {"Expiration": {"Days": 0}}), ("MalformedXML", {"Expiration": {}}),
                         ("InvalidArgument", {"Expiration": {"Date": "2030-01-01T01:00:00Z"}})]:
        fails(code, 400, put, rule | change)
    fails("InvalidArgument", 400, put, rule, rule)
    fails("NotImplemented", 501, put, rule | {"Transitions": [{"Days": 1, "StorageClass": "GLACIER"}]})
    s3.delete_bucket_lifecycle(Bucket="bkt")
    fails("NoSuchLifecycleConfiguration", 404, s3.get_bucket_lifecycle_configuration, Bucket="bkt")


def short_days():
    """An edge whose lifecycle days are seconds long."""
    s3.create_bucket(Bucket="bkt")
    rule = {"ID": "one", "Expiration": {"Days": 1}, "Filter": {"Prefix": "tmp/"}, "Status": "Enabled"}
    later = {"ID": "two", "Expiration": {"Days": 100_000}, "Filter": {"Prefix": "kept/"}, "Status": "Enabled"}
    s3.put_bucket_lifecycle_configuration(Bucket="bkt", LifecycleConfiguration={"Rules": [rule, later]})
    for key in ("tmp/x", "kept/y", "z"):
        s3.put_object(Bucket="bkt", Key=key)
    keys = lambda: [found["Key"] for found in s3.list_objects_v2(Bucket="bkt")["Contents"]]
    for _ in range(600):
        if "tmp/x" not in keys():
            break
        time.sleep(0.1)
    assert keys() == ["kept/y", "z"], keys()


def locks():
    """What is retained or held stays."""
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    days = lambda n: now + datetime.timedelta(days=n)  # noqa: E731
    s3.create_bucket(Bucket="plain")
    s3.put_object(Bucket="plain", Key="k")
    fails("ObjectLockConfigurationNotFoundError", 404, s3.get_object_lock_configuration, Bucket="plain")
    fails("InvalidRequest", 400, s3.get_object_retention, Bucket="plain", Key="k")
    s3.create_bucket(Bucket="bkt", ObjectLockEnabledForBucket=True)
    assert s3.get_bucket_versioning(Bucket="bkt")["Status"] == "Enabled"
    fails("InvalidBucketState", 409, s3.put_bucket_versioning, Bucket="bkt",
          VersioningConfiguration={"Status": "Suspended"})
    named = dict(Bucket="bkt", Key="k")
    version = s3.put_object(ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=days(9), **named)["VersionId"]
    assert s3.get_object_retention(**named)["Retention"] == {"Mode": "GOVERNANCE", "RetainUntilDate": days(9)}
    fails("AccessDenied", 403, s3.delete_object, VersionId=version, **named)
    shorter = {"Mode": "GOVERNANCE", "RetainUntilDate": days(1)}
    fails("AccessDenied", 403, s3.put_object_retention, Retention=shorter, **named)
    s3.put_object_retention(Retention=shorter, BypassGovernanceRetention=True, **named)
    s3.put_object_legal_hold(LegalHold={"Status": "ON"}, **named)
    assert s3.head_object(**named)["ObjectLockLegalHoldStatus"] == "ON"
    fails("AccessDenied", 403, s3.delete_object, VersionId=version, BypassGovernanceRetention=True, **named)
    s3.put_object_legal_hold(LegalHold={"Status": "OFF"}, **named)
    assert s3.delete_object(**named)["DeleteMarker"], "what is locked can be hidden"
    s3.delete_object(VersionId=version, BypassGovernanceRetention=True, **named)
    rule = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}}
    s3.put_object_lock_configuration(Bucket="bkt", ObjectLockConfiguration=rule)
    version = s3.put_object(**named)["VersionId"]
    assert s3.head_object(**named)["ObjectLockMode"] == "COMPLIANCE"
    fails("AccessDenied", 403, s3.delete_object, VersionId=version, BypassGovernanceRetention=True, **named)
    rule["Rule"]["DefaultRetention"]["Years"] = 1
    fails("MalformedXML", 400, s3.put_object_lock_configuration, Bucket="bkt", ObjectLockConfiguration=rule)


def post(bucket, fields, file=b"bar", filename="f.txt"):
    """A form as browsers send it."""
    mark = "----nano"
    lines = b"".join(f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
                     for name, value in fields.items())
    lines += f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n\r\n'.encode()
    lines += file + f"\r\n--{mark}--\r\n".encode()
    return http("POST", f"/{bucket}", {"Content-Type": f"multipart/form-data; boundary={mark}"}, lines)


def forms():
    """Forms that browsers post, signed or into a bucket that anyone may write to."""
    alice, bob = client("alice", "wonderland", signature_version="s3v4"), client("bob", "builder")
    alice.create_bucket(Bucket="bkt")
    made = alice.generate_presigned_post("bkt", "up/${filename}", Fields={"acl": "private", "x-amz-meta-a": "b"},
                                         Conditions=[["starts-with", "$key", "up/"], {"acl": "private"}, ["starts-with", "$x-amz-meta-a", ""],
                                                     ["starts-with", "$x-amz-meta-b", ""], ["content-length-range", 1, 9]])
    fields = made["fields"]
    status, headers, _ = post("bkt", fields, filename="${filename}")
    assert status == 204 and headers["ETag"], status
    got = alice.get_object(Bucket="bkt", Key="up/${filename}")
    assert got["Body"].read() == b"bar" and got["Metadata"] == {"a": "b"}
    tampered = dict(fields, **{"x-amz-signature": "0" * 64})
    for what, status, changed, file in [
            ("signature", 403, tampered, b"x"), ("extra field", 403, fields | {"Expires": "x"}, b"x"),
            ("other key", 403, fields | {"key": "down"}, b"x"), ("too long", 400, fields, b"x" * 10),
            ("too short", 400, fields, b""), ("no policy", 400, {k: v for k, v in fields.items() if k != "policy"}, b"x"),
            ("nobody", 403, {"key": "up/x"}, b"x"), ("no key", 400, {"acl": "private"}, b"x")]:
        assert post("bkt", changed, file)[0] == status, what
    bob.create_bucket(Bucket="open", ACL="public-read-write")
    status, _, text = post("open", {"key": "a&b", "success_action_status": "201", "acl": "public-read"}, noise(300_000))
    assert status == 201 and b"<Key>a&amp;b</Key>" in text
    assert http("GET", "/open/a%26b")[2] == noise(300_000)
    assert http("POST", "/open", {"Content-Type": "multipart/form-data; boundary=x"}, b"nothing of the kind")[0] == 400


def permissions():
    """Lists, policies and owners, with two users and nobody."""
    alice, bob = client("alice", "wonderland"), client("bob", "builder")
    own = alice.list_buckets()["Owner"]["ID"]
    bobs = bob.list_buckets()["Owner"]["ID"]
    assert own != bobs and len(own) == 64
    alice.create_bucket(Bucket="bkt")
    alice.put_object(Bucket="bkt", Key="k", Body=b"x")
    fails("BucketAlreadyExists", 409, bob.create_bucket, Bucket="bkt")
    assert bob.list_buckets()["Buckets"] == []
    denied = ("AccessDenied", 403)
    for call in [bob.list_objects_v2, bob.get_bucket_acl, bob.get_bucket_policy, bob.delete_bucket]:
        fails(*denied, call, Bucket="bkt")
    for call in [bob.get_object, bob.put_object, bob.delete_object, bob.get_object_acl, bob.get_object_tagging]:
        fails(*denied, call, Bucket="bkt", Key="k")
    fails(*denied, bob.get_object, Bucket="bkt", Key="none")
    assert http("GET", "/bkt/k")[0] == 403
    # Lists.
    alice.put_object_acl(Bucket="bkt", Key="k", ACL="public-read")
    assert http("GET", "/bkt/k")[2] == b"x"
    alice.put_bucket_acl(Bucket="bkt", GrantRead=f"id={bobs}", GrantFullControl=f"id={own}")
    assert len(bob.list_objects_v2(Bucket="bkt")["Contents"]) == 1
    fails("NoSuchKey", 404, bob.get_object, Bucket="bkt", Key="none")
    fails("InvalidArgument", 400, alice.put_bucket_acl, Bucket="bkt", GrantRead="id=nobody")
    alice.put_bucket_acl(Bucket="bkt", ACL="public-read-write")
    bob.put_object(Bucket="bkt", Key="bobs", ACL="bucket-owner-read")
    assert alice.get_object_acl(Bucket="bkt", Key="k")["Owner"]["ID"] == own
    fails(*denied, alice.get_object_acl, Bucket="bkt", Key="bobs")
    assert alice.get_object(Bucket="bkt", Key="bobs")
    assert [g["Permission"] for g in bob.get_object_acl(Bucket="bkt", Key="bobs")["Grants"]] == ["FULL_CONTROL", "READ"]
    # Blocked, and then enforced.
    alice.put_public_access_block(Bucket="bkt", PublicAccessBlockConfiguration={"IgnorePublicAcls": True, "BlockPublicAcls": True})
    assert http("GET", "/bkt/k")[0] == 403
    fails(*denied, alice.put_bucket_acl, Bucket="bkt", ACL="public-read")
    alice.delete_public_access_block(Bucket="bkt")
    owner = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    alice.put_bucket_ownership_controls(Bucket="bkt", OwnershipControls=owner)
    fails("AccessControlListNotSupported", 400, alice.put_object, Bucket="bkt", Key="k2", ACL="public-read")
    fails(*denied, bob.put_object, Bucket="bkt", Key="bobs")
    # Policies.
    alice.create_bucket(Bucket="told")
    alice.put_object(Bucket="told", Key="open", Tagging="who=all")
    alice.put_object(Bucket="told", Key="shut", Tagging="who=me")

    def policy(*statements):
        alice.put_bucket_policy(Bucket="told", Policy=json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": effect, "Principal": who, "Action": action, "Resource": "arn:aws:s3:::told" + path, **more}
            for effect, who, action, path, more in statements]}))
    on_tag = {"Condition": {"StringEquals": {"s3:ExistingObjectTag/who": "all"}}}
    policy(("Allow", "*", "s3:GetObject", "/*", on_tag))
    assert http("GET", "/told/open")[0] == 200 and http("GET", "/told/shut")[0] == 403
    assert alice.get_bucket_policy_status(Bucket="told")["PolicyStatus"]["IsPublic"]
    policy(("Allow", {"AWS": "arn:aws:iam::000000000000:user/bob"}, ["s3:PutObject", "s3:DeleteObject"], "/*", {}),
           ("Deny", "*", "s3:DeleteObject", "/*", {}))
    bob.put_object(Bucket="told", Key="new")
    fails(*denied, bob.delete_object, Bucket="told", Key="new")
    fails(*denied, alice.delete_object, Bucket="told", Key="new")
    found = bob.delete_objects(Bucket="told", Delete={"Objects": [{"Key": "new"}]})
    assert found["Errors"][0]["Code"] == "AccessDenied", found
    alice.put_public_access_block(Bucket="told", PublicAccessBlockConfiguration={"BlockPublicPolicy": True})
    fails(*denied, policy, ("Allow", "*", "s3:GetObject", "/*", {}))
    fails("MalformedPolicy", 400, alice.put_bucket_policy, Bucket="told", Policy="{}")
    but = {"Effect": "Allow", "NotPrincipal": {"AWS": bobs}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::told/*"}
    fails("MalformedPolicy", 400, alice.put_bucket_policy, Bucket="told",
          Policy=json.dumps({"Version": "2012-10-17", "Statement": [but]}))
    # A denial by what every request has denies, whatever way the same thing is asked for.
    alice.delete_public_access_block(Bucket="told")
    bob_is = {"AWS": "arn:aws:iam::000000000000:user/bob"}
    for condition in (
        {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
        {"NumericGreaterThan": {"aws:EpochTime": "1577836800"}},
        {"StringEquals": {"aws:PrincipalType": "User", "aws:username": "bob", "aws:PrincipalAccount": "000000000000"}},
        {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::000000000000:user/bob"}},
        {"StringLike": {"aws:UserAgent": "*"}},
        {"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "false"}},
    ):
        policy(("Allow", bob_is, ["s3:DeleteObject", "s3:GetObject"], "/*", {}),
               ("Deny", "*", ["s3:DeleteObject", "s3:GetObject"], "/*", {"Condition": condition}))
        fails(*denied, bob.get_object, Bucket="told", Key="new")
        found = bob.delete_objects(Bucket="told", Delete={"Objects": [{"Key": "new"}]})
        assert found["Errors"][0]["Code"] == "AccessDenied", (condition, found)
    policy(("Allow", "*", "s3:*Object", "/of/${aws:username}/*", {}))
    bob.put_object(Bucket="told", Key="of/bob/k")
    fails(*denied, bob.put_object, Bucket="told", Key="of/alice/k")
    assert http("GET", "/told/of/bob/k")[0] == 403
    policy(("Allow", {"AWS": "arn:aws:iam::111122223333:user/bob"}, "s3:GetObject", "/*", {}))
    fails(*denied, bob.get_object, Bucket="told", Key="open")
    fails("MalformedPolicy", 400, policy, ("Deny", "*", "s3:*", "/*", {"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.1/40"}}}))
    alice.delete_bucket_policy(Bucket="told")
    fails("NoSuchBucketPolicy", 404, alice.get_bucket_policy, Bucket="told")
    # Who may set a retention may not take one away, however he asks.
    alice.create_bucket(Bucket="held", ObjectLockEnabledForBucket=True)
    until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=2)
    version = alice.put_object(Bucket="held", Key="k", ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=until)["VersionId"]
    alice.put_bucket_policy(Bucket="held", Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": bob_is, "Resource": "arn:aws:s3:::held/*",
         "Action": ["s3:PutObjectRetention", "s3:DeleteObjectVersion"]}]}))
    sooner = dict(Bucket="held", Key="k", BypassGovernanceRetention=True,
                  Retention={"Mode": "GOVERNANCE", "RetainUntilDate": until - datetime.timedelta(days=1)})
    fails(*denied, bob.put_object_retention, **sooner)
    fails(*denied, bob.delete_object, Bucket="held", Key="k", VersionId=version, BypassGovernanceRetention=True)
    alice.put_object_retention(**sooner)
    alice.delete_object(Bucket="held", Key="k", VersionId=version, BypassGovernanceRetention=True)
    # A copy needs both ends.
    bob.create_bucket(Bucket="bobs")
    fails(*denied, bob.copy_object, Bucket="bobs", Key="c", CopySource="told/shut")
    alice.put_object_acl(Bucket="told", Key="shut", GrantRead=f"id={bobs}")
    bob.copy_object(Bucket="bobs", Key="c", CopySource="told/shut")


def signatures():
    """With keys: only who has one, and only what was signed."""
    good = client("alice", "wonderland", signature_version="s3v4")
    good.create_bucket(Bucket="bkt")
    good.put_object(Bucket="bkt", Key="k", Body=noise(300_000))
    assert good.get_object(Bucket="bkt", Key="k")["Body"].read() == noise(300_000)
    assert client("bob", "builder").list_buckets()["Buckets"] == []
    fails("SignatureDoesNotMatch", 403, client("alice", "wrong").list_buckets)
    fails("InvalidAccessKeyId", 403, client("mallory", "x").list_buckets)
    for method, path in [("GET", "/"), ("GET", "/bkt/k"), ("PUT", "/bkt/new"), ("DELETE", "/bkt/k")]:
        try:
            urllib.request.urlopen(urllib.request.Request(ENDPOINT + path, method=method))
            raise AssertionError(f"{method} {path} by nobody")
        except urllib.error.HTTPError as error:
            assert error.code == 403, error
    url = good.generate_presigned_url("get_object", Params={"Bucket": "bkt", "Key": "k"}, ExpiresIn=60)
    assert urllib.request.urlopen(url).read() == noise(300_000)
    for bad in [url.replace("/bkt/k", "/bkt/other"), url.replace("X-Amz-Expires=60", "X-Amz-Expires=600000")]:
        try:
            urllib.request.urlopen(bad)
            raise AssertionError("tampered")
        except urllib.error.HTTPError as error:
            assert error.code == 403, error
    # What comes with a request and was not signed could be anybody's: here a copy of what the URL is not for.
    url = good.generate_presigned_url("put_object", Params={"Bucket": "bkt", "Key": "given"}, ExpiresIn=60)
    for more in [{"x-amz-copy-source": "bkt/k"}, {"x-amz-acl": "public-read"}, {"x-amz-meta-a": "b"}]:
        try:
            urllib.request.urlopen(urllib.request.Request(url, method="PUT", headers=more, data=b""))
            raise AssertionError(f"{more} was not signed")
        except urllib.error.HTTPError as error:
            assert error.code == 403 and b"not signed" in error.read(), error
    fails("404", 404, good.head_object, Bucket="bkt", Key="given")
    late = good.generate_presigned_url("get_object", Params={"Bucket": "bkt", "Key": "k"}, ExpiresIn=1)
    time.sleep(2.2)
    try:
        urllib.request.urlopen(late)
        raise AssertionError("late")
    except urllib.error.HTTPError as error:
        assert error.code == 403, error
    # A body other than the one that was signed.
    def tamper(request, **_):
        request.body = b"y" * 10
    tampered = client("alice", "wonderland", request_checksum_calculation="when_required")
    tampered.meta.events.register("before-send.s3.PutObject", tamper)
    try:
        tampered.put_object(Bucket="bkt", Key="tampered", Body=b"x" * 10)
        raise AssertionError("a body that was not signed")
    except botocore.exceptions.ClientError as error:
        equal = (error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"])
        assert equal == ("XAmzContentSHA256Mismatch", 400), error
    fails("NoSuchKey", 404, good.get_object, Bucket="bkt", Key="tampered")


def admissions():
    """What is looked at before the signature: dates, owners, lengths; and version 2 of the signature itself."""
    alice, bob = client("alice", "wonderland"), client("bob", "builder")
    own = alice.list_buckets()["Owner"]["ID"]
    old = client("alice", "wonderland", signature_version="s3")
    old.create_bucket(Bucket="bkt")
    old.put_object(Bucket="bkt", Key="k", Body=b"old")
    assert old.get_object(Bucket="bkt", Key="k")["Body"].read() == b"old"
    assert urllib.request.urlopen(old.generate_presigned_url("get_object", Params={"Bucket": "bkt", "Key": "k"})).read() == b"old"

    def stated(headers, call, *, of=None, **kwargs):
        user = of or client("alice", "wonderland", signature_version="s3")
        user.meta.events.register("before-call.s3", lambda params, **_: params["headers"].update(headers))
        return lambda: getattr(user, call)(**kwargs)
    put = {"Bucket": "bkt", "Key": "k"}
    for date, code in [("Wed, 07 Jul 2010 21:53:04 GMT", "RequestTimeTooSkewed"), ("Fri, 07 Jul 1950 21:53:04 GMT", "AccessDenied"),
                       ("soon", "AccessDenied"), ("", "AccessDenied")]:
        fails(code, 403, stated({"x-amz-date": date}, "put_object", **put))
    fails("InvalidDigest", 400, stated({"Content-MD5": ""}, "put_object", of=client("alice", "wonderland"), **put))
    # Version 4 has its date in `Date` where a client was given one to send; it counts as much as the other header.
    sent = {}
    user = client("alice", "wonderland", signature_version="s3v4")
    user.meta.events.register("before-call.s3", lambda params, **_: params["headers"].update({"Date": "now"}))
    user.meta.events.register("before-send.s3", lambda request, **_: sent.update(request.headers))
    user.put_object(**put, Body=b"dated")
    assert "Date" in sent and "X-Amz-Date" not in sent, sent
    assert alice.get_object(**put)["Body"].read() == b"dated"

    def redated(date):
        user = client("alice", "wonderland", signature_version="s3v4")
        user.meta.events.register("before-call.s3", lambda params, **_: params["headers"].update({"Date": "now"}))

        def change(request, **_):
            del request.headers["Date"]
            if date is not None:
                request.headers["Date"] = date
        user.meta.events.register("before-send.s3", change)
        return user
    old = "Wed, 07 Jul 2010 21:53:04 GMT"
    for date, code in [(old, "RequestTimeTooSkewed"), ("soon", "AccessDenied"), ("", "AccessDenied"), (None, "AccessDenied")]:
        fails(code, 403, redated(date).put_object, **put)
    # Whose the bucket is.
    alice.put_bucket_acl(Bucket="bkt", ACL="public-read-write")
    for owner in (own, "000000000000"):
        bob.list_objects_v2(Bucket="bkt", ExpectedBucketOwner=owner)
    for user in (alice, bob):
        fails("AccessDenied", 403, user.list_objects_v2, Bucket="bkt", ExpectedBucketOwner="1" * 12)
        fails("AccessDenied", 403, user.put_object, **put, ExpectedBucketOwner=own[:-1])
    # A body without a length: held until it is known, unless it is large.
    def unstated(request, **_):
        request.headers.add_header("Transfer-Encoding", "chunked")
    sender = client("alice", "wonderland")
    sender.meta.events.register_first("before-sign.s3.PutObject", unstated)
    sender.put_object(**put, Body=noise(100_000))
    assert alice.get_object(**put)["Body"].read() == noise(100_000)
    large = client("alice", "wonderland")
    large.meta.events.register_first("before-sign.s3.PutObject", unstated)
    try:
        large.put_object(Bucket="bkt", Key="large", Body=noise(9 << 20))
        raise AssertionError("9 MiB of unstated length")
    except (botocore.exceptions.ClientError, botocore.exceptions.HTTPClientError):
        fails("NoSuchKey", 404, alice.get_object, Bucket="bkt", Key="large")
    # Who may not read is told nothing, whatever the range; who may is not asked for a signature without it.
    for user, code in [(bob, "AccessDenied"), (client("alice", "wrong"), "SignatureDoesNotMatch")]:
        fails(code, 403, user.get_object, **put, Range="bytes=9-5")
    fails("NoSuchKey", 404, alice.get_object, Bucket="bkt", Key="none", Range="bytes=9-5")
    got = alice.get_object(**put, Range="bytes=9-5")
    assert (got["ResponseMetadata"]["HTTPStatusCode"], got["Body"].read()) == (200, noise(100_000))
    url = alice.generate_presigned_url("get_object", Params=put)
    assert urllib.request.urlopen(urllib.request.Request(url, headers={"Range": "bytes=9-5"})).status == 200
    # Groups come first in a list, and the permissions in one order.
    everyone = {"Grantee": {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}, "Permission": "READ"}
    policy = alice.get_object_acl(**put)
    alice.put_object_acl(**put, AccessControlPolicy={"Owner": policy["Owner"], "Grants": policy["Grants"] + [everyone]})
    assert [g["Permission"] for g in alice.get_object_acl(**put)["Grants"]] == ["READ", "FULL_CONTROL"]
    alice.create_bucket(Bucket="granted", GrantFullControl=f"id={own}", GrantRead=f"id={own}", GrantWrite=f"id={own}")
    assert [g["Permission"] for g in alice.get_bucket_acl(Bucket="granted")["Grants"]] == ["READ", "WRITE", "FULL_CONTROL"]


def trailers():
    """Checksums behind the body, as the SDKs send them where there is TLS: chunked twice, and no Content-Length."""
    import botocore.httpchecksum
    resolve = botocore.httpchecksum.resolve_request_checksum_algorithm

    def behind(request, *args, **kwargs):
        resolve(request, *args, **kwargs)
        found = request["context"].get("checksum", {}).get("request_algorithm")
        if isinstance(found, dict):
            found["in"] = "trailer"
    botocore.httpchecksum.resolve_request_checksum_algorithm = behind
    alice = client("alice", "wonderland")
    sent = {}
    alice.meta.events.register("before-send.s3.PutObject", lambda request, **_: sent.update(request.headers))
    alice.create_bucket(Bucket="bkt")
    for algorithm in ["CRC32", "SHA1", "SHA256"]:
        put = alice.put_object(Bucket="bkt", Key="k", Body=io.BytesIO(noise(300_000)), ChecksumAlgorithm=algorithm)
        assert b"TRAILER" in sent["X-Amz-Content-SHA256"] and "Content-Length" not in sent, sent
        got = alice.get_object(Bucket="bkt", Key="k", ChecksumMode="ENABLED")
        assert got["Body"].read() == noise(300_000) and "ContentEncoding" not in got
        assert put[f"Checksum{algorithm}"] == got[f"Checksum{algorithm}"]

    def spoil(request, **_):
        text = request.body.read()
        at = text.rindex(b"x-amz-checksum-sha256:") + 22
        request.body = text[:at] + b"AAAA" + text[at + 4:]
    alice.meta.events.register("before-send.s3.PutObject", spoil)
    fails("BadDigest", 400, alice.put_object, Bucket="bkt", Key="bad", Body=io.BytesIO(b"x"), ChecksumAlgorithm="SHA256")
    fails("NoSuchKey", 404, alice.get_object, Bucket="bkt", Key="bad")


def encryption():
    """Bytes that are kept encrypted, with a client's key or with the edge's; the test looks for them on the disk."""
    def key(seed):
        raw = noise(32, seed)
        return {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": base64.b64encode(raw).decode(),
                "SSECustomerKeyMD5": base64.b64encode(hashlib.md5(raw).digest()).decode()}
    mine, other = key(7), key(8)
    source = {"CopySource" + name: value for name, value in mine.items()}
    secret = b"nobody reads this on the disk. " * 20_000
    s3.create_bucket(Bucket="bkt")
    it = {"Bucket": "bkt", "Key": "k"}
    put = s3.put_object(**it, Body=secret, **mine)
    assert put["SSECustomerAlgorithm"] == "AES256" and put["SSECustomerKeyMD5"] == mine["SSECustomerKeyMD5"]
    got = s3.get_object(**it, **mine)
    assert got["Body"].read() == secret and got["ETag"] == put["ETag"] and got["SSECustomerAlgorithm"] == "AES256"
    assert put["ETag"].strip('"') != hashlib.md5(secret).hexdigest()
    assert s3.put_object(**it, Body=secret, **mine)["ETag"] == put["ETag"] != s3.put_object(Bucket="bkt", Key="other", Body=secret, **other)["ETag"]
    for first, last in [(0, 0), (15, 16), (100_000, 300_001), (len(secret) - 5, len(secret) - 1)]:
        assert body(**it, Range=f"bytes={first}-{last}", **mine) == secret[first:last + 1]
    assert s3.head_object(**it, **mine)["ContentLength"] == len(secret)
    wrong = ("InvalidRequest", 400)
    fails(*wrong, s3.get_object, **it)
    fails(*wrong, s3.get_object, **it, **other)
    fails("400", 400, s3.head_object, **it)
    fails(*wrong, s3.get_object_attributes, **it, ObjectAttributes=["ETag"])
    assert s3.get_object_attributes(**it, ObjectAttributes=["ObjectSize"], **mine)["ObjectSize"] == len(secret)
    plain = {"Bucket": "bkt", "Key": "plain"}
    s3.put_object(**plain, Body=b"x")
    fails(*wrong, s3.get_object, **plain, **mine)
    argument = ("InvalidArgument", 400)
    fails(*argument, s3.put_object, **it, **dict(mine, SSECustomerKeyMD5="AAAAAAAAAAAAAAAAAAAAAA=="))
    fails(*argument, s3.put_object, **it, ServerSideEncryption="AES256", **mine)
    fails("InvalidEncryptionAlgorithmError", 400, s3.put_object, **it, **dict(mine, SSECustomerAlgorithm="AES192"))
    fails("NotImplemented", 501, s3.put_object, **it, ServerSideEncryption="aws:kms")
    fails(*argument, s3.put_object, **it, SSEKMSKeyId="k")
    # A small one, and one in parts, each with a key of its own.
    s3.put_object(Bucket="bkt", Key="small", Body=secret[:100], **mine)
    assert body(Bucket="bkt", Key="small", Range="bytes=7-20", **mine) == secret[7:21]
    parts = {"Bucket": "bkt", "Key": "parts"}
    upload = s3.create_multipart_upload(**parts, **mine)["UploadId"]
    data = [noise(5 * MB + 1, 1), noise(5 * MB + 3, 2), secret]
    fails(*wrong, s3.upload_part, **parts, UploadId=upload, PartNumber=1, Body=b"x")
    fails(*wrong, s3.upload_part, **parts, UploadId=upload, PartNumber=1, Body=b"x", **other)
    done = [{"PartNumber": n + 1, "ETag": s3.upload_part(**parts, UploadId=upload, PartNumber=n + 1, Body=part, **mine)["ETag"]}
            for n, part in enumerate(data)]
    s3.complete_multipart_upload(**parts, UploadId=upload, MultipartUpload={"Parts": done})
    whole = b"".join(data)
    assert body(**parts, **mine) == whole
    assert body(**parts, PartNumber=2, **mine) == data[1]
    middle = 5 * MB - 10, 10 * MB + 20
    assert body(**parts, Range=f"bytes={middle[0]}-{middle[1]}", **mine) == whole[middle[0]:middle[1] + 1]
    fails(*wrong, s3.get_object, **parts, **other)
    # Copies: to another key, to the edge's key, and whole or in part.
    s3.copy_object(Bucket="bkt", Key="copy", CopySource="bkt/parts", **source, **other)
    assert body(Bucket="bkt", Key="copy", **other) == whole
    fails(*wrong, s3.copy_object, Bucket="bkt", Key="copy", CopySource="bkt/parts")
    copied = s3.copy_object(Bucket="bkt", Key="own", CopySource="bkt/k", ServerSideEncryption="AES256", **source)
    assert copied["ServerSideEncryption"] == "AES256" and body(Bucket="bkt", Key="own") == secret
    assert copied["CopyObjectResult"]["ETag"].strip('"') == hashlib.md5(secret).hexdigest()
    again = s3.create_multipart_upload(Bucket="bkt", Key="again", ServerSideEncryption="AES256")["UploadId"]
    part = s3.upload_part_copy(Bucket="bkt", Key="again", UploadId=again, PartNumber=1, CopySource="bkt/parts",
                               CopySourceRange=f"bytes={10 * MB + 4}-{len(whole) - 1}", **source)
    made = s3.complete_multipart_upload(Bucket="bkt", Key="again", UploadId=again, MultipartUpload={
        "Parts": [{"PartNumber": 1, "ETag": part["CopyPartResult"]["ETag"]}]})
    assert made["ServerSideEncryption"] == "AES256" and body(Bucket="bkt", Key="again") == secret
    # Unasked, as the bucket is configured.
    fails("ServerSideEncryptionConfigurationNotFoundError", 404, s3.get_bucket_encryption, Bucket="bkt")

    def configure(algorithm, **more):
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm, **more}}
        s3.put_bucket_encryption(Bucket="bkt", ServerSideEncryptionConfiguration={"Rules": [rule]})
    fails("NotImplemented", 501, configure, "aws:kms", KMSMasterKeyID="k")
    configure("AES256")
    found = s3.get_bucket_encryption(Bucket="bkt")["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert found["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    put = s3.put_object(Bucket="bkt", Key="default", Body=secret)
    assert put["ServerSideEncryption"] == "AES256" and put["ETag"].strip('"') == hashlib.md5(secret).hexdigest()
    assert s3.head_object(Bucket="bkt", Key="default")["ServerSideEncryption"] == "AES256"
    s3.delete_bucket_encryption(Bucket="bkt")
    assert "ServerSideEncryption" not in s3.put_object(**plain, Body=b"x")


def decryption():
    """What `encryption` put, after a restart."""
    assert body(Bucket="bkt", Key="default") == b"nobody reads this on the disk. " * 20_000


def deletions():
    """Deleting on a condition; and what is told of what is not there."""
    s3.create_bucket(Bucket="bkt")
    it = {"Bucket": "bkt", "Key": "k"}
    s3.delete_object(**it, IfMatch="x")
    etag = s3.put_object(**it, Body=b"x")["ETag"]
    failed = ("PreconditionFailed", 412)
    for condition in [{"IfMatch": "x"}, {"IfMatchSize": 2}, {"IfMatchLastModifiedTime": datetime.datetime(2020, 1, 1)}]:
        fails(*failed, s3.delete_object, **it, **condition)
    s3.delete_object(**it, IfMatch=etag, IfMatchSize=1)
    s3.delete_object(**it, IfMatch=etag)
    try:
        s3.head_object(**it)
        raise AssertionError("it was deleted")
    except botocore.exceptions.ClientError as error:
        assert error.response["ResponseMetadata"]["HTTPHeaders"]["x-amz-delete-marker"] == "false"
    s3.put_bucket_versioning(Bucket="bkt", VersioningConfiguration={"Status": "Enabled"})
    put = s3.put_object(**it, Body=b"x")
    assert s3.delete_object(**it, IfMatch=etag)["DeleteMarker"]
    # The delete marker is there, and is not what was meant.
    fails(*failed, s3.delete_object, **it, IfMatch=etag)
    many = s3.delete_objects(Bucket="bkt", Delete={"Objects": [{"Key": "k", "ETag": etag}, {"Key": "none", "ETag": etag}]})
    assert [e["Code"] for e in many["Errors"]] == ["PreconditionFailed"] and [d["Key"] for d in many["Deleted"]] == ["none"], many
    s3.delete_object(**it, VersionId=put["VersionId"], IfMatch=etag)
    s3.delete_object(**it, VersionId=put["VersionId"], IfMatch="x")
    assert "Versions" not in s3.list_object_versions(Bucket="bkt")


def controls():
    """Keys that XML has no room for."""
    s3.create_bucket(Bucket="bkt")
    keys = ["a\u0001b", "c\rd", "e\nf", "g\th", "i\u001fj"]
    for key in keys:
        s3.put_object(Bucket="bkt", Key=key, Body=b"<?xml \x01\r", ContentType="application/xml")
    assert [o["Key"] for o in s3.list_objects_v2(Bucket="bkt")["Contents"]] == sorted(keys)
    _, headers, listed = http("GET", "/bkt?list-type=2")
    assert int(headers["Content-Length"]) == len(listed)
    for shown in [b"<Key>a&#x1;b</Key>", b"<Key>c&#xd;d</Key>", b"<Key>e\nf</Key>", b"<Key>g\th</Key>", b"<Key>i&#x1f;j</Key>"]:
        assert shown in listed, listed
    # Objects are nobody's XML but their own.
    assert body(Bucket="bkt", Key="c\rd") == b"<?xml \x01\r"
    refused = http("GET", "/bkt/no%01ne")[2]
    assert b"<Code>NoSuchKey</Code>" in refused and b"\x01" not in refused, refused
    deleted = s3.delete_objects(Bucket="bkt", Delete={"Objects": [{"Key": key} for key in keys[1:4]]})["Deleted"]
    assert [d["Key"] for d in deleted] == keys[1:4], deleted
    text = b"<Delete><Object><Key>a\x01b</Key></Object><Object><Key>i\x1fj</Key></Object></Delete>"
    _, _, answer = http("POST", "/bkt?delete", {"Content-MD5": base64.b64encode(hashlib.md5(text).digest()).decode()}, text)
    assert b"<Key>a&#x1;b</Key>" in answer and b"<Key>i&#x1f;j</Key>" in answer, answer
    assert "Contents" not in s3.list_objects_v2(Bucket="bkt")


def fill():
    """Before a restart."""
    s3.create_bucket(Bucket="kept")
    for n in range(50):
        s3.put_object(Bucket="kept", Key=f"k{n}", Body=noise(n * 3001, n), Metadata={"n": str(n)})
    s3.delete_object(Bucket="kept", Key="k7")
    versioned("kept-versions")
    s3.put_object(Bucket="kept-versions", Key="k", Body=b"one", Tagging="a=b")
    s3.put_object(Bucket="kept-versions", Key="k", Body=b"two")
    s3.put_object_acl(Bucket="kept-versions", Key="k", ACL="public-read")
    s3.delete_object(Bucket="kept-versions", Key="k")
    upload = s3.create_multipart_upload(Bucket="kept", Key="parts")
    part = s3.upload_part(Bucket="kept", Key="parts", UploadId=upload["UploadId"], PartNumber=1, Body=noise(5 * MB))
    print(upload["UploadId"], part["ETag"])


def find(upload, etag):
    """After it."""
    for n in range(50):
        if n != 7:
            got = s3.get_object(Bucket="kept", Key=f"k{n}")
            assert got["Body"].read() == noise(n * 3001, n) and got["Metadata"] == {"n": str(n)}
    fails("NoSuchKey", 404, s3.get_object, Bucket="kept", Key="k7")
    kept, markers = listed_versions("kept-versions")
    assert len(markers) == 1 and [body(Bucket="kept-versions", Key="k", VersionId=v) for v in kept] == [b"two", b"one"]
    assert len(s3.get_object_acl(Bucket="kept-versions", Key="k", VersionId=kept[0])["Grants"]) == 2
    assert s3.get_object_tagging(Bucket="kept-versions", Key="k", VersionId=kept[1])["TagSet"] == [{"Key": "a", "Value": "b"}]
    named = dict(Bucket="kept", Key="parts", UploadId=upload)
    last = s3.upload_part(PartNumber=2, Body=b"end", **named)
    s3.complete_multipart_upload(MultipartUpload={"Parts": [
        {"PartNumber": 1, "ETag": etag}, {"PartNumber": 2, "ETag": last["ETag"]}]}, **named)
    assert body(Bucket="kept", Key="parts") == noise(5 * MB) + b"end"


globals()[sys.argv[2]](*sys.argv[3:])
