//! Imports of what cannot be here, in packages that others wrote: importing it is nothing, using it is an error.
//!
//! A package imports `argparse` for a command of its own and `pickle` for a method that few call. In CPython both are
//! there, so the import itself must not fail; the first use says that there is no such module.

use crate::front::ast;
use crate::front::snippet as parsed;
use crate::names;
use crate::supply;
use ast::Stmt;

const ABSENT: &str = "_absent";

/// What the library has for packages of modules that are absent: what there is to be had of them.
const PARTS: &[(&str, &str, &[&str])] = &[("unicodedata", "_unicodedata", &["normalize"])];

/// The part of an absent module.
fn part(module: &str) -> Option<(&'static str, &'static [&'static str])> {
    PARTS.iter().find(|(name, ..)| *name == module).map(|(_, part, names)| (*part, *names))
}

/// Modules of CPython 3.11's library.
const STANDARD: &str = "\
    abc aifc argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii bisect builtins bz2 \
    cProfile calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall concurrent \
    configparser contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm decimal \
    difflib dis distutils doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput \
    fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq \
    hmac html http imaplib imghdr imp importlib inspect io ipaddress itertools json keyword linecache locale \
    logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc nis \
    nntplib nt ntpath nturl2path numbers opcode operator optparse os ossaudiodev pathlib pdb pickle pickletools \
    pipes pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc \
    pydoc_data pyexpat queue quopri random re readline reprlib resource rlcompleter runpy sched secrets select \
    selectors shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile \
    sre_constants sre_parse ssl stat statistics string stringprep struct subprocess sunau symtable sys sysconfig \
    syslog tabnanny tarfile telnetlib tempfile termios textwrap threading time timeit token tokenize tomllib trace \
    traceback tracemalloc tty types typing unicodedata unittest urllib uu uuid venv warnings wave weakref \
    webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport zlib zoneinfo \
    ";

/// Binds what imports at the top level of a module bring that can't be here. `is_there` tells which modules are.
pub(crate) fn absent(body: &mut Vec<Stmt>, is_there: &dyn Fn(&str) -> bool) {
    let is_absent = |module: &str| {
        let first = module.split('.').next().unwrap_or(module);
        let is_known = names::unsupported_module(module).is_some() || STANDARD.split(' ').any(|name| name == first);
        is_known && !is_there(module)
    };
    let mut is_any = false;
    let statements = std::mem::take(body);
    for statement in statements {
        let bound = match &statement {
            Stmt::Import(node) if node.names.iter().any(|alias| is_absent(&alias.name)) => {
                node.names.iter().map(|alias| one(alias, &is_absent)).collect()
            }
            Stmt::ImportFrom(node) if node.level == 0 => match node.module.as_deref() {
                Some(module) if is_absent(module) => {
                    let bind = |alias: &ast::Alias| {
                        let bound = alias.asname.as_ref().unwrap_or(&alias.name);
                        match part(module).filter(|(_, names)| names.contains(&alias.name.as_str())) {
                            Some((part, _)) => format!("from {part} import {} as {bound}\n", alias.name),
                            None => format!("{bound} = {ABSENT}(\"{module}\")\n"),
                        }
                    };
                    node.names.iter().map(bind).collect()
                }
                _ => String::new(),
            },
            _ => String::new(),
        };
        if bound.is_empty() {
            body.push(statement);
        } else {
            body.extend(parsed(&bound));
            is_any = true;
        }
    }
    if is_any {
        let at = supply::start(body);
        body.splice(at..at, parsed(&format!("from _absent import absent as {ABSENT}\n")));
    }
}

/// The statement for one name of an `import`.
fn one(alias: &ast::Alias, is_absent: &dyn Fn(&str) -> bool) -> String {
    let module = alias.name.as_str();
    if let (Some((part, _)), true) = (part(module), is_absent(module)) {
        return format!("import {part} as {}\n", alias.asname.as_ref().unwrap_or(&alias.name));
    }
    match (&alias.asname, is_absent(module)) {
        (Some(name), true) => format!("{name} = {ABSENT}(\"{module}\")\n"),
        (None, true) => {
            let first = module.split('.').next().unwrap_or(module);
            format!("{first} = {ABSENT}(\"{module}\")\n")
        }
        (Some(name), false) => format!("import {module} as {name}\n"),
        (None, false) => format!("import {module}\n"),
    }
}
