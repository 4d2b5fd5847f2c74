"""Light control for a walkway: lights on when it gets dark, and a summary of the day at the edge.

`new_light_lvl` is the handler of Figure 3 of the NanoLambda paper. It runs on the device, on every sample; the same
file runs unchanged at the edge and in the cloud.
"""

import device

LIGHTS = 2  # the pin that switches them
DARK = 100  # light level, 0 (dark) to 1023 (the sensor's limit)


def new_light_lvl(payload, ctx):
    """Switches the lights. `payload` is what was appended to the log: `[level]`."""
    level = payload[0]
    if level < DARK:
        device.set_pin_high(LIGHTS)
        return {"level": level, "lights": "on"}
    device.set_pin_low(LIGHTS)
    return {"level": level, "lights": "off"}


def summarise(payload, ctx):
    """Sums up the samples since the last time. `payload` is a list of them, oldest first."""
    levels = [sample[0] for sample in payload]
    dark = sum(1 for level in levels if level < DARK)
    return {
        "samples": len(levels),
        "lowest": min(levels),
        "highest": max(levels),
        "mean": round(sum(levels) / len(levels), 1),
        "dark_percent": round(100 * dark / len(levels)),
    }
