# Configuration from texts and dicts, with interpolation, written back, and what is wrong with some.
import configparser
import io

parser = configparser.ConfigParser()
parser.read_string("""
[DEFAULT]
home: /srv
[pump]
Path = %(home)s/pump
speed = 3
on = yes
notes = one
  two

[empty]
""")
pump = parser["pump"]
print(parser.sections(), dict(pump), pump, len(parser), "pump" in parser, "DEFAULT" in parser)
print(parser.getint("pump", "speed"), pump.getboolean("on"), pump.getfloat("missing", 1.5), pump.get("missing"))
print(parser.get("pump", "path", raw=True), parser.options("empty"), parser.has_option("pump", "PATH"))
parser["valve"] = {"Open": 1}
del parser["empty"]
out = io.StringIO()
parser.write(out)
print(out.getvalue())


def fails(call):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, "|", error, "|", error.args)


fails(lambda: parser.get("pump", "missing"))
fails(lambda: parser.get("nowhere", "x"))
fails(lambda: parser["nowhere"])
fails(lambda: parser.getint("pump", "on"))
fails(lambda: parser.getboolean("pump", "speed"))
fails(lambda: parser.set("pump", "x", 5))
fails(lambda: parser.set("pump", "x", "5%"))
fails(lambda: parser.add_section("pump"))
for text in ["x = 1", "[a]\nx=1\nx=2", "[a]\n[a]", "[a]\nword", "[a]\nx=%(y)s", "[a]\nx=%(x)s", "[a]\nx=%"]:
    def read():
        made = configparser.ConfigParser()
        made.read_string(text)
        return dict(made["a"])

    fails(read)
