//! `nano doctor`: what is installed, what is missing, and the exact command that mends it.

use crate::arguments::Doctor;
use crate::failure::Failure;
use std::process::Command;

/// One thing that was looked at.
struct Finding {
    name: &'static str,
    needed_for: &'static str,
    found: Option<String>,
    mend: &'static str,
}

fn first_line(program: &str, argument: &str) -> Option<String> {
    let output = Command::new(program).arg(argument).output().ok()?;
    let text = if output.stdout.is_empty() { output.stderr } else { output.stdout };
    String::from_utf8_lossy(&text).lines().next().map(|line| line.trim().to_string())
}

/// What CPython workers are kept from here, found by starting one. `None` without Python.
fn sandbox() -> Option<nano_edge::Sandbox> {
    let folder = empty_folder()?;
    let path = std::env::var("PATH").unwrap_or_default();
    let edge = nano_edge::Edge::open(nano_edge::EdgeOptions::new(&folder, path));
    let found = edge.ok().and_then(|edge| edge.sandbox().ok());
    let _ = std::fs::remove_dir_all(&folder);
    found
}

/// An empty folder of our own.
fn empty_folder() -> Option<std::path::PathBuf> {
    let folder = std::env::temp_dir().join(format!("nano-doctor-{}", std::process::id()));
    std::fs::create_dir(&folder).ok()?;
    Some(folder)
}

/// Looks and tells.
pub fn doctor(arguments: &Doctor) -> Result<u8, Failure> {
    let sandbox = sandbox();
    let port_free = std::net::TcpListener::bind(("127.0.0.1", 4566)).is_ok();
    let findings = [
        Finding {
            name: "python3",
            needed_for: "`--on cloud`, comparing with CPython",
            found: crate::python::version().map(|version| format!("CPython {version}")),
            mend: "apt-get install python3",
        },
        Finding {
            name: "sandbox",
            needed_for: "functions on CPython that are not your own: files of this machine are in their reach",
            found: sandbox.as_ref().filter(|sandbox| sandbox.hides_files()).map(ToString::to_string),
            mend: "allow user namespaces (sysctl kernel.unprivileged_userns_clone=1, user.max_user_namespaces=10000), \
                   or a kernel with Landlock",
        },
        Finding {
            name: "aws",
            needed_for: "deploying and invoking with the AWS CLI",
            found: first_line("aws", "--version"),
            mend: "pip install awscli",
        },
        Finding {
            name: "qemu-system-xtensa",
            needed_for: "running firmware images",
            found: first_line("qemu-system-xtensa", "--version"),
            mend: "apt-get install qemu-system-misc",
        },
        Finding {
            name: "port 4566",
            needed_for: "nano dev and nano serve",
            found: port_free.then(|| "free".to_string()),
            mend: "stop what listens there (ss -ltnp 'sport = :4566'), or use --port",
        },
    ];
    let mut missing = 0;
    for finding in &findings {
        if finding.found.is_none() {
            missing += 1;
        }
        if arguments.json {
            println!(
                "{}",
                serde_json::json!({"name": finding.name, "found": finding.found, "needed_for": finding.needed_for, "mend": finding.mend})
            );
            continue;
        }
        match &finding.found {
            Some(found) => anstream::println!("ok       {:<20} {found}", finding.name),
            None => {
                anstream::println!("missing  {:<20} needed for {}", finding.name, finding.needed_for);
                anstream::println!("         {:<20} {}", "", finding.mend);
            }
        }
    }
    if !arguments.json {
        match missing {
            0 => anstream::eprintln!("Everything is there."),
            n => anstream::eprintln!("{n} missing; compiling and running on IoTPy needs none of them."),
        }
    }
    Ok(0)
}
