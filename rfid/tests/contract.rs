//! Contract ids and EVSE ids against the published vectors, and what a check character catches.

use evkit_rfid::*;
use proptest::prelude::*;

#[test]
fn all_vectors() {
    let mut count = 0;
    for line in include_str!("vectors/contract-id-vectors.csv").lines().skip(1) {
        let fields: Vec<_> = line.split(',').collect();
        let [form, bare, check, whole, valid, _note] = fields[..] else { panic!("{line}") };
        let kind = |form| if form == "din" { ContractKind::Din } else { ContractKind::Iso };
        match form {
            "iso" | "din" => {
                let id = ContractId::parse(bare).expect(line);
                assert_eq!(id.kind(), kind(form), "{line}");
                assert_eq!(id.check().to_string() == check, valid == "true", "{line}");
                assert_eq!(ContractId::parse_checked(whole).is_ok(), valid == "true", "{line}");
            }
            "convert_din_to_emi3" | "convert_din_to_iso_legacy" => {
                let din = ContractId::parse_checked(bare).expect(line);
                let wide = if form.ends_with("emi3") { din.to_emi3() } else { din.to_iso_legacy() };
                let wide = wide.expect(line);
                assert_eq!(
                    (wide.to_string().as_str(), wide.check().to_string().as_str()),
                    (whole, check),
                    "{line}"
                );
                assert_eq!(wide.is_emi3(), form.ends_with("emi3"), "{line}");
            }
            "evse_iso" | "evse_din" => {
                assert_eq!(
                    EvseId::parse(whole).is_ok_and(|id| id.is_din() == (form == "evse_din")),
                    valid == "true",
                    "{line}"
                );
            }
            other => panic!("no such form: {other}"),
        }
        count += 1;
    }
    assert_eq!(count, 26);
}

fn any_id() -> impl Strategy<Value = String> {
    "[A-Z]{2}[A-Z0-9]{3}([A-Z0-9]{9}|[A-Z0-9]{6})"
}

proptest! {
    #[test]
    fn every_form_reads_back(text in any_id()) {
        let id = ContractId::parse(&text).unwrap();
        for form in [id.to_string(), id.compact().to_string(), id.to_string().to_lowercase()] {
            prop_assert_eq!(ContractId::parse_checked(&form), Ok(id));
        }
        if id.kind() == ContractKind::Din {
            prop_assert_eq!(ContractId::parse_checked(&id.to_string().replace('-', "*")), Ok(id));
            prop_assert_eq!(id.to_emi3().unwrap().to_din(), Some(id));
        }
    }

    #[test]
    fn the_iso_check_catches_one_wrong_character_and_one_swap(text in "[A-Z]{2}[A-Z0-9]{12}", at in 0_usize..13, other in "[A-Z]") {
        let good = ContractId::parse(&text).unwrap();
        let mut wrong = text.clone();
        wrong.replace_range(at..=at, &other);
        let mut swapped = text.clone().into_bytes();
        swapped.swap(at, at + 1);
        let swapped = String::from_utf8(swapped).unwrap();
        for changed in [wrong, swapped] {
            if let Ok(bad) = ContractId::parse(&changed) {
                prop_assert!(changed == text || bad.check() != good.check(), "{} {}", changed, good.check());
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,24}", near in "[A-Za-z0-9*+-]{0,40}") {
        for text in [text, near] {
            if let Ok(id) = ContractId::parse(&text) {
                let significant: String = text.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
                prop_assert!(id.compact().starts_with(&significant.to_uppercase()));
            }
            if let Ok(id) = EvseId::parse(&text) {
                let written = id.to_string();
                prop_assert_eq!(EvseId::parse(&written), Ok(id));
            }
        }
    }
}
