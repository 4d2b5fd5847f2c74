//! `nano`: the commands a person types. It talks; what it does is done by the libraries.

mod arguments;
mod backup;
mod bench;
mod build;
mod cap;
mod client;
mod completions;
mod defect;
mod deploy;
mod dev;
mod devices;
mod disassemble;
mod doctor;
mod event;
mod failure;
mod function;
mod host;
mod invoke;
mod keys;
mod load;
mod logs;
mod new;
mod owner;
mod project;
mod python;
mod queue;
mod reader;
mod report;
mod request_log;
mod requirements;
mod run;
mod running;
mod serve;
mod services;
mod signal;
mod time;
mod woof;

use arguments::{Arguments, Command};
use clap::{CommandFactory as _, Parser as _};
use failure::Failure;
use rustix::fs::Mode;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no mistakes.
            let status = if error.use_stderr() { 2 } else { 0 };
            let _ = error.print();
            return ExitCode::from(status);
        }
    };
    let command = || match arguments.command {
        Some(command) => dispatch(command),
        None => {
            welcome();
            Ok(0)
        }
    };
    match defect::caught(command) {
        Ok(status) => ExitCode::from(status),
        Err(failure) => {
            failure.print();
            ExitCode::from(failure.status())
        }
    }
}

/// What nano keeps for itself is nobody else's to change, whatever the shell's umask is. A new project is for whom the user
/// says.
fn keep_others_out(command: &Command) {
    if !matches!(command, Command::New(_)) {
        let own = rustix::process::umask(Mode::RWXO | Mode::RWXG);
        rustix::process::umask(own | Mode::WGRP | Mode::WOTH);
    }
}

fn dispatch(command: Command) -> Result<u8, Failure> {
    keep_others_out(&command);
    match command {
        Command::New(arguments) => new::new(&arguments),
        Command::Run(arguments) => run::run(&arguments),
        Command::Build(arguments) => build::build(&arguments),
        Command::Dev(arguments) => dev::dev(&arguments),
        Command::Devices(arguments) => devices::devices(&arguments),
        Command::Serve(arguments) => serve::serve(&arguments),
        Command::Backup(arguments) => backup::backup(&arguments),
        Command::Restore(arguments) => backup::restore(&arguments),
        Command::Invoke(arguments) => invoke::invoke(&arguments),
        Command::Logs(arguments) => logs::logs(&arguments),
        Command::Woof(arguments) => woof::woof(&arguments),
        Command::Queue(arguments) => queue::queue(&arguments),
        Command::Disassemble(arguments) => disassemble::disassemble(&arguments),
        Command::Cap(arguments) => cap::cap(&arguments),
        Command::Deploy(arguments) => deploy::deploy(&arguments),
        Command::Monitor(arguments) => deploy::monitor(&arguments),
        Command::Bench(arguments) => bench::bench(&arguments),
        Command::Doctor(arguments) => doctor::doctor(&arguments),
        Command::Completions(arguments) => completions::completions(&arguments),
        Command::Man => completions::man(),
    }
}

/// What `nano` alone says: the few commands that matter, and the next step.
fn welcome() {
    let in_project = std::path::Path::new("nano.toml").exists();
    let version = Arguments::command().get_version().unwrap_or_default().to_string();
    anstream::println!("nano {version}: one Python function, on a microcontroller, at the edge, in the cloud\n");
    anstream::println!("  nano new DIR      start a project from a template");
    anstream::println!("  nano dev          edge, software devices and hot reload");
    anstream::println!("  nano run FILE.py  run a program on IoTPy");
    anstream::println!("  nano build        sizes, and whether it fits a board");
    anstream::println!("  nano doctor       what is installed and what is missing\n");
    let next = if in_project { "nano dev" } else { "nano new my-app" };
    anstream::println!("Next: {next}      (all commands: nano help)");
}
