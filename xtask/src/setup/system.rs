//! System packages: on Debian and its kin installed by apt, elsewhere named.

use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::bare_metal::{TARGETS, Toolchain};
use super::{Need, python};
use crate::process;
use crate::repository::on_path;

/// What the need is, for people.
pub fn describe(need: Need) -> &'static str {
    match need {
        Need::Linker => "a C compiler (cargo links with it)",
        Need::CxxCompiler => "cmake and a C++ compiler (they build flatc, which writes the module format's code)",
        Need::Python => "python3 with venv (runs handlers as AWS Lambda does, and the stock AWS clients)",
        Need::Node => "node and npm (they run serverless, one of the clients that the edge is tested with)",
        Need::AwsCli => "the AWS CLI, version 2 (one of the clients that the edge is tested with)",
        Need::Capture => "tcpdump (it captures the link that the replay test sends again)",
        Need::Memcheck => "valgrind (its Memcheck sees what depends on memory that was never written)",
        Need::BareMetal => "a Rust compiler that builds for microcontrollers",
        Need::Lx106 => {
            "a Rust compiler with LLVM 22, llc and GNU's tools for Xtensa (they build for the ESP8266's core)"
        }
        Need::BoardClippy => {
            "clippy of the compiler that builds for microcontrollers (it looks at the boards' programs)"
        }
        Need::Lld => "LLVM's linker (it links the firmware of ARM and RISC-V boards)",
        Need::Emulators => "QEMU for Xtensa, RISC-V and ARM (it runs the firmware images)",
    }
}

fn debian_packages(need: Need) -> &'static [&'static str] {
    match need {
        Need::Linker => &["gcc", "libc6-dev"],
        Need::CxxCompiler => &["cmake", "make", "g++"],
        Need::Python => &["python3", "python3-venv"],
        Need::Node => &["nodejs", "npm"],
        Need::AwsCli => &["awscli"],
        Need::Capture => &["tcpdump"],
        Need::Memcheck => &["valgrind"],
        Need::BareMetal => &["rustc-web", "rust-web-src"],
        Need::Lx106 => &["rustc-web", "rust-web-src", "llvm-22", "gcc-xtensa-lx106"],
        Need::BoardClippy => &["rust-web-clippy"],
        Need::Lld => &["lld-22"],
        Need::Emulators => &["qemu-system-misc", "qemu-system-arm"],
    }
}

/// What to do where there is no apt, or where apt has no such package.
fn hint(need: Need) -> String {
    match need {
        Need::Linker => "install gcc or clang".into(),
        Need::CxxCompiler => "install cmake, make and g++ or clang++".into(),
        Need::Python => "install Python 3.11 or later with its venv module".into(),
        Need::Node => "install Node.js 18 or later with npm".into(),
        Need::AwsCli => "install version 2 of the AWS CLI".into(),
        Need::Capture => "install tcpdump, or tshark".into(),
        Need::Memcheck => "install valgrind".into(),
        Need::BareMetal => format!("rustup target add {}", TARGETS.join(" ")),
        Need::Lx106 => {
            "install a rustup nightly with its rust-src component, LLVM 22 (llc-22, llvm-ar-22), and binutils \
                        and gcc for xtensa-lx106-elf"
                .into()
        }
        Need::BoardClippy => "rustup component add clippy, for each toolchain that builds for microcontrollers".into(),
        Need::Lld => "install LLVM 22's lld (ld.lld-22)".into(),
        Need::Emulators => "install qemu-system-xtensa, qemu-system-riscv32 and qemu-system-arm".into(),
    }
}

fn is_there(need: Need) -> bool {
    match need {
        Need::Linker => on_path("cc"),
        Need::CxxCompiler => on_path("cmake") && on_path("make") && on_path("c++"),
        Need::Python => python::is_there(),
        Need::Node => on_path("node") && on_path("npm"),
        Need::AwsCli => aws_cli().is_some(),
        Need::Capture => on_path("tcpdump") || on_path("tshark"),
        Need::Memcheck => on_path("valgrind"),
        Need::BareMetal => Toolchain::find().is_some(),
        Need::Lx106 => {
            on_path("llc-22")
                && on_path("llvm-ar-22")
                && on_path("xtensa-lx106-elf-gcc")
                && Toolchain::for_lx106().is_some()
        }
        Need::BoardClippy => {
            [Toolchain::find(), Toolchain::for_lx106()].into_iter().flatten().all(|toolchain| toolchain.has_clippy())
        }
        Need::Lld => lld().is_some(),
        Need::Emulators => {
            on_path("qemu-system-xtensa") && on_path("qemu-system-riscv32") && on_path("qemu-system-arm")
        }
    }
}

/// An AWS CLI of version 2: the distribution's, else what `aws` is. Version 1 may well be what is found first.
pub fn aws_cli() -> Option<PathBuf> {
    let is_second = |program: &&str| {
        let version = process::output(Command::new(program).arg("--version"));
        version.is_ok_and(|version| version.starts_with("aws-cli/2"))
    };
    ["/usr/bin/aws", "/usr/local/bin/aws", "aws"].into_iter().find(is_second).map(PathBuf::from)
}

/// Where providers for Terraform lie that came with the machine: its own places for them, and where images have them.
const PROVIDERS: [&str; 4] =
    ["/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins", "/opt/terraform/plugins", "/opt/tf-plugins"];

/// The folder with AWS's provider for Terraform, if both are there. Neither can be had from a package registry.
pub fn terraform() -> Option<PathBuf> {
    let has_aws = |folder: &PathBuf| folder.join("registry.terraform.io/hashicorp/aws").is_dir();
    let own = std::env::var_os("HOME").map(|home| Path::new(&home).join(".terraform.d/plugins"));
    let folders = own.into_iter().chain(PROVIDERS.map(PathBuf::from));
    on_path("terraform").then(|| folders.into_iter().find(has_aws)).flatten()
}

/// The folder of CPython 3.11's own tests: the system's, else taken out of its package into the cache folder. Installing the
/// package would bring another Python.
pub fn cpython_tests(cache: &Path) -> Result<PathBuf, String> {
    const PACKAGE: &str = "libpython3.11-testsuite";
    const INSIDE: &str = "usr/lib/python3.11/test";
    let (whole, folder) = (Path::new("/"), cache.join("cpython-tests"));
    let has_them = |root: &&Path| root.join(INSIDE).join("test_list.py").is_file();
    if let Some(root) = [whole, &folder].into_iter().find(has_them) {
        return Ok(root.join(INSIDE));
    }
    let failed = |why: String| {
        format!("CPython 3.11's own tests are missing: {why}; hint: install CPython 3.11 so that /{INSIDE} is there")
    };
    if !is_debian() {
        return Err(failed("no apt-get".into()));
    }
    eprintln!("   missing: CPython's own tests (nano runs them too); unpacking the package {PACKAGE} into");
    eprintln!("   {}", folder.display());
    let new = cache.join("cpython-tests.new");
    let unpack = || -> Result<(), String> {
        update_once()?;
        if new.exists() {
            fs::remove_dir_all(&new).map_err(|error| format!("{}: {error}", new.display()))?;
        }
        fs::create_dir_all(&new).map_err(|error| format!("{}: {error}", new.display()))?;
        // As whoever this is: apt's own user may not write here.
        let sandbox = ["-o", "APT::Sandbox::User=root"];
        process::run(Command::new("apt-get").args(sandbox).args(["download", "--quiet", PACKAGE]).current_dir(&new))?;
        let files = fs::read_dir(&new).map_err(|error| format!("{}: {error}", new.display()))?;
        for file in files.flatten() {
            process::run(Command::new("dpkg-deb").arg("--extract").arg(file.path()).arg(&new))?;
        }
        // An interrupted unpacking is not taken for a finished one.
        fs::rename(&new, &folder).map_err(|error| format!("{}: {error}", folder.display()))
    };
    unpack().map_err(failed)?;
    Ok(folder.join(INSIDE))
}

/// Where LLVM's linker is.
pub fn lld() -> Option<PathBuf> {
    if on_path("ld.lld-22") {
        return Some("ld.lld-22".into());
    }
    let sysroot = process::output(Command::new("rustc").args(["--print", "sysroot"])).ok()?;
    let hosts = fs::read_dir(Path::new(sysroot.trim()).join("lib/rustlib")).ok()?;
    hosts.flatten().map(|host| host.path().join("bin/rust-lld")).find(|lld| lld.is_file())
}

/// Finds the need or installs it.
pub fn ensure(need: Need) -> Result<(), String> {
    if is_there(need) {
        return Ok(());
    }
    let why = if is_debian() { install(need).err() } else { None };
    if is_there(need) {
        return Ok(());
    }
    let mut message = format!("{} is missing", describe(need));
    if let Some(why) = why {
        message.push_str(": ");
        message.push_str(&why);
    } else if is_debian() {
        message.push_str(": the packages are installed, and still it was not found");
    }
    message.push_str("; hint: ");
    message.push_str(&hint(need));
    Err(message)
}

fn is_debian() -> bool {
    static DEBIAN: OnceLock<bool> = OnceLock::new();
    *DEBIAN.get_or_init(|| {
        let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
        let kin = release.lines().filter_map(|line| line.strip_prefix("ID=").or(line.strip_prefix("ID_LIKE=")));
        on_path("apt-get")
            && kin.flat_map(|names| names.split(['"', ' '])).any(|name| name == "debian" || name == "ubuntu")
    })
}

fn install(need: Need) -> Result<(), String> {
    let packages = debian_packages(need);
    eprintln!("   missing: {}; installing the packages {} by apt-get", describe(need), packages.join(" "));
    update_once()?;
    process::run(apt_get()?.args(["install", "--yes", "--no-install-recommends"]).args(packages))
}

fn update_once() -> Result<(), String> {
    static UPDATED: OnceLock<Result<(), String>> = OnceLock::new();
    UPDATED.get_or_init(|| process::run(apt_get()?.arg("update").arg("--quiet"))).clone()
}

/// `apt-get` as root; through sudo for anyone else, which may ask only where somebody can answer.
fn apt_get() -> Result<Command, String> {
    let is_root = process::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    let mut command = if is_root {
        Command::new("env")
    } else if on_path("sudo") {
        let mut sudo = Command::new("sudo");
        if !std::io::stderr().is_terminal() {
            sudo.arg("--non-interactive");
        }
        sudo.arg("env");
        sudo
    } else {
        return Err("neither root nor sudo, so apt-get cannot be run".into());
    };
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    Ok(command)
}
