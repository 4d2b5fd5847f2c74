"""Text as it may stand in XML."""

import xml.sax.saxutils
from xml.sax.saxutils import escape, quoteattr, unescape

for text in ("a < b & c > d", 'say "hi"', "it's", "both \" and '", "line\nnext\ttab\r", "&amp;lt;", "é ☃", ""):
    print(escape(text), unescape(text), quoteattr(text), escape(text, {"é": "&eacute;", '"': "&quot;"}), unescape(escape(text)) == text)
print(unescape("&apos;&quot;&lt;", {"&apos;": "'", "&quot;": '"'}), quoteattr("a'b", {"b": "&b;"}), xml.sax.saxutils.escape("<"))
