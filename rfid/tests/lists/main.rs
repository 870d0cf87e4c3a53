//! Card lists: import, export and what keeps them whole.

use chrono::NaiveDate;
use evkit_rfid::*;

const KEBA: &str = include_str!("../vectors/keba-rfid-cards.csv");
const EVLINK: &str = include_str!("../vectors/evlink-badges.csv");
const BENDER: &str = include_str!("../vectors/bender-whitelist-export.csv");
const BENDER_JOINED: &str = include_str!("../vectors/bender-whitelist-legacy.txt");

fn uid(text: &str) -> Uid {
    Uid::parse(text).unwrap()
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// Lends a store room for `N` cards.
macro_rules! store {
    ($name:ident, $room:expr) => {
        let (mut cards, mut index) = (vec![None; $room], vec![None; $room]);
        let mut $name = Store::new(&mut cards, &mut index);
    };
}

// Behind the macro, which they use.
mod cache;
mod conversion;
mod properties;

fn written<'t, C: SheetCard<'t>>(sheet: &Sheet<'t, C>, store: &Store<'_, C>) -> String {
    let mut out = String::new();
    assert_eq!(sheet.write(store, &mut out), Ok(0), "values without a column");
    out
}

/// What is wrong with a KEBA list.
fn keba_error(text: &str) -> String {
    store!(list, 1200);
    let result = Sheet::<KebaCard<'_>>::open(text, ()).and_then(|sheet| list.replace_all(sheet.rows()));
    result.unwrap_err().to_string()
}

#[test]
fn keba_cards() {
    let sheet = Sheet::<KebaCard<'_>>::open(KEBA, ()).unwrap();
    store!(list, 10);
    assert_eq!(list.replace_all(sheet.rows()), Ok(4));
    let today = day(2026, 11, 21);
    let verdicts: Vec<_> = list
        .iter()
        .map(|card| (card.name.as_str().unwrap(), card.uid, card.listed("10000001", today)))
        .collect();
    let user = |status| Listed { status, role: Role::User };
    assert_eq!(
        verdicts,
        [
            ("Pool car 1", uid("04567DAA5F3580"), user(Status::Accepted)),
            ("Pool car 2", uid("E3F76B8D"), user(Status::Accepted)),
            ("Night shift", uid("E00700001F8AC2FB"), user(Status::Blocked)),
            ("Facility", uid("A1B2C3D4"), Listed { status: Status::Accepted, role: Role::Master }),
        ]
    );
    let pool = list.get(&uid("E3F76B8D")).unwrap();
    assert_eq!(pool.why, Why::Padding { bytes: 4 }, "a seven byte card could be meant");
    assert_eq!(pool.listed("10000003", today).status, Status::NotHere);
    assert_eq!(pool.stations.iter().collect::<Vec<_>>(), ["10000001", "10000002"]);
    let first = list.get(&uid("04567DAA5F3580")).unwrap();
    assert_eq!(first.expires, Some(day(2026, 12, 31)));
    let on = |date| first.listed("10000003", date).status;
    assert_eq!(
        [on(day(2026, 12, 31)), on(day(2027, 1, 1))],
        [Status::Accepted, Status::Expired],
        "last day included"
    );
    assert_eq!(written(&sheet, &list), KEBA);
}

#[test]
fn evlink_badges() {
    let sheet = Sheet::<Badge<'_>>::open(EVLINK, ()).unwrap();
    store!(list, 10);
    assert_eq!(list.replace_all(sheet.rows()), Ok(3));
    let badges: Vec<_> =
        list.iter().map(|badge| (badge.number, badge.kind, badge.comment.to_string())).collect();
    let expected = [
        (1, BadgeKind::User, "Pool car 1"),
        (2, BadgeKind::Vip, "Visitors; gate 2"),
        (3, BadgeKind::Admin, ""),
    ];
    assert_eq!(badges, expected.map(|(number, kind, comment)| (number, kind, comment.to_owned())));
    assert_eq!(list.get(&uid("E2EB1C02")).unwrap().listed().role, Role::Vip);
    assert_eq!(written(&sheet, &list), EVLINK);
}

#[test]
fn evlink_import_replaces_the_whole_list() {
    store!(list, 10);
    list.insert(Badge::new(9, uid("A1B2C3D4"), BadgeKind::Vip)).unwrap();
    let sheet = Sheet::<Badge<'_>>::open(EVLINK, ()).unwrap();
    list.replace_all(sheet.rows()).unwrap();
    assert_eq!((list.len(), list.get(&uid("A1B2C3D4"))), (3, None));
}

#[test]
fn evlink_admin_badges_add_and_remove_user_badges() {
    let sheet = Sheet::<Badge<'_>>::open(EVLINK, ()).unwrap();
    store!(list, 4);
    list.replace_all(sheet.rows()).unwrap();
    assert_eq!(list.learn(uid("E2EB1C02")), Err(Refusal::Duplicate));
    assert_eq!(list.learn(uid("A1B2C3D4")), Ok(4));
    assert_eq!(list.get(&uid("A1B2C3D4")), Some(&Badge::new(4, uid("A1B2C3D4"), BadgeKind::User)));
    assert_eq!(list.learn(uid("A1B2C3D5")), Err(Refusal::Full { limit: 4 }));
    let forgotten =
        ["A1B2C3D4", "A1B2C3D4", "E2EB1C02", "04567DAA5F3580"].map(|text| list.forget(&uid(text)));
    assert_eq!(forgotten, [true, false, false, false], "a stranger, a VIP and an admin badge stay");
    assert_eq!(list.len(), 3);
}

#[test]
fn bender_white_lists() {
    let settings = BenderList { letter_case: UidFormat::UPPER, ..BenderList::default() };
    let sheet = Sheet::<WhitelistEntry>::open(BENDER, settings).unwrap();
    store!(list, 10);
    assert_eq!(list.replace_all(sheet.rows()), Ok(3));
    let mac = WhitelistId::Mac(MacAddress([0x00, 0xB0, 0x52, 0x01, 0x02, 0x03]));
    assert_eq!(list.listed(mac, 2), Some(Listed::ACCEPTED));
    assert_eq!(written(&sheet, &list), BENDER);

    let joined = JoinedList::new(BENDER_JOINED, settings);
    assert_eq!(list.replace_all(joined.rows()), Ok(3));
    assert_eq!(list.listed(WhitelistId::Card(uid("E2EB1C02")), 1), Some(Listed::ACCEPTED));
    assert_eq!(list.listed(mac, 1), None);
    let mut out = String::new();
    assert_eq!(write_joined(list.iter(), settings, &mut out), Ok(0));
    assert_eq!(out, BENDER_JOINED.trim_end());
    assert_eq!(list.replace_all(JoinedList::new("", settings).rows()), Ok(0));
}

#[test]
fn bender_reads_the_byte_order_it_is_told() {
    let reversed = BenderList { letter_case: UidFormat::LOWER_REVERSED, ..BenderList::default() };
    let mut rows = JoinedList::new("839b0e0a", reversed).rows();
    assert_eq!(rows.next().unwrap().unwrap().card, WhitelistEntry::card(uid("0A0E9B83")));
}

#[test]
fn bender_entries_for_one_connector() {
    let settings = BenderList { letter_case: UidFormat::UPPER, connector_sign: '_' };
    store!(list, 10);
    let text = "04567DAA5F3580_1:0A0E9B83:E2EB1C02_1:E2EB1C02_2";
    assert_eq!(list.replace_all(JoinedList::new(text, settings).rows()), Ok(4));
    let status =
        |text, connector| list.listed(WhitelistId::Card(uid(text)), connector).map(|entry| entry.status);
    assert_eq!(
        [1, 2].map(|number| status("04567DAA5F3580", number)),
        [Some(Status::Accepted), Some(Status::NotHere)]
    );
    assert_eq!([1, 2].map(|number| status("0A0E9B83", number)), [Some(Status::Accepted); 2]);
    assert_eq!(
        [1, 2, 3].map(|number| status("E2EB1C02", number)).map(|s| s == Some(Status::Accepted)),
        [true, true, false]
    );
    assert_eq!(status("E2EB1C03", 1), None);
    let mut out = String::new();
    write_joined(list.iter(), settings, &mut out).unwrap();
    assert_eq!(out, text);
}

#[test]
fn errors_give_line_and_column() {
    let head = "Name;RFID;ExpiryDate;Master;Status;SerialNumbers\n";
    let with = |line: &str| keba_error(&format!("{head}a;04567daa5f358000;;false;ACCEPTED;\n{line}"));
    for (line, error) in [
        (
            "b;04567daa5f3580;31/12/2026;false;ACCEPTED;",
            "line 3, column 18: ExpiryDate: a date as 31-12-2026 (spreadsheets change it: use a text editor) belongs here",
        ),
        (
            "b;04567daa5f3580;46387;false;ACCEPTED;",
            "line 3, column 18: ExpiryDate: a date as 31-12-2026 (spreadsheets change it: use a text editor) belongs here",
        ),
        (
            "b;04567daa5f3580;29-02-2026;false;ACCEPTED;",
            "line 3, column 18: ExpiryDate: a date as 31-12-2026 (spreadsheets change it: use a text editor) belongs here",
        ),
        ("b;04567daa5f35;;false;ACCEPTED;", "line 3, column 3: no UID: 6 bytes; a UID has 4, 7, 8 or 10"),
        (
            "b;04567daa5f35800x;;false;ACCEPTED;",
            "line 3, column 3: no UID: character 15 is no hexadecimal digit",
        ),
        (
            "b;0000000000000000;;false;ACCEPTED;",
            "line 3, column 3: RFID: a UID other than all zeros belongs here",
        ),
        ("b;e3f76b8d;;perhaps;ACCEPTED;", "line 3, column 13: Master: true or false belongs here"),
        (
            "b;e3f76b8d;;false;;",
            "line 3, column 19: Status: a status such as ACCEPTED or BLOCKED belongs here",
        ),
        (
            "b;e3f76b8d;;false;ACCEPTED;1000a",
            "line 3, column 28: SerialNumbers: serial numbers of stations, joined by commas, belongs here",
        ),
        ("b;08a1b2c3;;false;ACCEPTED;", "line 3, column 1: a random UID (first byte 08) names no card"),
        ("b;04567DAA5F3580;;false;ACCEPTED;", "line 3, column 1: the list has this card already (line 2)"),
        ("\"b;e3f76b8d;;false;ACCEPTED;\n\n", "line 3, column 1: the quote that opens here is never closed"),
        (
            "\"b\"c;e3f76b8d;;false;ACCEPTED;",
            "line 3, column 4: a separator or the end of the line must follow a closing quote",
        ),
        ("\"b\nc\";e3f7;;false;ACCEPTED;", "line 4, column 4: no UID: 2 bytes; a UID has 4, 7, 8 or 10"),
        ("b", "line 3, column 2: no UID: no digits where 4, 7, 8 or 10 bytes in hexadecimal belong"),
        (
            "b;e3f76b8d;;true;ACCEPTED;\nc;a1b2c3d4;;true;ACCEPTED;",
            "line 4, column 1: the list has a master card already, only one is allowed (line 3)",
        ),
    ] {
        assert_eq!(with(line), error, "{line:?}");
    }
    assert_eq!(keba_error("Name;Expiry\n"), "line 1, column 1: the header has no column `RFID`");
    assert_eq!(keba_error("RFID;Status;UID\n"), "line 1, column 13: the header has a column `RFID` already");
    assert_eq!(keba_error(""), "line 1, column 1: the header has no column `RFID`");
    assert_eq!(decode(b"a\nb\xFFc").unwrap_err().to_string(), "line 2, column 2: this byte is not UTF-8");
    let list = JoinedList::new("04567DAA5F3580:0A0E9B:E2EB1C02", BenderList::default());
    let error = list.rows().find_map(Result::err).unwrap();
    assert_eq!(error.to_string(), "line 1, column 16: no UID: 3 bytes; a UID has 4, 7, 8 or 10");
}

#[test]
fn nothing_is_half_imported() {
    let head = "Name;RFID;Status\n";
    let many: String = (0..6).map(|number| format!("x;0000000{number};ACCEPTED\n")).collect();
    let bad = [
        (format!("{head}b;a0000001;ACCEPTED\nc;wrong;ACCEPTED\n"), 3),
        (format!("{head}b;a0000001;ACCEPTED\nc;b0000001;BLOCKED\nd;a0000001;ACCEPTED\n"), 4),
        (format!("{head}{many}"), 7),
    ];
    let good = Sheet::<KebaCard<'_>>::open(KEBA, ()).unwrap();
    store!(list, 5);
    list.replace_all(good.rows()).unwrap();
    let before: Vec<_> = list.iter().copied().collect();
    for (text, line) in &bad {
        let sheet = Sheet::<KebaCard<'_>>::open(text, ()).unwrap();
        assert_eq!(list.replace_all(sheet.rows()).unwrap_err().line, *line, "{text}");
        assert_eq!(list.iter().copied().collect::<Vec<_>>(), before, "{text}");
        for card in &before {
            assert_eq!(list.get(&card.uid), Some(card), "the index is whole again");
        }
    }
}

#[test]
fn keba_holds_a_thousand_cards() {
    store!(list, 2000);
    assert_eq!(list.capacity(), 1000);
    for number in 0..1000_u32 {
        list.insert(KebaCard::new(Uid::from((0x1000_0000 + number).to_be_bytes()))).unwrap();
    }
    let more = KebaCard::new(Uid::from([0x20, 0, 0, 0]));
    assert_eq!(list.insert(more), Err(Refusal::Full { limit: 1000 }));
    let text: String = (0..1001).map(|number| format!("{:08x};ACCEPTED\n", 0x1000_0000 + number)).collect();
    assert_eq!(
        keba_error(&format!("RFID;Status\n{text}")),
        "line 1002, column 1: the list is full at 1000 cards"
    );
}

#[test]
fn one_master_only() {
    store!(list, 5);
    let master = KebaCard { master: true, ..KebaCard::new(uid("0A0E9B83")) };
    let other = KebaCard { master: true, ..KebaCard::new(uid("E2EB1C02")) };
    list.insert(master).unwrap();
    assert_eq!(list.insert(other), Err(Refusal::SecondMaster));
    list.insert(KebaCard { master: false, ..other }).unwrap();
    assert_eq!(list.update(other), Err(Refusal::SecondMaster));
    let blocked = KebaCard { status: KebaStatus::Blocked, ..master };
    assert_eq!(list.update(blocked), Ok(Some(master)), "the master card may be changed itself");
    list.update(KebaCard { master: false, ..master }).unwrap();
    assert!(list.update(other).is_ok());
    assert_eq!(list.update(KebaCard::new(uid("11223344"))), Ok(None));
}

#[test]
fn random_uids_come_into_no_list() {
    let random = Uid::from([0x08, 1, 2, 3]);
    store!(keba, 2);
    assert_eq!(keba.insert(KebaCard::new(random)), Err(Refusal::RandomUid));
    store!(evlink, 2);
    assert_eq!(evlink.insert(Badge::new(1, random, BadgeKind::User)), Err(Refusal::RandomUid));
    store!(bender, 2);
    assert_eq!(bender.insert(WhitelistEntry::card(random)), Err(Refusal::RandomUid));
    assert!(keba.is_empty() && evlink.is_empty() && bender.is_empty());
}

#[test]
fn evlink_comments_have_fifty_characters() {
    let (fits, long) = ("ü".repeat(50), "ü".repeat(51));
    let badge = Badge::new(1, uid("0A0E9B83"), BadgeKind::User);
    let with = |comment| {
        store!(list, 1);
        list.insert(Badge { comment: Label::new(comment), ..badge })
    };
    assert_eq!(with(&fits), Ok(()));
    assert_eq!(with(&long), Err(Refusal::CommentTooLong { length: 51, max: 50 }));
}

#[test]
fn a_change_touches_only_its_value() {
    let text = "\u{FEFF}status;Colour;RFID;name;SerialNumbers\r\n\
        ACCEPTED;red;E3F76B8D00000000;\"A \"\"B\"\"\";10000001|10000002\r\n\
        \r\n\
        BLOCKED;\"gr;een\";04567DAA5F358000;C;\r\n\
        LOST;;A1B2C3D4;D;";
    let sheet = Sheet::<KebaCard<'_>>::open(text, ()).unwrap();
    store!(list, 10);
    assert_eq!(list.replace_all(sheet.rows()), Ok(3));
    assert_eq!(list.get(&uid("E3F76B8D")).unwrap().name, "A \"B\"");
    assert_eq!(written(&sheet, &list), text);

    let key = uid("04567DAA5F3580");
    let card = *list.get(&key).unwrap();
    list.update(KebaCard { status: KebaStatus::Accepted, ..card }).unwrap();
    let changed = text.replace("BLOCKED", "ACCEPTED");
    assert_eq!(written(&sheet, &list), changed);

    list.update(KebaCard { name: Label::new("a;\"b"), ..card }).unwrap();
    assert_eq!(written(&sheet, &list), text.replace(";C;", ";\"a;\"\"b\";"));
    list.update(card).unwrap();

    list.remove(&uid("E3F76B8D")).unwrap();
    let without = text.replace("ACCEPTED;red;E3F76B8D00000000;\"A \"\"B\"\"\";10000001|10000002\r\n", "");
    assert_eq!(written(&sheet, &list), without);

    list.insert(KebaCard::new(uid("E2EB1C02"))).unwrap();
    assert_eq!(written(&sheet, &list), without + "\r\nACCEPTED;;e2eb1c0200000000;;\r\n");
}

#[test]
fn a_line_grows_for_what_it_has_to_say() {
    let text = "RFID;Status;Master;Name\nE3F76B8D;ACCEPTED\n04567DAA5F3580;ACCEPTED";
    let sheet = Sheet::<KebaCard<'_>>::open(text, ()).unwrap();
    store!(list, 2);
    list.replace_all(sheet.rows()).unwrap();
    assert_eq!(written(&sheet, &list), text);
    for (key, name) in [("E3F76B8D", "A"), ("04567DAA5F3580", "B;C")] {
        let card = *list.get(&uid(key)).unwrap();
        list.update(KebaCard { name: Label::new(name), ..card }).unwrap();
    }
    let grown = "RFID;Status;Master;Name\nE3F76B8D;ACCEPTED;;A\n04567DAA5F3580;ACCEPTED;;\"B;C\"";
    assert_eq!(written(&sheet, &list), grown);
}

#[test]
fn values_without_a_column_are_counted() {
    let sheet = Sheet::<KebaCard<'_>>::open("RFID;Status\nE3F76B8D;ACCEPTED\n", ()).unwrap();
    store!(list, 2);
    list.replace_all(sheet.rows()).unwrap();
    let card = *list.get(&uid("E3F76B8D")).unwrap();
    list.update(KebaCard { name: Label::new("A"), expires: Some(day(2026, 12, 31)), ..card }).unwrap();
    list.insert(KebaCard { master: true, ..KebaCard::new(uid("0A0E9B83")) }).unwrap();
    let mut out = String::new();
    assert_eq!(sheet.write(&list, &mut out), Ok(3));
    assert_eq!(out, "RFID;Status\nE3F76B8D;ACCEPTED\n0a0e9b8300000000;ACCEPTED\n");
}

#[test]
fn a_list_in_another_order_still_keeps_every_card() {
    let sheet = Sheet::<KebaCard<'_>>::open(KEBA, ()).unwrap();
    store!(list, 10);
    list.insert(KebaCard::new(uid("11223344"))).unwrap();
    for row in sheet.rows().collect::<Vec<_>>().into_iter().rev() {
        list.insert(row.unwrap().card).unwrap();
    }
    assert_eq!(written(&sheet, &list), format!("{KEBA};1122334400000000;;false;ACCEPTED;\n"));
}

#[test]
fn separators_and_header_words_are_found() {
    for text in [
        "UID,State\nE3F76B8D,ACCEPTED\n",
        "status\ttoken_id\nACCEPTED\tE3F76B8D\n",
        "Station Serials;RFID;STATUS\nx;E3F76B8D;ACCEPTED\n",
    ] {
        let sheet = Sheet::<KebaCard<'_>>::open(text, ()).unwrap();
        assert_eq!(sheet.rows().next().unwrap().unwrap().card, KebaCard::new(uid("E3F76B8D")), "{text}");
    }
    let layout =
        Layout { separator: '|', header: false, columns: [Some(2), Some(0), None, None, Some(1), None] };
    let sheet = Sheet::<KebaCard<'_>>::open_as("E3F76B8D|ACCEPTED|A\n", (), layout).unwrap();
    let row = sheet.rows().next().unwrap().unwrap();
    assert_eq!((row.line, row.card.name), (1, Label::new("A")));
}

#[test]
fn new_files_are_read_back() {
    let sheet = Sheet::<KebaCard<'_>>::open(KEBA, ()).unwrap();
    store!(list, 10);
    list.replace_all(sheet.rows()).unwrap();
    let mut out = String::new();
    write_new_sheet(&list, (), &mut out).unwrap();
    assert_eq!(out, KEBA, "the vectors are written as the vendor would");
}

#[test]
fn keba_dates_that_can_be_read_one_way_only() {
    let date = |text: &str| {
        let text = format!("RFID;Status;Expiry\nE3F76B8D;ACCEPTED;{text}\n");
        let sheet = Sheet::<KebaCard<'_>>::open(&text, ()).unwrap();
        sheet.rows().next().unwrap().map(|row| row.card.expires).ok()
    };
    for text in ["31-12-2026", "31.12.2026", "2026-12-31"] {
        assert_eq!(date(text), Some(Some(day(2026, 12, 31))), "{text}");
    }
    assert_eq!(date(""), Some(None));
    for text in
        ["12/31/2026", "31-12-26", "31-12-2026-", "31-12", "1798675200000", "31-+1-2026", "00-12-2026", "x"]
    {
        assert_eq!(date(text), None, "{text}");
    }
}

#[test]
fn unknown_status_words_stay_and_do_not_charge() {
    let text = "RFID;Status\nE3F76B8D;SUSPENDED\n";
    let sheet = Sheet::<KebaCard<'_>>::open(text, ()).unwrap();
    store!(list, 1);
    list.replace_all(sheet.rows()).unwrap();
    let card = list.get(&uid("E3F76B8D")).unwrap();
    assert_eq!(card.status, KebaStatus::Other("SUSPENDED"));
    assert_eq!(card.listed("1", day(2026, 1, 1)).status, Status::Invalid);
    assert_eq!(written(&sheet, &list), text);
}
