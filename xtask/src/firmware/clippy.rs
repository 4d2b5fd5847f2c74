//! The boards' workspace under clippy: each program for the core it runs on, and on the host what has its tests there.

use super::image;
use crate::process;
use crate::repository::Repository;
use std::collections::BTreeSet;

/// Packages of that workspace whose tests run on the host.
pub const HOST: [&str; 6] = ["nano-battery", "nano-board", "nano-build", "nano-keep", "nano-net", "nano-nor"];

/// An error where a lint complains.
pub fn clippy(repository: &Repository) -> Result<(), String> {
    let firmware = repository.root.join("firmware");
    let mut host = repository.cargo();
    host.arg("clippy").env("CARGO_TARGET_DIR", repository.target.join("firmware-host"));
    host.arg("--all-targets").args(HOST.iter().flat_map(|package| ["--package", package]));
    let mut commands = vec![host];
    let images = image::all(repository)?;
    for core in image::cores(&images) {
        let packages: BTreeSet<&str> =
            images.iter().filter(|image| image.core == *core).map(|image| image.package.as_str()).collect();
        let mut command = core.toolchain()?.cargo_clippy(repository);
        // In the profile and the folder of the build, so that what both need for the host is made once.
        command.env("CARGO_TARGET_DIR", repository.target.join("firmware")).args([
            "--release",
            "--target",
            core.target(),
        ]);
        command.args(packages.iter().flat_map(|package| ["--package", package]));
        commands.push(command);
    }
    for mut command in commands {
        process::run(command.current_dir(&firmware).args(["--quiet", "--locked", "--", "--deny", "warnings"]))?;
    }
    Ok(())
}
