# Packages that make and read text: tabulate, chevron, pystache, semver, inflection.
import tabulate
import chevron
import pystache
import semver
import inflection


def show(function):
    try:
        print(function())
    except Exception as error:
        print(type(error).__name__, error)


rows = [["Sun", 696000, 1989100000], ["Earth", 6371, 5973.6], ["Mööön", 1737, 73.5], [None, "x", -1.25]]
for fmt in ("plain", "simple", "grid", "github", "pipe", "orgtbl", "jira", "presto", "pretty", "psql", "rst", "mediawiki", "html", "latex", "tsv", "fancy_grid", "rounded_outline", "double_grid", "outline", "heavy_grid", "youtrack", "textile", "unsafehtml", "asciidoc"):
    show(lambda: tabulate.tabulate(rows, headers=["Planet", "R (km)", "mass"], tablefmt=fmt))
show(lambda: tabulate.tabulate({"a": [1, 2], "b": [3.14159, 2.5]}, headers="keys", floatfmt=".2f", showindex=True))
show(lambda: tabulate.tabulate([{"x": 1, "y": "t"}, {"x": 22}], headers="keys", missingval="?", numalign="left", stralign="right"))
show(lambda: tabulate.tabulate([["a\nb", "long text here that wraps"]], tablefmt="grid", maxcolwidths=[None, 10]))
show(lambda: tabulate.tabulate([], headers=["a"]))
show(lambda: tabulate.tabulate([[1, 2]], headers="firstrow"))
show(lambda: chevron.render("Hello {{name}}! {{#items}}- {{.}}\n{{/items}}{{^none}}nothing{{/none}} {{{raw}}} {{&raw}} {{esc}} {{a.b.c}} {{! c }}", {"name": "W", "items": [1, "b"], "raw": "<b>", "esc": "<&\">", "a": {"b": {"c": 5}}}))
show(lambda: chevron.render("{{#a}}{{>p}}{{/a}} {{=<% %>=}}<% x %>", {"a": [{"n": 1}, {"n": 2}], "x": "D"}, partials_dict={"p": "[{{n}}]"}))
show(lambda: chevron.render("{{#a}}", {}))
show(lambda: pystache.render("Hi {{person}} {{#l}}<{{.}}>{{/l}}{{^m}}no{{/m}}", {"person": "Mom & <Dad>", "l": [1, 2]}))
show(lambda: semver.Version.parse("1.2.3-pre.2+build.4"))
show(lambda: semver.Version.parse("1.2"))
show(lambda: repr(semver.VersionInfo(1, 2, 3).bump_minor()))
show(lambda: semver.Version.parse("1.0.0-rc.1") < semver.Version.parse("1.0.0"))
show(lambda: semver.Version.parse("3.4.5").match(">=3.0.0"))
show(lambda: max(map(semver.Version.parse, ["1.10.0", "1.9.0"])))
show(lambda: semver.Version.parse("3.4.5-rc.1").bump_prerelease())
show(lambda: semver.Version(1).to_dict())
show(lambda: [inflection.pluralize(w) for w in ("post", "octopus", "sheep", "CamelOctopus", "person", "quiz")])
show(lambda: [inflection.singularize(w) for w in ("posts", "octopi", "people", "mice")])
show(lambda: (inflection.camelize("device_type"), inflection.underscore("HTTPDeviceType"), inflection.humanize("employee_salary_id"), inflection.titleize("man from the boondocks"), inflection.ordinalize(1003), inflection.dasherize("a_b"), inflection.tableize("RawScaledScorer"), inflection.parameterize("Donald E. Knuth") if False else 0))
