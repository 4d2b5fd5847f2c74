"""What anybody would do against AWS, with boto3: ENDPOINT deploy|again, in the folder of the projects."""
import io
import json
import sys
import zipfile

import boto3

endpoint, what = sys.argv[1:]
client = boto3.client("lambda", endpoint_url=endpoint)
role = "arn:aws:iam::000000000000:role/demo"
FUNCTIONS = {
    "new_light_lvl": ("sensor-app/lights.py", "lights.new_light_lvl"),
    "summarise": ("sensor-app/lights.py", "lights.summarise"),
    "check_bearing": ("predictive-maintenance/maintenance.py", "maintenance.check_bearing"),
}


def package(path, change=lambda text: text):
    """The zip that AWS Lambda takes."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive, open(path) as file:
        archive.writestr(path.split("/")[-1], change(file.read()))
    return data.getvalue()


def invoke(name, event):
    answer = client.invoke(FunctionName=name, Payload=json.dumps(event).encode())
    payload = json.load(answer["Payload"])
    print("invoke", name, "->", json.dumps(payload))
    if "FunctionError" in answer:
        sys.exit("the function failed")
    return payload


def expect(got, wanted):
    if got != wanted:
        sys.exit(f"expected {wanted}, got {got}")


window = json.load(open("predictive-maintenance/data/window.json"))
if what == "deploy":
    for name, (path, handler) in FUNCTIONS.items():
        made = client.create_function(
            FunctionName=name, Runtime="python3.11", Role=role, Handler=handler, Code={"ZipFile": package(path)}
        )
        print("create", name, made["State"], made["CodeSize"], "bytes")
    expect(invoke("new_light_lvl", [42])["lights"], "on")
    expect(invoke("summarise", [[12], [512]])["samples"], 2)
    expect(invoke("check_bearing", window)["alarm"], True)
    path, _ = FUNCTIONS["new_light_lvl"]
    print("update_function_code: DARK = 100 becomes DARK = 30")
    client.update_function_code(
        FunctionName="new_light_lvl", ZipFile=package(path, lambda text: text.replace("DARK = 100", "DARK = 30"))
    )
    expect(invoke("new_light_lvl", [42])["lights"], "off")
else:
    names = sorted(each["FunctionName"] for each in client.list_functions()["Functions"])
    expect(names, sorted(FUNCTIONS))
    expect(invoke("new_light_lvl", [42])["lights"], "off")
