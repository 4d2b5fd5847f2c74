//! `multipart/form-data` bodies (RFC 7578): the fields before the file, and the file as it comes.

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt};
use s3s::{Body, S3Error, S3Result, s3_error};

use super::error::other;

/// Bytes of all fields before the file, as on AWS: they are held before it is known who sends them.
const MOST_FIELD_BYTES: usize = 20 << 10;

/// A form whose file has yet to come.
pub(super) struct Form {
    fields: Vec<(String, String)>,
    /// The name that the file has where it comes from; empty if it has none.
    pub filename: String,
    /// Content-Type of the file's part.
    pub file_type: Option<String>,
    rest: Rest,
}

/// What is left of the body.
struct Rest {
    body: Body,
    buffer: BytesMut,
    /// `\r\n--boundary`
    delimiter: Vec<u8>,
}

fn malformed() -> S3Error {
    s3_error!(MalformedPOSTRequest, "The body of your POST request is not well-formed multipart/form-data.")
}

fn too_large() -> S3Error {
    // S3 answers by this name, which is not quite the one in its documentation.
    let message = "Your POST request fields preceding the upload file were too large.";
    other("MaxPostPreDataLengthExceeded", http::StatusCode::BAD_REQUEST, message)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// The boundary in a `Content-Type: multipart/form-data; boundary=...`.
pub(super) fn boundary(content_type: &str) -> Option<String> {
    let mut parts = content_type.split(';').map(str::trim);
    if !parts.next()?.eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        let value = value.trim_matches('"');
        (name.eq_ignore_ascii_case("boundary") && !value.is_empty() && value.len() <= 200).then(|| value.to_owned())
    })
}

impl Rest {
    /// Takes in more; whether there was any.
    async fn fill(&mut self) -> S3Result<bool> {
        match self.body.next().await {
            Some(Ok(bytes)) => {
                self.buffer.extend_from_slice(&bytes);
                Ok(true)
            }
            Some(Err(_)) => Err(s3_error!(IncompleteBody, "The request body terminated unexpectedly")),
            None => Ok(false),
        }
    }

    /// Everything up to a mark, which is taken away too.
    async fn until(&mut self, mark: &[u8], budget: &mut usize) -> S3Result<Bytes> {
        let mut searched = 0;
        loop {
            let from = searched.min(self.buffer.len());
            if let Some(at) = find(self.buffer.get(from..).unwrap_or_default(), mark) {
                let found = self.buffer.split_to(from + at).freeze();
                let _ = self.buffer.split_to(mark.len());
                *budget = budget.checked_sub(found.len() + mark.len()).ok_or_else(too_large)?;
                return Ok(found);
            }
            if self.buffer.len() > *budget {
                return Err(too_large());
            }
            searched = (self.buffer.len() + 1).saturating_sub(mark.len());
            if !self.fill().await? {
                return Err(malformed());
            }
        }
    }

    /// The next bytes of the file; none at its end.
    async fn next_of_file(&mut self) -> S3Result<Option<Bytes>> {
        loop {
            if let Some(at) = find(&self.buffer, &self.delimiter) {
                return Ok((at > 0).then(|| self.buffer.split_to(at).freeze()));
            }
            let safe = (self.buffer.len() + 1).saturating_sub(self.delimiter.len());
            if safe > 0 {
                return Ok(Some(self.buffer.split_to(safe).freeze()));
            }
            if !self.fill().await? {
                return Err(malformed());
            }
        }
    }
}

/// `name` and `filename` of a part, and its own Content-Type.
fn describe(headers: &str) -> (String, Option<String>, Option<String>) {
    let (mut name, mut filename, mut content_type) = (String::new(), None, None);
    for line in headers.split("\r\n") {
        let Some((header, value)) = line.split_once(':') else { continue };
        if header.eq_ignore_ascii_case("content-type") {
            content_type = Some(value.trim().to_owned());
        }
        if !header.eq_ignore_ascii_case("content-disposition") {
            continue;
        }
        for parameter in value.split(';') {
            match parameter.trim().split_once('=') {
                Some((key, value)) if key.eq_ignore_ascii_case("name") => {
                    value.trim_matches('"').clone_into(&mut name);
                }
                Some((key, value)) if key.eq_ignore_ascii_case("filename") => {
                    filename = Some(value.trim_matches('"').to_owned());
                }
                _ => {}
            }
        }
    }
    (name, filename, content_type)
}

impl Form {
    /// Reads the fields up to the file.
    pub async fn read(body: Body, boundary: &str) -> S3Result<Self> {
        let delimiter = format!("\r\n--{boundary}").into_bytes();
        // The first boundary has no line end before it.
        let mut rest = Rest { body, buffer: BytesMut::from(&b"\r\n"[..]), delimiter: delimiter.clone() };
        let mut budget = MOST_FIELD_BYTES;
        rest.until(&delimiter, &mut budget).await?;
        let mut fields = vec![];
        loop {
            let after = rest.until(b"\r\n", &mut budget).await?;
            if after.starts_with(b"--") {
                return Err(s3_error!(
                    IncorrectNumberOfFilesInPostRequest,
                    "POST requires exactly one file upload per request."
                ));
            }
            let headers = rest.until(b"\r\n\r\n", &mut budget).await?;
            let headers = String::from_utf8_lossy(&headers).into_owned();
            let (name, filename, content_type) = describe(&headers);
            if name.eq_ignore_ascii_case("file") {
                let filename = filename.unwrap_or_default();
                // Some browsers send the whole path.
                let filename = filename.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
                return Ok(Self { fields, filename, file_type: content_type, rest });
            }
            let value = rest.until(&delimiter, &mut budget).await?;
            fields.push((name, String::from_utf8(value.to_vec()).map_err(|_| malformed())?));
        }
    }

    /// A field by name, whatever its case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// All fields, as they are written.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Gives a field another value.
    pub fn set(&mut self, name: &str, value: &str) {
        for (field, old) in &mut self.fields {
            if field.eq_ignore_ascii_case(name) {
                value.clone_into(old);
            }
        }
    }

    /// The file.
    pub fn file(self) -> impl Stream<Item = Result<Bytes, S3Error>> + Send + 'static {
        futures::stream::try_unfold(self.rest, |mut rest| async move {
            Ok(rest.next_of_file().await?.map(|bytes| (bytes, rest)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{FutureExt, TryStreamExt};

    type Parsed = (Vec<(String, String)>, String, Vec<u8>);

    fn parse(text: &[u8]) -> S3Result<Parsed> {
        let read = async {
            let form = Form::read(Body::from(text.to_vec()), "xyz").await?;
            let (fields, filename) = (form.fields.clone(), form.filename.clone());
            let file: Vec<Bytes> = Box::pin(form.file()).try_collect().await?;
            Ok((fields, filename, file.concat()))
        };
        read.now_or_never().unwrap()
    }

    #[test]
    fn fields_and_a_file() {
        let text = b"--xyz\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\na/b\r\n--xyz\r\n\
            Content-Disposition: form-data; name=\"file\"; filename=\"C:\\x\\y.txt\"\r\nContent-Type: text/plain\r\n\r\n\
            line\r\n--xy\r\nend\r\n--xyz--\r\n";
        let (fields, filename, file) = parse(text).unwrap();
        assert_eq!(fields, [("key".to_owned(), "a/b".to_owned())]);
        assert_eq!((filename.as_str(), file.as_slice()), ("y.txt", &b"line\r\n--xy\r\nend"[..]));
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for bad in [
            &b""[..],
            b"--xyz--\r\n",
            b"--xyz\r\n\r\n",
            b"--xyz\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nnever ends",
        ] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn fields_that_are_too_large_are_refused() {
        let field = |bytes: usize| {
            let value = "x".repeat(bytes);
            let text = format!(
                "--xyz\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n{value}\r\n--xyz\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nf\r\n--xyz--\r\n"
            );
            parse(text.as_bytes()).map_err(|error| error.code().as_str().to_owned())
        };
        assert!(field(20_000).is_ok());
        assert_eq!(field(30_000).unwrap_err(), "MaxPostPreDataLengthExceeded");
    }

    #[test]
    fn boundaries() {
        assert_eq!(boundary("multipart/form-data; boundary=abc").as_deref(), Some("abc"));
        assert_eq!(boundary("Multipart/Form-Data; charset=x; Boundary=\"a b\"").as_deref(), Some("a b"));
        assert_eq!(boundary("text/plain; boundary=abc"), None);
        assert_eq!(boundary("multipart/form-data"), None);
    }
}
