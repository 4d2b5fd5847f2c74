//! AWS Lambda's errors: names, statuses, and the bodies that AWS's own clients parse.

use http::StatusCode;

use crate::store::StoreError;

/// Which of Lambda's exceptions it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No such function or version.
    ResourceNotFound,
    /// It exists already, or is in use.
    ResourceConflict,
    /// A parameter has a value that is not possible.
    InvalidParameterValue,
    /// The payload of an invocation is no JSON.
    InvalidRequestContent,
    /// The revision is not the one the caller knows.
    PreconditionFailed,
    /// The payload of an invocation is over the limit.
    RequestTooLarge,
    /// The request of another operation is over the limit.
    RequestEntityTooLarge,
    /// The content type is not one of JSON.
    UnsupportedMediaType,
    /// More invocations at once than there is room for.
    TooManyRequests,
    /// More invocations of one function at once than are reserved for it.
    ReservedConcurrency,
    /// A parameter violates the shape that the API's model gives it.
    Validation,
    /// A member of the request has the wrong type.
    Serialization,
    /// The request is not signed, and must be.
    MissingAuthentication,
    /// The signature is no SigV4, or not a whole one.
    IncompleteSignature,
    /// Nobody has this access key.
    UnrecognizedClient,
    /// The signature is not that of the request.
    InvalidSignature,
    /// Whoever signed it may not do that.
    AccessDenied,
    /// No code signing configurations here.
    CodeSigningConfigNotFound,
    /// Nothing is provisioned here.
    ProvisionedConcurrencyConfigNotFound,
    /// The operation is one of Lambda's that is not here.
    NotImplemented,
    /// There is no such operation.
    UnknownOperation,
    /// There is no room for the request now.
    Overloaded,
    /// The edge failed.
    Service,
}

impl ErrorKind {
    /// As in the header `x-amzn-ErrorType`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ResourceNotFound => "ResourceNotFoundException",
            Self::ResourceConflict => "ResourceConflictException",
            Self::InvalidParameterValue => "InvalidParameterValueException",
            Self::InvalidRequestContent => "InvalidRequestContentException",
            Self::PreconditionFailed => "PreconditionFailedException",
            Self::RequestTooLarge => "RequestTooLargeException",
            Self::RequestEntityTooLarge => "RequestEntityTooLargeException",
            Self::UnsupportedMediaType => "UnsupportedMediaTypeException",
            Self::TooManyRequests | Self::ReservedConcurrency => "TooManyRequestsException",
            Self::Validation => "ValidationException",
            Self::Serialization => "SerializationException",
            Self::MissingAuthentication => "MissingAuthenticationTokenException",
            Self::IncompleteSignature => "IncompleteSignatureException",
            Self::UnrecognizedClient => "UnrecognizedClientException",
            Self::InvalidSignature => "InvalidSignatureException",
            Self::AccessDenied => "AccessDeniedException",
            Self::CodeSigningConfigNotFound => "CodeSigningConfigNotFoundException",
            Self::ProvisionedConcurrencyConfigNotFound => "ProvisionedConcurrencyConfigNotFoundException",
            Self::NotImplemented => "NotImplementedException",
            Self::UnknownOperation => "UnknownOperationException",
            Self::Overloaded => "ServiceUnavailableException",
            Self::Service => "ServiceException",
        }
    }

    /// HTTP status.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::ResourceNotFound
            | Self::UnknownOperation
            | Self::CodeSigningConfigNotFound
            | Self::ProvisionedConcurrencyConfigNotFound => StatusCode::NOT_FOUND,
            Self::ResourceConflict => StatusCode::CONFLICT,
            Self::InvalidParameterValue
            | Self::InvalidRequestContent
            | Self::Validation
            | Self::Serialization
            | Self::IncompleteSignature => StatusCode::BAD_REQUEST,
            Self::MissingAuthentication | Self::UnrecognizedClient | Self::InvalidSignature | Self::AccessDenied => {
                StatusCode::FORBIDDEN
            }
            Self::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Self::RequestTooLarge | Self::RequestEntityTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooManyRequests | Self::ReservedConcurrency => StatusCode::TOO_MANY_REQUESTS,
            Self::NotImplemented => StatusCode::NOT_IMPLEMENTED,
            Self::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
            Self::Service => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Name of the member that has the message. Some exceptions write it large.
    const fn message_member(self) -> &'static str {
        match self {
            Self::ResourceNotFound | Self::Service | Self::AccessDenied => "Message",
            _ => "message",
        }
    }
}

/// Why an operation was refused, in AWS's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", kind.name())]
pub struct ApiError {
    /// Which exception.
    pub kind: ErrorKind,
    /// Its message.
    pub message: String,
}

impl ApiError {
    /// An exception.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// `InvalidParameterValueException`.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidParameterValue, message)
    }

    /// The body of the answer.
    pub fn body(&self) -> String {
        let mut body = serde_json::Map::new();
        match self.kind {
            // These come from the layer before Lambda's own and have no type.
            ErrorKind::Validation
            | ErrorKind::Serialization
            | ErrorKind::UnknownOperation
            | ErrorKind::MissingAuthentication
            | ErrorKind::IncompleteSignature
            | ErrorKind::UnrecognizedClient
            | ErrorKind::InvalidSignature => {}
            ErrorKind::Service => {
                body.insert("Type".into(), "Service".into());
            }
            ErrorKind::TooManyRequests => {
                body.insert("Reason".into(), "ConcurrentInvocationLimitExceeded".into());
                body.insert("Type".into(), "User".into());
            }
            ErrorKind::ReservedConcurrency => {
                body.insert("Reason".into(), "ReservedFunctionConcurrentInvocationLimitExceeded".into());
                body.insert("Type".into(), "User".into());
            }
            _ => {
                body.insert("Type".into(), "User".into());
            }
        }
        body.insert(self.kind.message_member().into(), self.message.as_str().into());
        serde_json::Value::Object(body).to_string()
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let kind = match error {
            StoreError::Log(nano_woof::Error::Full(_)) => ErrorKind::Overloaded,
            _ => ErrorKind::Service,
        };
        Self::new(kind, error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_is_where_clients_look_for_it() {
        let missing = ApiError::new(ErrorKind::ResourceNotFound, "Function not found: x");
        assert_eq!(missing.body(), r#"{"Type":"User","Message":"Function not found: x"}"#);
        assert_eq!(ApiError::invalid("a \"b\"").body(), r#"{"Type":"User","message":"a \"b\""}"#);
        assert_eq!(ApiError::new(ErrorKind::Validation, "v").body(), r#"{"message":"v"}"#);
        assert_eq!(ApiError::new(ErrorKind::Service, "s").body(), r#"{"Type":"Service","Message":"s"}"#);
    }
}
