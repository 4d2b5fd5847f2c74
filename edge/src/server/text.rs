//! Percent-encoding in paths and queries.

use http::Uri;

/// A percent-encoded text. What is no encoding stays as it is.
pub(crate) fn decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digits = bytes.get(at + 1..at + 3).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        if let Some(decoded) = digits.filter(|_| *byte == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            out.push(decoded);
            at += 3;
        } else {
            out.push(*byte);
            at += 1;
        }
    }
    String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// The first value of a parameter of the query.
pub(super) fn query(uri: &Uri, name: &str) -> Option<String> {
    uri.query()?.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(key) == name).then(|| decoded(&value.replace('+', " ")))
    })
}

/// All parameters of the query, in order.
pub(crate) fn query_pairs(uri: &Uri) -> Vec<(String, String)> {
    let pairs = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(&value.replace('+', " ")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_undone() {
        assert_eq!(decoded("arn%3Aaws%3alambda"), "arn:aws:lambda");
        assert_eq!(decoded("100%"), "100%");
        assert_eq!(decoded("%+1%zz%é"), "%+1%zz%é");
        let uri: Uri = "/x?a=1&Qualifier=%24LATEST&b".parse().unwrap();
        assert_eq!(query(&uri, "Qualifier").as_deref(), Some("$LATEST"));
        assert_eq!(query(&uri, "b").as_deref(), Some(""));
        assert_eq!(query(&uri, "c"), None);
    }
}
