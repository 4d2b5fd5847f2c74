def text(name, value, width):
    return f"{name!r:>{width}}: {value:.2f}{name} {value=} {{}}"


def pieces(s, i):
    return s[1:i], s[:-1], s[::2], s[0], s[i], b"\x00\xff"
