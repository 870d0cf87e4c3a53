//! Who may charge. The tables in `vectors/decisions-*.txt` hold every mode of every vendor against every kind of card;
//! the tests below them follow the vendors' manuals sentence by sentence.

mod properties;

use core::time::Duration;
use std::collections::HashMap;

use evkit_rfid::*;

/// The lines of a table, each as words by the name of their column.
fn table(text: &'static str) -> Vec<HashMap<&'static str, &'static str>> {
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let header: Vec<_> = lines.next().expect("a header").split_whitespace().collect();
    let rows: Vec<_> = lines
        .map(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            assert_eq!(words.len(), header.len(), "{line}");
            header.iter().copied().zip(words).collect()
        })
        .collect();
    rows
}

/// A verdict the way the tables spell it.
fn spell(verdict: Verdict) -> String {
    let word = |text: String| -> String {
        let mut out = String::new();
        for character in text.chars() {
            if character.is_uppercase() && !out.is_empty() {
                out.push('-');
            }
            out.push(character.to_ascii_lowercase());
        }
        out
    };
    let by = |list: &str, status: Status| match status {
        Status::Accepted => list.to_owned(),
        other => format!("{list}-{other:?}"),
    };
    let reason = match verdict.reason {
        Reason::LocalList(status) => by("local", status),
        Reason::Cache(status) => by("cache", status),
        Reason::BackEnd(status) => by("back-end", status),
        other => word(format!("{other:?}")),
    };
    match verdict.decision {
        Decision::Accept(grant) => {
            let recheck = if grant.recheck { "+recheck" } else { "" };
            let priority = if grant.priority { "+priority" } else { "" };
            format!("accept{recheck}{priority}:{reason}")
        }
        Decision::Reject => format!("reject:{reason}"),
        Decision::AskBackEnd(_) if verdict.reason == Reason::NotListed => "ask".to_owned(),
        Decision::StopSession => format!("stop:{reason}"),
        other => format!("{}:{reason}", word(format!("{other:?}"))),
    }
}

/// A card held to the reader, as the tables name it. Local list and cache agree about it.
fn card(kind: &str, link: Link, back_end: BackEnd) -> Situation {
    let status = match kind {
        "known" => Some(Status::Accepted),
        "unknown" => None,
        "blocked" => Some(Status::Blocked),
        "expired" => Some(Status::Expired),
        "elsewhere" => Some(Status::NotHere),
        other => panic!("no such card: {other}"),
    };
    Situation {
        local: status.map(|status| Listed { status, role: Role::User }),
        cache: status,
        back_end,
        ..Situation::new(Occasion::CARD, link)
    }
}

const STATES: [(&str, Link, BackEnd); 3] = [
    ("up", Link::Up, BackEnd::NotAsked),
    ("slow", Link::Up, BackEnd::TimedOut),
    ("down", Link::Down, BackEnd::NotAsked),
];

/// Holds one row of a table against a policy, and what follows from it for the answers of the back end.
fn check_row(policy: &Policy, row: &HashMap<&str, &str>) {
    for (column, link, back_end) in STATES {
        let situation = card(row["card"], link, back_end);
        let verdict = policy.decide(&situation);
        assert_eq!(spell(verdict), row[column], "{row:?}, column {column}");
        assert_eq!(policy.decide(&situation), verdict, "deciding again changes nothing");
        for (session, name) in
            [(Session::SameCard, "same"), (Session::OtherCard, "other"), (Session::SameGroup, "same")]
        {
            let expected = match (row[column], session) {
                ("ignore:reader-off", _) => "ignore:reader-off",
                (_, Session::SameGroup) => "stop:same-group",
                _ => row[name],
            };
            let verdict = policy.decide(&Situation { session, ..situation });
            assert_eq!(spell(verdict), expected, "{row:?}, session {session:?} while {column}");
        }
    }
    if row["up"] == "ask" {
        let answered = |back_end| spell(policy.decide(&card(row["card"], Link::Up, back_end)));
        assert_eq!(answered(BackEnd::Pending), "wait:awaiting-answer");
        assert_eq!(answered(BackEnd::Answered(Status::Accepted)), "accept:back-end");
        assert_eq!(answered(BackEnd::Answered(Status::Blocked)), "reject:back-end-Blocked");
        assert_eq!(answered(BackEnd::Answered(Status::ConcurrentTx)), "reject:back-end-ConcurrentTx");
    }
}

fn keba(settings: &[(&str, &str)]) -> Policy {
    let mut out = KebaSettings::default();
    for (key, value) in settings {
        assert!(out.set(key, value).expect("a known value"), "{key}");
    }
    Policy::from(&out)
}

#[test]
fn keba_every_mode() {
    let rows = table(include_str!("../vectors/decisions-keba.txt"));
    assert_eq!(rows.len(), 3 * 5 * 5);
    for row in &rows {
        let policy = keba(&[
            ("AuthorizationEnabled", "true"),
            ("AuthorizationModeOnline", row["online"]),
            ("AuthorizationModeOffline", row["offline"]),
        ]);
        check_row(&policy, row);
    }
}

#[test]
fn evlink_every_mode() {
    let rows = table(include_str!("../vectors/decisions-evlink.txt"));
    assert_eq!(rows.len(), (2 + 3 * 2 + 2) * 5);
    for row in &rows {
        let settings = EvlinkSettings {
            authentication: row["authority"] != "Disabled",
            supervision: row["authority"] == "Supervision",
            remote: row["authority"] == "Remote",
            unknown: if row["unknown"] == "AllowAll" {
                EvlinkUnknown::AllowAll
            } else {
                EvlinkUnknown::Reject
            },
            lost_link: match row["lost-link"] {
                "RejectAllButCached" => EvlinkLostLink::RejectAllButCached,
                "ReaderOff" => EvlinkLostLink::ReaderOff,
                _ => EvlinkLostLink::AllowAll,
            },
            cache: row["cache"] == "on",
            ..EvlinkSettings::default()
        };
        assert_eq!(format!("{:?}", settings.authority()), row["authority"]);
        check_row(&Policy::from(&settings), row);
    }
}

#[test]
fn bender_every_mode() {
    let rows = table(include_str!("../vectors/decisions-bender.txt"));
    assert_eq!(rows.len(), (3 * 2 * 2 + FreeCharging::MODES.len()) * 5);
    for row in &rows {
        let settings = BenderSettings {
            free_charging: FreeCharging::MODES.into_iter().find(|mode| format!("{mode:?}") == row["free"]),
            in_doubt: match row["in-doubt"] {
                "Off" => InDoubt::Off,
                "On" => InDoubt::On,
                _ => InDoubt::ImmediatelyOnPlug,
            },
            local_whitelist: row["local"] == "on",
            ocpp_whitelist: row["cache"] == "on",
            ..BenderSettings::default()
        };
        assert_eq!(settings.free_charging.is_none(), row["free"] == "off", "{row:?}");
        check_row(&Policy::from(&settings), row);
    }
}

/// The verdict for a car plugged in without a card, while the back end is up, down, and where there is none.
fn plug_in(policy: &Policy) -> [String; 3] {
    [Link::Up, Link::Down, Link::None]
        .map(|link| spell(policy.decide(&Situation::new(Occasion::PlugIn, link))))
}

fn evlink(authority: EvlinkAuthority) -> EvlinkSettings {
    EvlinkSettings {
        authentication: authority != EvlinkAuthority::Disabled,
        supervision: authority == EvlinkAuthority::Supervision,
        remote: authority == EvlinkAuthority::Remote,
        ..EvlinkSettings::default()
    }
}

#[test]
fn plugging_in_without_a_card() {
    let need = "need-card:card-needed";
    let free = "accept:no-card-needed";
    let on = ("AuthorizationEnabled", "true");
    for (offline, down) in [
        ("OfflineLocalUnknownAuthorization", need),
        ("OfflineLocalAuthorization", need),
        ("OfflineNoAuthorization", need),
        ("OfflineNoCharging", need),
        ("OfflineFreeCharging", free),
    ] {
        assert_eq!(
            plug_in(&keba(&[on, ("AuthorizationModeOffline", offline)])),
            [need, down, need],
            "{offline}"
        );
    }
    for (authority, lost_link, expected) in [
        (EvlinkAuthority::Station, EvlinkLostLink::ReaderOff, [need; 3]),
        (EvlinkAuthority::Supervision, EvlinkLostLink::RejectAllButCached, [need; 3]),
        (EvlinkAuthority::Supervision, EvlinkLostLink::AllowAll, [need; 3]),
        (EvlinkAuthority::Supervision, EvlinkLostLink::ReaderOff, [need, free, free]),
        (EvlinkAuthority::Remote, EvlinkLostLink::ReaderOff, ["wait:awaiting-permission"; 3]),
        (EvlinkAuthority::Disabled, EvlinkLostLink::ReaderOff, [free; 3]),
    ] {
        let settings = EvlinkSettings { lost_link, ..evlink(authority) };
        assert_eq!(plug_in(&Policy::from(&settings)), expected, "{authority:?} {lost_link:?}");
    }
    let provisional = "accept+recheck:no-card-needed";
    for (in_doubt, expected) in [
        (InDoubt::Off, [need; 3]),
        (InDoubt::On, [need; 3]),
        (InDoubt::ImmediatelyOnPlug, [need, provisional, provisional]),
    ] {
        let settings = BenderSettings { in_doubt, ..BenderSettings::default() };
        assert_eq!(plug_in(&Policy::from(&settings)), expected, "{in_doubt:?}");
    }
}

#[test]
fn keba_authorization_off_starts_only_with_an_accepted_predefined_token() {
    let off = [("AuthorizationEnabled", "false"), ("DefaultTokenID", "predefinedTokenId")];
    let policy = keba(&off);
    let plug = Situation::new(Occasion::PlugIn, Link::Up);
    assert_eq!(policy.decide(&plug).decision, Decision::AskBackEnd(TokenChoice::Predefined));
    let answered = |status| policy.decide(&Situation { back_end: BackEnd::Answered(status), ..plug });
    let grant = Grant { token: TokenChoice::Predefined, recheck: false, priority: false };
    assert_eq!(answered(Status::Accepted).decision, Decision::Accept(grant));
    assert_eq!(spell(answered(Status::Invalid)), "reject:back-end-Invalid");
    assert_eq!(plug_in(&policy), ["ask", "reject:unknown-card", "accept:no-card-needed"]);
    // A card does not change the token.
    let card = policy.decide(&Situation::new(Occasion::CARD, Link::Up));
    assert_eq!(card.decision, Decision::AskBackEnd(TokenChoice::Predefined));
    // Without a predefined token there is nothing to ask about.
    let unset = keba(&[("AuthorizationEnabled", "false"), ("DefaultTokenID", "")]);
    assert_eq!(plug_in(&unset)[0], "reject:unknown-card");
}

#[test]
fn a_provisional_session_is_rechecked_and_stopped_if_invalid() {
    for policy in [
        keba(&[("AuthorizationEnabled", "true"), ("AuthorizationModeOffline", "OfflineNoAuthorization")]),
        Policy::from(&BenderSettings { in_doubt: InDoubt::On, ..BenderSettings::default() }),
    ] {
        let down = Situation::new(Occasion::CARD, Link::Down);
        assert_eq!(spell(policy.decide(&down)), "accept+recheck:unknown-card");
        let recheck =
            Situation { session: Session::SameCard, ..Situation::new(Occasion::Recheck, Link::Down) };
        assert_eq!(spell(policy.decide(&recheck)), "wait:awaiting-answer");
        let up = Situation { link: Link::Up, ..recheck };
        assert_eq!(policy.decide(&up).decision, Decision::AskBackEnd(TokenChoice::Presented));
        let answered = |back_end| spell(policy.decide(&Situation { back_end, ..up }));
        assert_eq!(answered(BackEnd::Pending), "wait:awaiting-answer");
        assert_eq!(answered(BackEnd::TimedOut), "wait:awaiting-answer");
        assert_eq!(answered(BackEnd::Answered(Status::Accepted)), "accept:back-end");
        assert_eq!(answered(BackEnd::Answered(Status::Invalid)), "stop:back-end-Invalid");
        let lenient = Policy { stop_on_invalid: false, ..policy };
        let refused = Situation { back_end: BackEnd::Answered(Status::Invalid), ..up };
        assert_eq!(spell(lenient.decide(&refused)), "ignore:back-end-Invalid");
        let none = Situation { session: Session::None, ..up };
        assert_eq!(spell(policy.decide(&none)), "ignore:nothing-to-check");
    }
}

#[test]
fn keba_without_back_end_only_the_list_counts() {
    for online in ["FirstLocal", "FirstOnline", "OnlyLocal"] {
        let policy = keba(&[("AuthorizationEnabled", "true"), ("AuthorizationModeOnline", online)]);
        let verdict = |kind| spell(policy.decide(&card(kind, Link::None, BackEnd::NotAsked)));
        let (known, blocked) = match online {
            // FirstLocal is the only choice that makes sense there; FirstOnline never looks at the list.
            "FirstOnline" => ("reject:unknown-card", "reject:unknown-card"),
            _ => ("accept:local", "reject:local-Blocked"),
        };
        assert_eq!(
            [verdict("known"), verdict("unknown"), verdict("blocked")],
            [known, "reject:unknown-card", blocked]
        );
    }
}

#[test]
fn bender_local_whitelist_never_asks_and_pre_authorize_believes_the_cache() {
    let listed = |local, cache| Situation { local, cache, ..Situation::new(Occasion::CARD, Link::Up) };
    let settings = BenderSettings::default();
    let verdict = |settings: &BenderSettings, situation| spell(Policy::from(settings).decide(&situation));
    assert_eq!(verdict(&settings, listed(Some(Listed::ACCEPTED), None)), "accept:local");
    assert_eq!(verdict(&settings, listed(None, Some(Status::Accepted))), "accept:cache");
    assert_eq!(
        verdict(&settings, listed(None, Some(Status::Blocked))),
        "ask",
        "the back end may know better"
    );
    let no_pre = BenderSettings { local_pre_authorize: false, ..settings };
    assert_eq!(verdict(&no_pre, listed(None, Some(Status::Accepted))), "ask");
    assert_eq!(verdict(&no_pre, listed(Some(Listed::ACCEPTED), None)), "accept:local");
    let down = Situation { link: Link::Down, ..listed(None, Some(Status::Accepted)) };
    assert_eq!(verdict(&settings, down), "accept:cache");
    let no_offline = BenderSettings { local_authorize_offline: false, ..settings };
    assert_eq!(verdict(&no_offline, down), "reject:unknown-card");
}

#[test]
fn bender_free_charging_modes() {
    const FREE: &str = "accept:no-card-needed";
    const NEED: &str = "need-card:card-needed";
    const ANY: &str = "accept:unknown-card";
    const OFF: &str = "ignore:reader-off";
    // Mode, plug-in, a card, what the back end hears, the token of a session started with a card or by plugging in.
    let modes = [
        (FREE, OFF, Report::Nothing, TokenChoice::Predefined),
        (FREE, OFF, Report::StatusOnly, TokenChoice::Predefined),
        (NEED, ANY, Report::StatusOnly, TokenChoice::Presented),
        (NEED, ANY, Report::Transaction, TokenChoice::Predefined),
        (FREE, OFF, Report::Transaction, TokenChoice::Predefined),
        (NEED, ANY, Report::Transaction, TokenChoice::Presented),
    ];
    for (mode, (plugged, with_card, report, token)) in FreeCharging::MODES.into_iter().zip(modes) {
        let fixed_tag = Some(IdTag::new("FREE").unwrap());
        let settings = BenderSettings { free_charging: Some(mode), fixed_tag, ..BenderSettings::default() };
        let policy = Policy::from(&settings);
        assert_eq!(policy.report, report, "{mode:?}");
        for link in [Link::Up, Link::Down, Link::None] {
            let plug = policy.decide(&Situation::new(Occasion::PlugIn, link));
            let card = policy.decide(&card("blocked", link, BackEnd::NotAsked));
            assert_eq!(
                (spell(plug), spell(card)),
                (plugged.to_owned(), with_card.to_owned()),
                "{mode:?} {link:?}"
            );
            for verdict in [plug, card] {
                if let Decision::Accept(grant) = verdict.decision {
                    assert_eq!(grant.token, token, "{mode:?}");
                }
            }
        }
        // Ending takes the same card where one was needed.
        if with_card == ANY {
            let same = Situation { session: Session::SameCard, ..Situation::new(Occasion::CARD, Link::Up) };
            assert_eq!(spell(policy.decide(&same)), "stop:same-card");
        }
    }
}

#[test]
fn bender_stop_modes() {
    use StopEvent::{RemoteStop, ResidualCurrent, SameCard, StateD, UnpluggedAtCar, UnpluggedAtStation};
    let events = [UnpluggedAtCar, UnpluggedAtStation, SameCard, RemoteStop, StateD, ResidualCurrent];
    for (word, expected) in [
        ("Normal", [true, true, true, true, false, false]),
        ("Stop only by unplug", [false, true, false, false, false, false]),
        ("Stop only by RFID/RemoteStop", [false, false, true, true, false, false]),
        ("Normal + Mode D + RCD detected", [true, true, true, true, true, true]),
    ] {
        let stop = StopMode::from_word(word).unwrap();
        let policy = Policy::from(&BenderSettings { stop, ..BenderSettings::default() });
        assert_eq!(events.map(|event| policy.stops_on(event)), expected, "{word}");
        let again = Situation { session: Session::SameCard, ..Situation::new(Occasion::CARD, Link::Up) };
        let by_card = if expected[2] { "stop:same-card" } else { "ignore:card-does-not-stop" };
        assert_eq!(spell(policy.decide(&again)), by_card, "{word}");
    }
}

#[test]
fn bender_remote_start_is_checked_if_the_back_end_wants_it() {
    let start = Situation::new(Occasion::RemoteStart, Link::Up);
    let verdict = |authorize_remote| {
        Policy::from(&BenderSettings { authorize_remote, ..BenderSettings::default() }).decide(&start)
    };
    assert_eq!(verdict(true).decision, Decision::AskBackEnd(TokenChoice::Presented));
    assert_eq!(spell(verdict(false)), "accept:remote-start");
}

#[test]
fn bender_times_and_lock() {
    let policy = Policy::from(&BenderSettings::default());
    let ms = Duration::from_millis;
    assert_eq!([44_999, 45_000, 45_001].map(|ago| policy.lapses(ms(ago), false)), [false, true, true]);
    assert!(!policy.lapses(ms(45_000), true), "the car came");
    assert!(!Policy::from(&EvlinkSettings::default()).lapses(Duration::MAX, false), "no limit");
    assert_eq!(
        [(false, false), (true, false), (true, true)].map(|(p, a)| policy.locks(p, a)),
        [false, true, true]
    );
    let late = Policy::from(&BenderSettings { lock_only_if_authorized: true, ..BenderSettings::default() });
    assert_eq!(
        [(false, true), (true, false), (true, true)].map(|(p, a)| late.locks(p, a)),
        [false, false, true]
    );
}

#[test]
fn only_secure_cards() {
    let policy = Policy::from(&BenderSettings { secure_cards_only: true, ..BenderSettings::default() });
    let listed = |secure| Situation {
        local: Some(Listed::ACCEPTED),
        ..Situation::new(Occasion::Card { secure, random: false }, Link::Up)
    };
    assert_eq!(spell(policy.decide(&listed(false))), "reject:card-not-secure");
    assert_eq!(spell(policy.decide(&listed(true))), "accept:local");
    let own = Situation { session: Session::SameCard, ..listed(false) };
    assert_eq!(spell(policy.decide(&own)), "stop:same-card", "whoever started may end");
}

#[test]
fn a_random_uid_is_flagged() {
    let policy = Policy::from(&EvlinkSettings::default());
    let flag =
        |uid: [u8; 4]| policy.decide(&Situation::new(Occasion::card(&Uid::from(uid)), Link::Up)).random_uid;
    assert_eq!((flag([0x08, 1, 2, 3]), flag([0x04, 1, 2, 3])), (true, false));
}

#[test]
fn evlink_admin_stops_and_teaches_but_never_charges() {
    let policy = Policy::from(&EvlinkSettings::default());
    let admin = Situation {
        local: Some(Listed { status: Status::Accepted, role: Role::Admin }),
        ..Situation::new(Occasion::CARD, Link::None)
    };
    assert_eq!(spell(policy.decide(&admin)), "reject:admin-never-charges");
    assert_eq!(spell(policy.decide(&Situation { plugged: false, ..admin })), "teach-in:master-card");
    for session in [Session::OtherCard, Session::SameCard] {
        assert_eq!(spell(policy.decide(&Situation { session, ..admin })), "stop:admin-ends-session");
    }
    // Where the supervision authenticates, the badge list of the station is not used.
    let supervised = evlink(EvlinkAuthority::Supervision);
    let up = Situation { link: Link::Up, ..admin };
    assert_eq!(spell(Policy::from(&supervised).decide(&up)), "ask");
}

#[test]
fn evlink_vip_takes_precedence() {
    let policy = Policy::from(&EvlinkSettings::default());
    let vip = Situation {
        local: Some(Listed { status: Status::Accepted, role: Role::Vip }),
        ..Situation::new(Occasion::CARD, Link::None)
    };
    assert_eq!(spell(policy.decide(&vip)), "accept+priority:local");
}

#[test]
fn evlink_remote_starts_on_permission() {
    let settings = evlink(EvlinkAuthority::Remote);
    let start = Situation::new(Occasion::RemoteStart, Link::None);
    assert_eq!(spell(Policy::from(&settings).decide(&start)), "accept:remote-start");
}

#[test]
fn evlink_default_tag_serves_when_authentication_is_off() {
    let mut settings = EvlinkSettings::default();
    for (key, value) in [("authenticationMode", "0"), ("defaultIdTag", "VISITOR")] {
        assert_eq!(settings.set(key, value), Ok(true));
    }
    let plug = Situation::new(Occasion::PlugIn, Link::Up);
    let token = |settings: &EvlinkSettings| match Policy::from(settings).decide(&plug).decision {
        Decision::Accept(grant) => grant.token,
        other => panic!("{other:?}"),
    };
    assert_eq!(token(&settings), TokenChoice::Predefined);
    assert_eq!(settings.set("defaultidtag", "UNDEFINED"), Ok(true));
    assert_eq!(token(&settings), TokenChoice::None, "UNDEFINED is not a tag");
}

#[test]
fn keba_master_card_teaches_only_while_idle_and_without_back_end() {
    let policy = keba(&[("AuthorizationEnabled", "true")]);
    let master = Situation {
        local: Some(Listed { status: Status::Accepted, role: Role::Master }),
        plugged: false,
        ..Situation::new(Occasion::CARD, Link::None)
    };
    assert_eq!(spell(policy.decide(&master)), "teach-in:master-card");
    assert_eq!(spell(policy.decide(&Situation { plugged: true, ..master })), "accept:local");
    assert_eq!(spell(policy.decide(&Situation { link: Link::Up, ..master })), "accept:local");
    let blocked = Listed { status: Status::Blocked, role: Role::Master };
    assert_eq!(spell(policy.decide(&Situation { local: Some(blocked), ..master })), "reject:local-Blocked");
}

#[test]
fn x1_must_agree_if_the_dip_switch_says_so() {
    let mut settings = KebaSettings { authorization: true, enable_input: true, ..KebaSettings::default() };
    let open = Situation { enable_input: false, ..card("known", Link::Up, BackEnd::NotAsked) };
    assert_eq!(spell(Policy::from(&settings).decide(&open)), "wait:enable-input-open");
    let closed = Situation { enable_input: true, ..open };
    assert_eq!(spell(Policy::from(&settings).decide(&closed)), "accept:local");
    let refused = Situation { enable_input: false, ..card("blocked", Link::Up, BackEnd::NotAsked) };
    assert_eq!(
        spell(Policy::from(&settings).decide(&refused)),
        "reject:local-Blocked",
        "X1 adds, it does not allow"
    );
    settings.enable_input = false;
    assert_eq!(spell(Policy::from(&settings).decide(&open)), "accept:local");
}

#[test]
fn a_reserved_station_takes_only_the_booker() {
    let policy = keba(&[("AuthorizationEnabled", "true")]);
    let reserved = |reservation| Situation { reservation, ..card("known", Link::Up, BackEnd::NotAsked) };
    let verdict = |situation| policy.decide(&situation);
    assert_eq!(spell(verdict(reserved(Reservation::ThisCard))), "accept:local");
    let other = verdict(reserved(Reservation::OtherCard));
    assert_eq!(
        (spell(other), other.reason.evlink_word()),
        ("reject:not-the-booker".to_owned(), Some("KO_BadgeIsNotTheBooker"))
    );
    // Even a remote start, and even where no card is needed.
    let remote = Situation { occasion: Occasion::RemoteStart, ..reserved(Reservation::OtherCard) };
    assert_eq!(spell(verdict(remote)), "reject:not-the-booker");
    let plug = Situation { occasion: Occasion::PlugIn, ..reserved(Reservation::OtherCard) };
    let free = Policy::from(&evlink(EvlinkAuthority::Disabled));
    assert_eq!(spell(free.decide(&plug)), "need-card:not-the-booker");
    // A reservation for a group: only the back end knows whose card this is.
    let group = reserved(Reservation::GroupUnknown);
    let ask = Decision::AskBackEnd(TokenChoice::Presented);
    assert_eq!((verdict(group).decision, verdict(group).reason), (ask, Reason::GroupUnknown));
    assert_eq!(spell(verdict(Situation { back_end: BackEnd::Pending, ..group })), "wait:awaiting-answer");
    assert_eq!(spell(verdict(Situation { link: Link::Down, ..group })), "reject:not-the-booker");
}

#[test]
fn the_words_evlink_shows() {
    let policy =
        Policy::from(&EvlinkSettings { unknown: EvlinkUnknown::Reject, ..EvlinkSettings::default() });
    let word = |situation| policy.decide(&situation).reason.evlink_word();
    let unknown = card("unknown", Link::None, BackEnd::NotAsked);
    assert_eq!(word(unknown), Some("KO_BadgeUnknown"));
    assert_eq!(
        word(Situation { session: Session::OtherCard, ..unknown }),
        Some("KO_BadgeIsNotTheCurrentUser")
    );
}

#[test]
fn settings_refuse_words_they_do_not_know() {
    let mut keba = KebaSettings::default();
    let before = keba;
    let error = keba.set("AuthorizationModeOnline", "FirstRemote").unwrap_err();
    assert_eq!(
        error.to_string(),
        "AuthorizationModeOnline: one of FirstLocal, FirstOnline, OnlyLocal belongs there"
    );
    assert_eq!(keba, before);
    // Manuals print a blank inside one of the names.
    assert_eq!(keba.set("AuthorizationModeOffline", "OfflineLocalUnknown Authorization"), Ok(true));
    assert_eq!(keba.offline, KebaOffline::LocalUnknownAuthorization);
    assert!(keba.set("DefaultTokenID", "123456789012345678901").is_err(), "21 characters");

    let mut evlink = EvlinkSettings::default();
    assert_eq!(evlink.set("rfidstatustimeout", "999"), Ok(true));
    assert_eq!(Policy::from(&evlink).answer_timeout, Some(Duration::from_secs(999)));
    assert!(evlink.set("rfidStatusTimeout", "1000").is_err());
    assert!(evlink.set("authenticationManager", "7").is_err());
    assert_eq!(evlink.set("iMaxStation", "32"), Ok(false));

    assert!(InDoubt::from_word("perhaps").is_err() && StopMode::from_word("").is_err());
    let mut bender = BenderSettings::default();
    assert!(bender.set_letter_case("Camel Case").is_err());
    assert_eq!(bender.set_letter_case("upper case"), Ok(()));
    assert_eq!(bender.letter_case, UidFormat::UPPER);
}

#[test]
fn evlink_keys_of_a_supervised_station() {
    let mut settings = EvlinkSettings::default();
    for (key, value) in [
        ("enableUnknownUser", "false"),
        ("authenticationManager", "2"),
        ("rfidStatusTimeout", "10"),
        ("authenticationMode", "1"),
        ("ControlChargeByRemoteCommand", "false"),
        ("cacheListEnabled", "true"),
    ] {
        assert_eq!(settings.set(key, value), Ok(true), "{key}");
    }
    let expected = EvlinkSettings {
        supervision: true,
        unknown: EvlinkUnknown::Reject,
        cache: true,
        ..EvlinkSettings::default()
    };
    assert_eq!(settings, expected);
    // The order of the keys makes no difference.
    for (key, value) in
        [("authenticationMode", "0"), ("authenticationManager", "0"), ("authenticationMode", "1")]
    {
        assert_eq!(settings.set(key, value), Ok(true), "{key}");
    }
    assert_eq!(settings.authority(), EvlinkAuthority::Station);
}

#[test]
fn answers_are_read_from_the_words_of_both_protocol_versions() {
    for (word, status) in [
        ("Accepted", Some(Status::Accepted)),
        ("ConcurrentTx", Some(Status::ConcurrentTx)),
        ("NotAllowedTypeEVSE", Some(Status::NotHere)),
        ("NotAtThisLocation", Some(Status::NotHere)),
        ("NotAtThisTime", Some(Status::NotNow)),
        ("NoCredit", Some(Status::NoCredit)),
        ("Unknown", Some(Status::Invalid)),
        ("accepted", None),
        ("", None),
    ] {
        assert_eq!(Status::from_word(word), status, "{word:?}");
    }
}
