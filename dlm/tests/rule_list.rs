//! The list of rules in `docs/rules.md`: every test it names is there.

/// Where tests are found, by the name the list gives them.
const FILES: [(&str, &str); 16] = [
    ("allocate", include_str!("../src/allocate/tests.rs")),
    ("check", include_str!("../src/check.rs")),
    ("controller", include_str!("controller.rs")),
    ("delay", include_str!("../src/delay.rs")),
    ("detect", include_str!("../src/detect.rs")),
    ("frame", include_str!("../src/protocol/frame.rs")),
    ("limits", include_str!("../src/limits.rs")),
    ("network::faults", include_str!("network/faults.rs")),
    ("network::rules", include_str!("network/rules.rs")),
    ("phases", include_str!("../src/phases.rs")),
    ("profile", include_str!("../src/profile.rs")),
    ("restart", include_str!("../src/restart.rs")),
    ("rules", include_str!("rules.rs")),
    ("schedule", include_str!("../src/schedule.rs")),
    ("surplus", include_str!("../src/surplus.rs")),
    ("switching", include_str!("../src/switching.rs")),
];

#[test]
fn every_rule_names_a_test_that_exists() {
    let mut rules = 0;
    for row in include_str!("../docs/rules.md").lines().filter(|line| line.ends_with("` |")) {
        let name = row.rsplit('`').nth(1).expect(row);
        let (file, test) = name.rsplit_once("::").expect(row);
        let (_, source) = FILES.iter().find(|(known, _)| *known == file).expect(row);
        let place = source.find(&format!("fn {test}(")).unwrap_or_else(|| panic!("no such test: {name}"));
        assert!(source[..place].trim_end().ends_with("#[test]"), "{name} is not a test");
        rules += 1;
    }
    assert!(rules >= 45, "{rules} rules");
}
