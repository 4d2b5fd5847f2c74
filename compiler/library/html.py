"""Text for HTML and out of it. Of the named characters those of HTML 4 are known."""

import re as _re


def escape(s, quote=True):
    s = s.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if quote:
        s = s.replace('"', "&quot;").replace("'", "&#x27;")
    return s


_LATIN = """nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute
micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil
Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute
Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute
icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml""".split()
_PLAIN = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "AMP": "&", "LT": "<", "GT": ">", "QUOT": '"', "COPY": "\xa9",
    "REG": "\xae"}
_OTHERS = {"apos": "'", "OElig": "\u0152", "oelig": "\u0153", "Scaron": "\u0160", "scaron": "\u0161", "Yuml": "\u0178",
    "fnof": "\u0192", "circ": "\u02c6", "tilde": "\u02dc", "Alpha": "\u0391", "Beta": "\u0392", "Gamma": "\u0393",
    "Delta": "\u0394", "Epsilon": "\u0395", "Zeta": "\u0396", "Eta": "\u0397", "Theta": "\u0398", "Iota": "\u0399",
    "Kappa": "\u039a", "Lambda": "\u039b", "Mu": "\u039c", "Nu": "\u039d", "Xi": "\u039e", "Omicron": "\u039f",
    "Pi": "\u03a0", "Rho": "\u03a1", "Sigma": "\u03a3", "Tau": "\u03a4", "Upsilon": "\u03a5", "Phi": "\u03a6",
    "Chi": "\u03a7", "Psi": "\u03a8", "Omega": "\u03a9", "alpha": "\u03b1", "beta": "\u03b2", "gamma": "\u03b3",
    "delta": "\u03b4", "epsilon": "\u03b5", "zeta": "\u03b6", "eta": "\u03b7", "theta": "\u03b8", "iota": "\u03b9",
    "kappa": "\u03ba", "lambda": "\u03bb", "mu": "\u03bc", "nu": "\u03bd", "xi": "\u03be", "omicron": "\u03bf",
    "pi": "\u03c0", "rho": "\u03c1", "sigmaf": "\u03c2", "sigma": "\u03c3", "tau": "\u03c4", "upsilon": "\u03c5",
    "phi": "\u03c6", "chi": "\u03c7", "psi": "\u03c8", "omega": "\u03c9", "ensp": "\u2002", "emsp": "\u2003",
    "thinsp": "\u2009", "zwnj": "\u200c", "zwj": "\u200d", "lrm": "\u200e", "rlm": "\u200f", "ndash": "\u2013",
    "mdash": "\u2014", "lsquo": "\u2018", "rsquo": "\u2019", "sbquo": "\u201a", "ldquo": "\u201c", "rdquo": "\u201d",
    "bdquo": "\u201e", "dagger": "\u2020", "Dagger": "\u2021", "bull": "\u2022", "hellip": "\u2026", "permil": "\u2030",
    "prime": "\u2032", "Prime": "\u2033", "lsaquo": "\u2039", "rsaquo": "\u203a", "oline": "\u203e", "frasl": "\u2044",
    "euro": "\u20ac", "image": "\u2111", "real": "\u211c", "trade": "\u2122", "larr": "\u2190", "uarr": "\u2191",
    "rarr": "\u2192", "darr": "\u2193", "harr": "\u2194", "lArr": "\u21d0", "uArr": "\u21d1", "rArr": "\u21d2",
    "dArr": "\u21d3", "hArr": "\u21d4", "forall": "\u2200", "part": "\u2202", "exist": "\u2203", "empty": "\u2205",
    "nabla": "\u2207", "isin": "\u2208", "notin": "\u2209", "ni": "\u220b", "prod": "\u220f", "sum": "\u2211",
    "minus": "\u2212", "lowast": "\u2217", "radic": "\u221a", "prop": "\u221d", "infin": "\u221e", "ang": "\u2220",
    "and": "\u2227", "or": "\u2228", "cap": "\u2229", "cup": "\u222a", "int": "\u222b", "there4": "\u2234",
    "sim": "\u223c", "cong": "\u2245", "asymp": "\u2248", "ne": "\u2260", "equiv": "\u2261", "le": "\u2264",
    "ge": "\u2265", "sub": "\u2282", "sup": "\u2283", "nsub": "\u2284", "sube": "\u2286", "supe": "\u2287",
    "oplus": "\u2295", "otimes": "\u2297", "perp": "\u22a5", "sdot": "\u22c5", "loz": "\u25ca", "spades": "\u2660",
    "clubs": "\u2663", "hearts": "\u2665", "diams": "\u2666"}
_WINDOWS = "\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f" \
    "\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178"


def _bare(name):
    """The character of a name that needs no semicolon."""
    if name in _PLAIN:
        return _PLAIN[name]
    return chr(0xA0 + _LATIN.index(name)) if name in _LATIN else None


def _numeric(number):
    if number == 0 or 0xD800 <= number <= 0xDFFF or number > 0x10FFFF:
        return "\ufffd"
    if number == 0x0D:
        return "\r"
    if 0x80 <= number <= 0x9F:
        return _WINDOWS[number - 0x80]
    if 0x1 <= number <= 0x8 or 0xE <= number <= 0x1F or number in (0xB, 0x7F) or 0xFDD0 <= number <= 0xFDEF \
            or number & 0xFFFE == 0xFFFE:
        return ""
    return chr(number)


def _character(match):
    text = match.group(1)
    if text[0] == "#":
        if text[1] in "xX":
            return _numeric(int(text[2:].rstrip(";"), 16))
        return _numeric(int(text[1:].rstrip(";")))
    if text[-1] == ";":
        found = _bare(text[:-1]) or _OTHERS.get(text[:-1])
        if found:
            return found
    for end in range(len(text), 1, -1):
        found = _bare(text[:end])
        if found:
            return found + text[end:]
    return "&" + text


def unescape(s):
    if "&" not in s:
        return s
    return _re.sub(r"&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)", _character, s)
