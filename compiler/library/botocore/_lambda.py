"""boto3's client of Lambda."""

import json

from botocore import _lambda_model as model
from botocore._client import Client, body_bytes


class Lambda(Client):
    __module__ = "botocore.client"
    _service = "lambda"
    _errors = (
        "CodeStorageExceededException", "InvalidParameterValueException", "InvalidRequestContentException",
        "InvalidRuntimeException", "PolicyLengthExceededException", "PreconditionFailedException",
        "RequestTooLargeException", "ResourceConflictException", "ResourceInUseException",
        "ResourceNotFoundException", "ResourceNotReadyException", "ServiceException", "TooManyRequestsException",
        "UnsupportedMediaTypeException",
    )

    def invoke(self, *args, **kwargs):
        body = b""
        payload = kwargs.get("Payload")
        if isinstance(payload, (bytes, bytearray, str)) or hasattr(payload, "read"):
            body = body_bytes(payload)
        return self._call(model.Invoke, args, kwargs, body)

    def list_functions(self, *args, **kwargs):
        return self._call(model.ListFunctions, args, kwargs)

    def get_function_configuration(self, *args, **kwargs):
        return self._call(model.GetFunctionConfiguration, args, kwargs)

    def _payload(self, operation, data, result):
        if operation.name == "Invoke":
            super()._payload(operation, data, result)
            return
        found = json.loads(data)
        for member in operation.gives():
            if found.get(member.there) is not None:
                result[member.name] = found[member.there]

    def _error(self, operation, status, headers, data):
        found = json.loads(data) if data else {}
        code = headers.get("x-amzn-errortype", found.get("code", str(status))).split(":")[0]
        error = {"Message": found.get("message", found.get("Message", "")), "Code": code}
        answer = {"Error": error}
        for name, value in found.items():
            if name != "__type":
                answer[name] = value
        return answer
