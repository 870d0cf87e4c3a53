//! The scripts that are shipped can be read.

use evkit_plant::script::Script;

#[test]
fn the_session_of_the_readme_is_a_script() {
    let script = Script::parse(include_str!("../scripts/session.toml")).unwrap();
    assert!(script.0.iter().all(|steps| !steps.is_empty()));
}
