def handler(event, context):
    return event.strip()


class Texts:
    def join(self):
        return [text for text in "ab"]
