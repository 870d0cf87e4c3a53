//! Every test that `docs/rules.md` names exists.

use std::fs::{read_dir, read_to_string};
use std::path::{Path, PathBuf};

/// All Rust files below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let paths = read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let below = |path: PathBuf| if path.is_dir() { sources(&path) } else { vec![path] };
    paths.flat_map(below).filter(|path| path.extension().is_some_and(|end| end == "rs")).collect()
}

#[test]
fn every_rule_has_its_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = [sources(&root.join("src")), sources(&root.join("tests"))].concat();
    let rules = read_to_string(root.join("docs/rules.md")).unwrap();
    let named: Vec<_> = rules.split('`').filter_map(|text| text.split_once("::")).collect();
    assert!(named.len() > 60, "{} tests are named", named.len());
    for (file, test) in named.into_iter().filter(|(_, test)| *test != "…") {
        let wanted = format!("fn {test}(");
        let mut there = files.iter().filter(|path| path.file_stem().is_some_and(|stem| stem == file));
        assert!(there.any(|path| read_to_string(path).unwrap().contains(&wanted)), "{file}::{test}");
    }
}
