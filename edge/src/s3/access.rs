//! Who may do what: bucket policies, access control lists and owners, when the edge has keys.
//!
//! A denial in the bucket's policy counts most; then what the policy, the owner's own rights or a list allows. What is
//! allowed by none of them is refused.

use std::sync::Arc;

use http::{HeaderMap, Uri};
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::Credentials;
use s3s::dto::{CopyObjectInput, CopySource, PutObjectTaggingInput, UploadPartCopyInput};
use s3s::path::S3Path;
use s3s::{S3Request, S3Result};
use time::format_description::well_known::Rfc3339;

use super::copy::stated_source;
use super::error::access_denied;
use super::grants::allows;
use super::keys::{AccessKeys, user_arn, user_id};
use super::policy::{Context, Policy, Principal, Verdict};
use super::range::Admitted;
use super::settings::{name, read_now};
use crate::lambda::ACCOUNT;
use crate::server::query_pairs;
use crate::store::{Grant, ObjectStore};

/// Decides on requests. Without keys everyone may do everything.
#[derive(Debug, Clone)]
pub(super) struct Access {
    pub store: Arc<ObjectStore>,
    pub keys: Option<AccessKeys>,
}

/// Which list says something about an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listed {
    /// The bucket's, and the permission that is needed there.
    Bucket(&'static str),
    /// The object's.
    Object(&'static str),
    /// None: it is the owner's.
    None,
}

/// A question: may someone do something.
struct Question<'a> {
    who: Option<&'a str>,
    action: &'a str,
    bucket: &'a str,
    key: Option<&'a str>,
    version: Option<&'a str>,
    context: Context,
}

/// Who sent a request, and what conditions may ask about it.
#[derive(Debug, Clone)]
pub(super) struct Asker {
    access_key: Option<String>,
    uri: Uri,
    headers: HeaderMap,
}

impl Asker {
    /// Of a request.
    pub fn of<T>(request: &S3Request<T>) -> Self {
        let access_key = request.credentials.as_ref().map(|credentials| credentials.access_key.clone());
        Self { access_key, uri: request.uri.clone(), headers: request.headers.clone() }
    }

    fn context(&self) -> Context {
        context(&self.uri, &self.headers, self.access_key.is_some())
    }
}

/// The action of IAM for an operation, and the list that says something about it.
fn action(operation: &str, versioned: bool) -> (String, Listed) {
    let (action, listed) = match operation {
        "HeadBucket" | "ListObjects" | "ListObjectsV2" => ("ListBucket", Listed::Bucket("READ")),
        "ListObjectVersions" => ("ListBucketVersions", Listed::Bucket("READ")),
        "ListMultipartUploads" => ("ListBucketMultipartUploads", Listed::Bucket("READ")),
        "GetBucketAcl" => ("GetBucketAcl", Listed::Bucket("READ_ACP")),
        "PutBucketAcl" => ("PutBucketAcl", Listed::Bucket("WRITE_ACP")),
        "GetObject" | "HeadObject" | "GetObjectAttributes" if versioned => ("GetObjectVersion", Listed::Object("READ")),
        "GetObject" | "HeadObject" | "GetObjectAttributes" => ("GetObject", Listed::Object("READ")),
        "GetObjectAcl" if versioned => ("GetObjectVersionAcl", Listed::Object("READ_ACP")),
        "GetObjectAcl" => ("GetObjectAcl", Listed::Object("READ_ACP")),
        "PutObjectAcl" if versioned => ("PutObjectVersionAcl", Listed::Object("WRITE_ACP")),
        "PutObjectAcl" => ("PutObjectAcl", Listed::Object("WRITE_ACP")),
        "PutObject"
        | "PostObject"
        | "CopyObject"
        | "CreateMultipartUpload"
        | "UploadPart"
        | "UploadPartCopy"
        | "CompleteMultipartUpload" => ("PutObject", Listed::Bucket("WRITE")),
        "AbortMultipartUpload" => ("AbortMultipartUpload", Listed::Bucket("WRITE")),
        "ListParts" => ("ListMultipartUploadParts", Listed::Bucket("WRITE")),
        "DeleteObject" if versioned => ("DeleteObjectVersion", Listed::None),
        "DeleteObject" => ("DeleteObject", Listed::Bucket("WRITE")),
        "GetObjectTagging" if versioned => ("GetObjectVersionTagging", Listed::None),
        "PutObjectTagging" if versioned => ("PutObjectVersionTagging", Listed::None),
        "DeleteObjectTagging" if versioned => ("DeleteObjectVersionTagging", Listed::None),
        "GetBucketLifecycleConfiguration" => ("GetLifecycleConfiguration", Listed::None),
        "PutBucketLifecycleConfiguration" | "DeleteBucketLifecycle" => ("PutLifecycleConfiguration", Listed::None),
        "GetBucketCors" => ("GetBucketCORS", Listed::None),
        "PutBucketCors" | "DeleteBucketCors" => ("PutBucketCORS", Listed::None),
        "GetBucketNotificationConfiguration" => ("GetBucketNotification", Listed::None),
        "PutBucketNotificationConfiguration" => ("PutBucketNotification", Listed::None),
        "GetBucketEncryption" => ("GetEncryptionConfiguration", Listed::None),
        "PutBucketEncryption" | "DeleteBucketEncryption" => ("PutEncryptionConfiguration", Listed::None),
        "GetPublicAccessBlock" => ("GetBucketPublicAccessBlock", Listed::None),
        "PutPublicAccessBlock" | "DeletePublicAccessBlock" => ("PutBucketPublicAccessBlock", Listed::None),
        "GetObjectLockConfiguration" => ("GetBucketObjectLockConfiguration", Listed::None),
        "PutObjectLockConfiguration" => ("PutBucketObjectLockConfiguration", Listed::None),
        "GetBucketReplication" => ("GetReplicationConfiguration", Listed::None),
        "DeleteBucketReplication" => ("PutReplicationConfiguration", Listed::None),
        "GetBucketAccelerateConfiguration" => ("GetAccelerateConfiguration", Listed::None),
        "ListBucketAnalyticsConfigurations" => ("GetAnalyticsConfiguration", Listed::None),
        "ListBucketInventoryConfigurations" => ("GetInventoryConfiguration", Listed::None),
        "ListBucketMetricsConfigurations" => ("GetMetricsConfiguration", Listed::None),
        "ListBucketIntelligentTieringConfigurations" => ("GetIntelligentTieringConfiguration", Listed::None),
        "DeleteBucketTagging" => ("PutBucketTagging", Listed::None),
        "DeleteBucketOwnershipControls" => ("PutBucketOwnershipControls", Listed::None),
        other => (other, Listed::None),
    };
    (format!("s3:{action}"), listed)
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// What conditions may ask about a request.
fn context(uri: &Uri, headers: &HeaderMap, signed: bool) -> Context {
    let mut context = Context::default();
    for (key, name) in [
        ("aws:Referer", "referer"),
        ("aws:UserAgent", "user-agent"),
        ("aws:SourceIp", SOURCE_ADDRESS),
        ("s3:x-amz-acl", "x-amz-acl"),
        ("s3:x-amz-copy-source", "x-amz-copy-source"),
        ("s3:x-amz-metadata-directive", "x-amz-metadata-directive"),
        ("s3:x-amz-server-side-encryption", "x-amz-server-side-encryption"),
        ("s3:x-amz-server-side-encryption-customer-algorithm", "x-amz-server-side-encryption-customer-algorithm"),
        ("s3:x-amz-storage-class", "x-amz-storage-class"),
        ("s3:x-amz-content-sha256", "x-amz-content-sha256"),
        ("s3:x-amz-grant-read", "x-amz-grant-read"),
        ("s3:x-amz-grant-write", "x-amz-grant-write"),
        ("s3:x-amz-grant-read-acp", "x-amz-grant-read-acp"),
        ("s3:x-amz-grant-write-acp", "x-amz-grant-write-acp"),
        ("s3:x-amz-grant-full-control", "x-amz-grant-full-control"),
        ("s3:x-amz-website-redirect-location", "x-amz-website-redirect-location"),
        ("s3:object-lock-mode", "x-amz-object-lock-mode"),
        ("s3:object-lock-legal-hold", "x-amz-object-lock-legal-hold"),
        ("s3:if-match", "if-match"),
        ("s3:if-none-match", "if-none-match"),
    ] {
        if let Some(value) = header(headers, name) {
            let value = if name == "x-amz-copy-source" { value.trim_start_matches('/') } else { value };
            context.state(key, value);
        }
    }
    for (key, value) in query_pairs(uri) {
        match key.as_str() {
            "prefix" => context.state("s3:prefix", value),
            "delimiter" => context.state("s3:delimiter", value),
            "max-keys" => context.state("s3:max-keys", value),
            "versionId" => context.state("s3:VersionId", value),
            _ => {}
        }
    }
    for (key, value) in super::tags::from_header(header(headers, "x-amz-tagging")).unwrap_or_default() {
        state_tag(&mut context, &key, value);
    }
    let presigned = uri.query().is_some_and(|query| query.contains("X-Amz-Signature"));
    if signed {
        context.state("s3:authType", if presigned { "REST-QUERY-STRING" } else { "REST-HEADER" });
        context.state("s3:signatureversion", "AWS4-HMAC-SHA256");
    }
    context.state("aws:SecureTransport", "false");
    context
}

/// A header that the server puts into requests, and takes out of those that come with it.
pub(crate) const SOURCE_ADDRESS: &str = "x-nano-source-address";

fn state_tag(context: &mut Context, key: &str, value: String) {
    context.state(&format!("s3:RequestObjectTag/{key}"), value);
    context.state("s3:RequestObjectTagKeys", key);
}

impl Access {
    /// Who may do what with a bucket, by its list.
    pub fn bucket_grants(&self, bucket: &str, owner: &str) -> Vec<Grant> {
        let stated = self.store.setting_now(bucket, name::ACL);
        stated
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_else(|| vec![Grant { grantee: owner.to_owned(), permission: "FULL_CONTROL".to_owned() }])
    }

    /// States what conditions may ask about any request: when it is, who asks, and whose the bucket is. A denial by a key
    /// that is unknown would deny nothing.
    fn state_principal(&self, context: &mut Context, principal: Option<Principal<'_>>) {
        let seconds = self.store.now_ms() / 1000;
        let now = time::OffsetDateTime::from_unix_timestamp(seconds as i64).ok();
        if let Some(now) = now.and_then(|now| now.format(&Rfc3339).ok()) {
            context.state("aws:CurrentTime", now);
        }
        context.state("aws:EpochTime", seconds.to_string());
        for key in ["aws:PrincipalIsAWSService", "aws:ViaAWSService"] {
            context.state(key, "false");
        }
        for key in ["aws:ResourceAccount", "s3:ResourceAccount"] {
            context.state(key, ACCOUNT);
        }
        let Some(Principal { access_key, id, role }) = principal else {
            context.state("aws:PrincipalType", "Anonymous");
            return;
        };
        context.state("aws:PrincipalAccount", ACCOUNT);
        context.state("aws:userid", id);
        match role {
            Some(role) => {
                context.state("aws:PrincipalType", "AssumedRole");
                context.state("aws:PrincipalArn", role);
            }
            None => {
                context.state("aws:PrincipalType", "User");
                context.state("aws:PrincipalArn", user_arn(access_key));
                context.state("aws:username", access_key);
            }
        }
    }

    fn check(&self, question: Question<'_>, listed: Listed) -> S3Result<()> {
        // What isn't there is said by the operation.
        let Ok(bucket) = self.store.bucket_now(question.bucket) else { return Ok(()) };
        let Question { who, action, key, version, mut context, .. } = question;
        let id = who.map(user_id);
        let is_owner = who.is_some() && (bucket.owner.is_empty() || id.as_deref() == Some(&bucket.owner));
        let block =
            read_now::<s3s::dto::PublicAccessBlockConfiguration>(&self.store, &bucket.name, name::PUBLIC_ACCESS);
        let block = block.unwrap_or_default();
        let object = key.map(|key| self.store.version_now(&bucket.name, key, version));
        // The owner can always mend the policy.
        let mends = is_owner && ["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"].contains(&action);
        if let Some(text) = self.store.setting_now(&bucket.name, name::POLICY)
            && !mends
        {
            let policy = Policy::parse(&text, &bucket.name).map_err(|_| access_denied())?;
            for (key, value) in object.iter().flatten().flat_map(|object| &object.attributes.tags) {
                context.state(&format!("s3:ExistingObjectTag/{key}"), value.clone());
            }
            let resource = match key {
                Some(key) => format!("arn:aws:s3:::{}/{key}", bucket.name),
                None => format!("arn:aws:s3:::{}", bucket.name),
            };
            let role = who.and_then(|access_key| self.keys.as_ref()?.role(access_key));
            let role = role.as_deref();
            let principal = who.zip(id.as_deref()).map(|(access_key, id)| Principal { access_key, id, role });
            self.state_principal(&mut context, principal);
            match policy.evaluate(principal, action, &resource, &context) {
                Verdict::Deny => return Err(access_denied()),
                Verdict::Allow => {
                    let restricted = block.restrict_public_buckets == Some(true) && policy.is_public();
                    if is_owner || !restricted {
                        return Ok(());
                    }
                }
                Verdict::Nothing => {}
            }
        }
        let ignore_public = block.ignore_public_acls == Some(true);
        let enforced = read_now::<s3s::dto::OwnershipControls>(&self.store, &bucket.name, name::OWNERSHIP).is_some_and(
            |controls| controls.rules.iter().any(|rule| rule.object_ownership.as_str() == "BucketOwnerEnforced"),
        );
        if enforced {
            return if is_owner { Ok(()) } else { Err(access_denied()) };
        }
        let grants = self.bucket_grants(&bucket.name, &bucket.owner);
        let allowed = match (listed, object) {
            (Listed::Object(permission), Some(Ok(object))) => {
                let attributes = &object.attributes;
                let own = id.is_some() && id.as_deref() == Some(&attributes.owner);
                // What was put without users is the bucket's owner's.
                let unowned = attributes.owner.is_empty() && is_owner;
                match &attributes.grants {
                    Some(grants) => {
                        allows(grants, id.as_deref(), permission, ignore_public)
                            // An owner can always read and mend the list.
                            || (own && permission.ends_with("_ACP"))
                            || unowned
                    }
                    None => own || unowned,
                }
            }
            // Whether something is there is told to those who may list.
            (Listed::Object(_), _) => is_owner || allows(&grants, id.as_deref(), "READ", ignore_public),
            (Listed::Bucket(permission), _) => is_owner || allows(&grants, id.as_deref(), permission, ignore_public),
            (Listed::None, Some(Ok(object))) => {
                is_owner || (id.is_some() && id.as_deref() == Some(&object.attributes.owner))
            }
            (Listed::None, _) => is_owner,
        };
        if allowed { Ok(()) } else { Err(access_denied()) }
    }

    /// Whether someone may delete one of many keys.
    pub fn may_delete(&self, asker: &Asker, bucket: &str, key: &str, version: Option<&str>) -> S3Result<()> {
        if self.keys.is_none() {
            return Ok(());
        }
        let (action, listed) = action("DeleteObject", version.is_some());
        let (who, context) = (asker.access_key.as_deref(), asker.context());
        self.check(Question { who, action: &action, bucket, key: Some(key), version, context }, listed)
    }

    /// Whether someone may end a retention that is not of the strict kind: the bucket's owner, or by its policy.
    pub fn may_bypass(&self, asker: &Asker, bucket: &str, key: &str) -> bool {
        if self.keys.is_none() {
            return true;
        }
        let (who, context) = (asker.access_key.as_deref(), asker.context());
        let action = "s3:BypassGovernanceRetention";
        self.check(Question { who, action, bucket, key: Some(key), version: None, context }, Listed::None).is_ok()
    }

    /// Whether someone may put what a form posts.
    pub fn check_form(
        &self,
        credentials: Option<&Credentials>,
        bucket: &str,
        key: &str,
        acl: Option<&str>,
        headers: &HeaderMap,
    ) -> S3Result<()> {
        if self.keys.is_none() {
            return Ok(());
        }
        let (action, listed) = action("PostObject", false);
        let mut context = context(&Uri::default(), headers, false);
        context.state("s3:authType", "POST");
        if let Some(acl) = acl {
            context.state("s3:x-amz-acl", acl);
        }
        let who = credentials.map(|credentials| credentials.access_key.as_str());
        self.check(Question { who, action: &action, bucket, key: Some(key), version: None, context }, listed)
    }

    /// Whether someone may read the source of a copy.
    fn check_source(&self, credentials: Option<&Credentials>, source: &CopySource, context: Context) -> S3Result<()> {
        let CopySource::Bucket { bucket, key, version_id } = source else { return Ok(()) };
        let version = version_id.as_deref();
        let (action, listed) = action("GetObject", version.is_some());
        let who = credentials.map(|credentials| credentials.access_key.as_str());
        self.check(Question { who, action: &action, bucket, key: Some(key), version, context }, listed)
    }
}

#[async_trait::async_trait]
impl S3Access for Access {
    async fn check(&self, cx: &mut S3AccessContext<'_>) -> S3Result<()> {
        let who = cx.credentials().map(|credentials| credentials.access_key.clone());
        let operation = cx.s3_op().name();
        let (bucket, key) = match cx.s3_path() {
            S3Path::Root => return if who.is_some() { Ok(()) } else { Err(access_denied()) },
            S3Path::Bucket { bucket } => (bucket.to_string(), None),
            S3Path::Object { bucket, key } => (bucket.to_string(), Some(key.to_string())),
        };
        match operation {
            // Its maker will own it.
            "CreateBucket" => return if who.is_some() { Ok(()) } else { Err(access_denied()) },
            // Each key by itself; with the tags that the body states.
            "DeleteObjects" | "PutObjectTagging" => return Ok(()),
            _ => {}
        }
        let version = query_pairs(cx.uri()).into_iter().find(|(name, _)| name == "versionId").map(|(_, value)| value);
        let (action, listed) = action(operation, version.is_some());
        let context = context(cx.uri(), cx.headers(), who.is_some());
        let (who, key, version) = (who.as_deref(), key.as_deref(), version.as_deref());
        Self::check(self, Question { who, action: &action, bucket: &bucket, key, version, context }, listed)?;
        if let Some(admitted) = cx.extensions_mut().get::<Admitted>() {
            admitted.tell();
        }
        Ok(())
    }

    async fn put_object_tagging(&self, request: &mut S3Request<PutObjectTaggingInput>) -> S3Result<()> {
        if self.keys.is_none() {
            return Ok(());
        }
        let who = request.credentials.as_ref().map(|credentials| credentials.access_key.as_str());
        let input = &request.input;
        let version = input.version_id.as_deref();
        let (action, listed) = action("PutObjectTagging", version.is_some());
        let mut context = context(&request.uri, &request.headers, who.is_some());
        for tag in &input.tagging.tag_set {
            let (key, value) = (tag.key.clone().unwrap_or_default(), tag.value.clone().unwrap_or_default());
            state_tag(&mut context, &key, value);
        }
        let (bucket, key) = (input.bucket.as_str(), Some(input.key.as_str()));
        Self::check(self, Question { who, action: &action, bucket, key, version, context }, listed)
    }

    async fn copy_object(&self, request: &mut S3Request<CopyObjectInput>) -> S3Result<()> {
        if self.keys.is_none() {
            return Ok(());
        }
        let context = context(&request.uri, &request.headers, request.credentials.is_some());
        let source = stated_source(&request.headers, &request.input.copy_source);
        self.check_source(request.credentials.as_ref(), &source, context)
    }

    async fn upload_part_copy(&self, request: &mut S3Request<UploadPartCopyInput>) -> S3Result<()> {
        if self.keys.is_none() {
            return Ok(());
        }
        let context = context(&request.uri, &request.headers, request.credentials.is_some());
        let source = stated_source(&request.headers, &request.input.copy_source);
        self.check_source(request.credentials.as_ref(), &source, context)
    }
}
