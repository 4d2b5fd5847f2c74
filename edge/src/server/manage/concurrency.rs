//! How many invocations of a function may be under way at once.

use serde_json::json;

use super::super::lambda::{Answer, Asked};
use super::{named, no_content, ok, whole};
use crate::edge::{Edge, MOST_INVOCATIONS};
use crate::lambda::{ApiError, ErrorKind, Members, Violations};

/// What must stay for functions that reserve nothing.
const LEAST_UNRESERVED: usize = 100;

pub(super) fn put(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let wanted = Members::parse(&asked.body)?.integer("ReservedConcurrentExecutions")?;
    let mut violations = Violations::default();
    match wanted {
        Some(wanted) => violations.range(wanted, "reservedConcurrentExecutions", 0, i64::from(i32::MAX)),
        None => violations.missing("reservedConcurrentExecutions"),
    }
    violations.check()?;
    let most = wanted.and_then(|wanted| u32::try_from(wanted).ok()).unwrap_or_default();
    let name = whole(named(asked, stars)?)?;
    edge.functions().record_of(&name, &asked.region)?;
    let others: usize = edge
        .functions()
        .records()
        .iter()
        .filter(|record| record.latest.function_name != name.name)
        .filter_map(|record| record.reserved_concurrency)
        .map(|most| most as usize)
        .sum();
    if others + most as usize + LEAST_UNRESERVED > MOST_INVOCATIONS {
        return Err(ApiError::invalid(format!(
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [{LEAST_UNRESERVED}]."
        )));
    }
    edge.functions().change(&name, &asked.region, |record| {
        record.reserved_concurrency = Some(most);
        Ok(())
    })?;
    ok(json!({"ReservedConcurrentExecutions": most}))
}

pub(super) fn get(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    let record = edge.functions().record_of(&whole(named(asked, stars)?)?, &asked.region)?;
    ok(record.reserved_concurrency.map_or_else(|| json!({}), |most| json!({"ReservedConcurrentExecutions": most})))
}

pub(super) fn delete(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    edge.functions().change(&whole(named(asked, stars)?)?, &asked.region, |record| {
        record.reserved_concurrency = None;
        Ok(())
    })?;
    no_content()
}

/// Nothing is provisioned here: every function begins in under a millisecond, or in a few.
pub(super) fn provisioned(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    if super::super::text::query(&asked.uri, "List").as_deref() == Some("ALL") {
        return list_provisioned(edge, asked, stars);
    }
    edge.functions().record_of(&named(asked, stars)?, &asked.region)?;
    Err(ApiError::new(
        ErrorKind::ProvisionedConcurrencyConfigNotFound,
        "No Provisioned Concurrency Config found for this function",
    ))
}

pub(super) fn list_provisioned(edge: &Edge, asked: &Asked, stars: &[String]) -> Answer {
    edge.functions().record_of(&named(asked, stars)?, &asked.region)?;
    ok(json!({"ProvisionedConcurrencyConfigs": []}))
}
