//! Session lists of the samples, and records that are none.

use evkit_config_format::File;
use evkit_config_format::document::Document;
use evkit_config_format::evlink::{self, Period, Publication};
use evkit_config_format::lex::{Boundary, Dialect::Ini};
use evkit_config_format::sessions::{self, Dialect, List, Session};

mod fixtures;

fn row(session: &Session<'_>) -> String {
    let time = |time: chrono::NaiveDateTime| time.format("%Y-%m-%d %H:%M:%S").to_string();
    format!(
        "{} {} {} card={} {} to {} {:?}s {}Wh",
        session.record.line,
        session.connector,
        session.station,
        session.card,
        time(session.start),
        session.end.map_or("now".into(), time),
        session.duration_s.unwrap_or_default(),
        session.energy_wh
    )
}

#[test]
fn keba_sessions() {
    let bytes = fixtures::read("ChargingSession_10000001.csv");
    let sessions: Vec<_> = sessions::keba(&bytes).collect::<Result<_, _>>().unwrap();
    let rows: Vec<_> = sessions.iter().map(row).collect();
    assert_eq!(
        rows,
        [
            "2 1 10000001 card=04567daa5f358000 2024-03-05 07:58:10 to 2024-03-05 11:21:44 12214s 22787Wh",
            "3 2 10000002 card=e3f76b8d00000000 2024-03-05 09:00:00 to 2024-03-05 09:00:41 41s 0Wh",
            "4 1 10000001 card= 2024-03-30 23:50:00 to 2024-03-31 07:10:12 22812s 33096Wh",
            "5 3 10000003 card=e00700001f8ac2fb 2024-03-31 08:00:05 to now 720s 2100Wh",
        ]
    );
    assert_eq!(sessions[0].status.unwrap().to_string(), "CLOSED");
    assert_eq!((sessions[0].meter_start_wh, sessions[0].meter_end_wh), (Some(1_204_118), Some(1_226_905)));
    assert_eq!((sessions[3].meter_start_wh, sessions[3].meter_end_wh), (Some(402_500), None));
    let shifts: Vec<_> = sessions.iter().map(Session::clock_shift_s).collect();
    assert_eq!(
        shifts,
        [Some(0), Some(0), Some(3600), None],
        "the third one runs over the start of summer time"
    );
}

#[test]
fn evlink_sessions_in_all_dialects_say_the_same() {
    let rows = |name| -> Vec<_> {
        let bytes = fixtures::read(name);
        sessions::evlink(&bytes).map(|session| row(&session.unwrap())).collect()
    };
    let semicolon = rows("evlink-cdr.csv");
    assert_eq!(
        semicolon[..2],
        [
            "2 1 3N000000000A1S1B0000000001 card=E00700001F8AC2FB 2024-03-05 13:40:00 to 2024-03-05 13:42:00 140s 0Wh",
            "3 2 3N000000000A1S1B0000000001 card=E2EB1C02 2024-03-31 01:50:00 to 2024-03-31 03:15:00 1510s 7412Wh",
        ]
    );
    assert_eq!(rows("evlink-cdr-tab-point.csv"), semicolon);
    assert_eq!(rows("evlink-cdr-comma-comma.csv"), semicolon);
}

#[test]
fn a_cut_energy_is_reported() {
    let bytes = fixtures::read("evlink-cdr-comma-comma.csv");
    let sessions: Vec<_> = sessions::evlink(&bytes).map(Result::unwrap).collect();
    assert!(sessions.iter().all(|session| session.rejoined));
    assert_eq!(sessions[0].comment.unwrap().to_string(), "Pool car 1");
    assert_eq!(sessions[0].plug.unwrap().to_string(), "TYPE2");
    assert_eq!(sessions[3].clock_shift_s(), Some(-19 * 60 - 54), "this row ends before it starts");
    let whole = fixtures::read("evlink-cdr.csv");
    assert!(sessions::evlink(&whole).all(|session| !session.unwrap().rejoined));
}

#[test]
fn errors_say_where_and_what_would_be_right() {
    let error = |record: &str| {
        let file = format!("heading\n{record}\n");
        sessions::keba(file.as_bytes()).next().unwrap().unwrap_err().to_string()
    };
    let good = "1;10000001;;CLOSED;05-03-2024 07:58:10;05-03-2024 11:21:44;03:23:34;1.0;2.0;1.0";
    assert_eq!(error("1;2;3"), "2:1: error: the record must be of 10 fields");
    assert_eq!(
        error(&good.replace("05-03-2024 07", "30-02-2024 07")),
        "2:20: error: the start must be a time such as 05-03-2024 07:58:10"
    );
    assert_eq!(
        error(&good.replace(";1.0;2.0", ";1.0005;2.0")),
        "2:69: error: the meter must be a number of kWh with at most 3 decimals"
    );
    assert_eq!(
        error(&good.replace("03:23:34", "03:73:34")),
        "2:60: error: the duration must be a time such as 03:23:34"
    );
    assert_eq!(
        error(&good.replace("1;1000", "x;1000")),
        "2:1: error: the station or socket must be a whole number"
    );
}

#[test]
fn a_list_is_written_as_the_station_wrote_it() {
    let evlink = |separator, decimal| Dialect::evlink(separator, decimal);
    for (name, dialect) in [
        ("ChargingSession_10000001.csv", Dialect::KEBA),
        ("evlink-cdr.csv", evlink(b';', ',')),
        ("evlink-cdr-comma-comma.csv", evlink(b',', ',')),
        ("evlink-cdr-tab-point.csv", evlink(b'\t', '.')),
    ] {
        let bytes = fixtures::read(name);
        let read = if name.starts_with("evlink") { sessions::evlink } else { sessions::keba };
        let sessions: Vec<_> = read(&bytes).collect::<Result<_, _>>().unwrap();
        assert_eq!(
            List { dialect, sessions: &sessions }.to_string(),
            String::from_utf8(bytes.clone()).unwrap(),
            "{name}"
        );
    }
}

#[test]
fn a_session_of_one_vendor_in_the_list_of_the_other() {
    let bytes = fixtures::read("ChargingSession_10000001.csv");
    let keba: Vec<_> = sessions::keba(&bytes).collect::<Result<_, _>>().unwrap();
    let list = List { dialect: Dialect::evlink(b';', '.'), sessions: &keba }.to_string();
    assert_eq!(
        list.lines().nth(1),
        Some("4;10000001;1;0;04567daa5f358000;;2024-03-05 07:58;2024-03-05 11:21;22.787;;03:23:34;")
    );
    let again: Vec<_> = sessions::evlink(list.as_bytes()).collect::<Result<_, _>>().unwrap();
    let energies = |sessions: &[Session<'_>]| sessions.iter().map(|s| s.energy_wh).collect::<Vec<_>>();
    assert_eq!(energies(&again), energies(&keba));

    let bytes = fixtures::read("evlink-cdr.csv");
    let evlink: Vec<_> = sessions::evlink(&bytes).collect::<Result<_, _>>().unwrap();
    let list = List { dialect: Dialect::KEBA, sessions: &evlink }.to_string();
    let again: Vec<_> = sessions::keba(list.as_bytes()).collect::<Result<_, _>>().unwrap();
    assert_eq!(energies(&again), energies(&evlink));
}

#[test]
fn a_value_that_holds_the_separator_is_quoted() {
    let text = "h;h;h;h;h;h;h;h;h;h;h;h\n1;S;1;0;;;2024-03-05 13:40;;0,000;;;\"a, \"\"b\"\"\"\n";
    let sessions: Vec<_> = sessions::evlink(text.as_bytes()).collect::<Result<_, _>>().unwrap();
    let list = List { dialect: Dialect::evlink(b',', '.'), sessions: &sessions }.to_string();
    assert!(list.ends_with(",\"a, \"\"b\"\"\"\n"), "{list}");
}

#[test]
fn publication_settings_name_the_dialect() {
    let text = "[REPORT GLOBAL]\nGlobalLogReportPeriod=2\nFieldSeparator=3\nDecimalSeparator=2\nPublicationProtocol=9\n";
    let mut tape = [Boundary::default(); 32];
    let file = File::new(Document::parse_in(text.as_bytes(), Ini, &mut tape).unwrap(), evlink::PROFILE);
    let settings = Publication::of(&file);
    assert_eq!((settings.period, settings.protocol), (Some(Period::Weekly), None), "9 is no known protocol");
    assert_eq!(format!("{:?}", settings.dialect()), "Dialect { separator: '\\t', decimal: '.', .. }");
}
