//! One project out of two: their files in one folder, their tables in one `nano.toml`.

use std::fs;
use std::path::Path;

use super::Application;
use super::stage::say;

/// Its folder, which is its name too.
pub const FOLDER: &str = "site";

/// Copies code and data of both, and joins what their `nano.toml` say of functions, logs and devices.
pub fn make(folder: &Path, applications: &[Application]) -> Result<(), String> {
    let site = folder.join(FOLDER);
    let mut toml = format!("[project]\nname = \"{FOLDER}\"\n");
    let failed = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    fs::create_dir_all(site.join("data")).map_err(|error| failed(&site, error))?;
    for application in applications {
        let from = folder.join(application.template);
        let copy =
            |name: &str| fs::copy(from.join(name), site.join(name)).map_err(|error| failed(&from.join(name), error));
        copy(application.source)?;
        let data = from.join("data");
        for file in fs::read_dir(&data).map_err(|error| failed(&data, error))? {
            let name = file.map_err(|error| failed(&data, error))?.file_name();
            copy(&format!("data/{}", name.to_string_lossy()))?;
        }
        let description = from.join("nano.toml");
        let text = fs::read_to_string(&description).map_err(|error| failed(&description, error))?;
        let (_, tables) =
            text.split_once("\n\n").ok_or_else(|| format!("{}: only one table", description.display()))?;
        toml.push('\n');
        toml.push_str(tables);
    }
    fs::write(site.join("nano.toml"), &toml).map_err(|error| failed(&site, error))?;
    for line in toml.lines().filter(|line| line.starts_with('[')) {
        say(line);
    }
    Ok(())
}
