import device

device.set_pin_high(2)


def handler(event, context):
    return 1
