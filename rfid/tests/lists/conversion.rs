//! From one vendor's list to another's.

use super::*;

fn losses<C>(converted: &Converted<C>) -> Vec<Loss> {
    converted.lost.iter().collect()
}

#[test]
fn every_field_is_kept_or_named() {
    let full = KebaCard {
        name: Label::new("Pool"),
        expires: Some(day(2026, 12, 31)),
        master: true,
        status: KebaStatus::Blocked,
        stations: Stations::new("10000001").unwrap(),
        ..KebaCard::new(uid("E3F76B8D"))
    };
    let badge = Badge::adopt(&full.describe(), None, 1);
    assert_eq!(losses(&badge), [Loss::Master, Loss::Expiry, Loss::Blocked, Loss::Stations]);
    assert_eq!((badge.card.unwrap().comment, badge.safe()), (Label::new("Pool"), None));
    let entry = WhitelistEntry::adopt(&full.describe(), Some("10000001"), 1);
    assert_eq!(losses(&entry), [Loss::Name, Loss::Master, Loss::Expiry, Loss::Blocked]);
    assert_eq!(
        KebaCard::adopt(&full.describe(), None, 1),
        Converted { card: Some(full), lost: Losses::default() }
    );

    let admin = Badge { comment: Label::new("Desk"), ..Badge::new(4, uid("0A0E9B83"), BadgeKind::Admin) };
    assert_eq!(losses(&KebaCard::adopt(&admin.describe(), None, 1)), [Loss::Number, Loss::Admin]);
    assert_eq!(KebaCard::adopt(&admin.describe(), None, 1).safe(), None, "an admin badge must not charge");
    assert_eq!(
        losses(&WhitelistEntry::adopt(&admin.describe(), None, 1)),
        [Loss::Name, Loss::Number, Loss::Admin]
    );
    let vip = Badge::new(4, uid("0A0E9B83"), BadgeKind::Vip);
    assert_eq!(losses(&KebaCard::adopt(&vip.describe(), None, 1)), [Loss::Number, Loss::Priority]);
    assert!(KebaCard::adopt(&vip.describe(), None, 1).safe().is_some());

    let here = WhitelistEntry { connector: Some(1), ..WhitelistEntry::card(uid("0A0E9B83")) };
    assert_eq!(losses(&Badge::adopt(&here.describe(), None, 1)), [Loss::Connector]);
    let car = WhitelistEntry { id: WhitelistId::Mac(MacAddress([1; 6])), connector: None };
    let badge = Badge::adopt(&car.describe(), None, 1);
    assert_eq!((badge.card, losses(&badge)), (None, vec![Loss::Mac]));
    assert_eq!(WhitelistEntry::adopt(&car.describe(), None, 1).safe(), Some(car));
}

#[test]
fn a_list_reports_what_it_leaves_out() {
    let sheet = Sheet::<KebaCard<'_>>::open(KEBA, ()).unwrap();
    store!(from, 10);
    from.replace_all(sheet.rows()).unwrap();
    store!(to, 10);
    to.insert(Badge::new(7, uid("A1B2C3D4"), BadgeKind::User)).unwrap();
    let mut report = Vec::new();
    let added = convert_list(from.iter(), &mut to, Some("10000002"), |at, card, lost, result| {
        assert_eq!(sheet.rows().nth(at).unwrap().unwrap().card.uid, card.uid);
        report.push((card.name.to_string(), lost.iter().collect::<Vec<_>>(), result));
    });
    assert_eq!(added, 1);
    let expected = [
        ("Pool car 1", vec![Loss::Expiry], Ok(())),
        ("Night shift", vec![Loss::Expiry, Loss::Blocked], Ok(())),
        ("Facility", vec![Loss::Master], Err(Refusal::Duplicate)),
    ];
    assert_eq!(report, expected.map(|(name, lost, result)| (name.to_owned(), lost, result)));
    let badges: Vec<_> = to.iter().map(|badge| (badge.number, badge.uid)).collect();
    assert_eq!(badges, [(7, uid("A1B2C3D4")), (8, uid("E3F76B8D"))]);
}
