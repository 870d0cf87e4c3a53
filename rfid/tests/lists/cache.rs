//! Caches of the back end's answers.

use chrono::{DateTime, Utc};

use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn tag(number: usize) -> IdTag {
    IdTag::new(&format!("TAG{number}")).unwrap()
}

#[test]
fn evlink_keeps_the_last_five_hundred() {
    let (mut entries, mut index) = (vec![None; 600], vec![None; 600]);
    let mut cache = Cache::new(&mut entries, &mut index, CacheRule::EVLINK);
    let now = at("2026-01-01T00:00:00Z");
    assert_eq!(cache.capacity(), 500);
    for number in 0..500 {
        assert!(cache.record(now, tag(number), Status::Accepted, None));
    }
    assert!(cache.record(now, tag(0), Status::Accepted, None), "the oldest is now TAG1");
    assert!(cache.record(now, tag(500), Status::Accepted, None));
    let status = |number| cache.status(now, &tag(number));
    assert_eq!(
        [status(0), status(1), status(2), status(500)],
        [Some(Status::Accepted), None, Some(Status::Accepted), Some(Status::Accepted)]
    );
    assert_eq!(cache.iter().count(), 500);
}

#[test]
fn keba_keeps_the_first_thousand() {
    let (mut entries, mut index) = (vec![None; 1001], vec![None; 1001]);
    let mut cache = Cache::new(&mut entries, &mut index, CacheRule::KEBA);
    let now = at("2026-01-01T00:00:00Z");
    for number in 0..1000 {
        assert!(cache.record(now, tag(number), Status::Accepted, None));
    }
    assert!(!cache.record(now, tag(1000), Status::Accepted, None));
    assert!(cache.record(now, tag(7), Status::Accepted, None), "a known one may be renewed");
}

#[test]
fn bender_entries_end_with_the_epoch_or_after_a_year() {
    let end = |expiry, now, moment| {
        let (mut entries, mut index) = ([None; 2], [None; 2]);
        let mut cache = Cache::new(&mut entries, &mut index, CacheRule { expiry, ..CacheRule::BENDER });
        cache.record(at(now), tag(1), Status::Accepted, None);
        cache.status(at(moment), &tag(1))
    };
    let epoch = |moment| end(CacheExpiry::EndOfEpoch, "2026-01-01T00:00:00Z", moment);
    assert_eq!(epoch("2038-12-31T23:59:59Z"), Some(Status::Accepted));
    assert_eq!(epoch("2039-01-01T00:00:00Z"), Some(Status::Expired));
    let year = |now, moment| end(CacheExpiry::OneYear, now, moment);
    assert_eq!(year("2026-03-01T12:00:00Z", "2027-03-01T11:59:59Z"), Some(Status::Accepted));
    assert_eq!(year("2026-03-01T12:00:00Z", "2027-03-01T12:00:00Z"), Some(Status::Expired));
    assert_eq!(year("2028-02-29T12:00:00Z", "2029-02-28T12:00:00Z"), Some(Status::Expired));
    assert_eq!(
        end(CacheExpiry::Never, "2026-01-01T00:00:00Z", "2999-01-01T00:00:00Z"),
        Some(Status::Accepted)
    );
}

#[test]
fn a_date_of_the_back_end_counts_first_and_a_refusal_forgets() {
    let (mut entries, mut index) = ([None; 2], [None; 2]);
    let mut cache = Cache::new(&mut entries, &mut index, CacheRule::EVLINK);
    let (now, end) = (at("2026-01-01T00:00:00Z"), at("2026-02-01T00:00:00Z"));
    assert!(cache.record(now, tag(1), Status::Accepted, Some(end)));
    assert!(cache.record(now, tag(2), Status::Accepted, None));
    assert_eq!(cache.status(end, &tag(1)), Some(Status::Expired));
    assert_eq!(
        cache.status(end, &IdTag::new("tag2").unwrap()),
        Some(Status::Accepted),
        "case does not count"
    );
    assert_eq!(cache.purge(end), 1);
    assert_eq!(cache.status(now, &tag(1)), None);
    assert!(!cache.record(now, tag(2), Status::Blocked, None));
    assert_eq!(cache.status(now, &tag(2)), None);
}
