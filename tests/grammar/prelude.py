budget = 150


def tick():
    global budget
    budget -= 1
    return budget > 0


def canon(value, depth=0):
    kind = type(value)
    if kind is set or kind is frozenset:
        return kind.__name__ + "{" + ", ".join(sorted([canon(x, depth + 1) for x in value])) + "}"
    if depth < 5:
        if kind is list:
            return "[" + ", ".join([canon(x, depth + 1) for x in value]) + "]"
        if kind is tuple:
            return "(" + ", ".join([canon(x, depth + 1) for x in value]) + ",)"
        if kind is dict:
            return "{" + ", ".join([canon(k) + ": " + canon(v, depth + 1) for k, v in value.items()]) + "}"
    text = repr(value)
    return text[:text.find(" at 0x")] if " at 0x" in text else text


def say(error):
    text = str(error)
    print(type(error).__name__, "|", text[:text.find(" at 0x")] if " at 0x" in text else text)


def show(function):
    try:
        print(canon(function()))
    except Exception as error:
        say(error)


def change(value, function):
    result = function(value)
    return result, value


# Says that the program has complex numbers: powers may be some.
complex
