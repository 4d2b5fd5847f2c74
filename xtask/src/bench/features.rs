//! `cargo xtask bench sizes --features`: what each of the VM's features costs in the ESP8266's flash.
//!
//! Linked programs are compared: with none of them, with all, and with all but one. What two features share is in neither's
//! price, so the prices come to less than all of them together. What is left with none, the base, is `none`.

use std::collections::BTreeMap;
use std::fs;

use super::symbol;
use crate::firmware::{Image, Size};
use crate::repository::Repository;

/// Name and bytes.
type Table = BTreeMap<String, u64>;

/// The program without any, among the names that may be asked for.
const NONE: &str = "none";

/// Prices of those named, or of all.
pub fn prices(repository: &Repository, wanted: &[String]) -> Result<Table, String> {
    let image = Image::named(repository, "esp8266")?;
    let features = names(repository)?;
    if let Some(unknown) = wanted.iter().find(|name| *name != NONE && !features.contains(name)) {
        return Err(format!("no such feature: {unknown}; there are: {NONE}, {}", features.join(", ")));
    }
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|one| one == name);
    let flash = |chosen: &[String]| -> Result<u64, String> { Ok(Size::of(&image.compile(repository, chosen)?)?.flash) };
    let mut table = Table::new();
    if is_wanted(NONE) {
        let base = image.compile(repository, &[])?;
        table.insert("features none, image".to_owned(), Size::of(&base)?.flash);
        table.insert("features none, nano_vm".to_owned(), symbol::of_crate(&symbol::listing(&base)?, "nano_vm"));
    }
    if wanted == [NONE] {
        return Ok(table);
    }
    let all = flash(&features)?;
    table.insert("features all, image".to_owned(), all);
    for feature in features.iter().filter(|name| is_wanted(name)) {
        let others: Vec<String> = features.iter().filter(|name| *name != feature).cloned().collect();
        let price = all.saturating_sub(flash(&others)?);
        eprintln!("   {feature} {price}");
        table.insert(format!("feature {feature}"), price);
    }
    Ok(table)
}

/// The features of the VM, as its package has them.
fn names(repository: &Repository) -> Result<Vec<String>, String> {
    let path = repository.root.join("vm/Cargo.toml");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let list = text.split_once("\nfull = [").and_then(|(_, rest)| rest.split_once(']')).map_or("", |(list, _)| list);
    Ok(list.split('"').skip(1).step_by(2).map(str::to_owned).collect())
}
