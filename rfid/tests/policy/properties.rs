//! What holds for any policy in any situation.

use evkit_rfid::*;
use proptest::prelude::*;

fn one_of<T: Clone + core::fmt::Debug + 'static>(values: &[T]) -> impl Strategy<Value = T> + use<T> {
    prop::sample::select(values.to_vec())
}

const STATUSES: [Status; 8] = [
    Status::Accepted,
    Status::Blocked,
    Status::Expired,
    Status::Invalid,
    Status::ConcurrentTx,
    Status::NotHere,
    Status::NotNow,
    Status::NoCredit,
];

fn any_situation() -> impl Strategy<Value = Situation> {
    let card = Occasion::Card { secure: true, random: true };
    let occasion =
        one_of(&[Occasion::PlugIn, Occasion::CARD, card, Occasion::RemoteStart, Occasion::Recheck]);
    let role = one_of(&[Role::User, Role::Vip, Role::Admin, Role::Master]);
    let local =
        prop::option::of((one_of(&STATUSES), role).prop_map(|(status, role)| Listed { status, role }));
    let back_end = prop_oneof![
        one_of(&[BackEnd::NotAsked, BackEnd::Pending, BackEnd::TimedOut]),
        one_of(&STATUSES).prop_map(BackEnd::Answered),
    ];
    let session =
        one_of(&[Session::None, Session::None, Session::SameCard, Session::SameGroup, Session::OtherCard]);
    let reservation = one_of(&[
        Reservation::None,
        Reservation::ThisCard,
        Reservation::OtherCard,
        Reservation::GroupUnknown,
    ]);
    let link = one_of(&[Link::None, Link::Up, Link::Down]);
    let states = (link, back_end, session, reservation);
    (occasion, local, prop::option::of(one_of(&STATUSES)), states, any::<bool>(), any::<bool>()).prop_map(
        |(occasion, local, cache, (link, back_end, session, reservation), plugged, enable_input)| Situation {
            occasion,
            link,
            local,
            cache,
            back_end,
            session,
            reservation,
            plugged,
            enable_input,
        },
    )
}

fn any_policy() -> impl Strategy<Value = Policy> {
    let tag = || prop::option::of(Just(IdTag::new("FIXED").unwrap()));
    let online = one_of(&[KebaOnline::FirstLocal, KebaOnline::FirstOnline, KebaOnline::OnlyLocal]);
    let offline = one_of(&[
        KebaOffline::LocalUnknownAuthorization,
        KebaOffline::LocalAuthorization,
        KebaOffline::NoAuthorization,
        KebaOffline::NoCharging,
        KebaOffline::FreeCharging,
    ]);
    let keba =
        (any::<[bool; 3]>(), online, offline, tag()).prop_map(|(flags, online, offline, default_token)| {
            let [authorization, stop_on_invalid, enable_input] = flags;
            Policy::from(&KebaSettings {
                authorization,
                online,
                offline,
                default_token,
                stop_on_invalid,
                enable_input,
            })
        });
    let unknown = one_of(&[EvlinkUnknown::Reject, EvlinkUnknown::AllowAll]);
    let lost_link =
        one_of(&[EvlinkLostLink::RejectAllButCached, EvlinkLostLink::AllowAll, EvlinkLostLink::ReaderOff]);
    let evlink = (any::<[bool; 4]>(), unknown, lost_link, tag()).prop_map(
        |(flags, unknown, lost_link, default_tag)| {
            let [authentication, supervision, remote, cache] = flags;
            let timeout_s = 10;
            Policy::from(&EvlinkSettings {
                authentication,
                supervision,
                remote,
                unknown,
                lost_link,
                timeout_s,
                cache,
                default_tag,
            })
        },
    );
    let free = prop::option::of(one_of(&FreeCharging::MODES));
    let in_doubt = one_of(&[InDoubt::Off, InDoubt::On, InDoubt::ImmediatelyOnPlug]);
    let stop = one_of(&[StopMode::Normal, StopMode::OnlyUnplug, StopMode::OnlyCardOrRemote]);
    let bender = (any::<[bool; 6]>(), free, in_doubt, stop, tag()).prop_map(
        |(flags, free_charging, in_doubt, stop, tag)| {
            let [authorize_remote, secure_cards_only, local_whitelist, ocpp_whitelist, pre, offline] = flags;
            Policy::from(&BenderSettings {
                free_charging,
                in_doubt,
                authorize_remote,
                stop,
                secure_cards_only,
                local_whitelist,
                ocpp_whitelist,
                local_pre_authorize: pre,
                local_authorize_offline: offline,
                fixed_tag: tag,
                ..BenderSettings::default()
            })
        },
    );
    prop_oneof![keba, evlink, bender]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn no_situation_breaks_these_rules(policy in any_policy(), situation in any_situation()) {
        let verdict = policy.decide(&situation);
        prop_assert_eq!(policy.decide(&situation), verdict, "deciding is a pure function");

        let rule = match situation.link {
            Link::None => policy.alone,
            Link::Up => policy.online,
            Link::Down => policy.offline,
        };
        let is_card = matches!(situation.occasion, Occasion::Card { .. });
        let blocked = situation.local.is_some_and(|entry| entry.status != Status::Accepted);
        match verdict.decision {
            Decision::AskBackEnd(_) => {
                prop_assert_eq!(situation.link, Link::Up, "only a back end that is reachable is asked");
                prop_assert_eq!(situation.back_end, BackEnd::NotAsked, "and only once");
            }
            Decision::Accept(grant) if situation.occasion != Occasion::Recheck => {
                prop_assert_eq!(situation.session, Session::None, "one session at a time");
                prop_assert!(!(is_card && blocked && rule.local_list), "a blocked card does not charge");
                prop_assert!(situation.enable_input || !policy.enable_input, "X1 must agree");
                prop_assert_ne!(situation.reservation, Reservation::OtherCard);
                let secure = matches!(situation.occasion, Occasion::Card { secure: true, .. });
                prop_assert!(!is_card || secure || !policy.secure_cards_only);
                prop_assert!(!grant.priority || situation.local.is_some_and(|entry| entry.role == Role::Vip));
                let admin = situation.local == Some(Listed { status: Status::Accepted, role: Role::Admin });
                prop_assert!(!(is_card && admin && rule.local_list), "an admin badge does not charge");
                prop_assert!(policy.predefined_token || grant.token != TokenChoice::Predefined);
            }
            Decision::StopSession => prop_assert_ne!(situation.session, Session::None),
            Decision::TeachIn => prop_assert!(!situation.plugged && situation.session == Session::None),
            Decision::NeedCard => prop_assert_eq!(situation.occasion, Occasion::PlugIn),
            _ => {}
        }
    }

    #[test]
    fn asking_comes_to_an_end(policy in any_policy(), situation in any_situation(), status in one_of(&STATUSES)) {
        let first = policy.decide(&situation);
        if let Decision::AskBackEnd(_) = first.decision {
            let next = |back_end| policy.decide(&Situation { back_end, ..situation }).decision;
            prop_assert_eq!(next(BackEnd::Pending), Decision::Wait);
            prop_assert!(!matches!(next(BackEnd::Answered(status)), Decision::AskBackEnd(_)));
            prop_assert!(!matches!(next(BackEnd::TimedOut), Decision::AskBackEnd(_)));
        }
    }
}
