"""Handlers that misbehave."""


def forever(event, context):
    while True:
        pass


def memory(event, context):
    kept = []
    while True:
        kept.append("x" * 100)


def deep(event, context):
    return deep(event, context)


def no_json(event, context):
    return {1, 2}


def raises(event, context):
    return 1 // event["n"]
