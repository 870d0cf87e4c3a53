//! Every test that `docs/rules.md` names exists.

use std::fs;
use std::path::Path;

/// The text of all Rust files below a folder.
fn sources(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_test_that_a_rule_names_exists() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut code = String::new();
    sources(&package.join("src"), &mut code);
    sources(&package.join("tests"), &mut code);
    let rules = fs::read_to_string(package.join("docs/rules.md")).unwrap();
    let (_, tables) = rules.split_once("\n## ").expect("tables follow the introduction");
    let quoted = tables.split('`').skip(1).step_by(2);
    let named: Vec<&str> = quoted
        .filter_map(|text| {
            text.rsplit_once("::").map(|(_, name)| name).or(text.starts_with("tc_").then_some(text))
        })
        .collect();
    assert!(named.len() > 100, "{}", named.len());
    let missing: Vec<_> = named.iter().filter(|name| !code.contains(&format!("fn {name}("))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
