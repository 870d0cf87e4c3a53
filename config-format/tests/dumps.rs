//! GetConfiguration answers, the state dump of Bender and the maintenance report of EVlink.
#![cfg(feature = "alloc")]

use evkit_config_format::bender::{STATE_KEYS, State};
use evkit_config_format::document::Document;
use evkit_config_format::lex::Dialect;
use evkit_config_format::text::Text;
use evkit_config_format::units::Milliamps;

mod fixtures;

#[test]
fn state_dump() {
    let bytes = fixtures::read("bender-full_state.txt");
    let state = State::new(Document::parse(&bytes, Dialect::Colon));
    let keys: Vec<_> = state.document().entries().map(|entry| entry.key.to_string()).collect();
    assert_eq!(keys, STATE_KEYS.map(|(key, _)| key), "38 keys in this order");
    assert_eq!(state.text("cp_id"), Some("+49*839*00000000001".into()));
    assert_eq!(state.integer("transaction_wh"), Some(3912));
    assert_eq!(state.currents(), Some([15_980, 15_970, 15_990].map(Milliamps)));
    assert_eq!(state.list("rcmb_max_values").collect::<Vec<_>>(), ["0.0", "0.0"].map(Text::from));
    assert_eq!((state.switch("cable_attached"), state.switch("schuko_cfg")), (Some(true), Some(false)));
    assert_eq!(
        (state.switch("errors"), state.text("slave_state"), state.text("none")),
        (None, Some("".into()), None)
    );
}

#[cfg(feature = "serde")]
mod get_configuration {
    use evkit_config_format::edit::Edited;
    use evkit_config_format::get_configuration::Dump;
    use evkit_config_format::profile::Rule;
    use evkit_config_format::{bender, diff, evlink, keba};

    use super::fixtures;

    #[test]
    fn every_key_of_the_samples_is_known() {
        for (name, profile) in [
            ("keba-ocpp-getconfiguration.json", keba::PROFILE),
            ("bender-ocpp-getconfiguration.json", bender::OCPP_PROFILE),
        ] {
            let json = fixtures::read(name);
            let dump = Dump::parse(&json).unwrap();
            for (entry, known) in dump.entries(profile) {
                let known = known.unwrap_or_else(|| panic!("{name}: {entry:?}"));
                assert_eq!(known.rule, Rule::Exact, "{name}: {entry:?}");
                assert!(known.key.read(entry.value).is_some(), "{name}: {entry:?}");
            }
        }
    }

    #[test]
    fn evlink_names_are_lower_case_or_odd() {
        let json = fixtures::read("evlink-ocpp-getconfiguration.json");
        let dump = Dump::parse(&json).unwrap();
        let entries = dump.entries(evlink::PROFILE);
        let found = entries
            .map(|(entry, known)| (entry.key.to_string(), known.map(|known| (known.key.name, known.rule))));
        let found: Vec<_> = found.collect();
        let row = |key: &str, known| (key.to_string(), known);
        assert_eq!(
            found,
            [
                row("operatingmode", Some(("operatingMode", Rule::LetterCase))),
                row("currentpb1", Some(("currentPH1", Rule::Alias))),
                row("voltagererefence", Some(("voltageReference", Rule::Alias))),
                row("useautotimemanagment", Some(("useAutoTimeManagement", Rule::Alias))),
                row("maxintensitysocket", Some(("maxIntensitySocket", Rule::LetterCase))),
                row("stationmetergatewayaddress", None),
                row("ocppcentraladdress", Some(("ocppCentralAddress", Rule::LetterCase))),
                row("defaultidtag", Some(("defaultIdTag", Rule::LetterCase))),
            ]
        );
    }

    #[test]
    fn an_answer_brings_a_file_up_to_date() {
        let json = fixtures::read("evlink-ocpp-getconfiguration.json");
        let file = fixtures::read("evlink-all.cfg");
        let (dump, config) = (Dump::parse(&json).unwrap(), evlink::Config::parse(&file));
        let (changes, errors) = dump.changes_for(config.file());
        assert!(errors.is_empty());
        let updated = Edited::new(&file, &changes).unwrap().to_vec();
        let text = String::from_utf8(updated).unwrap();
        assert!(text.contains("\nuseAutoTimeManagement= true\n"), "the padding stays");
        assert!(text.contains("\nocppCentralAddress=wss://ocpp.example.invalid/evlink\n"));
        let updated = evlink::Config::parse(text.as_bytes());
        let differences = diff::diff(config.file().entries(), updated.file().entries());
        assert_eq!(differences.len(), 2);
    }

    #[test]
    fn an_answer_makes_a_file() {
        let json = fixtures::read("keba-ocpp-getconfiguration.json");
        let dump = Dump::parse(&json).unwrap();
        let text = dump.to_text(keba::PROFILE);
        assert!(text.starts_with("[CONFIGURATION]\nAuthorizationEnabled=true\n"), "{text}");
        assert!(text.ends_with("\n[LOADMANAGEMENT]\nMaxAvailableCurrent=63000\n"), "{text}");
        let config = keba::Config::parse(text.as_bytes());
        let differences = diff::diff(dump.entries(keba::PROFILE), config.file().entries());
        assert_eq!(differences, [], "the file says what the station said");
    }

    #[test]
    fn a_file_gives_an_answer_without_secrets() {
        let file = fixtures::read("evlink-all.cfg");
        let config = evlink::Config::parse(&file);
        let dump = Dump::from_file(config.file());
        let names: Vec<_> = dump.keys.iter().take(4).map(|key| key.key.as_ref()).collect();
        assert_eq!(names, ["operatingmode", "clustermanagement", "simplifiedmode3", "ventilation"]);
        let json = dump.to_json();
        assert!(json.contains("currentpb1") && !json.contains("0123456789ABCDEF"));
        assert_eq!(Dump::parse(json.as_bytes()).unwrap(), dump);
    }

    #[test]
    fn what_is_no_answer_is_refused_with_its_place() {
        let error = Dump::parse(b"{\n \"configurationKey\": [{\"key\": 1}]}").unwrap_err();
        assert_eq!((error.line, error.column), (2, 31));
        assert_eq!(
            error.to_string(),
            "2:31: error: not a GetConfiguration answer; it is {\"configurationKey\": [{\"key\": \"..\", \"readonly\": false, \"value\": \"..\"}]}"
        );
        assert!(Dump::parse(b"[1]").is_err());
    }

    #[test]
    fn values_are_read_on_purpose_only() {
        let json =
            br#"{"configurationKey": [{"key": "AuthorizationKey", "readonly": false, "value": "a\\b4711"}]}"#;
        let dump = Dump::parse(json).unwrap();
        assert_eq!(dump.keys[0].value.as_deref(), Some(r"a\b4711"));
        assert!(!format!("{dump:?}").contains("4711"), "{dump:?}");
    }
}

#[cfg(feature = "html-report")]
mod report {
    use evkit_config_format::evlink::Config;
    use evkit_config_format::evlink::report::Report;

    use super::fixtures;

    #[test]
    fn maintenance_report() {
        let html = fixtures::read("evlink-report-excerpt.html");
        let report = Report::parse(&html);
        let titles: Vec<_> = report.blocks.iter().skip(1).map(|block| block.title.as_str()).collect();
        assert_eq!(
            titles,
            ["Maintenance Report", "Evse Status", "Event Status", "Latest events", "Configuration files"]
        );
        let status = report.block("evse status").unwrap();
        assert_eq!(status.row("CPW state").unwrap(), ["EVSE_Available_StateA", "EV_Connected_StateB"]);
        assert_eq!(
            status.row("cabie state").unwrap(),
            ["Not_Plugged", "32A"],
            "l and I look alike in extracted text"
        );
        assert_eq!(status.row("absent"), None);
        assert_eq!(report.block("Latest events").unwrap().rows[1][3], "7");
        let configuration = report.configuration().unwrap();
        let config = Config::parse(configuration.as_bytes());
        assert_eq!(
            config.file().get(Some("FUNCTIONAL"), "loadSheddingSetPoint"),
            Ok(evkit_config_format::profile::Value::Integer(0))
        );
        assert!(!format!("{report:?}").contains("operatingMode"));
        let address = &*report.block("Evse Status").unwrap().rows[1][1];
        assert!(!format!("{:?}", report.blocks[2].rows).contains(address), "cells are not shown either");
    }
}
