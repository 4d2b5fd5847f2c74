//! The library: modules of Python's own library that are written in Python, in `compiler/library/`.
//!
//! A file of the package with the same name wins, as a file beside a program does in CPython. Of a library module only
//! the definitions that the program reaches are compiled in; [`crate::reach`] finds them.

use crate::source::SourceFile;
use std::collections::BTreeMap;
use std::sync::LazyLock;

macro_rules! library {
    ($($path:literal)*) => {
        /// Path below `compiler/library/` and text of each file.
        const FILES: &[(&str, &str)] = &[$(($path, include_str!(concat!("../library/", $path)))),*];
    };
}

library! {
    "_absent.py"
    "_compiled.py"
    "_derived.py"
    "_json.py"
    "_metaclass.py"
    "_namespace.py"
    "_redirected.py"
    "_supplied.py"
    "_thread.py"
    "_time.py"
    "_trace.py"
    "_unicodedata.py"
    "_weakref.py"
    "abc.py"
    "array.py"
    "asyncio.py"
    "base64.py"
    "binascii.py"
    "bisect.py"
    "boto3/__init__.py"
    "boto3/resources.py"
    "botocore/__init__.py"
    "botocore/_client.py"
    "botocore/_lambda.py"
    "botocore/_lambda_model.py"
    "botocore/_s3.py"
    "botocore/_s3_model.py"
    "botocore/_xml.py"
    "botocore/exceptions.py"
    "botocore/response.py"
    "builtins.py"
    "calendar.py"
    "collections/__init__.py"
    "collections/abc.py"
    "concurrent/__init__.py"
    "cmath.py"
    "codecs.py"
    "concurrent/futures/__init__.py"
    "configparser.py"
    "contextlib.py"
    "contextvars.py"
    "copy.py"
    "csv.py"
    "dataclasses.py"
    "datetime.py"
    "decimal.py"
    "difflib.py"
    "email/__init__.py"
    "email/utils.py"
    "enum.py"
    "errno.py"
    "fnmatch.py"
    "fractions.py"
    "functools.py"
    "gc.py"
    "graphlib.py"
    "gzip.py"
    "hashlib.py"
    "heapq.py"
    "hmac.py"
    "html.py"
    "http/__init__.py"
    "importlib/__init__.py"
    "importlib/metadata.py"
    "inspect.py"
    "ipaddress.py"
    "io.py"
    "itertools.py"
    "json/decoder.py"
    "json/encoder.py"
    "keyword.py"
    "linecache.py"
    "logging.py"
    "mimetypes.py"
    "numbers.py"
    "operator.py"
    "os/__init__.py"
    "os/path.py"
    "pathlib.py"
    "platform.py"
    "pprint.py"
    "queue.py"
    "random.py"
    "re.py"
    "secrets.py"
    "shlex.py"
    "statistics.py"
    "string.py"
    "struct.py"
    "sys.py"
    "textwrap.py"
    "threading.py"
    "traceback.py"
    "types.py"
    "typing.py"
    "timeit.py"
    "tomllib.py"
    "urllib/__init__.py"
    "urllib/parse.py"
    "uuid.py"
    "warnings.py"
    "weakref.py"
    "xml/__init__.py"
    "xml/etree/ElementTree.py"
    "xml/etree/__init__.py"
    "xml/sax/__init__.py"
    "xml/sax/saxutils.py"
    "zlib.py"
    "zoneinfo.py"
}

static MODULES: LazyLock<BTreeMap<String, SourceFile>> = LazyLock::new(|| {
    let file = |(path, text): &(&str, &str)| {
        let stem = path.strip_suffix(".py").unwrap_or(path);
        let is_package = stem.ends_with("/__init__");
        let module = stem.strip_suffix("/__init__").unwrap_or(stem).replace('/', ".");
        let name = format!("{}{path}", nano_wire::symbols::LIBRARY);
        (module.clone(), SourceFile { name, module, is_package, text: (*text).to_string() })
    };
    FILES.iter().map(file).collect()
});

/// The file of a library module.
pub(crate) fn file(module: &str) -> Option<&'static SourceFile> {
    MODULES.get(module)
}

/// The file with what a builtin module has besides what is built in: `_time.py` for `time`.
pub(crate) fn supplement(module: &str) -> Option<&'static SourceFile> {
    MODULES.get(&format!("_{module}")).filter(|file| file.module != "_iotpy")
}

/// Is it a file of the library?
pub(crate) fn is_library(file: &SourceFile) -> bool {
    file.name.starts_with(nano_wire::symbols::LIBRARY)
}

/// Classes that CPython has in C: its messages name them with their module.
const IN_C: &[(&str, &[&str])] = &[
    ("array", &["array"]),
    ("collections", &["OrderedDict", "defaultdict", "deque"]),
    ("datetime", &["date", "datetime", "time", "timedelta", "timezone", "tzinfo"]),
    ("decimal", &["Context", "Decimal"]),
    ("functools", &["partial"]),
    ("itertools", &["chain", "count", "groupby", "repeat"]),
    ("operator", &["attrgetter", "itemgetter", "methodcaller"]),
    ("re", &["Match", "Pattern"]),
    ("types", &["SimpleNamespace"]),
];

/// What messages call a class of a module.
pub(crate) fn name_in_messages(file: &SourceFile, class: &str) -> String {
    let is_in_c = |(module, names): &(&str, &[&str])| *module == file.module && names.contains(&class);
    let dotted = is_library(file) && IN_C.iter().any(is_in_c);
    if dotted { format!("{}.{class}", file.module) } else { class.to_string() }
}

/// Dotted names of all modules, without those that are meant for the library itself.
pub fn modules() -> impl Iterator<Item = &'static str> {
    MODULES.keys().map(String::as_str).filter(|name| !name.split('.').any(|part| part.starts_with('_')))
}
