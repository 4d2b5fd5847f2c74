import device
import json


def note(event, context):
    before = device.latest("notes")
    sequence = device.append("notes", json.dumps(event))
    return [before, sequence, device.latest("notes")[1].decode()]
