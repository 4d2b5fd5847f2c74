import math


def plain(event, context):
    return math.sqrt(event)
