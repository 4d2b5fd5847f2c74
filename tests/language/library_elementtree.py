# XML read, asked and written.
import xml.etree.ElementTree as ET

root = ET.fromstring("""<?xml version="1.0"?>
<!-- stock -->
<stock xmlns:x="http://x" unit="l">
  <item id="1">one &lt; two &#65;<b>bold</b>tail</item>
  <item id="2"><![CDATA[<raw>]]></item><x:item x:a="z"/>
  <tank name="L"><level>1</level></tank><tank name="S"><level>4</level></tank>
</stock>""")
print(repr(root)[:16], root.attrib, len(root), [(e.tag, e.text, e.tail) for e in root.iter("b")])
for path in ["item", "tank[2]/level", "tank[@name='S']", "tank[level='1']", ".//level/..", "{http://x}item", "tank[last()]"]:
    print(path, [(e.tag, e.attrib) for e in root.findall(path)])
print(root.findtext("item"), root.find("none"), root.findtext("none", "default"), "".join(root[0].itertext()))
made = ET.Element("a", {"x": '<"\n>'}, y="1")
ET.SubElement(made, "b", k="é").text = "ü & <"
ET.SubElement(made, "{http://n}c").tail = "t"
print(ET.tostring(made), ET.tostring(made, "unicode"), ET.tostring(made, "utf-8"))
ET.indent(root)
print(ET.tostring(root, "unicode"))
for text in ["", "<a>", "<a></b>", "<a x=1/>", "<a/><b/>", "text", "<a>&foo;</a>", '<a x="1" x="2"/>', "<x:a/>", "<a>\n<b"]:
    try:
        print(ET.fromstring(text))
    except ET.ParseError as error:
        print(error, error.position, error.code)
