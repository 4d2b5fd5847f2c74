//! What goes wrong, as a person reads it: a cause, a hint, an exit code.

use std::io::{self, Write as _};

/// Why a command ends early.
#[derive(Debug)]
pub enum Failure {
    /// The user's code or device failed: exit code 1. The text is complete (a traceback, diagnostics).
    Code(String),
    /// Usage or configuration: exit code 2.
    Usage(anyhow::Error, Option<String>),
    /// A defect of nano: exit code 3.
    Internal(anyhow::Error),
    /// Whoever read our output has gone: exit code 0.
    BrokenPipe,
}

impl Failure {
    /// A mistake in usage or configuration.
    pub fn usage(message: impl std::fmt::Display) -> Self {
        Self::Usage(anyhow::anyhow!("{message}"), None)
    }

    /// The same with what to do about it.
    pub fn with_hint(message: impl std::fmt::Display, hint: impl Into<String>) -> Self {
        Self::Usage(anyhow::anyhow!("{message}"), Some(hint.into()))
    }

    /// Exit code.
    pub fn status(&self) -> u8 {
        match self {
            Self::Code(_) => 1,
            Self::Usage(..) => 2,
            Self::Internal(_) => 3,
            Self::BrokenPipe => 0,
        }
    }

    /// Tells the person, on standard error; where that is closed, the exit code has to do.
    pub fn print(&self) {
        let mut to = anstream::stderr().lock();
        let _ = match self {
            Self::Code(text) => write!(to, "{text}"),
            Self::Usage(error, None) => writeln!(to, "error: {error:#}"),
            Self::Usage(error, Some(hint)) => writeln!(to, "error: {error:#}\nhint: {hint}"),
            Self::Internal(error) => {
                writeln!(to, "error: {error:#}\nhint: this is a defect of nano; please report it with what you did")
            }
            Self::BrokenPipe => Ok(()),
        };
    }
}

/// The cause alone.
impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(text) => f.write_str(text),
            Self::Usage(error, _) | Self::Internal(error) => write!(f, "{error:#}"),
            Self::BrokenPipe => f.write_str("nobody reads any more"),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::BrokenPipe } else { Self::Usage(error.into(), None) }
    }
}
