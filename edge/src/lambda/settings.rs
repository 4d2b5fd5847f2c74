//! Settings of a function as requests carry them: read, checked as AWS checks them, and put into a configuration.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::error::{ApiError, ErrorKind};
use super::function::{Configuration, Environment, Run};
use super::validate::{Violations, one_of, pattern};

/// Runtimes that functions may name. Which interpreter runs them is nano's choice, see [`Run`].
pub const RUNTIMES: &[&str] =
    &["python3.14", "python3.13", "python3.12", "python3.11", "python3.10", "python3.9", "python3.8"];

/// Names of environment variables that are the runtime's own.
const RESERVED_VARIABLES: &[&str] = &[
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
];

/// Most bytes of all environment variables.
const MOST_ENVIRONMENT_BYTES: usize = 4 << 10;

/// What nano does not have, and refuses rather than ignores: member and what it is.
const UNSUPPORTED: &[(&str, &str)] = &[
    ("CapacityProviderConfig", "capacity providers"),
    ("DurableConfig", "durable functions"),
    ("FileSystemConfigs", "file systems"),
    ("ImageConfig", "container images"),
    ("TenancyConfig", "tenant isolation"),
    ("AcceleratorConfig", "accelerators"),
];

/// The members of a request, read by their types.
#[derive(Debug)]
pub struct Members(Map<String, Value>);

impl Members {
    /// Reads the body of a request.
    pub fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let parsed = if body.is_empty() { Ok(Value::Object(Map::new())) } else { serde_json::from_slice(body) };
        match parsed {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => {
                Err(ApiError::new(ErrorKind::Serialization, "Start of structure or map found where not expected."))
            }
            Err(error) => Err(ApiError::new(
                ErrorKind::InvalidRequestContent,
                format!("Could not parse request body into json: {error}"),
            )),
        }
    }

    fn of_type<'a, T>(
        &'a self,
        member: &str,
        wanted: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, ApiError> {
        match self.0.get(member) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match read(value) {
                Some(read) => Ok(Some(read)),
                None => Err(ApiError::new(
                    ErrorKind::Serialization,
                    format!("{} can not be converted to {wanted} ({member})", token(value)),
                )),
            },
        }
    }

    /// Whatever it is.
    pub fn member(&self, member: &str) -> Option<&Value> {
        self.0.get(member).filter(|value| !value.is_null())
    }

    /// A string.
    pub fn text(&self, member: &str) -> Result<Option<&str>, ApiError> {
        self.of_type(member, "a String", Value::as_str)
    }

    /// An integer.
    pub fn integer(&self, member: &str) -> Result<Option<i64>, ApiError> {
        self.of_type(member, "an Integer", Value::as_i64)
    }

    /// A truth value; missing is false.
    pub fn flag(&self, member: &str) -> Result<bool, ApiError> {
        Ok(self.of_type(member, "a Boolean", Value::as_bool)?.unwrap_or(false))
    }

    /// A structure.
    pub fn structure(&self, member: &str) -> Result<Option<Self>, ApiError> {
        Ok(self.of_type(member, "a structure", Value::as_object)?.cloned().map(Self))
    }

    /// A list of strings.
    pub fn texts(&self, member: &str) -> Result<Option<Vec<String>>, ApiError> {
        self.of_type(member, "a list of Strings", |value| {
            value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
        })
    }

    /// A map of strings.
    pub fn map(&self, member: &str) -> Result<Option<BTreeMap<String, String>>, ApiError> {
        self.of_type(member, "a map of Strings", |value| {
            value.as_object()?.iter().map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
        })
    }

    fn is_empty(&self, member: &str) -> bool {
        match self.0.get(member) {
            None | Some(Value::Null) => true,
            Some(Value::Array(items)) => items.is_empty(),
            Some(Value::Object(members)) => members.is_empty(),
            Some(_) => false,
        }
    }

    fn value(self) -> Value {
        Value::Object(self.0)
    }
}

fn token(value: &Value) -> &'static str {
    match value {
        Value::Null => "NULL_VALUE",
        Value::Bool(_) => "BOOLEAN_VALUE",
        Value::Number(number) if number.is_f64() => "DECIMAL_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::String(_) => "STRING_VALUE",
        Value::Array(_) => "ARRAY_VALUE",
        Value::Object(_) => "OBJECT_VALUE",
    }
}

/// `arn:aws:iam::123456789012:role/path/name`.
fn is_role(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [arn, partition, service, region, account, role] = parts.as_slice() else { return false };
    let Some(name) = role.strip_prefix("role") else { return false };
    let name = name.strip_prefix('/').unwrap_or(name);
    *arn == "arn"
        && partition.starts_with("aws")
        && *service == "iam"
        && region.is_empty()
        && account.len() == 12
        && account.bytes().all(|b| b.is_ascii_digit())
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "_+=,.@-/".contains(c))
}

/// Checks the settings in a request against the model and puts them into `configuration`, which is a copy: after an
/// error it is thrown away. `creating` says whether the members that a function cannot be without must be there.
pub fn apply(members: &Members, configuration: &mut Configuration, creating: bool) -> Result<(), ApiError> {
    let mut violations = Violations::default();
    let role = members.text("Role")?;
    match role {
        Some(role) if !is_role(role) => {
            violations.add(role, "role", &pattern(r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+"));
        }
        None if creating => violations.missing("role"),
        _ => {}
    }
    let handler = members.text("Handler")?;
    if let Some(handler) = handler {
        violations.length(handler, "handler", 128);
        if handler.is_empty() || handler.contains(char::is_whitespace) {
            violations.add(handler, "handler", &pattern(r"[^\s]+"));
        }
    }
    let description = members.text("Description")?;
    if let Some(description) = description {
        violations.length(description, "description", 256);
    }
    let timeout = members.integer("Timeout")?;
    if let Some(timeout) = timeout {
        violations.range(timeout, "timeout", 1, 900);
    }
    let memory = members.integer("MemorySize")?;
    if let Some(memory) = memory {
        violations.range(memory, "memorySize", 128, 10240);
    }
    let storage = members.structure("EphemeralStorage")?.map(|s| s.integer("Size")).transpose()?;
    match storage {
        Some(Some(size)) => violations.range(size, "ephemeralStorage.size", 512, 10240),
        Some(None) => violations.missing("ephemeralStorage.size"),
        None => {}
    }
    let tracing =
        members.structure("TracingConfig")?.map(|t| t.text("Mode").map(|m| m.map(str::to_owned))).transpose()?;
    let tracing = tracing.flatten();
    if let Some(mode) = &tracing
        && !["Active", "PassThrough"].contains(&mode.as_str())
    {
        violations.add(mode, "tracingConfig.mode", &one_of(&["Active", "PassThrough"]));
    }
    let architectures = members.texts("Architectures")?;
    check_architectures(architectures.as_deref(), &mut violations);
    let kms = members.text("KMSKeyArn")?;
    let environment = members.structure("Environment")?.map(|e| e.map("Variables")).transpose()?;
    if let Some(Some(variables)) = &environment {
        let bad = |name: &str| {
            name.len() < 2
                || !name.starts_with(|c: char| c.is_ascii_alphabetic())
                || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        // Reserved names get their own words below.
        if let Some(name) = variables.keys().find(|name| bad(name) && !RESERVED_VARIABLES.contains(&name.as_str())) {
            let words = format!("Map keys must satisfy constraint: [{}]", pattern("[a-zA-Z]([a-zA-Z0-9_])+"));
            violations.add(&format!("{{{name}={}}}", variables[name]), "environment.variables", &words);
        }
    }
    violations.check()?;

    let runtime = members.text("Runtime")?;
    if let Some(runtime) = runtime
        && !RUNTIMES.contains(&runtime)
    {
        return Err(ApiError::invalid(format!(
            "Value {runtime} at 'runtime' failed to satisfy constraint: {} or be a valid ARN",
            one_of(RUNTIMES)
        )));
    }
    if creating && (runtime.is_none() || handler.is_none()) {
        return Err(ApiError::invalid(
            "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
        ));
    }
    for (member, what) in UNSUPPORTED {
        if !members.is_empty(member) {
            return Err(ApiError::invalid(format!("{member} is not supported: there are no {what} here.")));
        }
    }
    if let Some(Some(variables)) = &environment {
        check_variables(variables)?;
    }

    let logging = logging(members, &configuration.logging_config, &configuration.function_name)?;
    let snap_start = snap_start(members)?;
    let set = |target: &mut String, value: Option<&str>| {
        if let Some(value) = value {
            value.clone_into(target);
        }
    };
    set(&mut configuration.role, role);
    set(&mut configuration.handler, handler);
    set(&mut configuration.description, description);
    set(&mut configuration.runtime, runtime);
    if let Some(timeout) = timeout {
        configuration.timeout = timeout as u32;
        configuration.nano.timeout_ms = None;
    }
    if let Some(memory) = memory {
        configuration.memory_size = memory as u32;
    }
    if let Some(Some(size)) = storage {
        configuration.ephemeral_storage = json!({"Size": size});
    }
    if let Some(mode) = tracing {
        configuration.tracing_config = json!({"Mode": mode});
    }
    if let Some(architectures) = architectures {
        configuration.architectures = architectures;
    }
    if let Some(kms) = kms {
        configuration.kms_key_arn = (!kms.is_empty()).then(|| kms.to_owned());
    }
    if let Some(variables) = environment {
        let variables = variables.unwrap_or_default();
        if let Some(run) = variables.get("NANO_RUN") {
            configuration.nano.run = parse_run(run)?;
        }
        configuration.environment = (!variables.is_empty()).then_some(Environment { variables });
    }
    if let Some(vpc) = members.structure("VpcConfig")? {
        let mut vpc = vpc.value();
        if let Some(members) = vpc.as_object_mut() {
            members.entry("SubnetIds").or_insert_with(|| json!([]));
            members.entry("SecurityGroupIds").or_insert_with(|| json!([]));
            members.entry("VpcId").or_insert_with(|| json!(""));
        }
        configuration.vpc_config = Some(vpc);
    }
    if let Some(dead_letter) = members.structure("DeadLetterConfig")?
        && let Some(target) = dead_letter.text("TargetArn")?.filter(|target| !target.is_empty())
    {
        // Kept and shown, it would be where failures are looked for that never come.
        return Err(ApiError::invalid(format!(
            "The dead letter target {target} is not supported: there are no queues and no topics here. A function or a \
             bucket can be told of failures: see PutFunctionEventInvokeConfig."
        )));
    }
    if let Some(snap_start) = snap_start {
        configuration.snap_start = snap_start;
    }
    configuration.logging_config = logging;
    Ok(())
}

/// The arm that a tag or variable names.
pub fn parse_run(text: &str) -> Result<Run, ApiError> {
    Run::parse(text)
        .ok_or_else(|| ApiError::invalid(format!("{text:?} is no place to run: device, edge, cloud or auto.")))
}

/// One of the architectures that AWS has; handlers are Python and run on the machine that is there.
pub fn check_architectures(architectures: Option<&[String]>, violations: &mut Violations) {
    if let Some(architectures) = architectures
        && !matches!(architectures, [one] if one == "x86_64" || one == "arm64")
    {
        let value = format!("[{}]", architectures.join(", "));
        let words = format!("Member must satisfy constraint: [{}]", one_of(&["x86_64", "arm64"]));
        violations.add(&value, "architectures", &words);
    }
}

fn check_variables(variables: &BTreeMap<String, String>) -> Result<(), ApiError> {
    let start = "Lambda was unable to configure your environment variables because the environment variables you have \
                 provided";
    let reserved: Vec<&str> = RESERVED_VARIABLES.iter().copied().filter(|name| variables.contains_key(*name)).collect();
    if !reserved.is_empty() {
        return Err(ApiError::invalid(format!(
            "{start} contains reserved keys that are currently not supported for modification. Reserved keys used in \
             this request: {}",
            reserved.join(", ")
        )));
    }
    let measured = json!(variables).to_string();
    if measured.len() > MOST_ENVIRONMENT_BYTES {
        return Err(ApiError::invalid(format!("{start} exceeded the 4KB limit. String measured: {measured}")));
    }
    Ok(())
}

fn logging(members: &Members, present: &Value, name: &str) -> Result<Value, ApiError> {
    let mut logging = present.clone();
    let Some(given) = members.structure("LoggingConfig")? else { return Ok(logging) };
    let format = given.text("LogFormat")?.unwrap_or("Text");
    let mut violations = Violations::default();
    if !["JSON", "Text"].contains(&format) {
        violations.add(format, "loggingConfig.logFormat", &one_of(&["JSON", "Text"]));
    }
    let group = given.text("LogGroup")?;
    if let Some(group) = group {
        violations.length(group, "loggingConfig.logGroup", 512);
        if group.is_empty() || !group.chars().all(|c| c.is_ascii_alphanumeric() || ".-_/#".contains(c)) {
            violations.add(group, "loggingConfig.logGroup", &pattern(r"[\.\-_/#A-Za-z0-9]+"));
        }
    }
    violations.check()?;
    if format == "JSON" {
        return Err(ApiError::invalid("LogFormat JSON is not supported: logs are text here."));
    }
    let group = group.map_or_else(|| format!("/aws/lambda/{name}"), str::to_owned);
    logging["LogFormat"] = json!(format);
    logging["LogGroup"] = json!(group);
    Ok(logging)
}

fn snap_start(members: &Members) -> Result<Option<Value>, ApiError> {
    let Some(given) = members.structure("SnapStart")? else { return Ok(None) };
    let apply_on = given.text("ApplyOn")?.unwrap_or("None");
    let mut violations = Violations::default();
    if !["PublishedVersions", "None"].contains(&apply_on) {
        violations.add(apply_on, "snapStart.applyOn", &one_of(&["PublishedVersions", "None"]));
    }
    violations.check()?;
    Ok(Some(json!({"ApplyOn": apply_on, "OptimizationStatus": "Off"})))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles() {
        assert!(is_role("arn:aws:iam::123456789012:role/lambda-role"));
        assert!(is_role("arn:aws:iam::123456789012:role/service-role/x_y"));
        for bad in [
            "",
            "role",
            "arn:aws:iam::12345:role/x",
            "arn:aws:iam::123456789012:user/x",
            "arn:aws:iam::123456789012:role/",
        ] {
            assert!(!is_role(bad), "{bad}");
        }
    }

    #[test]
    fn members_have_types() {
        let members = Members::parse(br#"{"Timeout": "3", "Handler": 5, "Publish": null}"#).unwrap();
        assert_eq!(members.integer("Timeout").unwrap_err().kind, ErrorKind::Serialization);
        assert_eq!(members.text("Handler").unwrap_err().kind, ErrorKind::Serialization);
        assert!(!members.flag("Publish").unwrap());
        assert_eq!(Members::parse(b"{").unwrap_err().kind, ErrorKind::InvalidRequestContent);
        assert_eq!(Members::parse(b"[]").unwrap_err().kind, ErrorKind::Serialization);
    }

    #[test]
    fn environment_is_limited() {
        let one = |name: &str, value: String| BTreeMap::from([(name.to_owned(), value)]);
        assert!(check_variables(&one("LEVEL", "x".repeat(4000))).is_ok());
        assert!(check_variables(&one("LEVEL", "x".repeat(4096))).unwrap_err().message.contains("4KB limit"));
        let reserved = check_variables(&one("AWS_REGION", String::new())).unwrap_err();
        assert!(reserved.message.ends_with("Reserved keys used in this request: AWS_REGION"));
    }
}
