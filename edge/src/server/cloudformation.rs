//! As much of CloudFormation as tools need that look up what a template's names are: there are no stacks here, so every
//! function is in whatever stack is asked for, under its own name.

use std::fmt::Write as _;

use crate::edge::Edge;
use crate::lambda::{ACCOUNT, DEFAULT_REGION};
use crate::world::log_time;

/// The stack that SAM makes for itself, and the name of its bucket here.
const SAM_STACK: &str = "aws-sam-cli-managed-default";

const NAMESPACE: &str = "http://cloudformation.amazonaws.com/doc/2010-05-15/";

/// Answers an operation that only looks; `None` for one that is not here.
pub(super) fn answer(edge: &Edge, form: &[(String, String)], request_id: &str) -> Option<String> {
    let value = |name: &str| form.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let stack = value("StackName").unwrap_or("nano");
    // The name may be the id that an earlier answer gave.
    let stack = stack.strip_prefix("arn:aws:cloudformation:").map_or(stack, |arn| arn.split('/').nth(1).unwrap_or(arn));
    let action = value("Action")?;
    let now = log_time(edge.world().now_ms());
    let result = match action {
        "DescribeStacks" => format!(
            "<Stacks><member><StackName>{0}</StackName><StackId>{1}</StackId><CreationTime>{now}</CreationTime>\
             <StackStatus>CREATE_COMPLETE</StackStatus>{2}</member></Stacks>",
            escaped(stack),
            escaped(&id(stack)),
            if stack == SAM_STACK { sam_bucket(edge) } else { String::new() }
        ),
        "ListStackResources" => {
            format!("<StackResourceSummaries>{}</StackResourceSummaries>", members(edge, &now, None))
        }
        "DescribeStackResources" => format!("<StackResources>{}</StackResources>", members(edge, &now, Some(stack))),
        _ => return None,
    };
    Some(format!(
        "<{action}Response xmlns=\"{NAMESPACE}\"><{action}Result>{result}</{action}Result><ResponseMetadata><RequestId>\
         {request_id}</RequestId></ResponseMetadata></{action}Response>"
    ))
}

/// SAM keeps what it uploads in a bucket that a stack of its own names; here is that bucket.
fn sam_bucket(edge: &Edge) -> String {
    // There already, as a rule; what else may fail is said when SAM uses it.
    let _ = edge.store().create_bucket(SAM_STACK, DEFAULT_REGION);
    format!(
        "<Tags><member><Key>ManagedStackSource</Key><Value>AwsSamCli</Value></member></Tags><Outputs><member><OutputKey>\
         SourceBucket</OutputKey><OutputValue>{SAM_STACK}</OutputValue></member></Outputs>"
    )
}

fn id(stack: &str) -> String {
    format!("arn:aws:cloudformation:{DEFAULT_REGION}:{ACCOUNT}:stack/{stack}/nano")
}

fn members(edge: &Edge, now: &str, stack: Option<&str>) -> String {
    let (time, of) = match stack {
        Some(stack) => {
            let (name, id) = (escaped(stack), escaped(&id(stack)));
            ("Timestamp", format!("<StackName>{name}</StackName><StackId>{id}</StackId>"))
        }
        None => ("LastUpdatedTimestamp", String::new()),
    };
    edge.functions().records().iter().fold(String::new(), |mut text, record| {
        // Names of functions have no character that XML minds.
        let name = &record.latest.function_name;
        let _ = write!(
            text,
            "<member>{of}<LogicalResourceId>{name}</LogicalResourceId><PhysicalResourceId>{name}</PhysicalResourceId>\
             <ResourceType>AWS::Lambda::Function</ResourceType><{time}>{now}</{time}>\
             <ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>"
        );
        text
    })
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
