def handler(event, context):
    return event.translate({97: "b"})
