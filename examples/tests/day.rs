//! A day of twelve EVSEs: what the program `day` prints, held to what it should be.

use evkit_examples::day::{run, swing};

#[test]
fn a_day_passes_no_limit_and_lets_nobody_wait_too_long() {
    let record = run::<9, 12, 21>(2).expect("a site that makes sense");
    assert_eq!(record.passed, 0);
    assert!(record.longest_queue > 0, "a day without a queue shows nothing");
    assert_eq!(record.overdue, 0);
    assert!(record.delivered >= 0.98 * record.by_rival, "{} of {}", record.delivered, record.by_rival);
}

#[test]
fn nothing_swings_while_nothing_changes() {
    assert!(swing::<9, 12, 21>(1).expect("a site that makes sense") <= 500);
}
