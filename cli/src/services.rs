//! What a program run from the command line asks S3 and Lambda by boto3: a running nano, over HTTP.
//!
//! Which one `AWS_ENDPOINT_URL` says, as it does to AWS's own clients; else it is the local one.

use crate::client::Credentials;
use nano_edge::Signer;
use nano_vm::{HostError, ServiceAnswer, ServiceRequest};
use std::time::Duration;

/// Who signs where the user has no credentials: a nano that asks for no keys takes any.
const NOBODY: Signer<'_> = Signer { access_key: "nano", secret: "nano", session: None };

/// Asks the service of the endpoint; `variable` reads the environment.
pub fn ask(
    asked: &ServiceRequest<'_>,
    variable: impl Fn(&str) -> Option<String>,
    now_ms: u64,
) -> Result<ServiceAnswer, HostError> {
    let service = asked.service.split('/').next().unwrap_or_default().to_uppercase();
    let endpoint = variable(&format!("AWS_ENDPOINT_URL_{service}"))
        .or_else(|| variable("AWS_ENDPOINT_URL"))
        .unwrap_or_else(|| crate::client::ENDPOINT.to_owned());
    let endpoint = endpoint.trim_end_matches('/');
    let host = endpoint.split_once("://").map_or(endpoint, |(_, host)| host);
    let credentials = Credentials::find(&variable);
    let signer = credentials.as_ref().map_or(NOBODY, Credentials::signer);
    let region = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
    let region = region.as_deref().unwrap_or(nano_edge::DEFAULT_REGION);
    let mut request = nano_edge::signed_request(asked, host, signer, region, now_ms).ok_or(HostError::Refused)?;
    *request.uri_mut() = format!("{endpoint}{}", request.uri()).parse().map_err(|_| HostError::Refused)?;
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(Duration::from_secs(930)))
        .build()
        .into();
    let answered = if matches!(asked.method, "PUT" | "POST") {
        agent.run(request.map(|body| body.to_vec()))
    } else {
        request.headers_mut().remove("content-length");
        agent.run(request.map(|_| ()))
    };
    let (head, mut body) = answered.map_err(|_| HostError::Unsupported)?.into_parts();
    let body = body.with_config().limit(1 << 30).read_to_vec().map_err(|_| HostError::Refused)?;
    Ok(nano_edge::service_answer(&ureq::http::Response::from_parts(head, body.into()), now_ms))
}
