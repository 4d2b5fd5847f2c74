"""A full arena for the collector: `nano bench vm` invokes a handler, which fills it, then collects and counts."""


class Reading:
    def __init__(self, number):
        self.name = "sensor-" + str(number)
        self.value = number * 0.37
        self.window = [number * 0.5, number * 0.25, number]
        self.labels = {"unit": "lux", "at": number * 1000}


kept = [None] * 128


def live(event, context):
    """Readings as a handler keeps them, all alive: as many as there is memory for."""
    for index in range(len(kept)):
        kept[index] = None
    count = 0
    try:
        while True:
            kept[count] = Reading(count)
            count += 1
    except MemoryError:
        pass
    return count


def mixed(event, context):
    """The same, and every other one has been given up."""
    count = index = live(event, context)
    while index >= 2:  # not `for`: making its range would collect
        index -= 2
        kept[index] = None
    return count


def dense(event, context):
    """Pairs of pairs, all alive: nothing but objects of two references."""
    for index in range(len(kept)):
        kept[index] = None
    filled = 0
    try:
        while True:
            for index in range(len(kept)):
                kept[index] = (kept[index], kept[index - 1])
            filled += 1
    except MemoryError:
        pass
    return filled
