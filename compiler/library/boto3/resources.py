"""boto3's resources of S3: buckets and objects."""


class ServiceResource:
    def __init__(self, client):
        self._client = client

    def Bucket(self, name):
        return Bucket(self._client, name)

    def Object(self, bucket_name, key):
        return Object(self._client, bucket_name, key)


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
    def __init__(self, bucket):
        self._bucket = bucket

    def all(self):
        return self.filter()

    def filter(self, **kwargs):
        client, name = self._bucket._client, self._bucket.name
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=name, **kwargs):
            for each in page.get("Contents", []):
                yield ObjectSummary(client, name, each["Key"], each)


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
        self.e_tag = found["ETag"]
        self.last_modified = found["LastModified"]

    def __repr__(self):
        return f"s3.ObjectSummary(bucket_name={self.bucket_name!r}, key={self.key!r})"
