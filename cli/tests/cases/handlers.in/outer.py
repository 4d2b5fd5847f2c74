def handler(event, context):
    if event:
        x = 1
      return x
