//! What holds for any list and any text.

use proptest::prelude::*;

use super::*;

/// What happens to a list.
#[derive(Clone, Debug)]
enum Step {
    Insert(u32),
    Update(u32, u32),
    Remove(u32),
    Replace(Vec<u32>),
    Clear,
}

fn any_step() -> impl Strategy<Value = Step> {
    // Few numbers, so that the same card is met again.
    let number = 0_u32..12;
    prop_oneof![
        4 => number.clone().prop_map(Step::Insert),
        2 => (number.clone(), number.clone()).prop_map(|(uid, badge)| Step::Update(uid, badge)),
        3 => number.clone().prop_map(Step::Remove),
        1 => prop::collection::vec(number, 0..10).prop_map(Step::Replace),
        1 => Just(Step::Clear),
    ]
}

fn badge(number: u32) -> Badge<'static> {
    Badge::new(number, Uid::from((0xA000_0000 + number).to_be_bytes()), BadgeKind::User)
}

proptest! {
    #[test]
    fn a_store_is_a_list_with_unique_keys(steps in prop::collection::vec(any_step(), 0..60)) {
        const ROOM: usize = 7;
        let (mut cards, mut index) = ([None; ROOM], [None; ROOM]);
        let mut store = Store::new(&mut cards, &mut index);
        let mut model: Vec<Badge<'_>> = Vec::new();
        for step in steps {
            let at = |model: &[Badge<'_>], uid| model.iter().position(|card| card.uid == uid);
            match step {
                Step::Insert(number) => {
                    let card = badge(number);
                    let expected = match at(&model, card.uid) {
                        Some(_) => Err(Refusal::Duplicate),
                        None if model.len() == ROOM => Err(Refusal::Full { limit: ROOM }),
                        None => { model.push(card); Ok(()) }
                    };
                    prop_assert_eq!(store.insert(card), expected);
                }
                Step::Update(number, label) => {
                    let card = Badge { number: label, ..badge(number) };
                    let old = at(&model, card.uid).map(|at| core::mem::replace(&mut model[at], card));
                    prop_assert_eq!(store.update(card), Ok(old));
                }
                Step::Remove(number) => {
                    let key = badge(number).uid;
                    let old = at(&model, key).map(|at| model.remove(at));
                    prop_assert_eq!(store.remove(&key), old);
                }
                Step::Replace(numbers) => {
                    let rows = (2..).zip(&numbers).map(|(line, number)| Ok(Row { line, card: badge(*number) }));
                    let mut unique = numbers.clone();
                    unique.sort_unstable();
                    unique.dedup();
                    let fits = numbers.len() <= ROOM && unique.len() == numbers.len();
                    prop_assert_eq!(store.replace_all(rows).is_ok(), fits);
                    if fits {
                        model = numbers.iter().map(|number| badge(*number)).collect();
                    }
                }
                Step::Clear => { store.clear(); model.clear(); }
            }
            prop_assert_eq!(store.iter().copied().collect::<Vec<_>>(), model.clone());
            for number in 0..12 {
                let key = badge(number).uid;
                prop_assert_eq!(store.get(&key).copied(), model.iter().find(|card| card.uid == key).copied());
                prop_assert_eq!(store.position(&key), at(&model, key));
            }
        }
    }

    #[test]
    fn any_badge_list_is_written_and_read_back(
        comments in prop::collection::vec("[ -~äöü\n\r;,\"]{0,20}", 0..12),
        kinds in prop::collection::vec(0_usize..3, 12),
    ) {
        let kinds = kinds.into_iter().map(|kind| [BadgeKind::User, BadgeKind::Vip, BadgeKind::Admin][kind]);
        let badges: Vec<_> = (1..).zip(kinds.zip(&comments)).map(|(number, (kind, comment))| {
            Badge { kind, comment: Label::new(comment), ..badge(number) }
        }).collect();
        store!(list, 12);
        for card in &badges { list.insert(*card).unwrap(); }
        let mut text = String::new();
        write_new_sheet(&list, (), &mut text).unwrap();
        let sheet = Sheet::<Badge<'_>>::open(&text, ()).unwrap();
        let read: Vec<_> = sheet.rows().map(|row| row.unwrap().card).collect();
        prop_assert_eq!(&read, &badges);
        store!(again, 12);
        again.replace_all(sheet.rows()).unwrap();
        prop_assert_eq!(written(&sheet, &again), text);
    }

    #[test]
    fn any_list_that_is_imported_is_exported_byte_for_byte(
        body in "([0-9A-Fa-f]{8}|\"[0-9A-F]{14}\"|[a-z:-]{0,3});(ACCEPTED|BLOCKED|odd|);[ -~]{0,6}(\n|\r\n|\r|;x\n){1,2}",
        bom: bool,
        repeat in 0_usize..3,
    ) {
        let text = format!("{}uid;status;else\n{}", if bom { "\u{FEFF}" } else { "" }, body.repeat(repeat));
        let sheet = Sheet::<KebaCard<'_>>::open(&text, ()).unwrap();
        store!(list, 10);
        if list.replace_all(sheet.rows()).is_ok() {
            prop_assert_eq!(written(&sheet, &list), text);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[ -~\n\r\t;,\"ü]{0,200}") {
        store!(keba, 10);
        if let Ok(sheet) = Sheet::<KebaCard<'_>>::open(&text, ()) { let _ = keba.replace_all(sheet.rows()); }
        let with_header = format!("Id,Type\n{text}");
        store!(bender, 10);
        let sheet = Sheet::<WhitelistEntry>::open(&with_header, BenderList::default()).unwrap();
        let _ = bender.replace_all(sheet.rows());
        let _ = bender.replace_all(JoinedList::new(&text, BenderList::default()).rows());
    }
}
