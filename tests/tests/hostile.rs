//! Modules that lie are refused or harmless: mutants made here, and those that are kept.

use nano_tests::kept::{ANEW, CORPUS, Corpus};
use nano_tests::mutation::{Random, seeds};

#[test]
fn mutated_modules_and_snapshots_never_panic() {
    let (mut corpus, mut random) = (Corpus::new(seeds()), Random(7));
    for _ in 0..60_000 {
        let recipe = corpus.mutant(&mut random);
        corpus.try_all(&[recipe]);
    }
    assert!(corpus.tally.refused > 40_000 && corpus.tally.ran > 6_000, "{:?}", corpus.tally);
}

#[test]
fn what_is_kept_is_harmless_and_shows_what_it_is_kept_for() {
    let (seeds, recipes) = Corpus::read(&std::fs::read_to_string(CORPUS).expect("the corpus"));
    let mut corpus = Corpus::new(seeds);
    corpus.try_all(&recipes);
    corpus.move_all(&recipes);
    let (_, signs) = corpus.found();
    assert!(signs * 10 >= recipes.len() * 9, "{} entries show only {signs} different things; {ANEW}", recipes.len());
    for refusal in ["Parse Damaged", "Object", "Constant", "Function", "Instruction", "Handler", "Package", "Snapshot"]
    {
        let refusal = format!("refused {refusal}");
        assert!(corpus.signs().any(|sign| sign.ends_with(&refusal)), "nothing is {refusal}; {ANEW}");
    }
}
