//! The user's credentials for AWS, where the AWS CLI looks for them first: the environment, then its file.

use nano_edge::Signer;
use std::path::PathBuf;

/// An access key.
pub struct Credentials {
    /// Its name.
    pub access: String,
    /// What it signs with.
    pub secret: String,
    /// The token of a session, where it is one's.
    pub session: Option<String>,
}

impl Credentials {
    /// Looks for them; `variable` reads the environment.
    pub fn find(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        if let (Some(access), Some(secret)) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")) {
            return Some(Self { access, secret, session: variable("AWS_SESSION_TOKEN") });
        }
        let file = variable("AWS_SHARED_CREDENTIALS_FILE").map(PathBuf::from);
        let file = file.or_else(|| Some(PathBuf::from(variable("HOME")?).join(".aws/credentials")))?;
        let profile = variable("AWS_PROFILE").unwrap_or_else(|| "default".into());
        Self::of_file(&std::fs::read_to_string(file).ok()?, &profile)
    }

    /// The same for the edge, which makes signatures.
    pub fn signer(&self) -> Signer<'_> {
        Signer { access_key: &self.access, secret: &self.secret, session: self.session.as_deref() }
    }

    /// Those of a profile in the file's text.
    fn of_file(text: &str, profile: &str) -> Option<Self> {
        let section = text.lines().map(str::trim).skip_while(|line| *line != format!("[{profile}]")).skip(1);
        let values: Vec<(&str, &str)> = section
            .take_while(|line| !line.starts_with('['))
            .filter_map(|line| line.split_once('='))
            .map(|(key, value)| (key.trim(), value.trim()))
            .collect();
        let value = |key: &str| values.iter().find(|(other, _)| *other == key).map(|(_, value)| (*value).to_owned());
        Some(Self {
            access: value("aws_access_key_id")?,
            secret: value("aws_secret_access_key")?,
            session: value("aws_session_token"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_comes_before_the_file_and_profiles_are_kept_apart() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("credentials");
        let text = "[default]\naws_access_key_id = A\naws_secret_access_key = B=C\n\n[work]\naws_access_key_id=W\n\
                    aws_secret_access_key=X\naws_session_token = T\n";
        std::fs::write(&file, text).unwrap();
        let find = |more: &[(&str, &str)]| {
            let more: Vec<(String, String)> = more.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
            let file = file.display().to_string();
            Credentials::find(move |name| {
                let set = more.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
                set.or_else(|| (name == "AWS_SHARED_CREDENTIALS_FILE").then(|| file.clone()))
            })
        };
        let found = find(&[]).unwrap();
        assert_eq!((found.access.as_str(), found.secret.as_str(), found.session), ("A", "B=C", None));
        let found = find(&[("AWS_PROFILE", "work")]).unwrap();
        assert_eq!((found.access.as_str(), found.session.as_deref()), ("W", Some("T")));
        let found = find(&[("AWS_ACCESS_KEY_ID", "E"), ("AWS_SECRET_ACCESS_KEY", "F")]).unwrap();
        assert_eq!(found.access, "E");
        assert!(find(&[("AWS_PROFILE", "other")]).is_none());
    }
}
