"""What anybody would do against AWS, with boto3: ENDPOINT play|again, in the folder of the projects."""
import io
import json
import sys
import zipfile

import boto3

endpoint, what = sys.argv[1:]
functions = boto3.client("lambda", endpoint_url=endpoint)
objects = boto3.client("s3", endpoint_url=endpoint)
NAMES = ["check_bearing", "new_light_lvl", "summarise"]


def invoke(name, event):
    answer = functions.invoke(FunctionName=name, Payload=json.dumps(event).encode())
    payload = json.load(answer["Payload"])
    print("invoke", name, "->", json.dumps(payload))
    if "FunctionError" in answer:
        sys.exit("the function failed")
    return payload


def expect(got, wanted):
    if got != wanted:
        sys.exit(f"expected {wanted}, got {got}")


listed = functions.list_functions()["Functions"]
print("list_functions ->", ", ".join(f"{each['FunctionName']} ({each['Handler']})" for each in listed))
expect(sorted(each["FunctionName"] for each in listed), NAMES)

if what == "play":
    expect(invoke("new_light_lvl", [42])["lights"], "on")
    expect(invoke("summarise", [[12], [512]])["samples"], 2)
    expect(invoke("check_bearing", json.load(open("predictive-maintenance/data/window.json")))["alarm"], True)
    made = {"FunctionName": "double", "Runtime": "python3.11", "Role": "arn:aws:iam::000000000000:role/demo"}
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("double.py", "def handler(event, context):\n    return event['n'] * 2\n")
    state = functions.create_function(Handler="double.handler", Code={"ZipFile": package.getvalue()}, **made)["State"]
    print("create_function double ->", state)
    expect(invoke("double", {"n": 21}), 42)
    functions.delete_function(FunctionName="double")
    objects.create_bucket(Bucket="measurements")
    objects.upload_file("sensor-app/data/light.csv", "measurements", "light.csv")
    print("s3 upload_file light.csv ->", objects.head_object(Bucket="measurements", Key="light.csv")["ContentLength"], "bytes")
else:
    expect(objects.get_object(Bucket="measurements", Key="light.csv")["Body"].read(), open("sensor-app/data/light.csv", "rb").read())
    print("s3 get_object light.csv -> the same bytes")
