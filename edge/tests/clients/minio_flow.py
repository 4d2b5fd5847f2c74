"""A flow of MinIO's client for Python: parts of known and unknown length, composing, tags, versions, locks, links.
Usage: minio_flow.py ADDRESS RUNTIME"""

import datetime
import io
import random
import sys
import urllib.request

from minio import Minio
from minio.commonconfig import ENABLED, GOVERNANCE, ComposeSource, CopySource, Filter, Tags
from minio.deleteobjects import DeleteObject
from minio.error import S3Error
from minio.lifecycleconfig import Expiration, LifecycleConfig, Rule
from minio.retention import Retention
from minio.versioningconfig import VersioningConfig

CLIENT = Minio(sys.argv[1], access_key="test", secret_key="test", secure=False)
BUCKET = "from-minio"


def read(name, **more):
    answer = CLIENT.get_object(BUCKET, name, **more)
    try:
        return answer.read()
    finally:
        answer.close()
        answer.release_conn()


CLIENT.make_bucket(BUCKET)
assert CLIENT.bucket_exists(BUCKET) and not CLIENT.bucket_exists("no-such-bucket")
data = random.Random(1).randbytes((13 << 20) + 5)
put = CLIENT.put_object(BUCKET, "large", io.BytesIO(data), len(data), part_size=5 << 20)
assert put.etag.endswith("-3"), put.etag
CLIENT.put_object(BUCKET, "unknown", io.BytesIO(data), -1, part_size=5 << 20)
assert read("large") == data and read("unknown", offset=5_242_870, length=21) == data[5_242_870:5_242_891]
CLIENT.put_object(BUCKET, "sm\u00e4ll x+", io.BytesIO(b"abc"), 3, metadata={"a": "b"})
found = CLIENT.stat_object(BUCKET, "sm\u00e4ll x+")
assert (found.size, found.metadata["x-amz-meta-a"]) == (3, "b")
CLIENT.compose_object(BUCKET, "composed", [ComposeSource(BUCKET, "large"), ComposeSource(BUCKET, "sm\u00e4ll x+")])
assert read("composed") == data + b"abc"
CLIENT.copy_object(BUCKET, "copy", CopySource(BUCKET, "sm\u00e4ll x+"))
names = [item.object_name for item in CLIENT.list_objects(BUCKET, recursive=True)]
assert names == ["composed", "copy", "large", "sm\u00e4ll x+", "unknown"], names

for tags, write, get, remove in (
    (Tags.new_object_tags(), lambda t: CLIENT.set_object_tags(BUCKET, "copy", t),
     lambda: CLIENT.get_object_tags(BUCKET, "copy"), lambda: CLIENT.delete_object_tags(BUCKET, "copy")),
    (Tags.new_bucket_tags(), lambda t: CLIENT.set_bucket_tags(BUCKET, t),
     lambda: CLIENT.get_bucket_tags(BUCKET), lambda: CLIENT.delete_bucket_tags(BUCKET)),
):
    tags["k"] = "v"
    write(tags)
    assert get() == {"k": "v"}
    remove()
    assert get() is None
CLIENT.set_bucket_lifecycle(BUCKET, LifecycleConfig([
    Rule(ENABLED, rule_filter=Filter(prefix="logs/"), rule_id="old", expiration=Expiration(days=3))]))
assert CLIENT.get_bucket_lifecycle(BUCKET).rules[0].rule_id == "old"
CLIENT.delete_bucket_lifecycle(BUCKET)
assert CLIENT.get_bucket_lifecycle(BUCKET) is None and CLIENT.get_bucket_encryption(BUCKET) is None

link = CLIENT.presigned_put_object(BUCKET, "linked")
urllib.request.urlopen(urllib.request.Request(link, b"by link", method="PUT"))
assert urllib.request.urlopen(CLIENT.presigned_get_object(BUCKET, "linked")).read() == b"by link"

CLIENT.set_bucket_versioning(BUCKET, VersioningConfig(ENABLED))
CLIENT.put_object(BUCKET, "linked", io.BytesIO(b"again"), 5)
versions = [item.version_id for item in CLIENT.list_objects(BUCKET, "linked", include_version=True)]
assert len(versions) == 2 and read("linked", version_id=versions[1]) == b"by link", versions
everything = CLIENT.list_objects(BUCKET, recursive=True, include_version=True)
assert not list(CLIENT.remove_objects(BUCKET, (DeleteObject(item.object_name, item.version_id) for item in everything)))
CLIENT.remove_bucket(BUCKET)

CLIENT.make_bucket("locked", object_lock=True)
until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
put = CLIENT.put_object("locked", "k", io.BytesIO(b"x"), 1, retention=Retention(GOVERNANCE, until), legal_hold=True)
assert CLIENT.get_object_retention("locked", "k").mode == GOVERNANCE
assert CLIENT.is_object_legal_hold_enabled("locked", "k")
try:
    CLIENT.remove_object("locked", "k", version_id=put.version_id)
    raise AssertionError("a locked version was removed")
except S3Error as error:
    assert error.code == "AccessDenied", error
