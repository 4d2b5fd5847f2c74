# Comma-separated values: reading, writing, dialects, dicts, and what is wrong with them.
import csv
import io


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, e)


def read(text, **options):
    return list(csv.reader(io.StringIO(text), **options))


def write(*rows, **options):
    out = io.StringIO()
    csv.writer(out, **options).writerows(rows)
    return out.getvalue()


texts = [
    "a,b,c\n1,2,3\n", "a,b\r\n\r\nc,d", '"a,b","c""d",e\n', '"multi\nline",x\ny', "", "\n", ",\n", "a,,b,\n", 'a"b,c"\n',
    '"a"b,c\n', "a\rb\n", '"open', "x, y,  z\n", "x\\,y,\\\"z\n", "'a,b',c\n", "a;b\tc|d\n", '1,"2",3.5\n', 'a,"b\\"c"\n',
    '"",""\n', '"a" ,b\n', "é,ü,€\n", "a\\", '"a\\',
]
options = [
    {}, {"delimiter": ";"}, {"delimiter": "\t"}, {"quotechar": "'"}, {"escapechar": "\\"}, {"skipinitialspace": True},
    {"quoting": csv.QUOTE_NONE}, {"quoting": csv.QUOTE_NONNUMERIC}, {"doublequote": False, "escapechar": "\\"},
    {"strict": True}, {"dialect": "excel-tab"}, {"dialect": csv.unix_dialect}, {"quotechar": None, "quoting": 3},
]
for one in options:
    for text in texts:
        show(lambda: read(text, **one))

rows = [
    ["a", 1, 2.5, None, True], ["x,y", 'say "hi"', "line\nbreak", "cr\rx"], [""], [], ["", ""], ["a;b", "c\td", "e'f"],
    ["back\\slash", " space "], (i for i in "xyz"), "text", {"k": 1, "l": 2},
]
for one in options + [{"quoting": csv.QUOTE_ALL}, {"lineterminator": "\n"}, {"quoting": 3, "escapechar": "\\"}]:
    for row in rows:
        show(lambda: write(list(row), **one))
show(lambda: write(5))
show(lambda: csv.writer(io.StringIO()).writerow([1, "b"]))
show(lambda: csv.writer(5))
show(lambda: csv.reader(5))
show(lambda: list(csv.reader([b"a"])))

for one in (
    {"delimiter": ""}, {"delimiter": "ab"}, {"delimiter": 5}, {"delimiter": None}, {"quotechar": "ab"}, {"quotechar": 5},
    {"quotechar": None}, {"quoting": 9}, {"quoting": "x"}, {"escapechar": "xy"}, {"lineterminator": None},
    {"lineterminator": 5}, {"dialect": "unknown"}, {"wrong": 1},
):
    show(lambda: read("a,b\n", **one))


class Semicolon(csv.excel):
    delimiter = ";"
    lineterminator = "\n"


csv.register_dialect("semi", Semicolon)
csv.register_dialect("pipe", delimiter="|", quoting=csv.QUOTE_MINIMAL)
print(sorted(csv.list_dialects()))
show(lambda: (read("a;b\n", dialect="semi"), read("a|b\n", dialect="pipe"), write(["a", "b;c"], dialect=Semicolon())))
show(lambda: read("a|b;c\n", dialect="semi", delimiter="|"))
csv.unregister_dialect("semi")
show(lambda: csv.get_dialect("semi"))
show(lambda: csv.unregister_dialect("semi"))
show(lambda: csv.get_dialect("pipe").delimiter)


class Bad(csv.Dialect):
    delimiter = ","


show(lambda: Bad())

reader = csv.reader(["a,b", '"c', 'd",e'])
print([(row, reader.line_num) for row in reader])
print(csv.field_size_limit(), csv.field_size_limit(5), csv.field_size_limit())
show(lambda: read("abcdefgh,b\n"))
show(lambda: read('"abcdefgh",b\n'))
csv.field_size_limit(131072)

text = "name,age\nAda,36\n\nBob\nCy,7,extra,more\n"
rows = csv.DictReader(io.StringIO(text), restkey="rest", restval="?")
print(rows.fieldnames)
for row in rows:
    print(row, rows.line_num)
print(list(csv.DictReader(["1,2", "3,4"], fieldnames=["x", "y"])))
print(list(csv.DictReader(["1;2"], list("ab"), delimiter=";")), list(csv.DictReader([])))
out = io.StringIO()
writer = csv.DictWriter(out, ["a", "b"], restval="-")
print(writer.writeheader(), writer.writerow({"a": 1}), writer.writerows([{"b": 2, "a": "x,y"}]))
show(lambda: writer.writerow({"a": 1, "z": 2}))
show(lambda: csv.DictWriter(out, ["a"], extrasaction="wrong"))
csv.DictWriter(out, ["a"], extrasaction="ignore", lineterminator="\n").writerow({"a": 1, "z": 2})
print(repr(out.getvalue()))
