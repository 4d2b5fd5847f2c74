# JMESPath: its table of functions is filled when a class of its metaclass is made.
import jmespath
from jmespath import exceptions, functions

DATA = {
    "sensors": [
        {"name": "roof", "value": 21.5, "tags": ["out", "hot"], "at": {"x": 1, "y": 2}},
        {"name": "cellar", "value": 11, "tags": ["in"], "at": {"x": 3, "y": None}},
        {"name": "attic", "value": 30, "tags": [], "at": None},
    ],
    "counts": {"a": 3, "b": 1, "c": 2},
    "empty": [],
    "text": "été",
}
for expression in (
    "sensors[0].name", "sensors[-1].value", "sensors[*].name", "sensors[?value > `20`].name", "sensors[].tags[]", "sensors[].at.x",
    "counts.*", "sort(counts.*)", "keys(counts)", "values(counts)", "length(sensors)", "max_by(sensors, &value).name",
    "min_by(sensors, &value).name", "sort_by(sensors, &value)[].name", "sum(sensors[].value)", "avg(sensors[].value)",
    "join(', ', sensors[].name)", "sensors[].{n: name, v: value}", "sensors[].[name, value]", "sensors[1:].name", "sensors[::-1].name",
    "contains(text, 't')", "starts_with(text, 'é')", "reverse(text)", "length(text)", "to_string(counts)", "to_number('12.5')",
    "type(sensors)", "type(missing)", "not_null(missing, counts.a)", "merge(counts, `{\"d\": 4}`)", "map(&name, sensors)",
    "sensors[?contains(tags, 'in')] | [0].name", "!empty", "empty || 'none'", "counts.a && counts.b", "@.counts.a", "abs(`-3`)",
    "ceil(`1.2`)", "floor(`1.8`)", "sensors[?at.y == `null`].name", "sensors[?name == 'roof' || value < `12`].name", "\"text\"", "`[1, 2]`",
    "group_by(sensors, &name)", "foo.bar.baz", "sensors[*].at.y", "ends_with(text, 'é')", "to_array('x')", "sensors[?tags].name",
    "sort(`[3, \"a\"]`)", "abs('x')", "unknown(@)", "length()", "sensors[", "a b", "'open", "sensors[0", "max(`[]`)", "sum(`[\"a\"]`)",
    "foo.`1`", "", "sensors[0:1:0]", "@@", "sort_by(sensors, &at)", "join(',', `[1]`)",
):
    try:
        print(expression, "->", jmespath.search(expression, DATA))
    except (exceptions.JMESPathError, ValueError) as error:
        print(expression, "!!", type(error).__name__, str(error).splitlines()[0])


class Own(functions.Functions):
    @functions.signature({"types": ["number"]}, {"types": ["number"]})
    def _func_plus(self, a, b):
        return a + b

    @functions.signature({"types": ["string"]})
    def _func_shout(self, text):
        return text.upper()


options = jmespath.Options(custom_functions=Own())
print(jmespath.search("plus(counts.a, counts.b)", DATA, options=options), jmespath.search("shout(text)", DATA, options=options))
print("plus" in functions.Functions.FUNCTION_TABLE, "plus" in Own.FUNCTION_TABLE, len(Own.FUNCTION_TABLE) - len(functions.Functions.FUNCTION_TABLE))
compiled = jmespath.compile("sensors[?value > `15`] | length(@)")
print(compiled.search(DATA), compiled.expression, compiled.parsed["type"], isinstance(Own(), functions.Functions), isinstance(5, functions.Functions))
