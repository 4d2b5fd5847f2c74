"""Predictive maintenance: does this window of vibration look like the healthy motor's?

The two-sample Kolmogorov-Smirnov test of the NanoLambda paper over accelerometer windows of 32 samples. Where the
probability that both come from one distribution falls below a threshold, the bearing is reported.
"""

import math

# Magnitudes of a healthy window in g, sorted (data/make_vibration.py printed them).
REFERENCE = [
    0.9117, 0.9207, 0.9251, 0.9441, 0.9618, 0.9657, 0.9745, 0.977,
    0.9778, 0.991, 0.9929, 0.9964, 1.0002, 1.0005, 1.0029, 1.0146,
    1.0165, 1.0266, 1.0288, 1.0291, 1.0295, 1.0351, 1.0425, 1.0467,
    1.0577, 1.0618, 1.0667, 1.0764, 1.0764, 1.088, 1.117, 1.133,
]
ALARM = 0.001


def magnitudes(window):
    return [math.sqrt(x * x + y * y + z * z) for x, y, z in window]


def probability(lam):
    """The Kolmogorov distribution's tail at `lam`."""
    a2 = -2.0 * lam * lam
    factor = 2.0
    total = 0.0
    last = 0.0
    for j in range(1, 101):
        term = factor * math.exp(a2 * j * j)
        total += term
        size = abs(term)
        if size <= 0.001 * last or size <= 1e-8 * total:
            return total
        factor = -factor
        last = size
    return 1.0


def ks_test(a, b):
    """Largest distance of the two distributions (both sorted), and its probability."""
    i = j = 0
    distance = 0.0
    while i < len(a) and j < len(b):
        x = a[i]
        y = b[j]
        if x <= y:
            i += 1
        if y <= x:
            j += 1
        distance = max(distance, abs(i / len(a) - j / len(b)))
    n = math.sqrt(len(a) * len(b) / (len(a) + len(b)))
    return distance, probability((n + 0.12 + 0.11 / n) * distance)


def check_bearing(payload, ctx):
    """`payload` is a window of samples `[x, y, z]`, oldest first."""
    distance, p = ks_test(REFERENCE, sorted(magnitudes(payload)))
    return {"distance": distance, "probability": p, "alarm": p < ALARM}
