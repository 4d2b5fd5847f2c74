//! Variables of the environment that a function finds, whichever arm runs it.

use crate::lambda::{Configuration, DEFAULT_REGION};

/// The region a function is in.
pub(super) fn region(configuration: &Configuration) -> &str {
    configuration.function_arn.split(':').nth(3).unwrap_or(DEFAULT_REGION)
}

/// What Lambda's runtime sets, and the function's own, which come last and win.
pub(super) fn variables(
    configuration: &Configuration,
    log_stream: &str,
    (access_key, secret): (&str, &str),
    more: impl IntoIterator<Item = (String, String)>,
) -> Vec<(String, String)> {
    let region = region(configuration);
    let memory = configuration.memory_size.to_string();
    let execution = format!("AWS_Lambda_{}", configuration.runtime);
    let runtime = [
        ("AWS_ACCESS_KEY_ID", access_key),
        ("AWS_DEFAULT_REGION", region),
        ("AWS_EXECUTION_ENV", &execution),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &memory),
        ("AWS_LAMBDA_FUNCTION_NAME", &configuration.function_name),
        ("AWS_LAMBDA_FUNCTION_VERSION", &configuration.version),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", configuration.log_group()),
        ("AWS_LAMBDA_LOG_STREAM_NAME", log_stream),
        ("AWS_REGION", region),
        ("AWS_SECRET_ACCESS_KEY", secret),
        ("LANG", "C.UTF-8"),
        ("TZ", ":UTC"),
        ("_HANDLER", &configuration.handler),
    ];
    let mut variables: Vec<(String, String)> =
        runtime.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    variables.extend(more);
    let own = configuration.environment.iter().flat_map(|environment| &environment.variables);
    for (name, value) in own {
        variables.retain(|(known, _)| known != name);
        variables.push((name.clone(), value.clone()));
    }
    variables
}
