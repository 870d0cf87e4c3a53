//! The lists of rules: every test that a crate's `docs/rules.md` or `docs/peers.md` names is a test of that crate.
//!
//! The last column of a table names tests by their place, `protocol::frame::a_name` in `src` or in `tests`. Cases of the
//! public compliance suite, `tc_…`, are named by their ids alone.

use std::fs::{read_dir, read_to_string};
use std::path::{Path, PathBuf};

/// Each list with the least number of tests it names: one that is not read as a table any more is not an empty list.
const LISTS: [(&str, &str, usize); 6] = [
    ("config-format", "rules.md", 70),
    ("dlm", "rules.md", 50),
    ("hal", "peers.md", 29),
    ("hal", "rules.md", 100),
    ("ocpp", "rules.md", 180),
    ("rfid", "rules.md", 50),
];

/// A source file with its path as a module: `["protocol", "frame"]`.
struct Source {
    module: Vec<String>,
    text: String,
}

/// All Rust files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let paths = read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let below = |path: PathBuf| if path.is_dir() { files(&path) } else { vec![path] };
    paths.flat_map(below).filter(|path| path.extension().is_some_and(|end| end == "rs")).collect()
}

fn sources(folder: &Path) -> impl Iterator<Item = Source> {
    files(folder).into_iter().map(move |path| {
        let place = path.strip_prefix(folder).unwrap().with_extension("");
        let mut module: Vec<_> = place.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
        module.pop_if(|last| ["lib", "main", "mod", "tests"].contains(&last.as_str()));
        Source { module, text: read_to_string(path).unwrap() }
    })
}

impl Source {
    /// Whether a test of that name is here: a function with nothing but attributes and comments above, `#[test]` among
    /// them.
    fn has_test(&self, name: &str) -> bool {
        let Some((before, _)) = self.text.split_once(&format!("fn {name}(")) else { return false };
        let above = before.rsplit('\n').skip(1).map(str::trim);
        let mut attributes = above.take_while(|line| line.starts_with("#[") || line.starts_with("//"));
        attributes.any(|line| line == "#[test]" || line.starts_with("#[tokio::test"))
    }
}

/// The tests that the rows of a list name.
fn tests(list: &str) -> impl Iterator<Item = &str> {
    let rows = list.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let cells = rows.map(|row| row.rsplit(" | ").next().unwrap_or(row));
    let quoted = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    quoted.filter(|name| !name.contains(' ') && (name.contains("::") || name.starts_with("tc_")))
}

#[test]
fn every_test_that_a_rule_names_exists() {
    for (package, list, least) in LISTS {
        let package = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(package);
        let sources: Vec<_> = sources(&package.join("src")).chain(sources(&package.join("tests"))).collect();
        let path = package.join("docs").join(list);
        let text = read_to_string(&path).unwrap();
        for name in tests(&text) {
            let place: Vec<_> = name.split("::").collect();
            let (test, module) = place.split_last().unwrap();
            let there = |source: &Source| {
                let tail = source.module.len().checked_sub(module.len());
                tail.is_some_and(|tail| source.module[tail..] == *module) && source.has_test(test)
            };
            assert!(sources.iter().any(there), "{}: no test {name}", path.display());
        }
        let named = tests(&text).count();
        assert!(named >= least, "{}: {named} tests are named", path.display());
    }
}
