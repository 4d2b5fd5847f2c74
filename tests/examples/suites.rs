//! Runs packages' own tests on CPython and on IoTPy: `suites FOLDER [NAME [MODULE]]`, where FOLDER has the unpacked
//! source distributions. Prints what `tests/suites/results.txt` keeps.
use nano_tests::suites::{ALL, Laid, Outcome, SUITES, unnumbered};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn main() {
    let mut args = std::env::args().skip(1);
    let folder = args.next().expect("the folder of the distributions");
    let (name, only) = (args.next(), args.next());
    for suite in SUITES.iter().filter(|suite| name.as_ref().is_none_or(|name| suite.name == name)) {
        let work = std::env::temp_dir().join(format!("nano-suite-{}-{}", suite.name, std::process::id()));
        let laid = Laid::out(suite, &suite.folder(Path::new(&folder)), &work).expect("a suite");
        for module in laid.modules() {
            if only.as_ref().is_some_and(|only| !module.ends_with(only.as_str())) {
                continue;
            }
            let started = std::time::Instant::now();
            let outcomes = laid.compare(&module).expect("python3");
            let mut counts = [0; 4];
            let mut listed = BTreeMap::new();
            for (test, outcome) in &outcomes {
                counts[match outcome {
                    Outcome::Passed => 0,
                    Outcome::Alike(_) => 1,
                    Outcome::Different(expected, got) => {
                        listed.entry(unnumbered(test)).or_insert_with(|| format!("{got} (CPython: {expected})"));
                        2
                    }
                    Outcome::Refused(why) => {
                        listed.entry(unnumbered(test)).or_insert_with(|| why.clone());
                        3
                    }
                }] += 1;
            }
            let [passed, alike, different, refused] = counts;
            let whys: BTreeSet<&String> = listed.values().collect();
            if passed + alike + different == 0 && whys.len() == 1 {
                let why = whys.into_iter().next().cloned().unwrap_or_default();
                listed = BTreeMap::from([(ALL, why)]);
            }
            if outcomes.is_empty() {
                continue;
            }
            println!(
                "{} {module}: {passed} passed, {alike} alike, {different} different, {refused} refused",
                suite.name
            );
            for (test, why) in listed {
                println!("  {test}: {why}");
            }
            eprintln!("{} {module}: {:.1} s", suite.name, started.elapsed().as_secs_f64());
        }
        std::fs::remove_dir_all(&work).expect("removable");
    }
}
