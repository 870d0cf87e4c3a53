//! The lists in `docs/rules.md` and `docs/peers.md`: every test they name is there.

/// Where tests are found, by the name the lists give them.
const FILES: [(&str, &str); 35] = [
    ("cars", include_str!("cars.rs")),
    ("driver::ade7953", include_str!("../src/driver/ade7953.rs")),
    ("driver::atm90e32", include_str!("../src/driver/atm90e32.rs")),
    ("driver::rs485", include_str!("../src/driver/rs485.rs")),
    ("evse::model", include_str!("../src/evse/model.rs")),
    ("fault", include_str!("../src/fault/mod.rs")),
    ("fault::bender", include_str!("../src/fault/bender.rs")),
    ("fault::evlink", include_str!("../src/fault/evlink.rs")),
    ("indicator", include_str!("../src/indicator/mod.rs")),
    ("indicator::bender", include_str!("../src/indicator/bender.rs")),
    ("indicator::evlink", include_str!("../src/indicator/evlink.rs")),
    ("indicator::keba", include_str!("../src/indicator/keba.rs")),
    ("indicator::text", include_str!("../src/indicator/text.rs")),
    ("indicator::tone", include_str!("../src/indicator/tone.rs")),
    ("inputs", include_str!("../src/inputs.rs")),
    ("limits", include_str!("limits.rs")),
    ("lock", include_str!("../src/lock.rs")),
    ("machines::contactor", include_str!("machines/contactor.rs")),
    ("machines::lock", include_str!("machines/lock.rs")),
    ("machines::phases", include_str!("machines/phases.rs")),
    ("machines::protections", include_str!("machines/protections.rs")),
    ("machines::rcm", include_str!("machines/rcm.rs")),
    ("machines::safety", include_str!("machines/safety.rs")),
    ("mains", include_str!("../src/mains.rs")),
    ("metering", include_str!("../src/metering.rs")),
    ("pilot::check", include_str!("../src/pilot/check.rs")),
    ("pilot::duty", include_str!("../src/pilot/duty.rs")),
    ("pilot::filter", include_str!("../src/pilot/filter.rs")),
    ("pilot::level", include_str!("../src/pilot/level.rs")),
    ("pilot::timing", include_str!("../src/pilot/timing.rs")),
    ("proximity", include_str!("../src/proximity.rs")),
    ("safety", include_str!("../src/safety.rs")),
    ("station", include_str!("station.rs")),
    ("supply", include_str!("../src/supply.rs")),
    ("transitions", include_str!("transitions.rs")),
];

/// Looks every test up that stands at the end of a row; their number.
fn check(list: &str) -> usize {
    let rows = list.lines().filter(|line| line.ends_with("` |"));
    rows.inspect(|row| {
        let name = row.rsplit('`').nth(1).expect(row);
        let (file, test) = name.rsplit_once("::").expect(row);
        let (_, source) = FILES.iter().find(|(known, _)| *known == file).expect(row);
        let place = source.find(&format!("fn {test}(")).unwrap_or_else(|| panic!("no such test: {name}"));
        // Only attributes stand between it and the item before.
        let before = source[..place].rsplit_once('\n').map_or("", |(before, _)| before);
        let mut attributes = before.lines().rev().take_while(|line| line.trim_start().starts_with("#["));
        assert!(attributes.any(|line| line.trim() == "#[test]"), "{name} is not a test");
    })
    .count()
}

#[test]
fn every_rule_names_a_test_that_exists() {
    let rules = check(include_str!("../docs/rules.md"));
    assert!(rules >= 90, "{rules} rules");
}

#[test]
fn every_comparison_names_a_test_that_exists() {
    let comparisons = check(include_str!("../docs/peers.md"));
    assert!(comparisons >= 29, "{comparisons} comparisons");
}
