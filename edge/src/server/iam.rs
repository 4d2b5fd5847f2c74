//! As much of IAM as tools need that make a role before a function: roles are kept and shown. No policy of IAM's is
//! evaluated here: what a role may is in buckets' policies, which name it. So policies that would give it more are refused;
//! the one by which functions may log is in force anyway.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use http::StatusCode;

use super::cloudformation::escaped;
use super::signature::encoded;
use crate::edge::Edge;
use crate::lambda::ACCOUNT;
use crate::roles::Role;
use crate::store::StoreError;
use crate::world::log_time;

const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";

/// What it allows, every function does here.
const BASIC_EXECUTION: &str = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";

const MOST_TAGS: usize = 50;

/// Roles in one page, where none is said.
const PAGE: usize = 100;

/// A refusal: status, code, message.
pub(super) struct Refused(pub StatusCode, pub &'static str, pub String);

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR, "ServiceFailure", error.to_string())
    }
}

fn invalid(message: impl Into<String>) -> Refused {
    Refused(StatusCode::BAD_REQUEST, "ValidationError", message.into())
}

fn not_implemented(message: impl Into<String>) -> Refused {
    Refused(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message.into())
}

fn no_role(name: &str) -> Refused {
    let message = format!("The role with name {name} cannot be found.");
    Refused(StatusCode::NOT_FOUND, "NoSuchEntity", message)
}

/// What a request asks for.
struct Asked<'a> {
    edge: &'a Edge,
    form: &'a [(String, String)],
}

/// The inside of an operation's result.
type Answer = Result<String, Refused>;

type Operation = fn(&Asked<'_>) -> Answer;

const OPERATIONS: &[(&str, Operation)] = &[
    ("AttachRolePolicy", attach),
    ("CreateRole", create),
    ("DeleteRole", delete),
    ("DeleteRolePolicy", no_policy),
    ("DetachRolePolicy", detach),
    ("GetRole", get),
    ("GetRolePolicy", no_policy),
    ("ListAttachedRolePolicies", attached),
    ("ListInstanceProfilesForRole", no_profiles),
    ("ListRolePolicies", policies),
    ("ListRoleTags", tags),
    ("ListRoles", list),
    ("PutRolePolicy", put_policy),
    ("TagRole", tag),
    ("UntagRole", untag),
    ("UpdateAssumeRolePolicy", update_trust),
    ("UpdateRole", update),
    ("UpdateRoleDescription", update),
];

/// Answers an operation: the body, or why not.
pub(super) fn answer(edge: &Edge, form: &[(String, String)], request_id: &str) -> Result<String, Refused> {
    let asked = Asked { edge, form };
    let action = asked.text("Action").unwrap_or_default();
    let Some((action, operation)) = OPERATIONS.iter().find(|(known, _)| *known == action) else {
        return Err(not_implemented(format!("{action} of IAM is not implemented: there are roles, and nothing else.")));
    };
    let result = operation(&asked)?;
    Ok(format!(
        "<{action}Response xmlns=\"{NAMESPACE}\"><{action}Result>{result}</{action}Result><ResponseMetadata><RequestId>\
         {request_id}</RequestId></ResponseMetadata></{action}Response>"
    ))
}

impl Asked<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.form.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn required(&self, name: &str) -> Result<&str, Refused> {
        self.text(name).filter(|text| !text.is_empty()).ok_or_else(|| {
            let member = format!("{}{}", name[..1].to_lowercase(), &name[1..]);
            let words = "failed to satisfy constraint: Member must not be null";
            invalid(format!("1 validation error detected: Value null at '{member}' {words}"))
        })
    }

    fn name(&self) -> Result<&str, Refused> {
        let name = self.required("RoleName")?;
        let is_word = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
        if name.len() <= 64 && name.chars().all(is_word) {
            return Ok(name);
        }
        let words = r"failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]+";
        Err(invalid(format!("1 validation error detected: Value '{name}' at 'roleName' {words}")))
    }

    fn role(&self) -> Result<(&str, Role), Refused> {
        let name = self.name()?;
        let role = self.edge.roles().get(name)?.ok_or_else(|| no_role(name))?;
        Ok((name, role))
    }

    fn change(&self, change: impl FnOnce(&mut Role) -> Result<(), Refused>) -> Answer {
        let name = self.name()?;
        self.edge.roles().change(name, change)?.ok_or_else(|| no_role(name))?;
        Ok(String::new())
    }

    /// Values of a list of texts: `TagKeys.member.1`, ..
    fn members(&self, list: &str) -> Vec<&str> {
        let prefix = format!("{list}.member.");
        self.form.iter().filter(|(name, _)| name.starts_with(&prefix)).map(|(_, value)| value.as_str()).collect()
    }

    /// `Tags.member.1.Key`, `Tags.member.1.Value`, ..
    fn tags(&self) -> Result<BTreeMap<String, String>, Refused> {
        let mut tags = BTreeMap::new();
        for (name, key) in self.form.iter().filter(|(name, _)| name.starts_with("Tags.member.")) {
            let Some(prefix) = name.strip_suffix(".Key") else { continue };
            let value = self.text(&format!("{prefix}.Value")).unwrap_or_default();
            if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 || key.starts_with("aws:") {
                return Err(Refused(StatusCode::BAD_REQUEST, "InvalidInput", format!("The tag {key} is not valid.")));
            }
            tags.insert(key.clone(), value.to_owned());
        }
        Ok(tags)
    }

    /// A policy, which is a JSON object with statements.
    fn policy(&self, member: &str) -> Result<String, Refused> {
        let text = self.required(member)?;
        let policy: Option<serde_json::Value> = serde_json::from_str(text).ok();
        if policy.as_ref().is_some_and(|policy| policy.get("Statement").is_some()) {
            return Ok(text.to_owned());
        }
        let message = "This policy contains invalid Json".to_owned();
        Err(Refused(StatusCode::BAD_REQUEST, "MalformedPolicyDocument", message))
    }

    /// Seconds that a session may have, if the request says.
    fn session(&self) -> Result<Option<u32>, Refused> {
        let Some(text) = self.text("MaxSessionDuration") else { return Ok(None) };
        let seconds = text.parse().ok().filter(|seconds| (3600..=43_200).contains(seconds));
        seconds.map(Some).ok_or_else(|| {
            let words = "failed to satisfy constraint: Member must have value between 3600 and 43200";
            invalid(format!("1 validation error detected: Value '{text}' at 'maxSessionDuration' {words}"))
        })
    }
}

fn few_tags(tags: &BTreeMap<String, String>) -> Result<(), Refused> {
    if tags.len() <= MOST_TAGS {
        return Ok(());
    }
    let message = format!("A role may have {MOST_TAGS} tags.");
    Err(Refused(StatusCode::CONFLICT, "LimitExceeded", message))
}

fn shown_tags(tags: &BTreeMap<String, String>) -> String {
    tags.iter().fold(String::new(), |mut text, (key, value)| {
        let _ = write!(text, "<member><Key>{}</Key><Value>{}</Value></member>", escaped(key), escaped(value));
        text
    })
}

fn shown(name: &str, role: &Role) -> String {
    let mut text = format!(
        "<Path>{path}</Path><RoleName>{name}</RoleName><RoleId>{id}</RoleId><Arn>arn:aws:iam::{ACCOUNT}:role{path}{name}</Arn>\
         <CreateDate>{created}</CreateDate><AssumeRolePolicyDocument>{trust}</AssumeRolePolicyDocument>\
         <MaxSessionDuration>{session}</MaxSessionDuration>",
        path = escaped(&role.path),
        created = log_time(role.created_ms),
        id = role.id,
        trust = encoded(&role.trust, false),
        session = role.longest_session,
    );
    if !role.description.is_empty() {
        let _ = write!(text, "<Description>{}</Description>", escaped(&role.description));
    }
    if !role.tags.is_empty() {
        let _ = write!(text, "<Tags>{}</Tags>", shown_tags(&role.tags));
    }
    text
}

/// As IAM's ids look: a prefix that says what it is of, and 17 letters and digits.
fn new_id(edge: &Edge) -> String {
    let mut bytes = [0; 17];
    (edge.world().random)(&mut bytes);
    let letter = |byte: u8| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[usize::from(byte % 32)]);
    bytes.into_iter().fold("AROA".to_owned(), |mut id, byte| {
        id.push(letter(byte));
        id
    })
}

fn create(asked: &Asked<'_>) -> Answer {
    let name = asked.name()?;
    if asked.text("PermissionsBoundary").is_some() {
        return Err(not_implemented("A permissions boundary: no policy of IAM's is evaluated here."));
    }
    let path = asked.text("Path").filter(|path| !path.is_empty()).unwrap_or("/");
    if !(path.starts_with('/') && path.ends_with('/') && path.len() <= 512) || path.contains(char::is_whitespace) {
        return Err(invalid(
            "The specified value for path is invalid. It must begin and end with / and contain only \
                            alphanumeric characters and/or / characters.",
        ));
    }
    let tags = asked.tags()?;
    few_tags(&tags)?;
    let role = Role {
        path: path.to_owned(),
        id: new_id(asked.edge),
        created_ms: asked.edge.world().now_ms(),
        trust: asked.policy("AssumeRolePolicyDocument")?,
        description: asked.text("Description").unwrap_or_default().to_owned(),
        longest_session: asked.session()?.unwrap_or(3600),
        tags,
        attached: BTreeSet::new(),
    };
    if !asked.edge.roles().create(name, &role)? {
        let message = format!("Role with name {name} already exists.");
        return Err(Refused(StatusCode::CONFLICT, "EntityAlreadyExists", message));
    }
    Ok(format!("<Role>{}</Role>", shown(name, &role)))
}

fn get(asked: &Asked<'_>) -> Answer {
    let (name, role) = asked.role()?;
    Ok(format!("<Role>{}</Role>", shown(name, &role)))
}

fn list(asked: &Asked<'_>) -> Answer {
    let prefix = asked.text("PathPrefix").unwrap_or("/");
    let after = asked.text("Marker").unwrap_or_default();
    let most = asked.text("MaxItems").and_then(|most| most.parse().ok()).unwrap_or(PAGE).clamp(1, 1000);
    let all = asked.edge.roles().all()?;
    let mut rest = all.iter().filter(|(name, role)| role.path.starts_with(prefix) && name.as_str() > after);
    let page: Vec<_> = rest.by_ref().take(most).collect();
    let roles = page.iter().fold(String::new(), |mut text, (name, role)| {
        let _ = write!(text, "<member>{}</member>", shown(name, role));
        text
    });
    let more = rest.next().and(page.last()).map(|(name, _)| format!("<Marker>{name}</Marker>"));
    Ok(format!("<Roles>{roles}</Roles><IsTruncated>{}</IsTruncated>{}", more.is_some(), more.unwrap_or_default()))
}

fn delete(asked: &Asked<'_>) -> Answer {
    let name = asked.name()?;
    let may = |role: &Role| {
        if role.attached.is_empty() {
            return Ok(());
        }
        let message = "Cannot delete entity, must detach all policies first.".to_owned();
        Err(Refused(StatusCode::CONFLICT, "DeleteConflict", message))
    };
    asked.edge.roles().delete(name, may)?.ok_or_else(|| no_role(name))?;
    Ok(String::new())
}

fn update(asked: &Asked<'_>) -> Answer {
    let session = asked.session()?;
    asked.change(|role| {
        if let Some(description) = asked.text("Description") {
            description.clone_into(&mut role.description);
        }
        role.longest_session = session.unwrap_or(role.longest_session);
        Ok(())
    })?;
    if asked.text("Action") == Some("UpdateRoleDescription") {
        return get(asked);
    }
    Ok(String::new())
}

fn update_trust(asked: &Asked<'_>) -> Answer {
    let trust = asked.policy("PolicyDocument")?;
    asked.change(|role| {
        role.trust = trust;
        Ok(())
    })
}

fn tags(asked: &Asked<'_>) -> Answer {
    let (_, role) = asked.role()?;
    Ok(format!("<Tags>{}</Tags><IsTruncated>false</IsTruncated>", shown_tags(&role.tags)))
}

fn tag(asked: &Asked<'_>) -> Answer {
    let tags = asked.tags()?;
    asked.change(|role| {
        role.tags.extend(tags);
        few_tags(&role.tags)
    })
}

fn untag(asked: &Asked<'_>) -> Answer {
    let keys = asked.members("TagKeys");
    asked.change(|role| {
        role.tags.retain(|key, _| !keys.contains(&key.as_str()));
        Ok(())
    })
}

fn attach(asked: &Asked<'_>) -> Answer {
    let policy = asked.required("PolicyArn")?;
    if policy != BASIC_EXECUTION {
        return Err(not_implemented(format!(
            "{policy}: no policy of IAM's is evaluated here. Name the role in the bucket's policy; to log and to invoke \
             functions it needs none."
        )));
    }
    asked.change(|role| {
        role.attached.insert(policy.to_owned());
        Ok(())
    })
}

fn detach(asked: &Asked<'_>) -> Answer {
    let policy = asked.required("PolicyArn")?;
    asked.change(|role| {
        if role.attached.remove(policy) {
            return Ok(());
        }
        let message = format!("Policy {policy} was not found.");
        Err(Refused(StatusCode::NOT_FOUND, "NoSuchEntity", message))
    })
}

fn attached(asked: &Asked<'_>) -> Answer {
    let (_, role) = asked.role()?;
    let policies = role.attached.iter().fold(String::new(), |mut text, arn| {
        let name = arn.rsplit('/').next().unwrap_or_default();
        let _ = write!(text, "<member><PolicyName>{name}</PolicyName><PolicyArn>{arn}</PolicyArn></member>");
        text
    });
    Ok(format!("<AttachedPolicies>{policies}</AttachedPolicies><IsTruncated>false</IsTruncated>"))
}

fn policies(asked: &Asked<'_>) -> Answer {
    asked.role()?;
    Ok("<PolicyNames/><IsTruncated>false</IsTruncated>".to_owned())
}

fn put_policy(asked: &Asked<'_>) -> Answer {
    asked.role()?;
    Err(not_implemented(
        "A role's own policy: no policy of IAM's is evaluated here. Name the role in the bucket's policy.",
    ))
}

fn no_policy(asked: &Asked<'_>) -> Answer {
    let (name, _) = asked.role()?;
    let policy = asked.required("PolicyName")?;
    let message = format!("The role policy with name {policy} cannot be found on the role {name}.");
    Err(Refused(StatusCode::NOT_FOUND, "NoSuchEntity", message))
}

fn no_profiles(asked: &Asked<'_>) -> Answer {
    asked.role()?;
    Ok("<InstanceProfiles/><IsTruncated>false</IsTruncated>".to_owned())
}
