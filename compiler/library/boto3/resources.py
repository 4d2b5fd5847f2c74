"""boto3's resources of S3: buckets and objects."""

from botocore._client import Paginator


class ServiceResource:
    def __init__(self, client):
        self._client = client

    def Bucket(self, name):
        return Bucket(self._client, name)

    def Object(self, bucket_name, key):
        return Object(self._client, bucket_name, key)

    def create_bucket(self, **kwargs):
        self._client.create_bucket(**kwargs)
        return Bucket(self._client, kwargs["Bucket"])


class Bucket:
    def __init__(self, client, name):
        self._client = client
        self.name = name

    def __repr__(self):
        return f"s3.Bucket(name={self.name!r})"

    @property
    def objects(self):
        return _Objects(self)

    def Object(self, key):
        return Object(self._client, self.name, key)

    def put_object(self, **kwargs):
        self._client.put_object(Bucket=self.name, **kwargs)
        return Object(self._client, self.name, kwargs["Key"])

    def create(self, **kwargs):
        return self._client.create_bucket(Bucket=self.name, **kwargs)

    def delete(self, **kwargs):
        return self._client.delete_bucket(Bucket=self.name, **kwargs)


class _Objects:
    """Objects of a bucket, listed when they are iterated."""

    def __init__(self, bucket, most=None, size=None, given=()):
        self._bucket = bucket
        self._most = most
        self._size = size
        self._given = dict(given)

    def __repr__(self):
        return f"s3.Bucket.objectsCollection({self._bucket!r}, s3.ObjectSummary)"

    def all(self): return self.filter()
    def filter(self, **kwargs): return _Objects(self._bucket, self._most, self._size, {**self._given, **kwargs})
    def limit(self, count): return _Objects(self._bucket, count, self._size, self._given)
    def page_size(self, count): return _Objects(self._bucket, self._most, count, self._given)

    def pages(self):
        client, name = self._bucket._client, self._bucket.name
        config = {"PageSize": self._size, "MaxItems": self._most}
        for page in Paginator(client, "list_objects_v2").paginate(config, Bucket=name, **self._given):
            yield [ObjectSummary(client, name, each["Key"], each) for each in page.get("Contents", [])]

    def __iter__(self):
        for page in self.pages():
            yield from page

    def delete(self):
        client, name = self._bucket._client, self._bucket.name
        answers = []
        for page in self.pages():
            if page:
                objects = [{"Key": one.key} for one in page]
                answers.append(client.delete_objects(Bucket=name, Delete={"Objects": objects}))
        return answers


class Object:
    def __init__(self, client, bucket_name, key):
        self._client = client
        self.bucket_name = bucket_name
        self.key = key

    def __repr__(self):
        return f"s3.Object(bucket_name={self.bucket_name!r}, key={self.key!r})"

    def get(self, **kwargs):
        return self._client.get_object(Bucket=self.bucket_name, Key=self.key, **kwargs)

    def put(self, **kwargs):
        return self._client.put_object(Bucket=self.bucket_name, Key=self.key, **kwargs)

    def delete(self, **kwargs):
        return self._client.delete_object(Bucket=self.bucket_name, Key=self.key, **kwargs)

    def copy_from(self, **kwargs):
        return self._client.copy_object(Bucket=self.bucket_name, Key=self.key, **kwargs)

    def load(self):
        return self._client.head_object(Bucket=self.bucket_name, Key=self.key)

    def Bucket(self):
        return Bucket(self._client, self.bucket_name)

    @property
    def e_tag(self):
        return self.load()["ETag"]

    @property
    def last_modified(self):
        return self.load()["LastModified"]

    @property
    def content_length(self):
        return self.load()["ContentLength"]

    @property
    def content_type(self):
        return self.load()["ContentType"]

    @property
    def metadata(self):
        return self.load()["Metadata"]


class ObjectSummary(Object):
    def __init__(self, client, bucket_name, key, found):
        super().__init__(client, bucket_name, key)
        self.size = found["Size"]
        self._found = found

    @property
    def e_tag(self):
        return self._found["ETag"]

    @property
    def last_modified(self):
        return self._found["LastModified"]

    def __repr__(self):
        return f"s3.ObjectSummary(bucket_name={self.bucket_name!r}, key={self.key!r})"
