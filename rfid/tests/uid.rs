//! UIDs in all their written forms: the vectors of `vectors/uid-vectors.csv`, the properties of every lossless form,
//! and the rules for lossy ones.

use core::hash::BuildHasher;

use evkit_rfid::*;
use proptest::prelude::*;

/// A line of the vectors. `status` is `ok`, `random`, `none`, `prefix`, `token`, `ambiguous` or `error_…`.
struct Vector {
    profile: String,
    input: String,
    technology: String,
    canonical: String,
    status: String,
}

fn vectors() -> Vec<Vector> {
    let text = include_str!("vectors/uid-vectors.csv");
    let lines = text.lines().skip(1);
    lines
        .map(|line| {
            // One input has a comma and therefore quotes.
            let line = line.replace("\"213,02000\"", "213;02000");
            let mut fields = line.split(',').map(|field| field.replace(';', ","));
            let mut next = || fields.next().expect("six columns");
            Vector { profile: next(), input: next(), technology: next(), canonical: next(), status: next() }
        })
        .collect()
}

/// What a vector's profile makes of its input: the first whole reading, if it is whole.
fn read(vector: &Vector) -> Result<Option<Uid>, UidError> {
    let input = vector.input.as_str();
    Ok(match vector.profile.as_str() {
        "plain" | "bender_lower" | "bender_upper" => Some(Uid::parse(input)?),
        "bender_lower_reversed" | "bender_upper_reversed" | "wiegand34_reversed" => {
            Some(Uid::parse_in(input, ByteOrder::Reversed)?)
        }
        "evlink" => Some(Uid::parse_evlink(input)?),
        "keba_udp" => Candidates::from_keba(input)?.whole().next(),
        "keba_modbus" => {
            Candidates::from_keba_register(input.parse().expect("a register value")).whole().next()
        }
        "keba_ocpp_suffix" => Uid::parse(KebaTag::split(input, &["10000001"]).token).ok(),
        "decimal32_be" => Uid::from_decimal10(input, ByteOrder::Canonical).ok(),
        "decimal32_le" => Uid::from_decimal10(input, ByteOrder::Reversed).ok(),
        "fac8_card16" => FacilityCard::parse(input).expect("eight digits").candidates().whole().next(),
        other => panic!("no such profile: {other}"),
    })
}

#[test]
fn all_vectors() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 32);
    for vector in &vectors {
        let Vector { profile, input, canonical, status, .. } = vector;
        let name = format!("{profile} {input:?}");
        let result = read(vector);
        match status.as_str() {
            "ok" | "random" => {
                let uid = result.expect(&name).expect(&name);
                assert_eq!(uid.text(UidFormat::UPPER), canonical.as_str(), "{name}");
                let technology = match uid.technology() {
                    Technology::Iso14443 => "iso14443",
                    Technology::Iso15693 => "iso15693",
                    _ => "",
                };
                assert_eq!(technology, vector.technology, "{name}");
                assert_eq!(uid.is_random(), status == "random", "{name}");
            }
            "prefix" => {
                // A register value or a field without padding: some reading is a part, and it starts like the vector.
                let form = match profile.as_str() {
                    "keba_udp" => Candidates::from_keba(input).expect(&name),
                    _ => Candidates::from_keba_register(input.parse().expect(&name)),
                };
                let known = Uid::parse(canonical).expect(&name);
                let part = form.iter().any(|candidate| match candidate.reading {
                    Reading::Part(part) => {
                        part.place() == Place::Start && part.as_bytes() == known.as_bytes()
                    }
                    Reading::Whole(_) => false,
                });
                assert!(part, "{name}");
            }
            "none" => assert!(Candidates::from_keba(input).expect(&name).is_empty(), "{name}"),
            "token" => assert_eq!(
                KebaTag::split(input, &["10000001"]),
                KebaTag { token: canonical, serial: None },
                "{name}"
            ),
            "ambiguous" => assert_eq!(result.expect(&name), None, "{name}"),
            "error_odd_digits" => assert!(matches!(result, Err(UidError::HalfByte { .. })), "{name}"),
            "error_empty" => assert_eq!(result, Err(UidError::Empty), "{name}"),
            "error_separator" => assert!(matches!(result, Err(UidError::Separator { .. })), "{name}"),
            "error_length" => assert!(matches!(result, Err(UidError::Length { bytes: 3 })), "{name}"),
            other => panic!("no such status: {other}"),
        }
    }
}

#[test]
fn bender_modes_write_the_vectors_they_read() {
    for vector in vectors().iter().filter(|vector| vector.profile.starts_with("bender")) {
        let uid = read(vector).unwrap().unwrap();
        let form = match vector.profile.as_str() {
            "bender_lower" => UidFormat::LOWER,
            "bender_upper" => UidFormat::UPPER,
            "bender_lower_reversed" => UidFormat::LOWER_REVERSED,
            _ => UidFormat::UPPER_REVERSED,
        };
        assert_eq!(uid.text(form), vector.input.as_str());
    }
}

#[test]
fn keba_lists_every_reading_of_a_padded_form() {
    let whole = |text| {
        Candidates::from_keba(text).unwrap().whole().map(|uid| uid.text(UidFormat::UPPER)).collect::<Vec<_>>()
    };
    let text = |texts: &[&str]| texts.iter().map(|text| UidText::new(text).unwrap()).collect::<Vec<_>>();
    assert_eq!(whole("e3f76b8d00000000"), text(&["E3F76B8D", "E3F76B8D000000"]));
    assert_eq!(whole("04567daa5f358000"), text(&["04567DAA5F3580"]));
    assert_eq!(whole("e00700001f8ac2fb"), text(&["E00700001F8AC2FB"]));
    // A vicinity tag may end in zeros as well; the maker makes it the likeliest.
    assert_eq!(whole("e007000000000000"), text(&["E007000000000000", "E0070000", "E0070000000000"]));
    // Maker 99 is not known: nothing speaks for the vicinity tag, but nothing is dropped either.
    assert_eq!(whole("e0990000000000ff"), text(&["E0990000000000FF"]));
    for wrong in ["e3f76b8d", "e3f76b8d0000000000", "0xe3f76b8d000000", "e3:f7:6b:8d:00:00"] {
        assert!(
            matches!(Candidates::from_keba(wrong), Err(UidError::Digits { expected: 16, .. })),
            "{wrong}"
        );
    }
}

#[test]
fn a_lossy_form_against_a_list_is_unique_ambiguous_or_nothing() {
    let uid = |text| Uid::parse(text).unwrap();
    let (short, long) = (uid("E3F76B8D"), uid("E3F76B8D000000"));
    let form = Candidates::from_keba("e3f76b8d00000000").unwrap();
    let other = uid("04567DAA5F3580");
    assert_eq!(form.find_in([other]), Match::None);
    assert_eq!(form.find_in([other, long]), Match::Unique { uid: long, why: Why::Padding { bytes: 1 } });
    assert_eq!(form.find_in([short, short]), Match::Unique { uid: short, why: Why::Padding { bytes: 4 } });
    assert_eq!(form.find_in([long, short]), Match::Ambiguous { first: long, second: short });

    // Two cards with the same first four bytes cannot be told apart by the Modbus register.
    let register = Candidates::from_keba_register(0x047D_AFBA);
    let (first, second) = (uid("047DAFBA7F8231"), uid("047DAFBA11111111")); // the second is not padded: 8 bytes
    assert_eq!(register.find_in([first, other]), Match::Unique { uid: first, why: Why::Cut });
    assert_eq!(register.find_in([first, second]), Match::Ambiguous { first, second });
    assert_eq!(
        Candidates::from_keba_register(0xBAAF_7D04).find_in([first]),
        Match::Unique { uid: first, why: Why::CutReversed }
    );
    assert_eq!(
        Candidates::from_keba_register(0xD4CD_7650).find_in([uid("5076CDD4")]),
        Match::Unique { uid: uid("5076CDD4"), why: Why::Reversed }
    );
    assert!(Candidates::from_keba_register(0).is_empty());

    // A ten byte UID arrives without its last two bytes.
    let ten = uid("0102030405060708090A");
    let cut = Candidates::from_keba("0102030405060708").unwrap();
    assert_eq!(cut.find_in([ten]), Match::Unique { uid: ten, why: Why::Cut });
}

#[test]
fn reversal_is_the_choice_of_the_caller() {
    let uid = Uid::from([0x0A, 0x0E, 0x9B, 0x83]);
    assert_eq!(Candidates::exact_or_reversed(uid).why(&uid.reversed()), Some(Why::Reversed));
    assert_ne!(Uid::parse("839B0E0A").unwrap(), uid);
    let palindrome = Uid::from([1, 2, 2, 1]);
    assert_eq!(Candidates::exact_or_reversed(palindrome).iter().count(), 1);
}

#[test]
fn a_serial_is_cut_off_only_if_known() {
    let serials = ["10000001", "10000002"];
    let tag = |text| KebaTag::split(text, &serials);
    assert_eq!(tag("04567DAA5F3580_10000002"), KebaTag { token: "04567DAA5F3580", serial: Some("10000002") });
    for whole in ["04567DAA5F3580_10000003", "MY_TOKEN", "A_1000000", "_", "10000001"] {
        assert_eq!(tag(whole), KebaTag { token: whole, serial: None });
    }
    assert_eq!(KebaTag::split("A_1234567x", &["1234567x"]).serial, None, "a serial has digits only");
}

#[test]
fn random_and_cut_uids_are_seen() {
    assert!(Uid::parse("08A1B2C3").unwrap().is_random());
    assert!(!Uid::parse("08A1B2C3D4E5F6").unwrap().is_random(), "random UIDs have four bytes");
    assert!(Uid::parse("8804567D").unwrap().is_cascade_fragment());
    assert_eq!(Uid::parse("04567DAA5F3580").unwrap().manufacturer(), Some(0x04));
    assert_eq!(Uid::parse("E00700001F8AC2FB").unwrap().manufacturer(), Some(0x07));
    assert_eq!(Uid::parse("0A0E9B83").unwrap().manufacturer(), None);
}

fn any_uid() -> impl Strategy<Value = Uid> {
    prop::sample::select(vec![4_usize, 7, 8, 10])
        .prop_flat_map(|len| prop::collection::vec(any::<u8>(), len))
        .prop_map(|bytes| Uid::from_bytes(&bytes).unwrap())
}

fn any_format() -> impl Strategy<Value = UidFormat> {
    let separators = vec![Separator::None, Separator::Colon, Separator::Hyphen, Separator::Blank];
    let (case, order) = (vec![Case::Upper, Case::Lower], vec![ByteOrder::Canonical, ByteOrder::Reversed]);
    (prop::sample::select(case), prop::sample::select(order), prop::sample::select(separators), any::<bool>())
        .prop_map(|(case, order, separator, prefix)| UidFormat { case, order, separator, prefix })
}

proptest! {
    #[test]
    fn every_hexadecimal_form_reads_back(uid in any_uid(), form in any_format()) {
        let text = uid.text(form);
        prop_assert_eq!(Uid::parse_in(&text, form.order), Ok(uid));
        let separators = if form.separator == Separator::None { 0 } else { uid.as_bytes().len() - 1 };
        let prefix = if form.prefix { 2 } else { 0 };
        prop_assert_eq!(text.len(), 2 * uid.as_bytes().len() + separators + prefix);
    }

    #[test]
    fn no_form_changes_the_length(uid in any_uid(), form in any_format()) {
        let read = Uid::parse(&uid.text(form)).unwrap();
        prop_assert_eq!(read.as_bytes().len(), uid.as_bytes().len());
    }

    #[test]
    fn case_and_separators_make_no_difference(uid in any_uid(), a in any_format(), b in any_format()) {
        let canonical = |form| UidFormat { order: ByteOrder::Canonical, ..form };
        let (a, b) = (Uid::parse(&uid.text(canonical(a))), Uid::parse(&uid.text(canonical(b))));
        prop_assert_eq!(a, b);
    }

    #[test]
    fn equality_order_and_hash_agree(a in any_uid(), b in any_uid()) {
        let state = std::hash::RandomState::new();
        prop_assert_eq!(a == b, a.cmp(&b).is_eq());
        prop_assert_eq!(a == b, a.as_bytes() == b.as_bytes());
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        let copy = Uid::from_bytes(a.as_bytes()).unwrap();
        prop_assert_eq!(state.hash_one(a), state.hash_one(copy));
    }

    #[test]
    fn a_changed_byte_is_another_uid(uid in any_uid(), at in 0_usize..10, flip in 1_u8..) {
        let mut bytes = uid.as_bytes().to_vec();
        let at = at % bytes.len();
        bytes[at] ^= flip;
        prop_assert_ne!(Uid::from_bytes(&bytes).unwrap(), uid);
    }

    #[test]
    fn decimal_and_wiegand_read_back(bytes: [u8; 4], reversed: bool) {
        let order = if reversed { ByteOrder::Reversed } else { ByteOrder::Canonical };
        let uid = Uid::from(bytes);
        let text = uid.decimal10(order).unwrap();
        prop_assert_eq!(text.len(), 10);
        prop_assert_eq!(Uid::from_decimal10(&text, order), Ok(uid));
        prop_assert_eq!(Wiegand34::from_uid(&uid, order).unwrap().uid(order), Ok(uid));
    }

    #[test]
    fn one_wrong_bit_breaks_a_wiegand_word(bytes: [u8; 4], bit in 0_u32..34) {
        let word = Wiegand34::from_uid(&Uid::from(bytes), ByteOrder::Canonical).unwrap();
        prop_assert!(Wiegand34(word.0 ^ 1 << bit).uid(ByteOrder::Canonical).is_err());
    }

    #[test]
    fn printed_card_numbers_read_back(facility: u8, card: u16) {
        let number = FacilityCard { facility, card };
        prop_assert_eq!(FacilityCard::parse(&format!("{facility:03},{card:05}")), Ok(number));
        prop_assert_eq!(FacilityCard::parse(&format!("{facility:03}{card:05}")), Ok(number));
        prop_assert_eq!(Wiegand26::from(number).card(), Ok(number));
    }

    #[test]
    fn the_card_that_was_padded_is_among_the_candidates(uid in any_uid()) {
        prop_assume!(uid.as_bytes().iter().any(|byte| *byte != 0));
        let mut text = uid.text(UidFormat::LOWER).to_string();
        text.truncate(16);
        while text.len() < 16 { text.push('0'); }
        prop_assume!(text.bytes().any(|digit| digit != b'0'));
        let form = Candidates::from_keba(&text).unwrap();
        // Eight bytes that are no ISO 15693 number and end in zero are taken for a padded shorter one.
        let foreign = uid.technology() == Technology::Unknown && text.ends_with("00");
        prop_assert!(foreign || form.why(&uid).is_some());
    }

    #[test]
    fn the_anticollision_reads_back(uid in any_uid()) {
        prop_assume!(uid.technology() == Technology::Iso14443 && uid.as_bytes().len() != 8);
        let levels: Vec<_> = uid.cascade().unwrap().into_iter().flatten().collect();
        // A level that happens to start with the tag where none belongs cannot be a card's.
        let last_starts_with_tag = levels.last().is_some_and(|level| level[0] == CASCADE_TAG);
        match Uid::from_cascade(&levels) {
            Ok(read) => prop_assert_eq!(read, uid),
            Err(error) => prop_assert!(last_starts_with_tag, "{}", error),
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
        for uid in [Uid::parse(&text), Uid::parse_any_length(&text), Uid::parse_evlink(&text)].into_iter().flatten() {
            let digits = text.trim_start_matches("0x").trim_start_matches("0X").replace([':', '-', ' '], "");
            prop_assert_eq!(uid.text(UidFormat::UPPER).to_string(), digits.to_uppercase());
        }
        let _ = (Candidates::from_keba(&text), FacilityCard::parse(&text), Uid::from_decimal10(&text, ByteOrder::Canonical));
    }

    #[test]
    fn hexadecimal_text_is_kept_digit_by_digit(text in "(0x)?[0-9a-fA-F]{0,24}") {
        let digits = text.strip_prefix("0x").unwrap_or(&text);
        match Uid::parse(&text) {
            Ok(uid) => prop_assert_eq!(uid.text(UidFormat::UPPER).to_string(), digits.to_uppercase()),
            Err(_) => prop_assert!(![8, 14, 16, 20].contains(&digits.len())),
        }
    }

    #[test]
    fn debug_never_shows_a_whole_uid(uid in any_uid()) {
        let shown = format!("{uid:?} {:?}", uid.text(UidFormat::UPPER));
        prop_assert!(!shown.contains(uid.text(UidFormat::UPPER).as_str()));
    }
}
