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


def digits(event, context):
    return [10**40, 1e22, 1e-7, -0.0]
