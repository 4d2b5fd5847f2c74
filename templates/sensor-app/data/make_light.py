"""Makes light.csv: a plausible day of light levels, not a measured one. The same every time it is run."""

import math
import random

random.seed(7)
with open("light.csv", "w") as file:
    file.write("# A plausible day, made by make_light.py; every row is one sample of ADC0 (0..1023), five minutes apart.\n")
    file.write("level\n")
    cloud = 0.0
    for minute in range(0, 24 * 60, 5):
        sun = math.sin(math.pi * (minute / 60 - 6) / 12)  # up from 6 to 18 h
        cloud = 0.9 * cloud + random.gauss(0, 0.08)
        level = 30 + 900 * max(sun, 0.0) * (1 - min(max(cloud, 0.0), 0.8)) + random.gauss(0, 6)
        file.write(f"{min(max(round(level), 0), 1023)}\n")
