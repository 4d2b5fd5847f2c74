//! Lambda's operations besides those on functions themselves: names, methods, paths. Those that are here are in
//! [`super::manage`]; the others are refused by name.

/// Name, method and path (`*` stands for one segment) of the other operations of Lambda's model.
const OPERATIONS: &[(&str, &str, &str)] = &[
    ("AddLayerVersionPermission", "POST", "/2018-10-31/layers/*/versions/*/policy"),
    ("AddPermission", "POST", "/2015-03-31/functions/*/policy"),
    ("CheckpointDurableExecution", "POST", "/2025-12-01/durable-executions/*/checkpoint"),
    ("CreateAlias", "POST", "/2015-03-31/functions/*/aliases"),
    ("CreateCapacityProvider", "POST", "/2025-11-30/capacity-providers"),
    ("CreateCodeSigningConfig", "POST", "/2020-04-22/code-signing-configs"),
    ("CreateEventSourceMapping", "POST", "/2015-03-31/event-source-mappings"),
    ("CreateFunctionUrlConfig", "POST", "/2021-10-31/functions/*/url"),
    ("DeleteAlias", "DELETE", "/2015-03-31/functions/*/aliases/*"),
    ("DeleteCapacityProvider", "DELETE", "/2025-11-30/capacity-providers/*"),
    ("DeleteCodeSigningConfig", "DELETE", "/2020-04-22/code-signing-configs/*"),
    ("DeleteDurableExecution", "DELETE", "/2025-12-01/durable-executions/*"),
    ("DeleteEventSourceMapping", "DELETE", "/2015-03-31/event-source-mappings/*"),
    ("DeleteFunctionCodeSigningConfig", "DELETE", "/2020-06-30/functions/*/code-signing-config"),
    ("DeleteFunctionConcurrency", "DELETE", "/2017-10-31/functions/*/concurrency"),
    ("DeleteFunctionEventInvokeConfig", "DELETE", "/2019-09-25/functions/*/event-invoke-config"),
    ("DeleteFunctionUrlConfig", "DELETE", "/2021-10-31/functions/*/url"),
    ("DeleteLayerVersion", "DELETE", "/2018-10-31/layers/*/versions/*"),
    ("DeleteProvisionedConcurrencyConfig", "DELETE", "/2019-09-30/functions/*/provisioned-concurrency"),
    ("DeleteResourcePolicy", "DELETE", "/2026-07-09/resource-policy/*"),
    ("GetAccountSettings", "GET", "/2016-08-19/account-settings"),
    ("GetAlias", "GET", "/2015-03-31/functions/*/aliases/*"),
    ("GetCapacityProvider", "GET", "/2025-11-30/capacity-providers/*"),
    ("GetCodeSigningConfig", "GET", "/2020-04-22/code-signing-configs/*"),
    ("GetDurableExecution", "GET", "/2025-12-01/durable-executions/*"),
    ("GetDurableExecutionHistory", "GET", "/2025-12-01/durable-executions/*/history"),
    ("GetDurableExecutionState", "GET", "/2025-12-01/durable-executions/*/state"),
    ("GetEventSourceMapping", "GET", "/2015-03-31/event-source-mappings/*"),
    ("GetFunctionCodeSigningConfig", "GET", "/2020-06-30/functions/*/code-signing-config"),
    ("GetFunctionConcurrency", "GET", "/2019-09-30/functions/*/concurrency"),
    ("GetFunctionEventInvokeConfig", "GET", "/2019-09-25/functions/*/event-invoke-config"),
    ("GetFunctionRecursionConfig", "GET", "/2024-08-31/functions/*/recursion-config"),
    ("GetFunctionScalingConfig", "GET", "/2025-11-30/functions/*/function-scaling-config"),
    ("GetFunctionUrlConfig", "GET", "/2021-10-31/functions/*/url"),
    ("GetLayerVersion", "GET", "/2018-10-31/layers/*/versions/*"),
    ("GetLayerVersionByArn", "GET", "/2018-10-31/layers"),
    ("GetLayerVersionPolicy", "GET", "/2018-10-31/layers/*/versions/*/policy"),
    ("GetPolicy", "GET", "/2015-03-31/functions/*/policy"),
    ("GetProvisionedConcurrencyConfig", "GET", "/2019-09-30/functions/*/provisioned-concurrency"),
    ("GetResourcePolicy", "GET", "/2026-07-09/resource-policy/*"),
    ("GetRuntimeManagementConfig", "GET", "/2021-07-20/functions/*/runtime-management-config"),
    ("InvokeAsync", "POST", "/2014-11-13/functions/*/invoke-async"),
    ("InvokeWithResponseStream", "POST", "/2021-11-15/functions/*/response-streaming-invocations"),
    ("ListAliases", "GET", "/2015-03-31/functions/*/aliases"),
    ("ListCapacityProviders", "GET", "/2025-11-30/capacity-providers"),
    ("ListCodeSigningConfigs", "GET", "/2020-04-22/code-signing-configs"),
    ("ListDurableExecutionsByFunction", "GET", "/2025-12-01/functions/*/durable-executions"),
    ("ListEventSourceMappings", "GET", "/2015-03-31/event-source-mappings"),
    ("ListFunctionEventInvokeConfigs", "GET", "/2019-09-25/functions/*/event-invoke-config/list"),
    ("ListFunctionUrlConfigs", "GET", "/2021-10-31/functions/*/urls"),
    ("ListFunctionVersionsByCapacityProvider", "GET", "/2025-11-30/capacity-providers/*/function-versions"),
    ("ListFunctionsByCodeSigningConfig", "GET", "/2020-04-22/code-signing-configs/*/functions"),
    ("ListLayerVersions", "GET", "/2018-10-31/layers/*/versions"),
    ("ListLayers", "GET", "/2018-10-31/layers"),
    ("ListProvisionedConcurrencyConfigs", "GET", "/2019-09-30/functions/*/provisioned-concurrency"),
    ("ListTags", "GET", "/2017-03-31/tags/*"),
    ("ListVersionsByFunction", "GET", "/2015-03-31/functions/*/versions"),
    ("PauseDurableExecution", "POST", "/2025-12-01/durable-executions/*/pause"),
    ("PublishLayerVersion", "POST", "/2018-10-31/layers/*/versions"),
    ("PublishVersion", "POST", "/2015-03-31/functions/*/versions"),
    ("PutFunctionCodeSigningConfig", "PUT", "/2020-06-30/functions/*/code-signing-config"),
    ("PutFunctionConcurrency", "PUT", "/2017-10-31/functions/*/concurrency"),
    ("PutFunctionEventInvokeConfig", "PUT", "/2019-09-25/functions/*/event-invoke-config"),
    ("PutFunctionRecursionConfig", "PUT", "/2024-08-31/functions/*/recursion-config"),
    ("PutFunctionScalingConfig", "PUT", "/2025-11-30/functions/*/function-scaling-config"),
    ("PutProvisionedConcurrencyConfig", "PUT", "/2019-09-30/functions/*/provisioned-concurrency"),
    ("PutResourcePolicy", "PUT", "/2026-07-09/resource-policy/*"),
    ("PutRuntimeManagementConfig", "PUT", "/2021-07-20/functions/*/runtime-management-config"),
    ("RemoveLayerVersionPermission", "DELETE", "/2018-10-31/layers/*/versions/*/policy/*"),
    ("RemovePermission", "DELETE", "/2015-03-31/functions/*/policy/*"),
    ("ResumeDurableExecution", "POST", "/2025-12-01/durable-executions/*/resume"),
    ("SendDurableExecutionCallbackFailure", "POST", "/2025-12-01/durable-execution-callbacks/*/fail"),
    ("SendDurableExecutionCallbackHeartbeat", "POST", "/2025-12-01/durable-execution-callbacks/*/heartbeat"),
    ("SendDurableExecutionCallbackSuccess", "POST", "/2025-12-01/durable-execution-callbacks/*/succeed"),
    ("StopDurableExecution", "POST", "/2025-12-01/durable-executions/*/stop"),
    ("TagResource", "POST", "/2017-03-31/tags/*"),
    ("UntagResource", "DELETE", "/2017-03-31/tags/*"),
    ("UpdateAlias", "PUT", "/2015-03-31/functions/*/aliases/*"),
    ("UpdateCapacityProvider", "PUT", "/2025-11-30/capacity-providers/*"),
    ("UpdateCodeSigningConfig", "PUT", "/2020-04-22/code-signing-configs/*"),
    ("UpdateEventSourceMapping", "PUT", "/2015-03-31/event-source-mappings/*"),
    ("UpdateFunctionEventInvokeConfig", "POST", "/2019-09-25/functions/*/event-invoke-config"),
    ("UpdateFunctionUrlConfig", "PUT", "/2021-10-31/functions/*/url"),
];

/// The operation that a request means, if it is in the table, and what stands for its stars.
pub(super) fn find<'p>(method: &str, path: &'p str) -> Option<(&'static str, Vec<&'p str>)> {
    let segments: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    let fits = |pattern: &str| {
        let wanted: Vec<&str> = pattern.split('/').collect();
        wanted.len() == segments.len() && wanted.iter().zip(&segments).all(|(w, s)| *w == "*" || w == s)
    };
    // Layers have one operation more at the same path, told apart by the query.
    let (name, _, pattern) = OPERATIONS.iter().find(|(_, m, pattern)| *m == method && fits(pattern))?;
    let stars = pattern.split('/').zip(&segments).filter(|(wanted, _)| *wanted == "*");
    Some((name, stars.map(|(_, segment)| *segment).collect()))
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn operations_have_names() {
        assert_eq!(find("GET", "/2015-03-31/functions/f/policy"), Some(("GetPolicy", vec!["f"])));
        assert_eq!(find("POST", "/2015-03-31/functions/f/versions"), Some(("PublishVersion", vec!["f"])));
        assert_eq!(find("GET", "/2015-03-31/functions/f/aliases/a"), Some(("GetAlias", vec!["f", "a"])));
        assert_eq!(find("PUT", "/2015-03-31/functions/f/policy"), None);
        assert_eq!(find("GET", "/2015-03-31/functions"), None);
    }
}
