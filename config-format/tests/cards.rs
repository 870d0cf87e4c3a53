//! Card lists of the samples: every field as written, with its line.

use evkit_config_format::cards::{self, Card, Cards, Column};

mod fixtures;

fn row(card: &Card<'_>, columns: &[Column]) -> String {
    let fields = columns.iter().map(|&column| card.get(column).map_or("-".into(), |field| field.to_string()));
    format!("{}: {}", card.line(), fields.collect::<Vec<_>>().join(" | "))
}

#[test]
fn keba_cards() {
    let bytes = fixtures::read("keba-rfid-cards.csv");
    let cards = Cards::parse(&bytes, &cards::KEBA);
    let columns = [
        Column::Name,
        Column::Id,
        Column::Expiry,
        Column::Master,
        Column::Status,
        Column::Stations,
        Column::Kind,
    ];
    let rows: Vec<_> = cards.rows().map(|card| row(&card, &columns)).collect();
    assert_eq!(
        rows,
        [
            "2: Pool car 1 | 04567daa5f358000 | 31-12-2026 | false | ACCEPTED |  | -",
            "3: Pool car 2 | e3f76b8d00000000 |  | false | ACCEPTED | 10000001,10000002 | -",
            "4: Night shift | e00700001f8ac2fb | 01-07-2024 | false | BLOCKED |  | -",
            "5: Facility | a1b2c3d400000000 |  | true | ACCEPTED |  | -",
        ]
    );
    let header = cards.header().unwrap();
    assert_eq!(
        header.text(),
        "Name;RFID;ExpiryDate;Master;Status;SerialNumbers",
        "a writer puts it back as it was"
    );
}

#[test]
fn evlink_badges() {
    let bytes = fixtures::read("evlink-badges.csv");
    let cards = Cards::parse(&bytes, &cards::EVLINK);
    let columns = [Column::Number, Column::Id, Column::Kind, Column::Comment];
    let rows: Vec<_> = cards.rows().map(|card| row(&card, &columns)).collect();
    assert_eq!(
        rows,
        [
            "2: 1 | E00700001F8AC2FB | User | Pool car 1",
            "3: 2 | E2EB1C02 | VIP | Visitors; gate 2",
            "4: 3 | 04567DAA5F3580 | Admin | ",
        ]
    );
}

#[test]
fn bender_lists() {
    let bytes = fixtures::read("bender-whitelist-export.csv");
    let cards = Cards::parse(&bytes, &cards::BENDER);
    let rows: Vec<_> = cards.rows().map(|card| row(&card, &[Column::Id, Column::Kind])).collect();
    assert_eq!(rows, ["2: 04567DAA5F3580 | RFID", "3: 0A0E9B83 | RFID", "4: 00B052010203 | MAC"]);

    let bytes = fixtures::read("bender-whitelist-legacy.txt");
    let ids: Vec<_> = cards::colon_list(&bytes).map(|listed| (listed.line, listed.id.to_string())).collect();
    let ids: Vec<_> = ids.iter().map(|(line, id)| (*line, id.as_str())).collect();
    assert_eq!(ids, [(1, "04567DAA5F3580"), (1, "0A0E9B83"), (1, "E2EB1C02")]);
}

#[test]
fn debug_output_names_nobody() {
    let bytes = fixtures::read("keba-rfid-cards.csv");
    let cards = Cards::parse(&bytes, &cards::KEBA);
    let shown = format!("{cards:?} {:?}", cards.rows().map(|card| (card, card.id())).collect::<Vec<_>>());
    let number = |text: &str| text.bytes().map(|b| b.to_string()).collect::<Vec<_>>().join(", ");
    for hidden in ["Facility", "a1b2c3d4"] {
        assert!(!shown.contains(hidden) && !shown.contains(&number(hidden)), "{hidden} in {shown}");
    }
}
