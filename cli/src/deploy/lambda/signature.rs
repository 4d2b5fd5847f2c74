//! Signature Version 4 (AWS General Reference, "Create a signed AWS API request") of a request without a query.

use super::credentials::Credentials;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const SERVICE: &str = "lambda";

/// The headers that sign a request of (method, host, path) made at `now_s`, unix seconds.
pub fn headers(
    credentials: &Credentials,
    region: &str,
    (method, host, path): (&str, &str, &str),
    body: &[u8],
    now_s: u64,
) -> Vec<(&'static str, String)> {
    let time = time(now_s);
    let day = &time[..8];
    let mut signed = vec![("host", host.to_owned()), ("x-amz-date", time.clone())];
    signed.extend(credentials.session.as_ref().map(|token| ("x-amz-security-token", token.clone())));
    let lines: String = signed.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let names: Vec<&str> = signed.iter().map(|(name, _)| *name).collect();
    let names = names.join(";");
    let request = format!("{method}\n{path}\n\n{lines}\n{names}\n{}", hex(&Sha256::digest(body)));
    let scope = format!("{day}/{region}/{SERVICE}/aws4_request");
    let text = format!("{ALGORITHM}\n{time}\n{scope}\n{}", hex(&Sha256::digest(request)));
    let key = [day, region, SERVICE, "aws4_request"]
        .iter()
        .fold(format!("AWS4{}", credentials.secret).into_bytes(), |key, part| mac(&key, part.as_bytes()));
    let signature = hex(&mac(&key, text.as_bytes()));
    let access = &credentials.access;
    let authorization =
        format!("{ALGORITHM} Credential={access}/{scope}, SignedHeaders={names}, Signature={signature}");
    signed.remove(0);
    signed.push(("authorization", authorization));
    signed
}

fn mac(key: &[u8], data: &[u8]) -> Vec<u8> {
    // A key of HMAC may have any length.
    Hmac::<Sha256>::new_from_slice(key)
        .map_or_else(|_| Vec::new(), |mac| mac.chain_update(data).finalize().into_bytes().to_vec())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// `20261121T034400Z`, by the proleptic Gregorian calendar.
fn time(unix_s: u64) -> String {
    let (days, second) = (unix_s / 86_400, unix_s % 86_400);
    // From 0000-03-01 on, in cycles of 400 years; a year begins in March, so that the leap day is its last.
    let day = days + 719_468;
    let (cycle, day) = (day / 146_097, day % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + cycle * 400 + u64::from(month <= 2);
    format!("{year:04}{month:02}{day:02}T{:02}{:02}{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_calendars_do() {
        assert_eq!(time(0), "19700101T000000Z");
        assert_eq!(time(951_782_399), "20000228T235959Z");
        assert_eq!(time(951_782_400), "20000229T000000Z");
        assert_eq!(time(1_440_938_160), "20150830T123600Z");
        assert_eq!(time(4_107_542_400), "21000301T000000Z");
    }

    #[test]
    fn a_signature_covers_host_time_and_token() {
        let credentials =
            Credentials { access: "AKIDEXAMPLE".into(), secret: "wJalrXUtnFEMI".into(), session: Some("T".into()) };
        let made = headers(&credentials, "us-east-1", ("GET", "h", "/p"), b"", 1_440_938_160);
        let (_, authorization) = made.last().unwrap();
        let scope = "Credential=AKIDEXAMPLE/20150830/us-east-1/lambda/aws4_request";
        assert!(authorization.contains(scope) && authorization.contains("host;x-amz-date;x-amz-security-token"));
        let other = headers(&credentials, "us-east-1", ("GET", "h", "/q"), b"", 1_440_938_160);
        assert_ne!(made.last(), other.last());
    }
}
