//! Every link between the repository's pages leads somewhere, and every chapter is in the book's table of contents.

use std::path::{Component, Path, PathBuf};

use nano_house::{root, sources};

/// Targets of `[text](target)` outside code blocks.
fn links(text: &str) -> Vec<String> {
    let mut in_code = false;
    let mut links = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        // An escaped bracket is text.
        let line = line.replace("\\](", "");
        links.extend(
            line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target.to_owned()),
        );
    }
    links
}

/// The path without `.` and `..`, from the top folder.
fn resolve(page: &str, target: &str) -> PathBuf {
    let mut path = Path::new(page).parent().unwrap_or(Path::new("")).to_path_buf();
    for part in Path::new(target).components() {
        match part {
            Component::ParentDir => {
                path.pop();
            }
            Component::Normal(name) => path.push(name),
            _ => {}
        }
    }
    path
}

#[test]
fn links_lead_somewhere() {
    let mut offences = Vec::new();
    let mut seen = 0;
    for page in sources().iter().filter(|source| source.is("md")) {
        for link in links(&page.text) {
            let target = link.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            seen += 1;
            if !root().join(resolve(&page.path, target)).exists() {
                offences.push(format!("{}: {link} leads nowhere", page.path));
            }
        }
    }
    assert!(seen > 20, "only {seen} links found");
    assert!(offences.is_empty(), "\n{}\n", offences.join("\n"));
}

#[test]
fn every_chapter_is_in_the_contents() {
    let contents = std::fs::read_to_string(root().join("book/src/SUMMARY.md")).expect("the book has contents");
    let listed: Vec<PathBuf> = links(&contents).iter().map(|link| resolve("book/src/SUMMARY.md", link)).collect();
    for page in sources().iter().filter(|source| source.is("md") && source.path.starts_with("book/src/")) {
        let is_listed = listed.iter().any(|path| path == Path::new(&page.path));
        assert!(is_listed || page.path.ends_with("SUMMARY.md"), "{} is not in SUMMARY.md", page.path);
    }
}

#[test]
fn links_in_code_are_none() {
    assert_eq!(links("[a](b.md) and [c](d/)\n```\n[e](f)\n```\n[g](h#i) R\\[a\\](b)"), ["b.md", "d/", "h#i"]);
    assert_eq!(resolve("book/src/a.md", "../../x/./y.md"), Path::new("x/y.md"));
}
