//! What belongs to the account, and settings that have one value here.

use serde_json::json;

use super::super::lambda::{Answer, Asked};
use super::{named, no_content, ok};
use crate::edge::{Edge, MOST_INVOCATIONS};
use crate::lambda::{ApiError, Members, one_of, violation};

pub(super) fn settings(edge: &Edge, _: &Asked, _: &[String]) -> Answer {
    let records = edge.functions().records();
    let code: u64 =
        records.iter().flat_map(|r| std::iter::once(&r.latest).chain(&r.versions)).map(|c| c.code_size).sum();
    let reserved: usize =
        records.iter().filter_map(|record| record.reserved_concurrency).map(|most| most as usize).sum();
    ok(json!({
        "AccountLimit": {
            "TotalCodeSize": 80_530_636_800_u64,
            "CodeSizeUnzipped": crate::package::MOST_UNZIPPED_BYTES,
            "CodeSizeZipped": crate::package::MOST_ZIPPED_BYTES,
            "ConcurrentExecutions": MOST_INVOCATIONS,
            "UnreservedConcurrentExecutions": MOST_INVOCATIONS.saturating_sub(reserved),
        },
        "AccountUsage": {"TotalCodeSize": code, "FunctionCount": records.len()},
    }))
}

/// No function has one.
pub(super) fn code_signing(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let record = edge.functions().record_of(&named(asked, stars)?, &asked.region)?;
    ok(json!({"FunctionName": record.latest.function_name}))
}

pub(super) fn delete_code_signing(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    edge.functions().record_of(&named(asked, stars)?, &asked.region)?;
    no_content()
}

pub(super) fn list_code_signing(_: &Edge, _: &Asked, _: &[String]) -> Answer {
    ok(json!({"CodeSigningConfigs": []}))
}

/// The interpreter is the machine's own: it is another one when the machine's is.
pub(super) fn runtime_management(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let version = edge.functions().find(&named(asked, stars)?, &asked.region)?;
    ok(json!({"UpdateRuntimeOn": "Auto", "FunctionArn": version.configuration.function_arn}))
}

pub(super) fn put_runtime_management(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    match Members::parse(&asked.body)?.text("UpdateRuntimeOn")? {
        Some("Auto") => runtime_management(edge, asked, stars),
        Some("FunctionUpdate" | "Manual") => Err(ApiError::invalid(
            "The interpreter is the machine's own and can't be held back: UpdateRuntimeOn must be Auto.",
        )),
        other => {
            Err(violation(other.unwrap_or("null"), "updateRuntimeOn", &one_of(&["Auto", "FunctionUpdate", "Manual"])))
        }
    }
}

pub(super) fn recursion(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let record = edge.functions().record_of(&named(asked, stars)?, &asked.region)?;
    ok(json!({"RecursiveLoop": record.recursion.as_deref().unwrap_or("Terminate")}))
}

pub(super) fn put_recursion(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let members = Members::parse(&asked.body)?;
    let wanted = members.text("RecursiveLoop")?.unwrap_or("null");
    if !["Allow", "Terminate"].contains(&wanted) {
        return Err(violation(wanted, "recursiveLoop", &one_of(&["Allow", "Terminate"])));
    }
    edge.functions().change(&named(asked, stars)?, &asked.region, |record| {
        record.recursion = Some(wanted.to_owned());
        Ok(())
    })?;
    ok(json!({"RecursiveLoop": wanted}))
}
