"""AWS's S3 and Lambda, as the edge that the function runs at has them."""

from botocore._lambda import Lambda
from botocore._s3 import S3
from botocore.exceptions import UnknownServiceError

__version__ = "1.34.0"


def client(service_name, region_name=None, api_version=None, use_ssl=True, verify=None, endpoint_url=None,
           aws_access_key_id=None, aws_secret_access_key=None, aws_session_token=None, config=None):
    if service_name == "s3":
        return S3(region_name, endpoint_url)
    if service_name == "lambda":
        return Lambda(region_name, endpoint_url)
    raise UnknownServiceError(service_name=service_name, known_service_names="lambda, s3")


def resource(service_name, region_name=None, api_version=None, use_ssl=True, verify=None, endpoint_url=None,
             aws_access_key_id=None, aws_secret_access_key=None, aws_session_token=None, config=None):
    from boto3.resources import ServiceResource
    if service_name != "s3":
        raise UnknownServiceError(service_name=service_name, known_service_names="s3")
    return ServiceResource(client(service_name, region_name, endpoint_url=endpoint_url))


class Session:
    def __init__(self, aws_access_key_id=None, aws_secret_access_key=None, aws_session_token=None, region_name=None,
                 botocore_session=None, profile_name=None):
        self.region_name = region_name

    def client(self, service_name, region_name=None, **kwargs):
        return client(service_name, region_name or self.region_name, **kwargs)

    def resource(self, service_name, region_name=None, **kwargs):
        return resource(service_name, region_name or self.region_name, **kwargs)
