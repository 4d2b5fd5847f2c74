import device


def new_light_lvl(payload, ctx):
    if payload[0] > 100:
        device.set_pin_high(2)
    else:
        device.set_pin_low(2)
