//! `POST` of a browser's form: signature, policy, and the object that it makes.
//!
//! Amazon S3 API Reference, "POST Object".

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures::TryStreamExt;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::StreamBody;
use hyper::body::Frame;
use s3s::auth::{Credentials, SecretKey};
use s3s::dto::{ObjectCannedACL, PutObjectInput, StorageClass, Timestamp, TimestampFormat};
use s3s::xml::Deserializer;
use s3s::{Body, S3Request, S3Result, s3_error};
use sha1::Sha1;
use sha2::Sha256;

use super::cors::bucket_of;
use super::error::{invalid_argument, malformed_xml};
use super::form_policy::FormPolicy;
use super::keys::AccessKeys;
use super::multipart_form::{Form, boundary};
use super::operations::Operations;
use super::put::BodyLength;

/// The boundary of a form and the bucket that it is posted to, if the request is one.
pub(super) fn form_of(request: &Request<Body>) -> Option<(String, String)> {
    if request.method() != Method::POST {
        return None;
    }
    let boundary = boundary(request.headers().get(header::CONTENT_TYPE)?.to_str().ok()?)?;
    let bucket = bucket_of(request.uri(), request.headers())?;
    let path = request.uri().path().trim_matches('/');
    (path.is_empty() || path == bucket).then_some((boundary, bucket))
}

fn hmac_sha256(key: &[u8], data: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
    mac.update(data);
    mac
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some((digit(*high)? << 4 | digit(*low)?) as u8)).collect()
}

/// Who signed a form's policy; nobody, if it has neither.
fn signer(form: &Form, keys: &AccessKeys) -> S3Result<Option<Credentials>> {
    let unknown = || s3_error!(InvalidAccessKeyId, "The AWS Access Key Id you provided does not exist in our records.");
    let wrong = || {
        s3_error!(
            SignatureDoesNotMatch,
            "The request signature we calculated does not match the signature you provided. Check your key and signing method."
        )
    };
    let missing = |field: &str| invalid_argument(format!("Bucket POST must contain a field named '{field}'."));
    let (policy, version_4, version_2) = (form.get("policy"), form.get("x-amz-signature"), form.get("signature"));
    let Some(policy) = policy else {
        return if version_4.or(version_2).is_some() { Err(missing("policy")) } else { Ok(None) };
    };
    if let Some(signature) = version_4 {
        let field = |name: &'static str| form.get(name).ok_or_else(|| missing(name));
        if field("x-amz-algorithm")? != "AWS4-HMAC-SHA256" {
            return Err(invalid_argument("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\""));
        }
        field("x-amz-date")?;
        let mut scope = field("x-amz-credential")?.rsplitn(5, '/');
        let (Some(end), Some(service), Some(region), Some(day), Some(access_key)) =
            (scope.next(), scope.next(), scope.next(), scope.next(), scope.next())
        else {
            return Err(invalid_argument("The X-Amz-Credential field is malformed."));
        };
        let secret = keys.secret(access_key).ok_or_else(unknown)?;
        let mut key = format!("AWS4{}", secret.expose()).into_bytes();
        for part in [day, region, service, end] {
            key = hmac_sha256(&key, part.as_bytes()).finalize().into_bytes().to_vec();
        }
        let signature = unhex(signature).ok_or_else(wrong)?;
        // Compared in constant time.
        hmac_sha256(&key, policy.as_bytes()).verify_slice(&signature).map_err(|_| wrong())?;
        return Ok(Some(credentials(access_key, secret)));
    }
    let access_key = form.get("AWSAccessKeyId").ok_or_else(|| missing("AWSAccessKeyId"))?;
    let signature = version_2.ok_or_else(|| missing("signature"))?;
    let secret = keys.secret(access_key).ok_or_else(unknown)?;
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.expose().as_bytes())
        .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
    mac.update(policy.as_bytes());
    let signature = BASE64.decode(signature.trim()).map_err(|_| wrong())?;
    mac.verify_slice(&signature).map_err(|_| wrong())?;
    Ok(Some(credentials(access_key, secret)))
}

fn credentials(access_key: &str, secret_key: SecretKey) -> Credentials {
    Credentials { access_key: access_key.to_owned(), secret_key }
}

/// The tags of a field `tagging`, which are XML, as a header has them.
fn tagging_header(xml: &str) -> S3Result<String> {
    let mut deserializer = Deserializer::new(xml.as_bytes());
    let tagging: s3s::dto::Tagging =
        s3s::xml::Deserialize::deserialize(&mut deserializer).map_err(|_| malformed_xml())?;
    let encode = |text: Option<String>| {
        text.unwrap_or_default().bytes().fold(String::new(), |mut out, byte| {
            if byte.is_ascii_alphanumeric() {
                out.push(char::from(byte));
            } else {
                out.push_str(&format!("%{byte:02X}"));
            }
            out
        })
    };
    let pairs = tagging.tag_set.into_iter().map(|tag| format!("{}={}", encode(tag.key), encode(tag.value)));
    Ok(pairs.collect::<Vec<_>>().join("&"))
}

/// What a form puts.
fn input(form: &Form, bucket: &str, key: &str) -> S3Result<PutObjectInput> {
    let text = |name: &str| form.get(name).map(str::to_owned);
    let mut input = PutObjectInput { bucket: bucket.to_owned(), key: key.to_owned(), ..PutObjectInput::default() };
    input.acl = text("acl").or_else(|| text("x-amz-acl")).map(ObjectCannedACL::from);
    input.cache_control = text("cache-control");
    input.content_disposition = text("content-disposition");
    input.content_encoding = text("content-encoding");
    input.content_type = text("content-type").or_else(|| form.file_type.clone());
    input.expires = form.get("expires").and_then(|date| Timestamp::parse(TimestampFormat::HttpDate, date).ok());
    input.storage_class = text("x-amz-storage-class").map(StorageClass::from);
    input.website_redirect_location = text("x-amz-website-redirect-location");
    input.server_side_encryption = text("x-amz-server-side-encryption").map(Into::into);
    input.ssekms_key_id = text("x-amz-server-side-encryption-aws-kms-key-id");
    input.sse_customer_algorithm = text("x-amz-server-side-encryption-customer-algorithm");
    input.sse_customer_key = text("x-amz-server-side-encryption-customer-key");
    input.sse_customer_key_md5 = text("x-amz-server-side-encryption-customer-key-md5");
    input.checksum_crc32 = text("x-amz-checksum-crc32");
    input.checksum_crc32c = text("x-amz-checksum-crc32c");
    input.checksum_crc64nvme = text("x-amz-checksum-crc64nvme");
    input.checksum_sha1 = text("x-amz-checksum-sha1");
    input.checksum_sha256 = text("x-amz-checksum-sha256");
    input.tagging = form.get("tagging").map(tagging_header).transpose()?;
    let metadata: std::collections::HashMap<String, String> = form
        .fields()
        .filter_map(|(name, value)| {
            let name = name.to_ascii_lowercase();
            Some((name.strip_prefix("x-amz-meta-")?.to_owned(), value.to_owned()))
        })
        .collect();
    input.metadata = (!metadata.is_empty()).then(|| metadata.into_iter().collect());
    Ok(input)
}

pub(super) fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
        out
    })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Puts what a form posts.
pub(super) async fn post_form(
    operations: &Operations,
    request: Request<Body>,
    boundary: &str,
    bucket: &str,
) -> S3Result<Response<Body>> {
    let (head, body) = request.into_parts();
    let mut form = Form::read(body, boundary).await?;
    let key = form.get("key").filter(|key| !key.is_empty()).ok_or_else(|| {
        invalid_argument(
            "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
        )
    })?;
    let key = key.replace("${filename}", &form.filename);
    if key.len() > 1024 {
        return Err(s3_error!(KeyTooLongError, "Your key is too long"));
    }
    form.set("key", &key);
    let credentials = match &operations.access.keys {
        Some(keys) => signer(&form, keys)?,
        None => None,
    };
    let mut length = BodyLength { least: 0, most: u64::MAX };
    if let Some(policy) = form.get("policy") {
        let policy = FormPolicy::parse(policy)?;
        // The bucket is the one that the form went to, whatever a field says.
        let stated = form.fields().filter(|(name, _)| !name.eq_ignore_ascii_case("bucket"));
        policy.check(stated.chain([("bucket", bucket)]), operations.store.now_ms())?;
        length = BodyLength { least: policy.length.0, most: policy.length.1 };
    }
    operations.access.check_form(credentials.as_ref(), bucket, &key, form.get("acl"), &head.headers)?;
    let input = input(&form, bucket, &key)?;
    let status = form.get("success_action_status").map(str::to_owned);
    let redirect = form.get("success_action_redirect").or_else(|| form.get("redirect")).map(str::to_owned);
    let file = Box::pin(form.file().map_ok(Frame::data));
    let body = Body::http_body_unsync(StreamBody::new(file));
    let mut extensions = http::Extensions::new();
    extensions.insert(length);
    let request = S3Request {
        input: PutObjectInput { body: Some(body.into()), ..input },
        method: head.method,
        uri: head.uri,
        headers: HeaderMap::new(),
        extensions,
        credentials,
        region: None,
        service: None,
        trailing_headers: None,
    };
    let made = operations.put(request).await?.output;
    let etag = made.e_tag.as_ref().map(|tag| tag.value().to_owned()).unwrap_or_default();
    let mut response = answer(status.as_deref(), redirect.as_deref(), bucket, &key, &etag);
    let quoted = HeaderValue::try_from(format!("\"{etag}\""));
    response.headers_mut().extend(quoted.ok().map(|etag| (header::ETAG, etag)));
    if let Some(version) = made.version_id.and_then(|version| HeaderValue::try_from(version).ok()) {
        response.headers_mut().insert(HeaderName::from_static("x-amz-version-id"), version);
    }
    Ok(response)
}

fn answer(status: Option<&str>, redirect: Option<&str>, bucket: &str, key: &str, etag: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    let is_url = |url: &&str| url.starts_with("http://") || url.starts_with("https://");
    if let Some(url) = redirect.filter(is_url) {
        let joint = if url.contains('?') { '&' } else { '?' };
        let target = format!("{url}{joint}bucket={bucket}&key={}&etag=%22{etag}%22", encoded(key));
        if let Ok(target) = HeaderValue::try_from(target) {
            response.headers_mut().insert(header::LOCATION, target);
            *response.status_mut() = StatusCode::SEE_OTHER;
            return response;
        }
    }
    let location = format!("/{bucket}/{}", key.split('/').map(encoded).collect::<Vec<_>>().join("/"));
    *response.status_mut() = match status {
        Some("200") => StatusCode::OK,
        Some("201") => {
            let (key, bucket) = (escaped(key), escaped(bucket));
            *response.body_mut() = Body::from(format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<PostResponse><Location>{}</Location><Bucket>{bucket}</Bucket><Key>{key}</Key><ETag>\"{etag}\"</ETag></PostResponse>",
                escaped(&location)
            ));
            let xml = HeaderValue::from_static("application/xml");
            response.headers_mut().insert(header::CONTENT_TYPE, xml);
            StatusCode::CREATED
        }
        _ => StatusCode::NO_CONTENT,
    };
    response.headers_mut().extend(HeaderValue::try_from(location).ok().map(|at| (header::LOCATION, at)));
    response
}
