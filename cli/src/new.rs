//! `nano new`: a project from a template. The templates are part of the binary.

use crate::arguments::New;
use crate::failure::Failure;
use std::io::IsTerminal as _;
use std::path::{Component, Path};

/// A template: its name, what it is, its files.
struct Template {
    name: &'static str,
    about: &'static str,
    files: &'static [(&'static str, &'static str)],
}

macro_rules! template {
    ($name:literal, $about:literal, [$($target:literal = $source:literal),* $(,)?]) => {
        Template {
            name: $name,
            about: $about,
            files: &[$(($target, include_str!(concat!("../../templates/", $name, "/", $source)))),*],
        }
    };
}

const TEMPLATES: &[Template] = &[
    template!(
        "sensor-app",
        "light control on a device, a summary at the edge (NanoLambda, Figure 3)",
        [
            "nano.toml" = "nano.toml",
            "lights.py" = "lights.py",
            "README.md" = "README.md",
            ".gitignore" = "gitignore",
            "data/light.csv" = "data/light.csv",
            "data/make_light.py" = "data/make_light.py",
        ]
    ),
    template!(
        "predictive-maintenance",
        "a bearing's vibration by the Kolmogorov-Smirnov test, windows of 32",
        [
            "nano.toml" = "nano.toml",
            "maintenance.py" = "maintenance.py",
            "README.md" = "README.md",
            ".gitignore" = "gitignore",
            "data/vibration.csv" = "data/vibration.csv",
            "data/window.json" = "data/window.json",
            "data/make_vibration.py" = "data/make_vibration.py",
        ]
    ),
];

/// Writes a project.
pub fn new(arguments: &New) -> Result<u8, Failure> {
    if arguments.list {
        list(arguments.json);
        return Ok(0);
    }
    let Some(folder) = arguments.dir.as_deref() else { return Err(Failure::usage("a folder is needed")) };
    let template = choose(arguments)?;
    let name = project_name(folder)?;
    if folder.join("nano.toml").exists() || std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
    {
        return Err(Failure::with_hint(
            format!("{} exists and is not empty", folder.display()),
            "choose another folder; nothing was changed",
        ));
    }
    write(template.name, folder, &name)?;
    if arguments.json {
        println!(
            "{}",
            serde_json::json!({"project": name, "template": template.name, "folder": folder.display().to_string()})
        );
    } else {
        anstream::eprintln!("{} is ready ({}: {}).", folder.display(), template.name, template.about);
        anstream::eprintln!("Next: cd {} && nano dev", quoted(folder));
    }
    Ok(0)
}

/// Writes the files of a template into a folder, as the project `name`.
pub fn write(template: &str, folder: &Path, name: &str) -> Result<(), Failure> {
    let template = find(template)?;
    for (path, text) in template.files {
        let target = folder.join(path);
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent)
                .map_err(|error| Failure::usage(format!("{} can't be made: {error}", parent.display())))?;
        }
        let text = if *path == "nano.toml" {
            text.replace(&format!("name = \"{}\"", template.name), &format!("name = \"{name}\""))
        } else {
            (*text).to_string()
        };
        std::fs::write(&target, text)
            .map_err(|error| Failure::usage(format!("{} can't be written: {error}", target.display())))?;
    }
    Ok(())
}

fn find(name: &str) -> Result<&'static Template, Failure> {
    TEMPLATES.iter().find(|template| template.name == name).ok_or_else(|| {
        let names: Vec<_> = TEMPLATES.iter().map(|template| template.name).collect();
        Failure::with_hint(format!("there is no template '{name}'"), format!("choose one of: {}", names.join(", ")))
    })
}

/// A folder as a shell takes it.
fn quoted(folder: &Path) -> String {
    let text = folder.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%".contains(c);
    let text = if text.starts_with('-') { format!("./{text}") } else { text };
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

fn list(json: bool) {
    for template in TEMPLATES {
        if json {
            println!("{}", serde_json::json!({"name": template.name, "about": template.about}));
        } else {
            anstream::println!("{:<24} {}", template.name, template.about);
        }
    }
}

fn choose(arguments: &New) -> Result<&'static Template, Failure> {
    if let Some(name) = &arguments.template {
        return find(name);
    }
    // The folder's name may be that of a template: `nano new sensor-app`.
    let name = arguments.dir.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    if let Some(template) = TEMPLATES.iter().find(|template| Some(template.name) == name.as_deref()) {
        return Ok(template);
    }
    let asks = !arguments.no_input && std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
    if !asks {
        return TEMPLATES.first().ok_or_else(|| Failure::usage("there are no templates"));
    }
    let items: Vec<String> =
        TEMPLATES.iter().map(|template| format!("{:<24} {}", template.name, template.about)).collect();
    let chosen = dialoguer::Select::new()
        .with_prompt("Template")
        .items(&items)
        .default(0)
        .interact()
        .map_err(|error| Failure::usage(format!("no answer: {error}")))?;
    TEMPLATES.get(chosen).ok_or_else(|| Failure::usage("no such template"))
}

/// A name for the project that every service accepts: letters, digits, `-` and `_`.
fn project_name(folder: &Path) -> Result<String, Failure> {
    let absolute = std::path::absolute(folder)?;
    let last = absolute.components().rev().find_map(|component| match component {
        Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        _ => None,
    });
    let name: String = last
        .unwrap_or_default()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' })
        .collect();
    // A name begins with a letter or digit.
    let name = name.trim_start_matches('-').chars().take(64).collect::<String>();
    if name.chars().all(|c| c == '-' || c == '_') {
        return Err(Failure::with_hint(
            format!("'{}' gives no name for a project", folder.display()),
            "use letters and digits",
        ));
    }
    Ok(name)
}
