def handler(event, context):
    if event["level"] < 100
        return 1
