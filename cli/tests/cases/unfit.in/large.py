from enum import Enum


class State(Enum):
    IDLE = "idle"
    BUSY = "busy"


def handler(event, context):
    return State(event).name
