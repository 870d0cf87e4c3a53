//! The list of rules in `docs/rules.md`: every test it names is there.

/// Where tests are found, by the name the list gives them.
const FILES: [(&str, &str); 8] = [
    ("family", include_str!("../src/family.rs")),
    ("lists", include_str!("lists/main.rs")),
    ("lists::cache", include_str!("lists/cache.rs")),
    ("local_list", include_str!("local_list.rs")),
    ("password", include_str!("../src/password.rs")),
    ("policy", include_str!("policy/main.rs")),
    ("teach_in", include_str!("teach_in.rs")),
    ("uid", include_str!("uid.rs")),
];

#[test]
fn every_rule_names_a_test_that_exists() {
    let mut rules = 0;
    for row in include_str!("../docs/rules.md").lines().filter(|line| line.ends_with("` |")) {
        let name = row.rsplit('`').nth(1).expect(row);
        let (file, test) = name.rsplit_once("::").expect(row);
        let (_, source) = FILES.iter().find(|(known, _)| *known == file).expect(row);
        let place = source.find(&format!("fn {test}(")).unwrap_or_else(|| panic!("no such test: {name}"));
        // Nothing but the attribute stands between it and the item before; properties are tests by their macro.
        assert!(source[..place].trim_end().ends_with("#[test]"), "{name} is not a test");
        rules += 1;
    }
    assert!(rules >= 50, "{rules} rules");
}
