//! When a request was signed, as Signature Version 4 writes it into what is signed.

use http::{HeaderMap, HeaderName, header};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use time::macros::offset;

/// The header that says so in the form in which it is signed.
pub(crate) const AMZ_DATE: HeaderName = HeaderName::from_static("x-amz-date");

/// `20260830T123600Z`: of `X-Amz-Date`, or of `Date` where that is all there is; clients that were given a `Date` of their
/// own send nothing else. `None` where neither is one (AWS General Reference, "Elements of an AWS API request signature").
pub(crate) fn signing_date(headers: &HeaderMap) -> Option<String> {
    let text = |name: &HeaderName| headers.get(name)?.to_str().ok();
    if let Some(date) = text(&AMZ_DATE) {
        return Some(date.to_owned());
    }
    let date = text(&header::DATE)?;
    // Some write the other header's form here, too.
    if date.len() == 16 && date.ends_with('Z') && date.as_bytes()[8] == b'T' {
        return Some(date.to_owned());
    }
    // HTTP's form of a date, and mail's, which Python's library writes: "-0000" for "GMT".
    basic(OffsetDateTime::parse(date, &Rfc2822).ok()?.to_offset(offset!(UTC)))
}

/// ISO 8601 without separators. `None` before the year 0 and after 9999.
pub(crate) fn basic(time: OffsetDateTime) -> Option<String> {
    let year = u16::try_from(time.year()).ok().filter(|year| *year <= 9999)?;
    let (month, day) = (u8::from(time.month()), time.day());
    Some(format!("{year:04}{month:02}{day:02}T{:02}{:02}{:02}Z", time.hour(), time.minute(), time.second()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_is_taken_where_there_is_no_other() {
        let date = |pairs: &[(&'static str, &str)]| {
            let headers = pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
            signing_date(&headers.collect())
        };
        let http = "Sun, 30 Aug 2015 12:36:00 GMT";
        assert_eq!(date(&[("date", http)]).as_deref(), Some("20150830T123600Z"));
        assert_eq!(date(&[("date", "Sun, 30 Aug 2015 12:36:00 -0000")]).as_deref(), Some("20150830T123600Z"));
        assert_eq!(date(&[("date", "Sun, 30 Aug 2015 14:36:00 +0200")]).as_deref(), Some("20150830T123600Z"));
        assert_eq!(date(&[("date", "20150830T123600Z")]).as_deref(), Some("20150830T123600Z"));
        assert_eq!(date(&[("date", http), ("x-amz-date", "20160830T123600Z")]).as_deref(), Some("20160830T123600Z"));
        for bad in ["", "yesterday", "2015-08-30", "Sun, 30 Aug 2015", "\u{e9}\u{e9}\u{e9}\u{e9}T12345Z"] {
            assert_eq!(date(&[("date", bad)]), None, "{bad}");
        }
        assert_eq!(date(&[]), None);
    }
}
