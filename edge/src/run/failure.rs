//! How an invocation failed, in the shapes in which Lambda reports it.

use serde_json::{Value, json};

/// What a caller gets instead of a result (`X-Amz-Function-Error: Unhandled`).
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// `ValueError`, `Runtime.ImportModuleError`, `Sandbox.Timedout`, ...
    pub error_type: String,
    /// The exception's message.
    pub message: String,
    /// Lines as Python prints them, outermost frame first; `None` where there can be none.
    pub stack_trace: Option<Vec<String>>,
    /// The request, where the shape has it as a member of its own.
    pub request_id: Option<String>,
}

impl Failure {
    /// An exception that left the handler.
    pub fn exception(error_type: &str, message: &str, stack_trace: Vec<String>, request_id: &str) -> Self {
        Self {
            error_type: error_type.to_owned(),
            message: message.to_owned(),
            stack_trace: Some(stack_trace),
            request_id: Some(request_id.to_owned()),
        }
    }

    fn by_the_service(error_type: &str, message: String) -> Self {
        Self { error_type: error_type.to_owned(), message, stack_trace: None, request_id: None }
    }

    /// The time was up.
    pub fn timed_out(request_id: &str, timeout_ms: u64) -> Self {
        let seconds = timeout_ms as f64 / 1000.0;
        let message = format!("RequestId: {request_id} Error: Task timed out after {seconds:.2} seconds");
        Self::by_the_service("Sandbox.Timedout", message)
    }

    /// The process that ran the handler ended; `how` as in `exit status 1`, `signal: killed`.
    pub fn exited(request_id: &str, how: Option<&str>) -> Self {
        let message = match how {
            Some(how) => format!("RequestId: {request_id} Error: Runtime exited with error: {how}"),
            None => format!("RequestId: {request_id} Error: Runtime exited without providing a reason"),
        };
        Self::by_the_service("Runtime.ExitError", message)
    }

    /// The interpreter could not be started.
    pub fn no_runtime(request_id: &str, why: &str) -> Self {
        Self::by_the_service("Runtime.InvalidEntrypoint", format!("RequestId: {request_id} Error: {why}"))
    }

    /// The result is over the limit.
    pub fn too_large() -> Self {
        let most = super::MOST_RESULT_BYTES;
        Self::by_the_service(
            "Function.ResponseSizeTooLarge",
            format!("Response payload size exceeded maximum allowed payload size ({most} bytes)."),
        )
    }

    /// The bytes that a runtime reported. Whatever they are, the caller gets an error of Lambda's shape.
    pub fn reported(body: &[u8], request_id: &str) -> Self {
        let parsed: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |member: &str| parsed.get(member).and_then(Value::as_str).map(str::to_owned);
        let lines = parsed.get("stackTrace").and_then(Value::as_array);
        Self {
            error_type: text("errorType").unwrap_or_else(|| "Runtime.Unknown".to_owned()),
            message: text("errorMessage").unwrap_or_default(),
            stack_trace: lines.map(|lines| lines.iter().filter_map(|l| l.as_str().map(str::to_owned)).collect()),
            request_id: Some(request_id.to_owned()),
        }
    }

    /// The payload of the answer.
    pub fn to_json(&self) -> String {
        match (&self.request_id, &self.stack_trace) {
            (None, None) => json!({"errorType": self.error_type, "errorMessage": self.message}),
            (request_id, stack_trace) => json!({
                "errorMessage": self.message,
                "errorType": self.error_type,
                "requestId": request_id.as_deref().unwrap_or_default(),
                "stackTrace": stack_trace.as_deref().unwrap_or_default(),
            }),
        }
        .to_string()
    }

    /// What Lambda's runtime writes to the log of it.
    pub fn to_log(&self) -> String {
        let mut text = format!("[ERROR] {}: {}\nTraceback (most recent call last):\n", self.error_type, self.message);
        for line in self.stack_trace.iter().flatten().flat_map(|entry| entry.lines()) {
            let rest = line.trim_start_matches(' ');
            text.extend(std::iter::repeat_n('\u{a0}', line.len() - rest.len()));
            text.push_str(rest);
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_lambdas() {
        let lines = vec!["  File \"/var/task/a.py\", line 2, in h\n    raise ValueError('no')\n".to_owned()];
        let raised = Failure::exception("ValueError", "no", lines, "r-1");
        assert_eq!(
            raised.to_json(),
            "{\"errorMessage\":\"no\",\"errorType\":\"ValueError\",\"requestId\":\"r-1\",\"stackTrace\":[\"  File \
             \\\"/var/task/a.py\\\", line 2, in h\\n    raise ValueError('no')\\n\"]}"
        );
        assert_eq!(
            raised.to_log(),
            "[ERROR] ValueError: no\nTraceback (most recent call last):\n\u{a0}\u{a0}File \"/var/task/a.py\", line 2, \
             in h\n\u{a0}\u{a0}\u{a0}\u{a0}raise ValueError('no')\n"
        );
        assert_eq!(
            Failure::timed_out("r-1", 1500).to_json(),
            r#"{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: r-1 Error: Task timed out after 1.50 seconds"}"#
        );
        assert_eq!(Failure::reported(raised.to_json().as_bytes(), "r-1"), raised);
        assert_eq!(Failure::reported(b"garbage", "r-1").error_type, "Runtime.Unknown");
        assert!(Failure::exited("r", None).message.ends_with("without providing a reason"));
    }
}
