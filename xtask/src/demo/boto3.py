"""Lists the functions and invokes one, as anybody would against AWS: ENDPOINT FUNCTION."""
import json
import sys

import boto3

endpoint, function = sys.argv[1:]
client = boto3.client("lambda", endpoint_url=endpoint)
names = [each["FunctionName"] for each in client.list_functions()["Functions"]]
print("functions:", ", ".join(names))
answer = client.invoke(FunctionName=function, Payload=b"{}")
payload = json.load(answer["Payload"])
print("status", answer["StatusCode"], "payload", json.dumps(payload))
sys.exit(1 if "FunctionError" in answer else 0)
