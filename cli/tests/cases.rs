//! Commands as a person types them: what they print, on which stream, and how they end.
//!
//! Each file below `cases/` is a terminal session. A session with a folder `NAME.in/` beside it runs in that folder; with
//! `NAME.out/` as well it runs in a copy, which must contain those files afterwards. `TRYCMD=overwrite` writes what the
//! program prints now.

#[test]
fn sessions() {
    trycmd::TestCases::new()
        .register_bin("nano", trycmd::cargo::cargo_bin!("nano"))
        .env("NO_COLOR", "1")
        .timeout(std::time::Duration::from_secs(60))
        .case("tests/cases/*.trycmd");
}
