//! Which names a bucket may have.

use s3s::validation::{AwsNameValidation, NameValidation};

/// The rules of AWS: those that `s3s` knows, and the ones on dots and reserved endings.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct BucketNames;

impl NameValidation for BucketNames {
    fn validate_bucket_name(&self, name: &str) -> bool {
        AwsNameValidation::new().validate_bucket_name(name)
            && !name.contains(".-")
            && !name.contains("-.")
            && !["-s3alias", "--ol-s3", ".mrap", "--x-s3"].iter().any(|ending| name.ends_with(ending))
            && !["sthree-", "amzn-s3-demo-"].iter().any(|beginning| name.starts_with(beginning))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_aws_takes_them() {
        for good in ["abc", "my.bucket-1", "0-1"] {
            assert!(BucketNames.validate_bucket_name(good), "{good}");
        }
        for bad in ["ab", "Abc", "a_b", "-abc", "abc-", "a..b", "a.-b", "a-.b", "10.0.0.1", "xn--a", "a-s3alias"] {
            assert!(!BucketNames.validate_bucket_name(bad), "{bad}");
        }
    }
}
