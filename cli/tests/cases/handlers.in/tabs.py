def handler(event, context):
	if event:
        return 1
