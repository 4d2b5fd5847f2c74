"""Text in lines: every option, and words of all kinds."""

import textwrap

TEXTS = [
    "Hello there -- you goof-ball, use the -b option!",
    "a-b c_d supercalifragilistic well-known x--y end--of line's 1-2 ab-1 don't-you e-mail-me Re-re-read",
    "The quick brown fox. It jumps over\tthe lazy dog!  Twice?\n\nNew 'paragraph.' here \"and.\" now",
    "   leading and trailing   ", "", "x" * 30, "----- --a --- b-- --", "ünïcode-wörter straße-straße 日本語 テスト", "a  b   c    d",
    "foo/bar/baz-qux.tar.gz --option=long-value -x",
]


def show(function, *args, **kwargs):
    try:
        print(function(*args, **kwargs))
    except Exception as error:
        print(type(error).__name__, error)


for text in TEXTS:
    for width in (1, 3, 8, 15, 40):
        show(textwrap.wrap, text, width)
    for options in (
        {"break_long_words": False}, {"drop_whitespace": False}, {"break_on_hyphens": False}, {"replace_whitespace": False},
        {"expand_tabs": False}, {"fix_sentence_endings": True}, {"max_lines": 2}, {"max_lines": 1, "placeholder": "..."},
        {"initial_indent": "* ", "subsequent_indent": "    "}, {"tabsize": 3}, {"max_lines": 2, "initial_indent": "> "},
        {"break_long_words": False, "break_on_hyphens": False, "drop_whitespace": False},
    ):
        show(textwrap.wrap, text, 12, **options)
        show(textwrap.fill, text, 20, **options)
    for width in (5, 12, 30):
        show(textwrap.shorten, text, width)
        show(textwrap.shorten, text, width, placeholder="~")
show(textwrap.wrap, "a", 0)
show(textwrap.wrap, "abc def", 4, max_lines=1)
wrapper = textwrap.TextWrapper(width=10, max_lines=2)
wrapper.subsequent_indent = "  "
print(wrapper.wrap("some words that go on"), wrapper.fill("short"))
print(repr(textwrap.dedent("  a\n    b\n \n  c")), repr(textwrap.dedent("\ta\n  b")), repr(textwrap.indent("a\n\n b\n", "> ")))
