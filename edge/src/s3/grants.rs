//! Access control lists: canned, in headers, or spelled out.

use s3s::dto::{
    AccessControlPolicy, GetBucketAclInput, GetBucketAclOutput, GetObjectAclInput, GetObjectAclOutput,
    Grant as WrittenGrant, Grantee, ObjectOwnership, Owner, OwnershipControls, Permission,
    PublicAccessBlockConfiguration, PutBucketAclInput, PutBucketAclOutput, PutObjectAclInput, PutObjectAclOutput, Type,
};
use s3s::{S3Error, S3Request, S3Response, S3Result, s3_error};

use super::error::{access_denied, blocking, invalid_argument};
use super::keys::ANONYMOUS;
use super::operations::Operations;
use super::settings::{name, read_now};
use crate::store::{Attributes, Change, Grant};

/// Everyone, signed or not.
pub(super) const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
/// Everyone who signs.
pub(super) const AUTHENTICATED_USERS: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
/// Who writes the logs of accesses.
const LOG_DELIVERY: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";

const PERMISSIONS: [&str; 5] = ["FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP"];
const FULL_CONTROL: &str = "FULL_CONTROL";

/// What the headers of a request say about access: `x-amz-acl`, and `x-amz-grant-*`.
#[derive(Debug, Default)]
pub(super) struct StatedAccess {
    pub canned: Option<String>,
    /// Header values with the permission that they grant.
    pub granted: Vec<(&'static str, String)>,
}

/// Takes what a request states about access out of it.
macro_rules! stated_access {
    ($input:expr $(, $write:ident)?) => {{
        let mut granted = vec![];
        let mut take = |permission: &'static str, header: Option<String>| {
            granted.extend(header.map(|header| (permission, header)));
        };
        take("READ", $input.grant_read.take());
        $(take("WRITE", $input.$write.take());)?
        take("READ_ACP", $input.grant_read_acp.take());
        take("WRITE_ACP", $input.grant_write_acp.take());
        take("FULL_CONTROL", $input.grant_full_control.take());
        let canned = $input.acl.take().map(|acl| acl.as_str().to_owned());
        $crate::s3::grants::StatedAccess { canned, granted }
    }};
}
pub(super) use stated_access;

fn grant(grantee: &str, permission: &str) -> Grant {
    Grant { grantee: grantee.to_owned(), permission: permission.to_owned() }
}

/// What an owner has when nothing else is said.
pub(super) fn own_grant(owner: &str) -> Grant {
    grant(owner, FULL_CONTROL)
}

/// What a canned list says. `owner` is whose the thing is, `bucket_owner` whose the bucket is.
fn canned(acl: &str, owner: &str, bucket_owner: &str) -> S3Result<Vec<Grant>> {
    let own = grant(owner, FULL_CONTROL);
    // Groups first: the order in which other servers list them too.
    Ok(match acl {
        "private" | "aws-exec-read" => vec![own],
        "public-read" => vec![grant(ALL_USERS, "READ"), own],
        "public-read-write" => vec![grant(ALL_USERS, "READ"), grant(ALL_USERS, "WRITE"), own],
        "authenticated-read" => vec![grant(AUTHENTICATED_USERS, "READ"), own],
        "bucket-owner-read" | "bucket-owner-full-control" if owner == bucket_owner => vec![own],
        "bucket-owner-read" => vec![own, grant(bucket_owner, "READ")],
        "bucket-owner-full-control" => vec![own, grant(bucket_owner, FULL_CONTROL)],
        "log-delivery-write" => vec![grant(LOG_DELIVERY, "WRITE"), grant(LOG_DELIVERY, "READ_ACP"), own],
        _ => return Err(invalid_argument("The canned ACL you specified is not valid")),
    })
}

/// Whether someone that no key stands for gets something.
pub(super) fn is_public(grants: &[Grant]) -> bool {
    grants.iter().any(|grant| [ALL_USERS, AUTHENTICATED_USERS].contains(&grant.grantee.as_str()))
}

/// Whether the grants allow someone something.
pub(super) fn allows(grants: &[Grant], who: Option<&str>, permission: &str, ignore_public: bool) -> bool {
    grants.iter().any(|grant| {
        let is_meant = match grant.grantee.as_str() {
            ALL_USERS => !ignore_public,
            AUTHENTICATED_USERS => who.is_some() && !ignore_public,
            grantee => who == Some(grantee),
        };
        is_meant && (grant.permission == permission || grant.permission == FULL_CONTROL)
    })
}

fn unresolvable() -> S3Error {
    s3_error!(UnresolvableGrantByEmailAddress, "The e-mail address you provided does not match any account on record.")
}

impl Operations {
    /// The id of whoever sent a request; empty without users.
    pub(super) fn caller<T>(&self, request: &S3Request<T>) -> String {
        match (&self.access.keys, &request.credentials) {
            (None, _) => String::new(),
            (Some(_), None) => ANONYMOUS.to_owned(),
            (Some(_), Some(credentials)) => super::keys::user_id(&credentials.access_key),
        }
    }

    /// A user as answers name them.
    pub(super) fn owner(&self, id: &str) -> Owner {
        if id.is_empty() {
            return super::bucket::owner();
        }
        let display_name = self.access.keys.as_ref().and_then(|keys| keys.of_user(id)).map(str::to_owned);
        Owner { display_name, id: Some(id.to_owned()) }
    }

    fn is_user(&self, id: &str) -> bool {
        id == ANONYMOUS
            || super::bucket::owner().id.as_deref() == Some(id)
            || self.access.keys.as_ref().is_none_or(|keys| keys.of_user(id).is_some())
    }

    /// One grantee of a header, `id="..."`, `uri="..."` or `emailAddress="..."`.
    fn grantee(&self, text: &str) -> S3Result<String> {
        let (kind, value) = text.split_once('=').ok_or_else(|| invalid_argument("Argument format not recognized"))?;
        let value = value.trim().trim_matches('"');
        match kind.trim() {
            "id" if self.is_user(value) => Ok(value.to_owned()),
            "id" => Err(invalid_argument("Invalid id")),
            "uri" if [ALL_USERS, AUTHENTICATED_USERS, LOG_DELIVERY].contains(&value) => Ok(value.to_owned()),
            "uri" => Err(invalid_argument("Invalid group uri")),
            "emailAddress" => Err(unresolvable()),
            _ => Err(invalid_argument("Argument format not recognized")),
        }
    }

    /// Says whose a new object is, and who may do what with it.
    pub(super) fn own(
        &self,
        bucket: &str,
        caller: &str,
        stated: &StatedAccess,
        attributes: &mut Attributes,
    ) -> S3Result<()> {
        let Ok(info) = self.store.bucket_now(bucket) else { return Ok(()) };
        let gives = stated.canned.as_deref() == Some("bucket-owner-full-control");
        let owner = match self.ownership_of(bucket).as_deref() {
            Some(ObjectOwnership::BUCKET_OWNER_ENFORCED) => &info.owner,
            Some(ObjectOwnership::BUCKET_OWNER_PREFERRED) if gives => &info.owner,
            _ => caller,
        };
        attributes.grants = self.grants(stated, Some(bucket), owner, &info.owner)?;
        owner.clone_into(&mut attributes.owner);
        Ok(())
    }

    /// The ownership that a bucket is configured for.
    pub(super) fn ownership_of(&self, bucket: &str) -> Option<String> {
        let controls: OwnershipControls = read_now(&self.store, bucket, name::OWNERSHIP)?;
        controls.rules.into_iter().next().map(|rule| rule.object_ownership.as_str().to_owned())
    }

    pub(super) fn public_access_block(&self, bucket: &str) -> Option<PublicAccessBlockConfiguration> {
        read_now(&self.store, bucket, name::PUBLIC_ACCESS)
    }

    /// The grants that a request states for something of `owner` in a bucket; nothing when it states none.
    pub(super) fn grants(
        &self,
        stated: &StatedAccess,
        bucket: Option<&str>,
        owner: &str,
        bucket_owner: &str,
    ) -> S3Result<Option<Vec<Grant>>> {
        let grants = if stated.granted.is_empty() {
            let Some(acl) = &stated.canned else { return Ok(None) };
            canned(acl, owner, bucket_owner)?
        } else if stated.canned.is_some() {
            return Err(s3_error!(InvalidRequest, "Specifying both Canned ACLs and Header Grants is not allowed"));
        } else {
            let mut grants = vec![];
            for (permission, header) in &stated.granted {
                for text in header.split(',') {
                    grants.push(Grant { grantee: self.grantee(text)?, permission: (*permission).to_owned() });
                }
            }
            grants
        };
        self.check_grants(bucket, &grants, owner)?;
        Ok(Some(grants))
    }

    /// Refuses grants that the bucket is configured not to have.
    fn check_grants(&self, bucket: Option<&str>, grants: &[Grant], owner: &str) -> S3Result<()> {
        let Some(bucket) = bucket else { return Ok(()) };
        let only_owner = grants.iter().all(|grant| grant.grantee == owner);
        let enforced = self.ownership_of(bucket).as_deref() == Some(ObjectOwnership::BUCKET_OWNER_ENFORCED);
        if enforced && !only_owner {
            return Err(s3_error!(AccessControlListNotSupported, "The bucket does not allow ACLs"));
        }
        let blocks = self.public_access_block(bucket).and_then(|block| block.block_public_acls) == Some(true);
        if blocks && is_public(grants) { Err(access_denied()) } else { Ok(()) }
    }

    /// Grants that are spelled out in XML.
    fn spelled_out(&self, policy: AccessControlPolicy, owner: &str) -> S3Result<Vec<Grant>> {
        let malformed = || {
            s3_error!(
                MalformedACLError,
                "The XML you provided was not well-formed or did not validate against our published schema"
            )
        };
        let stated_owner = policy.owner.and_then(|owner| owner.id);
        let stated = self.owner(owner).id;
        if stated_owner.is_none() {
            return Err(malformed());
        }
        if stated_owner != stated {
            return Err(access_denied());
        }
        let mut grants = vec![];
        for written in policy.grants.unwrap_or_default() {
            let permission = written.permission.ok_or_else(malformed)?;
            if !PERMISSIONS.contains(&permission.as_str()) {
                return Err(malformed());
            }
            let grantee = written.grantee.ok_or_else(malformed)?;
            let grantee = match grantee.type_.as_str() {
                Type::CANONICAL_USER => {
                    let id = grantee.id.ok_or_else(malformed)?;
                    if !self.is_user(&id) {
                        return Err(invalid_argument("Invalid id"));
                    }
                    if Some(&id) == stated.as_ref() { owner.to_owned() } else { id }
                }
                Type::GROUP => {
                    let uri = grantee.uri.ok_or_else(malformed)?;
                    if ![ALL_USERS, AUTHENTICATED_USERS, LOG_DELIVERY].contains(&uri.as_str()) {
                        return Err(invalid_argument("Invalid group uri"));
                    }
                    uri
                }
                Type::AMAZON_CUSTOMER_BY_EMAIL => return Err(unresolvable()),
                _ => return Err(malformed()),
            };
            grants.push(grant(&grantee, permission.as_str()));
        }
        Ok(grants)
    }

    fn write_grants(&self, grants: &[Grant]) -> Vec<WrittenGrant> {
        let grantee = |grantee: &str| {
            let mut written = Grantee {
                display_name: None,
                email_address: None,
                id: None,
                type_: Type::from_static(Type::GROUP),
                uri: None,
            };
            if grantee.starts_with("http") {
                written.uri = Some(grantee.to_owned());
            } else {
                let owner = self.owner(grantee);
                written.type_ = Type::from_static(Type::CANONICAL_USER);
                (written.id, written.display_name) = (owner.id, owner.display_name);
            }
            written
        };
        // Groups first, whatever the order they were stated in.
        let (groups, users): (Vec<_>, Vec<_>) = grants.iter().partition(|grant| grant.grantee.starts_with("http"));
        let written = groups.into_iter().chain(users).map(|grant| WrittenGrant {
            grantee: Some(grantee(&grant.grantee)),
            permission: Some(Permission::from(grant.permission.clone())),
        });
        written.collect()
    }

    pub(super) async fn read_bucket_acl(
        &self,
        request: S3Request<GetBucketAclInput>,
    ) -> S3Result<S3Response<GetBucketAclOutput>> {
        let info = self.info(request.input.bucket).await?;
        let grants = self.access.bucket_grants(&info.name, &info.owner);
        let (grants, owner) = (Some(self.write_grants(&grants)), Some(self.owner(&info.owner)));
        Ok(S3Response::new(GetBucketAclOutput { grants, owner }))
    }

    pub(super) async fn put_bucket_acl_to(
        &self,
        request: S3Request<PutBucketAclInput>,
    ) -> S3Result<S3Response<PutBucketAclOutput>> {
        let mut input = request.input;
        let info = self.info(input.bucket.clone()).await?;
        let stated = stated_access!(input, grant_write);
        let grants = match input.access_control_policy {
            Some(policy) => {
                let grants = self.spelled_out(policy, &info.owner)?;
                self.check_grants(Some(&input.bucket), &grants, &info.owner)?;
                grants
            }
            None => self.grants(&stated, Some(&input.bucket), &info.owner, &info.owner)?.ok_or_else(|| {
                s3_error!(MissingSecurityHeader, "Your request was missing a required header: x-amz-acl")
            })?,
        };
        let text = serde_json::to_string(&grants).map_err(S3Error::internal_error)?;
        self.write_setting(&input.bucket, name::ACL, Some(text)).await?;
        Ok(S3Response::new(PutBucketAclOutput::default()))
    }

    pub(super) async fn read_object_acl(
        &self,
        request: S3Request<GetObjectAclInput>,
    ) -> S3Result<S3Response<GetObjectAclOutput>> {
        let input = request.input;
        let object = self.find(&input.bucket, &input.key, input.version_id.as_deref()).await?;
        let owner = &object.attributes.owner;
        let own = [grant(owner, FULL_CONTROL)];
        let grants = object.attributes.grants.as_deref().unwrap_or(&own);
        let (grants, owner) = (Some(self.write_grants(grants)), Some(self.owner(owner)));
        Ok(S3Response::new(GetObjectAclOutput { grants, owner, request_charged: None }))
    }

    pub(super) async fn put_object_acl_to(
        &self,
        request: S3Request<PutObjectAclInput>,
    ) -> S3Result<S3Response<PutObjectAclOutput>> {
        let mut input = request.input;
        let info = self.info(input.bucket.clone()).await?;
        let object = self.find(&input.bucket, &input.key, input.version_id.as_deref()).await?;
        let owner = object.attributes.owner.clone();
        let stated = stated_access!(input, grant_write);
        let grants = match input.access_control_policy {
            Some(policy) => {
                let grants = self.spelled_out(policy, &owner)?;
                self.check_grants(Some(&input.bucket), &grants, &owner)?;
                grants
            }
            None => self.grants(&stated, Some(&input.bucket), &owner, &info.owner)?.ok_or_else(|| {
                s3_error!(MissingSecurityHeader, "Your request was missing a required header: x-amz-acl")
            })?,
        };
        let store = self.store.clone();
        blocking(move || {
            let version = input.version_id.as_deref();
            Ok(store.change_object(&input.bucket, &input.key, version, Change::Grants(grants), |_, _| Ok(()))?)
        })
        .await?;
        Ok(S3Response::new(PutObjectAclOutput::default()))
    }
}
