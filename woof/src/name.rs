//! Names and addresses of `WooFs`: `namespace/name` and `woof://host[:port]/namespace/name`.

use core::fmt;

/// The most bytes in a namespace or a name.
pub const LONGEST_NAME: usize = 64;

/// Where a `WooF` is within one store. Both parts are 1 to 64 of `A-Z a-z 0-9 _ - .`, and the first is no dot
/// and no hyphen: safe as a file name, in a URI and on a command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WoofName<'a> {
    namespace: &'a str,
    name: &'a str,
}

/// Why text is not a name or an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NameError {
    /// A namespace or name is empty, too long, or has a character that is not allowed.
    Part,
    /// Not `namespace/name`.
    Shape,
    /// Does not begin with `woof://`.
    Scheme,
    /// The host is empty or has a character that is not allowed.
    Host,
    /// The port is not 1..65535.
    Port,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Part => "a namespace or name is 1 to 64 letters, digits, '_', '-' or '.', and begins with a letter, digit or '_'",
            Self::Shape => "expected namespace/name",
            Self::Scheme => "expected woof://host[:port]/namespace/name",
            Self::Host => "the host is empty or has a character that hosts don't have",
            Self::Port => "the port is not a number from 1 to 65535",
        })
    }
}

impl core::error::Error for NameError {}

/// Whether `part` may be a namespace or a name.
#[must_use]
pub fn is_name(part: &str) -> bool {
    let mut bytes = part.bytes();
    part.len() <= LONGEST_NAME
        && bytes.next().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
}

impl<'a> WoofName<'a> {
    /// Checks both parts.
    pub fn new(namespace: &'a str, name: &'a str) -> Result<Self, NameError> {
        if is_name(namespace) && is_name(name) { Ok(Self { namespace, name }) } else { Err(NameError::Part) }
    }

    /// Parses `namespace/name`.
    pub fn parse(text: &'a str) -> Result<Self, NameError> {
        let (namespace, name) = text.split_once('/').ok_or(NameError::Shape)?;
        if name.contains('/') {
            return Err(NameError::Shape);
        }
        Self::new(namespace, name)
    }

    /// The part before the slash.
    #[must_use]
    pub const fn namespace(&self) -> &'a str {
        self.namespace
    }

    /// The part after the slash.
    #[must_use]
    pub const fn name(&self) -> &'a str {
        self.name
    }
}

impl fmt::Display for WoofName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// Address of a `WooF` anywhere: `woof://host[:port]/namespace/name`.
///
/// ```
/// let uri = nano_woof::WoofUri::parse("woof://walkway.local:4566/lights/level")?;
/// assert_eq!((uri.host, uri.port), ("walkway.local", Some(4566)));
/// assert_eq!(uri.woof.name(), "level");
/// assert_eq!(uri.to_string(), "woof://walkway.local:4566/lights/level");
/// # Ok::<(), nano_woof::NameError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WoofUri<'a> {
    /// A host name, an IPv4 address, or an IPv6 address in brackets.
    pub host: &'a str,
    /// The port, when it is not the default one.
    pub port: Option<u16>,
    /// Which `WooF` there.
    pub woof: WoofName<'a>,
}

impl<'a> WoofUri<'a> {
    /// Parses a complete address.
    pub fn parse(text: &'a str) -> Result<Self, NameError> {
        let (host, port, path) = authority(text)?;
        Ok(Self { host, port, woof: WoofName::parse(path)? })
    }
}

impl fmt::Display for WoofUri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_authority(f, self.host, self.port)?;
        write!(f, "/{}", self.woof)
    }
}

/// Address of a host or of a namespace there, for listings: `woof://host[:port][/[namespace[/]]]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WoofPlace<'a> {
    /// As in [`WoofUri`].
    pub host: &'a str,
    /// The port, when it is not the default one.
    pub port: Option<u16>,
    /// The namespace, or all of them.
    pub namespace: Option<&'a str>,
}

impl<'a> WoofPlace<'a> {
    /// Parses the address of a host or a namespace.
    pub fn parse(text: &'a str) -> Result<Self, NameError> {
        let (host, port, path) = authority(text)?;
        let namespace = path.strip_suffix('/').unwrap_or(path);
        match namespace {
            "" => Ok(Self { host, port, namespace: None }),
            _ if is_name(namespace) => Ok(Self { host, port, namespace: Some(namespace) }),
            _ => Err(NameError::Part),
        }
    }
}

impl fmt::Display for WoofPlace<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_authority(f, self.host, self.port)?;
        write!(f, "/{}", self.namespace.unwrap_or_default())
    }
}

fn authority(text: &str) -> Result<(&str, Option<u16>, &str), NameError> {
    let rest = text.strip_prefix("woof://").ok_or(NameError::Scheme)?;
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let after_address = authority.rfind(']').map_or(0, |at| at.saturating_add(1));
    let colon =
        authority.get(after_address..).and_then(|tail| tail.rfind(':')).map(|at| after_address.saturating_add(at));
    let (host, port) = match colon {
        None => (authority, None),
        Some(at) => {
            let (host, port) = authority.split_at_checked(at).ok_or(NameError::Host)?;
            let digits = port.get(1..).filter(|d| d.bytes().all(|b| b.is_ascii_digit())).ok_or(NameError::Port)?;
            let port: u16 = digits.parse().map_err(|_| NameError::Port)?;
            if port == 0 {
                return Err(NameError::Port);
            }
            (host, Some(port))
        }
    };
    let plain = |h: &str| h.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    let valid = match host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        Some(address) => address.parse::<core::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && plain(host),
    };
    if valid { Ok((host, port, path)) } else { Err(NameError::Host) }
}

fn write_authority(f: &mut fmt::Formatter<'_>, host: &str, port: Option<u16>) -> fmt::Result {
    write!(f, "woof://{host}")?;
    port.map_or(Ok(()), |port| write!(f, ":{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_that_are_refused() {
        let long = "a".repeat(65);
        for bad in ["", ".", "..", ".x", "-x", "a/b", "a b", "a\0", "é", "a%2f", long.as_str()] {
            assert_eq!(WoofName::new("ns", bad), Err(NameError::Part), "{bad:?}");
            assert_eq!(WoofName::new(bad, "name"), Err(NameError::Part), "{bad:?}");
        }
        assert_eq!(WoofName::parse("only"), Err(NameError::Shape));
        assert_eq!(WoofName::parse("a/b/c"), Err(NameError::Shape));
        assert!(WoofName::new("_logs", "a.b-c_D9").is_ok());
    }

    #[test]
    fn uris_that_are_refused() {
        for (text, error) in [
            ("http://h/a/b", NameError::Scheme),
            ("woof:///a/b", NameError::Host),
            ("woof://h h/a/b", NameError::Host),
            ("woof://[::1/a/b", NameError::Host),
            ("woof://[fe80::zz]/a/b", NameError::Host),
            ("woof://u@h/a/b", NameError::Host),
            ("woof://h:/a/b", NameError::Port),
            ("woof://h:0/a/b", NameError::Port),
            ("woof://h:+1/a/b", NameError::Port),
            ("woof://h:65536/a/b", NameError::Port),
            ("woof://h", NameError::Shape),
            ("woof://h/a", NameError::Shape),
            ("woof://h/a/", NameError::Part),
            ("woof://h/a/b/c", NameError::Shape),
        ] {
            assert_eq!(WoofUri::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn uris_read_back_as_written() {
        for text in ["woof://h/a/b", "woof://127.0.0.1:4566/a/b", "woof://[::1]:80/a/b", "woof://[::1]/a/b"] {
            assert_eq!(WoofUri::parse(text).unwrap().to_string(), text);
        }
        let place = WoofPlace::parse("woof://h:1/").unwrap();
        assert_eq!((place.host, place.port, place.namespace), ("h", Some(1), None));
        assert_eq!(WoofPlace::parse("woof://h").unwrap().to_string(), "woof://h/");
        assert_eq!(WoofPlace::parse("woof://h/ns/").unwrap().namespace, Some("ns"));
        assert_eq!(WoofPlace::parse("woof://h/ns/x"), Err(NameError::Part));
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_or_refused(text in "(woof://)?[a-z0-9:/\\[\\]._é-]{0,40}") {
            if let Ok(uri) = WoofUri::parse(&text) {
                let printed = uri.to_string();
                prop_assert_eq!(WoofUri::parse(&printed), Ok(uri));
            }
            let _ = WoofPlace::parse(&text);
        }
    }
}
