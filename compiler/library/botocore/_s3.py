"""boto3's client of S3."""

from botocore import _s3_model as model
from botocore import _xml
from botocore._client import Client, body_bytes, parse_time, quote, unquote
from time import sleep

_REASONS = {
    301: "Moved Permanently", 304: "Not Modified", 400: "Bad Request", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 409: "Conflict", 412: "Precondition Failed", 416: "Requested Range Not Satisfiable",
    500: "Internal Server Error", 501: "Not Implemented", 503: "Service Unavailable",
}


# What the result of a copy has, in this order.
_COPIED = ("ETag", "LastModified", "ChecksumType", "ChecksumCRC32", "ChecksumCRC32C", "ChecksumCRC64NVME",
           "ChecksumSHA1", "ChecksumSHA256")


def _owner(element):
    names = [child.tag for child in element.children]
    return {name: element.first(name).text for name in ("DisplayName", "ID") if name in names}


def _object(element):
    made = {}
    for name in ("Key", "LastModified", "ETag", "ChecksumAlgorithm", "ChecksumType", "Size", "StorageClass", "Owner"):
        child = element.first(name)
        if child is None:
            continue
        if name == "LastModified":
            made[name] = parse_time(child.text)
        elif name == "Size":
            made[name] = int(child.text)
        elif name == "ChecksumAlgorithm":
            made[name] = [each.text for each in element.all(name)]
        elif name == "Owner":
            made[name] = _owner(child)
        else:
            made[name] = child.text
    return made


class S3(Client):
    __module__ = "botocore.client"
    _service = "s3"
    _errors = (
        "AccessDenied", "BucketAlreadyExists", "BucketAlreadyOwnedByYou", "EncryptionTypeMismatch",
        "IdempotencyParameterMismatch", "InvalidObjectState", "InvalidRequest", "InvalidWriteOffset", "NoSuchBucket",
        "NoSuchKey", "NoSuchUpload", "ObjectAlreadyInActiveTierError", "ObjectNotInActiveTierError", "TooManyParts",
    )

    def get_object(self, *args, **kwargs):
        return self._call(model.GetObject, args, kwargs, b"", [("x-amz-checksum-mode", "ENABLED")])

    def head_object(self, *args, **kwargs):
        return self._call(model.HeadObject, args, kwargs)

    def put_object(self, *args, **kwargs):
        body = body_bytes(kwargs["Body"]) if isinstance(kwargs.get("Body"), (bytes, bytearray, str)) else b""
        if hasattr(kwargs.get("Body"), "read"):
            body = body_bytes(kwargs["Body"])
        return self._call(model.PutObject, args, kwargs, body)

    def delete_object(self, *args, **kwargs):
        return self._call(model.DeleteObject, args, kwargs)

    def copy_object(self, *args, **kwargs):
        source = kwargs.get("CopySource")
        if isinstance(source, dict):
            text = quote(f"{source['Bucket']}/{source['Key']}", "/~")
            version = source.get("VersionId")
            kwargs["CopySource"] = f"{text}?versionId={version}" if version else text
        elif isinstance(source, str):
            kwargs["CopySource"] = quote(source, "/~?=")
        return self._call(model.CopyObject, args, kwargs)

    def list_objects_v2(self, *args, **kwargs):
        return self._call(model.ListObjectsV2, args, kwargs, b"", (), self._encoding(kwargs))

    def list_objects(self, *args, **kwargs):
        return self._call(model.ListObjects, args, kwargs, b"", (), self._encoding(kwargs))

    def _encoding(self, given):
        return () if "EncodingType" in given else ("encoding-type=url",)

    def create_bucket(self, *args, **kwargs):
        body = b""
        if isinstance(kwargs.get("CreateBucketConfiguration"), dict):
            place = kwargs["CreateBucketConfiguration"].get("LocationConstraint", "")
            body = (
                '<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>'
                f"{_xml.escape(place)}</LocationConstraint></CreateBucketConfiguration>"
            ).encode()
        return self._call(model.CreateBucket, args, kwargs, body)

    def delete_bucket(self, *args, **kwargs):
        return self._call(model.DeleteBucket, args, kwargs)

    def head_bucket(self, *args, **kwargs):
        return self._call(model.HeadBucket, args, kwargs)

    def list_buckets(self, *args, **kwargs):
        return self._call(model.ListBuckets, args, kwargs)

    def delete_objects(self, *args, **kwargs):
        parts = []
        if isinstance(kwargs.get("Delete"), dict):
            for each in kwargs["Delete"].get("Objects", []):
                version = each.get("VersionId")
                tail = f"<VersionId>{_xml.escape(version)}</VersionId>" if version else ""
                parts.append(f"<Object><Key>{_xml.escape(each['Key'])}</Key>{tail}</Object>")
            if kwargs["Delete"].get("Quiet"):
                parts.append("<Quiet>true</Quiet>")
        body = f'<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{"".join(parts)}</Delete>'.encode()
        return self._call(model.DeleteObjects, args, kwargs, body)

    def upload_fileobj(self, Fileobj, Bucket, Key, ExtraArgs=None, Callback=None, Config=None):
        self.put_object(Bucket=Bucket, Key=Key, Body=Fileobj, **(ExtraArgs or {}))

    def download_fileobj(self, Bucket, Key, Fileobj, ExtraArgs=None, Callback=None, Config=None):
        Fileobj.write(self.get_object(Bucket=Bucket, Key=Key, **(ExtraArgs or {}))["Body"].read())

    def copy(self, CopySource, Bucket, Key, ExtraArgs=None, Callback=None, SourceClient=None, Config=None):
        self.copy_object(CopySource=CopySource, Bucket=Bucket, Key=Key, **(ExtraArgs or {}))

    def _payload(self, operation, data, result):
        name = operation.name
        if name == "GetObject":
            super()._payload(operation, data, result)
        elif name == "CopyObject":
            root, made = _xml.parse(data), {}
            for tag in _COPIED if root is not None else ():
                child = root.first(tag)
                if child is not None:
                    made[tag] = parse_time(child.text) if tag == "LastModified" else child.text
            result["CopyObjectResult"] = made
        elif name in ("ListObjectsV2", "ListObjects", "ListBuckets", "DeleteObjects"):
            root = _xml.parse(data)
            if root is not None:
                self._listing(operation, root, result)

    def _listing(self, operation, root, result):
        for member in operation.gives():
            found = root.all(member.there)
            if not found or member.place != "b":
                continue
            name = member.name
            if name == "Contents":
                result[name] = [_object(each) for each in found]
            elif name == "CommonPrefixes":
                result[name] = [{"Prefix": each.first("Prefix").text} for each in found]
            elif name == "Buckets":
                result[name] = [
                    {child.tag: parse_time(child.text) if child.tag == "CreationDate" else child.text
                     for child in each.children}
                    for each in found[0].children
                ]
            elif name == "Owner":
                result[name] = _owner(found[0])
            elif name in ("Deleted", "Errors"):
                result[name] = [{child.tag: _flag(child) for child in each.children} for each in found]
            elif member.kind in "il":
                result[name] = int(found[0].text)
            elif member.kind == "b":
                result[name] = found[0].text == "true"
            else:
                result[name] = found[0].text
        if result.get("EncodingType") == "url":
            for name in ("Delimiter", "Marker", "NextMarker", "Prefix", "StartAfter"):
                if name in result:
                    result[name] = unquote(result[name].replace("+", " "))
            for each in result.get("Contents", []):
                each["Key"] = unquote(each["Key"].replace("+", " "))
            for each in result.get("CommonPrefixes", []):
                each["Prefix"] = unquote(each["Prefix"].replace("+", " "))

    def _error(self, operation, status, headers, data):
        root = _xml.parse(data) if data else None
        if root is None:
            return {"Error": {"Code": str(status), "Message": _REASONS.get(status, "")}}
        found = {child.tag: child.text for child in root.children}
        found.pop("RequestId", None)
        found.pop("HostId", None)
        return {"Error": found}


class _Waiter:
    """Asks until what it waits for is so."""

    def __init__(self, client, name):
        operation = "head_bucket" if name.startswith("bucket") else "head_object"
        self.name = "".join([word.capitalize() for word in name.split("_")])
        self._call = getattr(client, operation)
        self._ends = (404,) if "_not_" in name else (200, 301, 403) if operation == "head_bucket" else (200,)

    def wait(self, WaiterConfig=None, **kwargs):
        from botocore.exceptions import ClientError, WaiterError
        config = WaiterConfig or {}
        most = config.get("MaxAttempts", 20)
        for attempt in range(most):
            if attempt:
                sleep(config.get("Delay", 5))
            try:
                status = self._call(**kwargs)["ResponseMetadata"]["HTTPStatusCode"]
            except ClientError as error:
                status = error.response["ResponseMetadata"]["HTTPStatusCode"]
                if status not in (*self._ends, 404):
                    said = error.response["Error"]
                    reason = f"An error occurred ({said['Code']}): {said['Message']}"
                    raise WaiterError(name=self.name, reason=reason, last_response=error.response) from None
            if status in self._ends:
                return
        raise WaiterError(name=self.name, reason="Max attempts exceeded", last_response={})


def _get_waiter(self, waiter_name):
    if waiter_name not in ("bucket_exists", "bucket_not_exists", "object_exists", "object_not_exists"):
        raise ValueError(f"Waiter does not exist: {waiter_name}")
    return _Waiter(self, waiter_name)


setattr(S3, "get_waiter", _get_waiter)


def _flag(child):
    return child.text == "true" if child.tag == "DeleteMarker" else child.text
