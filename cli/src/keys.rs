//! Access keys: given on the command line, and those of `nano serve keys`, in a file of mode 0600 in the data folder.

use crate::arguments::KeysCommand;
use crate::failure::Failure;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nano_edge::s3::{AccessKeys, user_id};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

const FILE: &str = "keys.json";

/// `ACCESS:SECRET` for each key given; an empty one stands for those of the file alone.
pub fn access_keys(data: &Path, given: &[String]) -> Result<AccessKeys, Failure> {
    let mut keys = AccessKeys::default();
    for key in read(data)? {
        if let (Some(access), Some(secret)) = (text(&key, "access"), text(&key, "secret")) {
            keys = keys.with(access, secret);
        }
    }
    for key in given.iter().filter(|key| !key.is_empty()) {
        let (access, secret) = key
            .split_once(':')
            .filter(|(access, secret)| !access.is_empty() && !secret.is_empty())
            .ok_or_else(|| Failure::with_hint("a key is ACCESS:SECRET", "nano serve --auth AKIAEXAMPLE:secret"))?;
        keys = keys.with(access, secret);
    }
    if keys.access_keys().next().is_none() {
        let hint = format!("make one: nano serve keys add --data {}", data.display());
        return Err(Failure::with_hint("there is no key that signatures could be verified with", hint));
    }
    Ok(keys)
}

fn text<'a>(key: &'a Value, member: &str) -> Option<&'a str> {
    key.get(member)?.as_str()
}

fn path(data: &Path) -> PathBuf {
    data.join(FILE)
}

fn read(data: &Path) -> Result<Vec<Value>, Failure> {
    let path = path(data);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(vec![]),
        Err(error) => return Err(Failure::usage(format!("{}: {error}", path.display()))),
    };
    let mode = std::fs::metadata(&path)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let hint = format!("chmod 600 {}", path.display());
        return Err(Failure::with_hint(format!("{} can be read by others (mode {mode:o})", path.display()), hint));
    }
    let found: Option<Value> = serde_json::from_slice(&bytes).ok();
    let keys = found.and_then(|found| found.get("keys").and_then(Value::as_array).cloned());
    keys.ok_or_else(|| Failure::usage(format!("{} is no file of keys", path.display())))
}

/// Replaces the file as a whole, so that nobody sees half of it, and a key that was taken away stays away.
fn write(data: &Path, keys: &[Value]) -> Result<(), Failure> {
    std::fs::create_dir_all(data)?;
    let text = format!("{:#}\n", json!({"keys": keys}));
    Ok(nano_edge::write_secret(&path(data), text.as_bytes())?)
}

/// Makes, shows or takes away keys.
pub fn keys(command: &KeysCommand) -> Result<u8, Failure> {
    match command {
        KeysCommand::Add { name, data, json } => add(name, data, *json),
        KeysCommand::List { data, json } => list(data, *json),
        KeysCommand::Remove { access, data } => {
            let mut keys = read(data)?;
            let before = keys.len();
            keys.retain(|key| text(key, "access") != Some(access));
            if keys.len() == before {
                return Err(Failure::with_hint(format!("there is no key {access}"), "see them: nano serve keys list"));
            }
            write(data, &keys)?;
            Ok(0)
        }
    }
}

fn add(name: &str, data: &Path, as_json: bool) -> Result<u8, Failure> {
    let mut random = [0; 46];
    getrandom::fill(&mut random).map_err(|error| Failure::Internal(anyhow::anyhow!("no entropy: {error}")))?;
    let (id, secret) = random.split_at(16);
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let id: String = id.iter().map(|byte| char::from(letters[usize::from(byte & 31)])).collect();
    let (access, secret) = (format!("NANO{id}"), URL_SAFE_NO_PAD.encode(secret));
    let mut keys = read(data)?;
    keys.push(json!({"access": access, "secret": secret, "name": name}));
    write(data, &keys)?;
    if as_json {
        println!("{}", json!({"access": access, "secret": secret, "name": name, "user": user_id(&access)}));
    } else {
        anstream::println!("AWS_ACCESS_KEY_ID={access}");
        anstream::println!("AWS_SECRET_ACCESS_KEY={secret}");
        anstream::eprintln!(
            "next: nano serve --auth --data {}   (a running edge must be started again)",
            data.display()
        );
    }
    Ok(0)
}

fn list(data: &Path, as_json: bool) -> Result<u8, Failure> {
    for key in read(data)? {
        let (access, name) = (text(&key, "access").unwrap_or_default(), text(&key, "name").unwrap_or_default());
        if as_json {
            println!("{}", json!({"access": access, "name": name, "user": user_id(access)}));
        } else {
            anstream::println!("{access}  {name}");
        }
    }
    Ok(0)
}
