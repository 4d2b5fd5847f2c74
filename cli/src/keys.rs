//! Access keys: given on the command line, and those of `nano serve keys`, in a file of mode 0600 in the data folder.

use crate::arguments::KeysCommand;
use crate::failure::Failure;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nano_edge::s3::{AccessKeys, user_arn, user_id};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

const FILE: &str = "keys.json";

/// `ACCESS:SECRET` for each key given, or `@FILE` with one in each line; an empty one stands for those of the data folder
/// alone.
pub fn access_keys(data: &Path, given: &[String]) -> Result<AccessKeys, Failure> {
    let mut keys = AccessKeys::default();
    for key in read(data)? {
        if let (Some(access), Some(secret)) = (text(&key, "access"), text(&key, "secret")) {
            keys = keys.with(access, secret);
        }
    }
    for given in given.iter().filter(|given| !given.is_empty()) {
        let text = match given.strip_prefix('@') {
            Some(file) => Some(read_private(Path::new(file))?.ok_or_else(|| missing(file))?),
            None => Some(given.clone().into_bytes()),
        };
        let text = text.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        for key in &lines {
            let (access, secret) = parts(key).ok_or_else(no_key)?;
            keys = keys.with(access, secret);
        }
        if lines.is_empty() {
            return Err(no_key());
        }
    }
    if keys.access_keys().next().is_none() {
        let hint = format!("make one: nano serve keys add --data {}", data.display());
        return Err(Failure::with_hint("there is no key that signatures could be verified with", hint));
    }
    Ok(keys)
}

/// Whether a secret is among the arguments, which others on this machine see.
pub fn is_seen(given: &[String]) -> bool {
    given.iter().any(|given| !given.is_empty() && !given.starts_with('@'))
}

fn parts(key: &str) -> Option<(&str, &str)> {
    key.split_once(':').filter(|(access, secret)| !access.is_empty() && !secret.is_empty())
}

fn missing(file: &str) -> Failure {
    Failure::with_hint(format!("{file} does not exist"), "check the path: @FILE is looked up from this folder")
}

fn no_key() -> Failure {
    let hint = "write it to a file of mode 0600, a key in a line: nano serve --auth @FILE";
    Failure::with_hint("a key is ACCESS:SECRET", hint)
}

fn text<'a>(key: &'a Value, member: &str) -> Option<&'a str> {
    key.get(member)?.as_str()
}

fn path(data: &Path) -> PathBuf {
    data.join(FILE)
}

/// A file that only its owner may read, if it is there.
fn read_private(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    let failed = |error| Failure::usage(format!("{}: {error}", path.display()));
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let hint = format!("chmod 600 {}", path.display());
        return Err(Failure::with_hint(format!("{} can be read by others (mode {mode:o})", path.display()), hint));
    }
    let mut bytes = vec![];
    file.read_to_end(&mut bytes).map_err(failed)?;
    Ok(Some(bytes))
}

fn read(data: &Path) -> Result<Vec<Value>, Failure> {
    let path = path(data);
    let Some(bytes) = read_private(&path)? else { return Ok(vec![]) };
    let found: Option<Value> = serde_json::from_slice(&bytes).ok();
    let keys = found.and_then(|found| found.get("keys").and_then(Value::as_array).cloned());
    keys.ok_or_else(|| Failure::usage(format!("{} is no file of keys", path.display())))
}

/// Replaces the file as a whole, so that nobody sees half of it, and a key that was taken away stays away.
fn write(data: &Path, keys: &[Value]) -> Result<(), Failure> {
    let text = format!("{:#}\n", json!({"keys": keys}));
    let written =
        nano_edge::make_data_folder(data).and_then(|()| nano_edge::write_secret(&path(data), text.as_bytes()));
    written.map_err(|error| {
        let hint = "choose a folder that can be written to: --data FOLDER";
        Failure::with_hint(format!("{} can't be written: {error}", path(data).display()), hint)
    })
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
    let is_name = |b: u8| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b);
    if name.len() > 64 || !name.bytes().all(is_name) {
        let hint = "as a user's on AWS: at most 64 letters, digits and + = , . @ _ -";
        return Err(Failure::with_hint(format!("{name:?} can't be a key's name"), hint));
    }
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
        println!(
            "{}",
            json!({"access": access, "secret": secret, "name": name, "user": user_id(&access), "arn": user_arn(&access)})
        );
    } else {
        anstream::println!("AWS_ACCESS_KEY_ID={access}");
        anstream::println!("AWS_SECRET_ACCESS_KEY={secret}");
        anstream::eprintln!("in policies: {}", user_arn(&access));
        anstream::eprintln!(
            "next: nano serve --auth --data {}   (a running edge must be started again)",
            data.display()
        );
    }
    Ok(0)
}

fn list(data: &Path, as_json: bool) -> Result<u8, Failure> {
    let keys = read(data)?;
    if keys.is_empty() {
        anstream::eprintln!("no keys yet; make one: nano serve keys add --data {}", data.display());
    }
    for key in keys {
        let (access, name) = (text(&key, "access").unwrap_or_default(), text(&key, "name").unwrap_or_default());
        if as_json {
            println!("{}", json!({"access": access, "name": name, "user": user_id(access), "arn": user_arn(access)}));
        } else {
            anstream::println!("{access}  {name}");
        }
    }
    Ok(0)
}
