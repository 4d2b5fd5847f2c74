//! Where a bucket is to be: regions as S3's model of its interface names them, and what a request's own region lets it ask for.

use http::{Method, Request};
use s3s::{Body, S3Result, s3_error};

use super::host::has_key;
use crate::lambda::DEFAULT_REGION;
use crate::server::signed_region;

/// What `LocationConstraint` may be. The region where buckets are unless their maker says otherwise is named by leaving it out.
const REGIONS: [&str; 38] = [
    "EU",
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
];

/// The region that a request for a new bucket is signed for.
#[derive(Debug, Clone)]
pub(super) struct SignedRegion(String);

impl SignedRegion {
    /// Keeps it with the request, before the signature is taken off.
    pub fn note(request: &mut Request<Body>) {
        if request.method() != Method::PUT || has_key(request.uri(), request.headers()) {
            return;
        }
        if let Some(region) = signed_region(request.uri(), request.headers()) {
            request.extensions_mut().insert(Self(region));
        }
    }
}

/// The region of a new bucket. One region's endpoint makes buckets of that region, and that of the first one makes them anywhere.
pub(super) fn region_of_new(stated: Option<&str>, signed: Option<&SignedRegion>) -> S3Result<String> {
    let here = signed.map_or(DEFAULT_REGION, |region| region.0.as_str());
    let incompatible = |what: &str| {
        s3_error!(
            IllegalLocationConstraintException,
            "The {what} location constraint is incompatible for the region specific endpoint this request was sent to."
        )
    };
    match stated.filter(|region| !region.is_empty()) {
        None if here == DEFAULT_REGION || !REGIONS.contains(&here) => Ok(DEFAULT_REGION.to_owned()),
        None => Err(incompatible("unspecified")),
        Some(region) if !REGIONS.contains(&region) => {
            Err(s3_error!(InvalidLocationConstraint, "The specified location-constraint is not valid"))
        }
        Some(region) if here == DEFAULT_REGION || here == region || (region, here) == ("EU", "eu-west-1") => {
            Ok(region.to_owned())
        }
        Some(region) => Err(incompatible(region)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_where_their_makers_are() {
        let made = |stated, signed: Option<&str>| {
            let signed = signed.map(|region| SignedRegion(region.to_owned()));
            region_of_new(stated, signed.as_ref()).map_err(|error| error.code().as_str().to_owned())
        };
        let (illegal, invalid) =
            (Err("IllegalLocationConstraintException".to_owned()), Err("InvalidLocationConstraint".to_owned()));
        for (stated, signed, expected) in [
            (None, None, Ok("us-east-1")),
            (Some(""), None, Ok("us-east-1")),
            (None, Some("us-east-1"), Ok("us-east-1")),
            (Some("eu-west-1"), Some("us-east-1"), Ok("eu-west-1")),
            (Some("eu-west-1"), Some("eu-west-1"), Ok("eu-west-1")),
            (Some("EU"), Some("eu-west-1"), Ok("EU")),
            // Names that only other stores have: they are nowhere in particular.
            (None, Some("auto"), Ok("us-east-1")),
        ] {
            assert_eq!(made(stated, signed), expected.map(str::to_owned), "{stated:?} {signed:?}");
        }
        for (stated, signed, expected) in [
            (Some("us-east-1"), Some("us-east-1"), &invalid),
            (Some("mars-1"), None, &invalid),
            (Some("eu-west-1;"), Some("eu-west-1"), &invalid),
            (None, Some("eu-west-1"), &illegal),
            (Some("us-west-2"), Some("eu-west-1"), &illegal),
            (Some("EU"), Some("eu-west-2"), &illegal),
        ] {
            assert_eq!(made(stated, signed), *expected, "{stated:?} {signed:?}");
        }
    }
}
