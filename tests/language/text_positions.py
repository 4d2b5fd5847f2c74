# Positions in text beyond ASCII: forwards, backwards, by steps, in two texts at once, after it grew.
state = 7


def some(limit):
    global state
    state = (state * 1103515245 + 12345) % 2147483648
    return state // 65536 % limit


def check(n):
    chars = ["aé漢😀b"[some(5)] for _ in range(n)]
    text = "".join(chars)
    back = "".join(reversed(chars))
    seen = 0
    for _ in range(60):
        i, j = some(2 * n) - n, some(2 * n + 6) - n - 3
        step = (1, 1, 1, 2, -1, -3, 5)[some(7)]
        assert text[i] == chars[i] and back[-1 - i] == chars[i]
        assert text[i:j:step] == "".join(chars[i:j:step]), (n, i, j, step)
        assert len(text) == len(back) == n
        at = text.find("漢", max(i, 0))
        assert at == next((x for x in range(max(i, 0), n) if chars[x] == "漢"), -1), (n, i)
        seen += at
    text += "é"
    assert len(text) == n + 1 and text[n] == "é" and text[-2] == chars[-1]
    return seen


for n in (3, 33, 64, 65, 130):
    print(n, check(n))
try:
    ("é" * 70)[70]
except IndexError as error:
    print(error)
