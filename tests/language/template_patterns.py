# Templates with placeholders of their own.
from string import Template


def show(f):
    try:
        print(f())
    except Exception as error:
        print(type(error).__name__, error)


class Dotted(Template):
    idpattern = r"[a-z][._a-z0-9]*"


class Exact(Template):
    flags = 0
    idpattern = "[a-z]+"
    braceidpattern = "[A-Z]+"


class Percent(Template):
    delimiter = "%%"


class At(Template):
    pattern = r"(?P<escaped>@{2})|@(?P<named>[a-z]+)|@{(?P<braced>[a-z]+)}|(?P<invalid>@)"


values = {"a.b": 1, "name": "x", "BIG": 3, "foo": 4}
print(Dotted("$a.b ${a.b} $$ $name").substitute(values))
print(Exact("$foo ${BIG}").substitute(values))
show(lambda: Exact("line\n $FOO").substitute(values))
print(Exact("$FOO ${foo} $foo").safe_substitute(values))
print(Percent("%%name %%%% %%{name} %").substitute(values))
print(At("@name @@ @{foo} $foo").substitute(values), At("@ @gone").safe_substitute(values))
show(lambda: At("@gone").substitute(values))
print(Template("$name $1").safe_substitute(values), Template.pattern.findall("$a ${b}"))
print(Dotted("$a.b $$ ${name}").get_identifiers(), Exact("$FOO").is_valid(), Exact("$foo").is_valid())
