//! The project in a folder: its description and its package.

use crate::failure::Failure;
use crate::requirements::{Machine, install};
use nano_edge::{Deployment, NanoSettings, Package, Trigger};
use nano_emulator::project::{FunctionSpec, Project, ProjectError, RunOn};
use std::path::Path;

impl From<ProjectError> for Failure {
    fn from(error: ProjectError) -> Self {
        match error {
            ProjectError::NotFound(_) => {
                Self::with_hint(error, "go to a project's folder, or start one: nano new my-app")
            }
            other => Self::usage(other),
        }
    }
}

/// Reads the project of a folder.
pub fn read(folder: &Path) -> Result<Project, Failure> {
    Ok(Project::load(folder)?)
}

/// Reads the project of a folder, and installs what its `requirements.txt` names.
pub fn complete(folder: &Path, machine: Machine) -> Result<Project, Failure> {
    let mut project = read(folder)?;
    install(&mut project, machine)?;
    Ok(project)
}

/// A function of the project; the error names those there are.
pub fn function<'p>(project: &'p Project, name: &str) -> Result<&'p FunctionSpec, Failure> {
    project.function(name).ok_or_else(|| {
        let names: Vec<&str> = project.functions.iter().map(|function| function.name.as_str()).collect();
        let hint = match project.nearest_function(name) {
            Some(near) => format!("did you mean {near:?}? The functions are: {}", names.join(", ")),
            None => format!("its functions are: {}", names.join(", ")),
        };
        Failure::with_hint(format!("{} has no function {name:?}", project.name), hint)
    })
}

/// Module and function of a handler.
pub fn handler(function: &FunctionSpec) -> (&str, &str) {
    function.handler.rsplit_once('.').unwrap_or(("", &function.handler))
}

/// The project's Python files as a package, as AWS Lambda takes it.
pub fn package(project: &Project) -> Result<Package, Failure> {
    let files = project.files()?;
    let files = files.iter().map(|(path, content)| (path.as_str(), content.as_slice()));
    Package::build(files).map_err(|error| Failure::usage(format!("the package can't be made: {error}")))
}

/// What the compiler gets for one function: its module is the entry.
pub fn sources(project: &Project, function: &FunctionSpec) -> Result<nano_compiler::Package, Failure> {
    let (module, _) = handler(function);
    let mut package = nano_compiler::Package::new(module);
    for (path, content) in project.files()? {
        // Of packages there is more than Python, and Python that is not for here.
        if path.strip_suffix(".py").is_none() {
            continue;
        }
        match String::from_utf8(content) {
            Ok(text) => drop(package.add(&path, &text)),
            // Another file than the handler's is missed where it is imported.
            Err(_) if path.trim_end_matches(".py").replace('/', ".") != module => {}
            Err(_) => return Err(Failure::with_hint(format!("{path} is not UTF-8 text"), "save it as UTF-8")),
        }
    }
    if package.file(module).is_none() {
        let file = format!("{}.py", module.replace('.', "/"));
        return Err(Failure::with_hint(
            format!("the handler of {} is {:?}, but there is no {file}", function.name, function.handler),
            "write module.function, where the module is a Python file of the project",
        ));
    }
    Ok(package)
}

/// How the edge deploys a function.
pub fn deployment(project: &Project, function: &FunctionSpec) -> Deployment {
    let run = function.run.at_edge();
    // What runs on a device is triggered there.
    let trigger = match (&function.trigger, function.run) {
        (Some(trigger), RunOn::Edge | RunOn::Cloud) => {
            Some(Trigger { woof: trigger.woof.clone(), every: u32::from(trigger.every) })
        }
        _ => None,
    };
    Deployment {
        name: function.name.clone(),
        handler: function.handler.clone(),
        environment: std::collections::BTreeMap::new(),
        nano: NanoSettings {
            run,
            arena_bytes: Some(function.memory),
            timeout_ms: Some(function.timeout_ms),
            namespace: Some(project.name.clone()),
            trigger,
        },
    }
}
