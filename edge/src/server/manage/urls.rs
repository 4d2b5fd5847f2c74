//! Function URLs: made, changed, listed, found again.

use http::StatusCode;
use serde_json::{Value, json};

use super::super::lambda::{Answer, Asked};
use super::{FEW_ITEMS, named, no_content, not_found, ok, page};
use crate::edge::Edge;
use crate::lambda::{
    ApiError, ErrorKind, FunctionName, FunctionRecord, Members, UrlConfig, Violations, one_of, violation,
};
use crate::world::lambda_time;

/// What a URL leads to.
#[derive(Debug, Clone)]
pub(in super::super) struct Target {
    pub function: FunctionName,
    pub config: UrlConfig,
}

/// The function that a URL's id is of.
pub(in super::super) fn find(edge: &Edge, id: &str) -> Option<Target> {
    edge.functions().records().into_iter().find_map(|record| {
        let (qualifier, config) = record.urls.iter().find(|(_, config)| config.id == id)?;
        let mut function = FunctionName::plain(&record.latest.function_name);
        function.qualifier = (!qualifier.is_empty()).then(|| qualifier.clone());
        Some(Target { function, config: config.clone() })
    })
}

fn to_json(record: &FunctionRecord, qualifier: &str, config: &UrlConfig, host: &str) -> Value {
    let mut arn = record.latest.function_arn.clone();
    if !qualifier.is_empty() {
        arn = format!("{arn}:{qualifier}");
    }
    let mut shown = json!({
        "FunctionUrl": format!("http://{host}/_nano/url/{}/", config.id),
        "FunctionArn": arn,
        "AuthType": if config.open { "NONE" } else { "AWS_IAM" },
        "CreationTime": config.created,
        "LastModifiedTime": config.modified,
        "InvokeMode": config.invoke_mode,
    });
    if let Some(cors) = &config.cors {
        shown["Cors"] = cors.clone();
    }
    shown
}

/// A URL is of the function or of an alias.
fn qualifier(name: &FunctionName, record: &FunctionRecord, region: &str) -> Result<String, ApiError> {
    match name.qualifier.as_deref() {
        None => Ok(String::new()),
        Some(qualifier) if record.aliases.contains_key(qualifier) => Ok(qualifier.to_owned()),
        Some(qualifier) if record.has(qualifier) => Err(violation(
            qualifier,
            "qualifier",
            "Member must satisfy regular expression pattern: ((?!^\\d+$)^[0-9a-zA-Z-_]+$)",
        )),
        Some(_) => Err(name.not_found(region)),
    }
}

/// Whether anyone may use it, if the request says.
fn auth(members: &Members) -> Result<Option<bool>, ApiError> {
    match members.text("AuthType")? {
        None => Ok(None),
        Some("NONE") => Ok(Some(true)),
        Some("AWS_IAM") => Ok(Some(false)),
        Some(other) => Err(violation(other, "authType", &one_of(&["NONE", "AWS_IAM"]))),
    }
}

fn mode(members: &Members) -> Result<Option<String>, ApiError> {
    match members.text("InvokeMode")? {
        None => Ok(None),
        Some(mode @ ("BUFFERED" | "RESPONSE_STREAM")) => Ok(Some(mode.to_owned())),
        Some(other) => Err(violation(other, "invokeMode", &one_of(&["BUFFERED", "RESPONSE_STREAM"]))),
    }
}

/// Checks what browsers on other sites are to be let do against the model.
fn check_cors(members: &Members) -> Result<(), ApiError> {
    let Some(cors) = members.structure("Cors")? else { return Ok(()) };
    let mut violations = Violations::default();
    cors.flag("AllowCredentials")?;
    if let Some(age) = cors.integer("MaxAge")? {
        violations.range(age, "cors.maxAge", 0, 86_400);
    }
    for (member, shown) in [
        ("AllowHeaders", "cors.allowHeaders"),
        ("AllowMethods", "cors.allowMethods"),
        ("AllowOrigins", "cors.allowOrigins"),
        ("ExposeHeaders", "cors.exposeHeaders"),
    ] {
        let values = cors.texts(member)?.unwrap_or_default();
        let shown_values = || format!("[{}]", values.join(", "));
        if values.len() > 100 {
            violations.add(&shown_values(), shown, "Member must have length less than or equal to 100");
        }
        let known = ["GET", "PUT", "HEAD", "POST", "PATCH", "DELETE", "*"];
        if member == "AllowMethods" && !values.iter().all(|method| known.contains(&method.as_str())) {
            let words = format!("Member must satisfy constraint: [{}]", one_of(&known));
            violations.add(&shown_values(), shown, &words);
        }
    }
    violations.check()
}

fn absent() -> ApiError {
    not_found("The resource you requested does not exist.")
}

pub(super) fn create(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let name = named(asked, stars)?;
    let members = Members::parse(&asked.body)?;
    let mut violations = Violations::default();
    let open = auth(&members)?.unwrap_or_else(|| {
        violations.missing("authType");
        false
    });
    violations.check()?;
    check_cors(&members)?;
    let invoke_mode = mode(&members)?.unwrap_or_else(|| "BUFFERED".to_owned());
    let now = lambda_time(edge.world().now_ms());
    let shown = edge.functions().change(&name, &asked.region, |record| {
        let qualifier = qualifier(&name, record, &asked.region)?;
        if record.urls.contains_key(&qualifier) {
            let message = format!("Failed to create function url config for [functionArn = {}]. Error message:  FunctionUrlConfig exists for this Lambda function", record.latest.function_arn);
            return Err(ApiError::new(ErrorKind::ResourceConflict, message));
        }
        let config = UrlConfig {
            id: edge.world().uuid().replace('-', ""),
            open,
            cors: members.member("Cors").filter(|cors| cors.is_object()).cloned(),
            invoke_mode,
            created: now.clone(),
            modified: now,
        };
        let shown = to_json(record, &qualifier, &config, &asked.host);
        record.urls.insert(qualifier, config);
        Ok(shown)
    })?;
    Ok((StatusCode::CREATED, shown))
}

pub(super) fn update(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let name = named(asked, stars)?;
    let members = Members::parse(&asked.body)?;
    let (auth, mode) = (auth(&members)?, mode(&members)?);
    check_cors(&members)?;
    let shown = edge.functions().change(&name, &asked.region, |record| {
        let qualifier = qualifier(&name, record, &asked.region)?;
        let mut config = record.urls.get(&qualifier).cloned().ok_or_else(absent)?;
        config.open = auth.unwrap_or(config.open);
        config.invoke_mode = mode.unwrap_or(config.invoke_mode);
        if let Some(cors) = members.member("Cors").filter(|cors| cors.is_object()) {
            config.cors = Some(cors.clone());
        }
        config.modified = lambda_time(edge.world().now_ms());
        let shown = to_json(record, &qualifier, &config, &asked.host);
        record.urls.insert(qualifier, config);
        Ok(shown)
    })?;
    ok(shown)
}

pub(super) fn get(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let name = named(asked, stars)?;
    let record = edge.functions().record_of(&name, &asked.region)?;
    let qualifier = qualifier(&name, &record, &asked.region)?;
    let config = record.urls.get(&qualifier).ok_or_else(absent)?;
    ok(to_json(&record, &qualifier, config, &asked.host))
}

pub(super) fn delete(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let name = named(asked, stars)?;
    edge.functions().change(&name, &asked.region, |record| {
        let qualifier = qualifier(&name, record, &asked.region)?;
        record.urls.remove(&qualifier).map(|_| ()).ok_or_else(absent)
    })?;
    no_content()
}

pub(super) fn list(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let record = edge.functions().record_of(&named(asked, stars)?, &asked.region)?;
    let all = record.urls.iter();
    let all = all.map(|(q, config)| (format!(".{q}"), to_json(&record, q, config, &asked.host))).collect();
    let (configs, marker) = page(asked, all, FEW_ITEMS)?;
    let mut body = json!({"FunctionUrlConfigs": configs});
    if let Some(marker) = marker {
        body["NextMarker"] = marker.into();
    }
    ok(body)
}
