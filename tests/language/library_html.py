# Texts for HTML.
import html

print(html.escape("<a href='x'>\"&\"</a>"), html.escape("'\"", quote=False))
for text in ["&lt;&gt;&amp;", "&#65;&#x42;&#x43", "&eacute;&euro;&copy", "&unknown;", "&#0;&#128;&#xD800;", "&amp", "&ltx",
             "&notit;", "a & b", "&apos;&nbsp;|", "&#1;&#13;", "&lt", "&hellip;&hellip", "&frac12;", "&#99999999;"]:
    print(ascii(html.unescape(text)))
