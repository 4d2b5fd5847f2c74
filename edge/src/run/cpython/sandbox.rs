//! What the kernel keeps a worker from, as the zygote found out by trying.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What of the network functions on CPython reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Network {
    /// The edge's own endpoint, `AWS_ENDPOINT_URL`, and nothing else.
    #[default]
    Edge,
    /// All that this machine reaches: the internet, and what listens on it and next to it.
    Host,
}

impl Network {
    /// As a person writes it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Edge => "edge",
            Self::Host => "host",
        }
    }
}

/// How far the kernel keeps workers from the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NetworkLimit {
    /// Each worker has one of its own, with nothing in it but the edge's endpoint.
    Own,
    /// Only TCP, and only to the port of the edge's endpoint (of whatever machine), by Landlock and seccomp.
    Ports,
    /// It is the machine's.
    Shared,
}

/// What is in force for every CPython worker of this machine.
#[expect(clippy::struct_excessive_bools, reason = "each is in force or not, whatever the others are")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sandbox {
    /// A file system, processes and System V IPC of its own: nothing is there but Python, the package and `/tmp`.
    pub namespaces: bool,
    /// What the kernel said where it is not so.
    pub why_no_namespaces: Option<String>,
    /// The version of Landlock; 0 where the kernel has none. Keeps files out of reach where namespaces do not, and
    /// always signals and abstract sockets.
    pub landlock: u32,
    /// System calls that no function needs are refused.
    pub seccomp: bool,
    /// Each worker is another user (where the edge is root).
    pub own_user: bool,
    /// Each worker has a user namespace of its own (where the edge is not root).
    pub user_namespace: bool,
    /// What is kept from it of the network.
    pub network: NetworkLimit,
}

impl Sandbox {
    /// Whether a handler can read files of the machine that are none of its business.
    pub const fn hides_files(&self) -> bool {
        self.namespaces || self.landlock > 0
    }
}

impl fmt::Display for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if self.namespaces {
            parts.push("own root, /tmp and processes".to_owned());
        }
        if self.user_namespace {
            parts.push("own user namespace".to_owned());
        }
        if self.own_user {
            parts.push("own user".to_owned());
        }
        if self.landlock > 0 {
            parts.push(format!("Landlock {}", self.landlock));
        }
        if self.seccomp {
            parts.push("seccomp".to_owned());
        }
        parts.push("no new privileges".to_owned());
        parts.push("limits".to_owned());
        f.write_str(&parts.join(", "))?;
        if let Some(why) = &self.why_no_namespaces {
            write!(f, "; no namespaces ({why})")?;
        }
        f.write_str(match self.network {
            NetworkLimit::Own => "; own network, with the edge in it",
            NetworkLimit::Ports => "; of the network only the edge's port",
            NetworkLimit::Shared => "; the network is the machine's",
        })
    }
}
