import math


def tail(event, context):
    return math.erfc(event).hex().translate({46: ","})
