//! `nano serve`: the edge alone.

use crate::arguments::Serve;
use crate::failure::Failure;
use nano_edge::{Config, EdgeError, Server};

impl From<EdgeError> for Failure {
    fn from(error: EdgeError) -> Self {
        match error {
            EdgeError::PortInUse { .. } => Self::with_hint(error, "see who listens: ss -ltnp"),
            other => Self::usage(other),
        }
    }
}

/// Serves until it is interrupted.
pub fn serve(arguments: &Serve) -> Result<u8, Failure> {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut config = Config::new(arguments.port, arguments.data.clone(), path);
    if !arguments.auth.is_empty() {
        config.keys = Some(crate::keys::access_keys(&arguments.auth)?);
    }
    let running = Server::start(config)?;
    anstream::eprintln!("serving S3 and Lambda at http://{} (data in {})", running.addr(), arguments.data.display());
    anstream::eprintln!("try: aws --endpoint-url http://{} lambda list-functions", running.addr());
    if arguments.json {
        println!("{}", serde_json::json!({"endpoint": format!("http://{}", running.addr())}));
    }
    crate::signal::wait();
    anstream::eprintln!("ending: requests under way are finished first");
    running.shutdown();
    Ok(0)
}
