//! AWS's other services: who the caller is (STS), what a stack has (CloudFormation), roles (IAM), and an honest answer for the rest.

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use http_body_util::{BodyExt, Limited};

use super::answer::{Broken, ERROR_TYPE, REQUEST_ID, Request, Response, full};
use super::asking::Caller;
use super::text::decoded;
use super::{cloudformation, cloudwatch, iam};
use crate::edge::Edge;
use crate::lambda::{ACCOUNT, ApiError};
use crate::s3::user_id;

const JSON: &str = "application/x-amz-json-1.1";

/// Most bytes of a request: a megabyte of events, however it is escaped.
const MOST_REQUEST_BYTES: usize = 8 << 20;

/// Answers a request to another service.
pub(super) async fn answer(edge: &Edge, service: &str, region: &str, request: Request) -> Result<Response, Broken> {
    let request_id = edge.world().uuid();
    let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok()).map(str::to_owned);
    let is_json = target.is_some();
    let caller =
        request.extensions().get::<Caller>().and_then(|caller| Some((caller.arn.clone()?, caller.access_key.clone())));
    let body = match Limited::new(request.into_body(), MOST_REQUEST_BYTES).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => return Err(Broken::by(error)),
    };
    if let Some(operation) = target.as_deref().and_then(|target| target.strip_prefix("Logs_20140328.")) {
        let (edge, region, operation) = (edge.clone(), region.to_owned(), operation.to_owned());
        let answered = tokio::task::spawn_blocking(move || cloudwatch::answer(&edge, &region, &operation, &body)).await;
        let (status, body) = answered.map_err(Broken::by)?;
        return Ok(respond(status, JSON, &request_id, body));
    }
    let form = String::from_utf8_lossy(&body).into_owned();
    let action = form.split('&').find_map(|pair| pair.strip_prefix("Action="));
    if service == "sts" && action == Some("GetCallerIdentity") {
        let (arn, id) = caller.map_or_else(
            || (format!("arn:aws:iam::{ACCOUNT}:root"), ACCOUNT.to_owned()),
            |(arn, access_key)| (arn, user_id(&access_key)),
        );
        let body = format!(
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
             <Arn>{arn}</Arn><UserId>{id}</UserId><Account>{ACCOUNT}</Account>\
             </GetCallerIdentityResult><ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>\
             </GetCallerIdentityResponse>"
        );
        return Ok(respond(StatusCode::OK, "text/xml", &request_id, body));
    }
    if service == "cloudformation"
        && let Some(body) = cloudformation::answer(edge, &pairs(&form), &request_id)
    {
        return Ok(respond(StatusCode::OK, "text/xml", &request_id, body));
    }
    if service == "iam" && !is_json {
        let edge = edge.clone();
        let id = request_id.clone();
        let answered = tokio::task::spawn_blocking(move || iam::answer(&edge, &pairs(&form), &id)).await;
        return Ok(match answered.map_err(Broken::by)? {
            Ok(body) => respond(StatusCode::OK, "text/xml", &request_id, body),
            Err(iam::Refused(status, code, message)) => {
                respond(status, "text/xml", &request_id, xml_error(code, &message, &request_id))
            }
        });
    }
    let message = format!("The service {service} is not implemented. There are s3, lambda, logs, iam and sts.");
    if is_json {
        let body = serde_json::json!({"__type": "NotImplementedException", "message": message}).to_string();
        return Ok(respond(StatusCode::NOT_IMPLEMENTED, JSON, &request_id, body));
    }
    let body = xml_error("NotImplemented", &message, &request_id);
    Ok(respond(StatusCode::NOT_IMPLEMENTED, "text/xml", &request_id, body))
}

/// Names and values of a form.
fn pairs(form: &str) -> Vec<(String, String)> {
    let pairs = form.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decoded(name), decoded(&value.replace('+', " ")))).collect()
}

fn xml_error(code: &str, message: &str, request_id: &str) -> String {
    let text = message.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{text}</Message></Error>\
         <RequestId>{request_id}</RequestId></ErrorResponse>"
    )
}

/// A refusal as the services write it: in JSON those that are asked by a target, in XML those that are asked by forms.
pub(super) fn refuse(error: &ApiError, has_target: bool, request_id: &str) -> Response {
    let (status, code) = (error.kind.status(), error.kind.name());
    if has_target {
        let body = serde_json::json!({"__type": code, "message": error.message}).to_string();
        return respond(status, JSON, request_id, body);
    }
    respond(status, "text/xml", request_id, xml_error(code, &error.message, request_id))
}

fn respond(status: StatusCode, kind: &'static str, request_id: &str, body: impl Into<Bytes>) -> Response {
    let mut response = http::Response::new(full(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if status == StatusCode::NOT_IMPLEMENTED {
        headers.insert(ERROR_TYPE, HeaderValue::from_static("NotImplementedException"));
    }
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, id);
    }
    response
}
