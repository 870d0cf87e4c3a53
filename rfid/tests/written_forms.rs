//! The table of the crate docs: what it says of this crate is what this crate does.

use evkit_rfid::*;

fn matched(result: Match) -> &'static str {
    match result {
        Match::None => "none",
        Match::Unique { .. } => "unique",
        Match::Ambiguous { .. } => "ambiguous",
    }
}

fn same<T: PartialEq, E>(listed: Result<T, E>, presented: Result<T, E>) -> &'static str {
    match (listed, presented) {
        (Ok(listed), Ok(presented)) if listed == presented => "same",
        (Ok(_), Ok(_)) => "other",
        _ => "refused",
    }
}

fn here(listed: &str, presented: &str, read_as: &str) -> &'static str {
    let list = || listed.split(' ').map(|text| Uid::parse(text).expect(listed));
    match read_as {
        "UID" => same(Uid::parse(listed), Uid::parse(presented)),
        "UID, either order" => {
            matched(Candidates::exact_or_reversed(Uid::parse(presented).expect(presented)).find_in(list()))
        }
        "UID of a list" => {
            let (mut cards, mut index) = ([None; 1], [None; 1]);
            let stored =
                Store::new(&mut cards, &mut index).insert(KebaCard::new(Uid::parse(listed).expect(listed)));
            if stored.is_ok() { "same" } else { "refused" }
        }
        "KEBA form" => matched(Candidates::from_keba(presented).expect(presented).find_in(list())),
        "KEBA register" => {
            matched(Candidates::from_keba_register(presented.parse().expect(presented)).find_in(list()))
        }
        "KEBA tag" => same(Uid::parse(listed), Uid::parse(KebaTag::split(presented, &["10000001"]).token)),
        "decimal" => {
            let listed = Uid::from_decimal10(listed, ByteOrder::Canonical);
            same(listed.map_err(drop), Uid::parse(presented).map_err(drop))
        }
        "printed number" => {
            let printed = FacilityCard::parse(listed).expect(listed);
            matched(printed.candidates().find_in(Uid::parse(presented)))
        }
        "token" => same(IdTag::new(listed), IdTag::new(presented)),
        "contract" => same(ContractId::parse(listed), ContractId::parse(presented)),
        other => panic!("no such reading: {other}"),
    }
}

#[test]
fn the_table_is_true_of_this_crate() {
    let rows = include_str!("../docs/written-forms.md").lines().filter(|line| line.starts_with("| `"));
    let mut count = 0;
    for row in rows {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [listed, presented, peers @ .., expected, read_as] = &cells[..] else { panic!("{row}") };
        assert_eq!(peers.len(), 5, "{row}");
        for peer in peers {
            assert!(["same", "other", "both", "refused"].contains(&peer.trim_end_matches('*')), "{row}");
        }
        let text = |cell: &'static str| cell.trim_start_matches('`').trim_end_matches('`');
        assert_eq!(here(text(listed), text(presented), read_as), *expected, "{row}");
        count += 1;
    }
    assert!(count >= 30, "{count} rows");
}
