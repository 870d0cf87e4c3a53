//! The local authorization list of OCPP: versions, full and differential updates, and what a policy makes of it.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use evkit_rfid::*;
use proptest::prelude::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn tag(text: &str) -> IdTag {
    IdTag::new(text).unwrap()
}

fn entry(text: &str, status: Status) -> LocalEntry<IdTag> {
    LocalEntry { token: tag(text), status, expires: None, group: None }
}

fn accepted(text: &str) -> LocalEntry<IdTag> {
    entry(text, Status::Accepted)
}

/// A list that holds three entries, has A and B in it and version 5.
macro_rules! list {
    ($list:ident) => {
        let (mut entries, mut index) = ([None; 3], [None; 3]);
        let mut $list = LocalList::new(&mut entries, &mut index);
        $list.replace(5, [accepted("A"), entry("B", Status::Blocked)]).unwrap();
    };
}

fn tokens(list: &LocalList<'_, IdTag>) -> Vec<String> {
    list.iter().map(|entry| entry.token.to_string()).collect()
}

/// OCPP 1.6 §5.10: 0 stands for an empty list.
#[test]
fn an_empty_list_has_version_zero() {
    list!(list);
    assert_eq!((list.version(), list.len(), list.capacity()), (5, 2, 3));
    list.replace(9, []).unwrap();
    assert_eq!((list.version(), list.is_empty()), (0, true));
    assert_eq!(list.update(1, [LocalChange::Set(accepted("A"))]), Ok(()), "any version follows none");
    assert_eq!(list.version(), 1);
}

/// OCPP 1.6 §5.15, test case TC_043_2: only a differential update has to follow.
#[test]
fn only_a_differential_update_has_to_follow_the_version() {
    list!(list);
    for offered in [4, 5] {
        let error = UpdateError::Version { offered, current: 5 };
        assert_eq!(list.update(offered, [LocalChange::Remove(tag("A"))]), Err(error));
    }
    assert_eq!((list.version(), tokens(&list)), (5, vec!["A".into(), "B".into()]));
    assert_eq!(list.replace(4, [accepted("C")]), Ok(()));
    assert_eq!((list.version(), tokens(&list)), (4, vec!["C".into()]));
}

/// 2.0.1 D01.FR.18.
#[test]
fn reserved_versions_are_refused() {
    list!(list);
    for offered in [0, -1] {
        assert_eq!(list.replace(offered, []), Err(UpdateError::ReservedVersion { offered }));
        assert_eq!(list.update(offered, []), Err(UpdateError::ReservedVersion { offered }));
    }
    assert_eq!(list.len(), 2);
}

#[test]
fn a_differential_update_adds_changes_and_removes() {
    list!(list);
    let changes = [
        LocalChange::Set(accepted("b")),
        LocalChange::Set(accepted("C")),
        LocalChange::Remove(tag("a")),
        LocalChange::Remove(tag("not there")),
    ];
    assert_eq!(list.update(6, changes), Ok(()));
    assert_eq!((list.version(), tokens(&list)), (6, vec!["b".into(), "C".into()]), "tokens ignore case");
    assert_eq!(list.get(&tag("B")).unwrap().status, Status::Accepted);
    assert_eq!(list.update(7, []), Ok(()));
    assert_eq!((list.version(), list.len()), (7, 2), "without changes the version moves on");
}

/// OCPP 1.6 §5.15, 2.0.1 D01.FR.06: all tokens of a message differ.
#[test]
fn a_token_twice_refuses_the_whole_update() {
    list!(list);
    let error = UpdateError::Entry { at: 2, refusal: Refusal::Duplicate };
    assert_eq!(list.replace(6, [accepted("C"), accepted("D"), accepted("c")]), Err(error));
    let changes =
        [LocalChange::Set(accepted("C")), LocalChange::Remove(tag("A")), LocalChange::Set(accepted("a"))];
    assert_eq!(list.update(6, changes), Err(error));
    assert_eq!((list.version(), tokens(&list)), (5, vec!["A".into(), "B".into()]));
    assert_eq!(error.to_string(), "entry 2: the list has this card already");
}

#[test]
fn what_does_not_fit_refuses_the_whole_update() {
    list!(list);
    let full = |at| Err(UpdateError::Entry { at, refusal: Refusal::Full { limit: 3 } });
    assert_eq!(list.replace(6, ["A", "B", "C", "D"].map(accepted)), full(3));
    assert_eq!(list.update(6, ["C", "D"].map(|text| LocalChange::Set(accepted(text)))), full(1));
    assert_eq!((list.version(), tokens(&list)), (5, vec!["A".into(), "B".into()]));
    // A full list still exchanges one token for another, in whichever order the message names them.
    let changes =
        [LocalChange::Set(accepted("C")), LocalChange::Set(accepted("D")), LocalChange::Remove(tag("A"))];
    assert_eq!(list.update(6, changes), Ok(()));
    assert_eq!(tokens(&list), ["B", "C", "D"]);
}

#[test]
fn an_entry_ends_on_its_date() {
    let (mut entries, mut index) = ([None; 1], [None; 1]);
    let mut list = LocalList::new(&mut entries, &mut index);
    let expires = Some(at("2026-12-31T00:00:00Z"));
    list.replace(1, [LocalEntry { expires, ..accepted("A") }]).unwrap();
    let status = |now| list.status(at(now), &tag("a"));
    assert_eq!(status("2026-12-30T23:59:59Z"), Some(Status::Accepted));
    assert_eq!(status("2026-12-31T00:00:00Z"), Some(Status::Expired));
    assert_eq!(list.status(at("2026-01-01T00:00:00Z"), &tag("B")), None);
    list.replace(2, [LocalEntry { expires, ..entry("A", Status::Blocked) }]).unwrap();
    assert_eq!(
        list.status(at("2027-01-01T00:00:00Z"), &tag("A")),
        Some(Status::Blocked),
        "the worse word stays"
    );
}

/// 2.0.1: the kind of a token belongs to it, and a group is a token.
#[test]
fn tokens_of_the_second_version() {
    let token = |kind, text| IdToken::new(kind, text).unwrap();
    let (mut entries, mut index) = ([None; 2], [None; 2]);
    let mut list = LocalList::new(&mut entries, &mut index);
    let group = Some(token(TokenKind::Central, "FLEET"));
    let card = token(TokenKind::Iso14443, "04567DAA5F3580");
    list.replace(1, [LocalEntry { token: card, status: Status::Accepted, expires: None, group }]).unwrap();
    assert_eq!(list.get(&card).and_then(|entry| entry.group), group);
    assert_eq!(list.get(&token(TokenKind::Local, "04567DAA5F3580")), None);
}

/// As OCPP has it: an accepted entry saves the question, any other is asked about while the back end is up, and counts
/// while it is down. As a local list in the sense of a vendor: it has the last word.
#[test]
fn a_policy_decides_with_the_list() {
    list!(list);
    let now = at("2026-11-21T08:00:00Z");
    let policy = Policy::from(&BenderSettings::default());
    let verdict = |text: &str, link| {
        let cache = list.status(now, &tag(text));
        policy.decide(&Situation { cache, ..Situation::new(Occasion::CARD, link) })
    };
    let ask = Decision::AskBackEnd(TokenChoice::Presented);
    for link in [Link::Up, Link::Down] {
        assert_eq!(verdict("A", link).reason, Reason::Cache(Status::Accepted));
    }
    assert_eq!((verdict("B", Link::Up).decision, verdict("C", Link::Up).decision), (ask, ask));
    assert_eq!(verdict("B", Link::Down).reason, Reason::Cache(Status::Blocked));
    assert_eq!(verdict("C", Link::Down).reason, Reason::UnknownCard);

    let mut keba = KebaSettings { authorization: true, ..KebaSettings::default() };
    keba.set("AuthorizationModeOnline", "OnlyLocal").unwrap();
    let local = list.listed(now, &tag("B"));
    let situation = Situation { local, ..Situation::new(Occasion::CARD, Link::Up) };
    assert_eq!(Policy::from(&keba).decide(&situation).reason, Reason::LocalList(Status::Blocked));
}

fn any_change() -> impl Strategy<Value = (bool, u8)> {
    (any::<bool>(), 0_u8..6)
}

proptest! {
    /// Any run of updates leaves what a map would hold, and a refused one leaves everything.
    #[test]
    fn updates_are_whole_or_nothing(
        updates in prop::collection::vec((0_i64..6, prop::collection::vec(any_change(), 0..6)), 0..12),
    ) {
        const ROOM: usize = 4;
        let (mut entries, mut index) = ([None; ROOM], [None; ROOM]);
        let mut list = LocalList::new(&mut entries, &mut index);
        let (mut model, mut version) = (HashSet::new(), 0);
        for (offered, changes) in updates {
            let name = |number: u8| char::from(b'A' + number).to_string();
            let messages = changes.iter().map(|(set, number)| {
                if *set { LocalChange::Set(accepted(&name(*number))) } else { LocalChange::Remove(tag(&name(*number))) }
            });
            let mut after = model.clone();
            for (set, number) in &changes {
                if *set { after.insert(name(*number)) } else { after.remove(&name(*number)) };
            }
            let different: HashSet<_> = changes.iter().map(|(_, number)| number).collect();
            let fits = different.len() == changes.len() && after.len() <= ROOM && offered > version;
            prop_assert_eq!(list.update(offered, messages.collect::<Vec<_>>()).is_ok(), fits);
            if fits {
                model = after;
                version = if model.is_empty() { 0 } else { offered };
            }
            let held: HashSet<_> = list.iter().map(|entry| entry.token.to_string()).collect();
            prop_assert_eq!((&held, list.version()), (&model, version));
        }
    }
}
