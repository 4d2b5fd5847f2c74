"""Makes vibration.csv: plausible accelerometer data of a motor whose bearing fails towards the end; not measured.

Also prints the reference distribution that maintenance.py holds: magnitudes of a healthy window, sorted.
"""

import math
import random

random.seed(11)
WINDOW = 32
WINDOWS = 60
FAILING = 45  # from this window on


def sample(window, tick):
    wear = max(window - FAILING + 1, 0) / (WINDOWS - FAILING)
    hum = 0.15 * math.sin(tick * 0.9)
    knock = wear * 1.6 * (1.0 if tick % 7 == 0 else 0.35 * random.random())
    return [
        round(random.gauss(0, 0.08 + 0.25 * wear) + hum + knock, 4),
        round(random.gauss(0, 0.08 + 0.25 * wear) - hum, 4),
        round(1.0 + random.gauss(0, 0.05 + 0.2 * wear) + knock, 4),
    ]


with open("vibration.csv", "w") as file:
    file.write("# Plausible vibration in g, made by make_vibration.py; every row is one sample, 20 ms apart.\n")
    file.write("x,y,z\n")
    for window in range(WINDOWS):
        for tick in range(WINDOW):
            file.write(",".join(str(value) for value in sample(window, tick)) + "\n")

reference = sorted(round(math.sqrt(sum(v * v for v in sample(0, tick))), 4) for tick in range(WINDOW))
print(reference)
