//! `evkit card`, as a program.

use std::process::{Command, Output};

fn evkit(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_evkit")).args(arguments).output().expect("the program starts")
}

/// Converts `content`, named `cards.csv`.
fn convert(content: &str, arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("cards.csv"), content).expect("written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_evkit"));
    let command = command.current_dir(folder.path()).args(["card", "convert"]);
    command.args(arguments).arg("cards.csv").output().expect("the program starts")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("output is UTF-8")
}

const KEBA: &str = "Name;RFID;ExpiryDate;Master;Status;SerialNumbers
Pool car 1;04567daa5f358000;;false;ACCEPTED;
Pool car 2;e3f76b8d00000000;31-12-2026;false;ACCEPTED;10000001,10000002
Night shift;e00700001f8ac2fb;;false;BLOCKED;
Facility;a1b2c3d400000000;;true;ACCEPTED;10000001
";

#[test]
fn a_uid_in_any_written_form() {
    let output = evkit(&["card", "show", "04:56:7d:aa:5f:35:80", "0x0A0E9B83", "e00700001f8ac2fb"]);
    assert_eq!(
        text(&output.stdout),
        "04:56:7d:aa:5f:35:80: 04567DAA5F3580 (iso14443)
  04567DAA5F3580        hexadecimal: as written
  80355FAA7D5604        hexadecimal: bytes in opposite order
0x0A0E9B83: 0A0E9B83 (iso14443)
  0A0E9B83              hexadecimal: as written
  839B0E0A              hexadecimal: bytes in opposite order
e00700001f8ac2fb: E00700001F8AC2FB (iso15693)
  E00700001F8AC2FB      hexadecimal: as written
  FBC28A1F000007E0      hexadecimal: bytes in opposite order
  E00700001F8AC2FB      KEBA list or UDP: as written, by a known maker of ISO 15693 tags
  E00700001F8AC2FB      KEBA list or UDP: part of a longer UID
"
    );
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn the_four_forms_of_a_bender_controller() {
    for (form, expected) in [
        ("lower", "0a0e9b83"),
        ("upper", "0A0E9B83"),
        ("lower-reversed", "839b0e0a"),
        ("upper-reversed", "839B0E0A"),
    ] {
        let output = evkit(&["card", "show", "0A0E9B83", "--form", form]);
        let first = text(&output.stdout).lines().next().unwrap_or_default();
        assert_eq!(first, format!("0A0E9B83: {expected} (iso14443)"));
    }
}

#[test]
fn lossy_forms_give_candidates_and_no_canonical_form() {
    let output = evkit(&["--json", "card", "show", "213,02000", "0013961168"]);
    let rows = [
        concat!(
            r#"{"input":"213,02000","canonical":null,"technology":null,"candidates":["#,
            r#"{"canonical":"D507D0","reason":"printed number: part of a longer UID"},"#,
            r#"{"canonical":"D007D5","reason":"printed number: part of a longer UID, bytes in opposite order"}],"#,
            r#""error":"character 3 is no hexadecimal digit"}"#,
        ),
        concat!(
            r#"{"input":"0013961168","canonical":null,"technology":null,"candidates":["#,
            r#"{"canonical":"00D507D0","reason":"KEBA register 1500: as written"},"#,
            r#"{"canonical":"00D507D0","reason":"KEBA register 1500: part of a longer UID"},"#,
            r#"{"canonical":"D007D500","reason":"KEBA register 1500: bytes in opposite order"},"#,
            r#"{"canonical":"D007D500","reason":"KEBA register 1500: part of a longer UID, bytes in opposite order"},"#,
            r#"{"canonical":"00D507D0","reason":"ten decimal digits: most significant byte first"},"#,
            r#"{"canonical":"D007D500","reason":"ten decimal digits: most significant byte last"}],"#,
            r#""error":"5 bytes; a UID has 4, 7, 8 or 10"}"#,
        ),
    ];
    assert_eq!(text(&output.stdout).lines().collect::<Vec<_>>(), rows);
    assert_eq!(output.status.code(), Some(1));
}

/// The padded form of a KEBA station, the tag with a serial number behind it, a UID drawn at random.
#[test]
fn what_stations_make_of_a_uid() {
    let output = evkit(&["card", "show", "e3f76b8d00000000", "04567DAA5F3580_10000001", "08A1B2C3"]);
    let out = text(&output.stdout);
    assert!(
        out.contains("  E3F76B8D              KEBA list or UDP: without 4 zero bytes of padding\n"),
        "{out}"
    );
    assert!(
        out.contains("  E3F76B8D000000        KEBA list or UDP: without one zero byte of padding\n"),
        "{out}"
    );
    let tag = "  04567DAA5F3580        KEBA tag: if 10000001 is a station's serial number\n";
    assert!(out.contains(tag), "{out}");
    assert!(
        out.contains("  08A1B2C3              hexadecimal: as written, drawn at random, names no card\n"),
        "{out}"
    );
}

#[test]
fn cars_have_identifiers_too() {
    let output = evkit(&["card", "show", "VID:00B052010203", "nl-tnm-012345678-w"]);
    assert_eq!(
        text(&output.stdout),
        "VID:00B052010203: 00B052010203 (mac)\nnl-tnm-012345678-w: NL-TNM-012345678-W (contract)\n"
    );
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn no_identifier_at_all() {
    let output = evkit(&["card", "show", "", "ABC", "\u{1F697}"]);
    assert_eq!(
        text(&output.stdout),
        ": no digits where 4, 7, 8 or 10 bytes in hexadecimal belong
ABC: the byte at character 2 has one digit, two belong there
\u{1F697}: character 0 is no hexadecimal digit
"
    );
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(evkit(&["card", "show"]).status.code(), Some(2), "there must be one");
}

#[test]
fn a_list_for_another_vendor_with_what_is_lost() {
    let output = convert(KEBA, &["--from", "keba", "--to", "evlink", "--station", "10000001"]);
    assert_eq!(
        text(&output.stdout),
        "number;id;type;comment\n1;04567DAA5F3580;User;Pool car 1\n2;A1B2C3D4;User;Facility\n"
    );
    assert_eq!(
        text(&output.stderr),
        "cards.csv:3:1: left out: without expiry, it could charge where it could not before
cards.csv:4:1: left out: without blocked, it could charge where it could not before
cards.csv:5:1: without master
4 cards, 1 lost something, 2 left out
"
    );
    assert_eq!(output.status.code(), Some(1));
    let output = convert(KEBA, &["--from", "keba", "--to", "evlink", "--station", "10000009"]);
    assert!(
        text(&output.stderr).contains(":5:1: left out: without master, stations,"),
        "valid elsewhere only"
    );
}

#[test]
fn the_same_list_again() {
    for (format, list) in [
        ("keba", KEBA),
        ("evlink", "number;id;type;comment\n1;E2EB1C02;VIP;\"Visitors; gate 2\"\n2;04567DAA5F3580;Admin;\n"),
        ("bender", "Id,Type\n04567daa5f3580,RFID\n0a0e9b83_2,RFID\n00B052010203,MAC\n"),
        ("bender-legacy", "04567daa5f3580:0a0e9b83_2"),
    ] {
        let output = convert(list, &["--from", format, "--to", format]);
        assert_eq!(text(&output.stdout), list, "{format}");
        assert_eq!(output.status.code(), Some(0), "{format}: {}", text(&output.stderr));
    }
}

#[test]
fn bender_lists_in_both_forms_and_with_other_letters() {
    let table = "Id,Type\n04567daa5f3580,RFID\n0a0e9b83.2,RFID\n00B052010203,MAC\n";
    let arguments = ["--from", "bender", "--to", "bender-legacy", "--connector-sign", "."];
    let output = convert(table, &arguments);
    assert_eq!(text(&output.stdout), "04567daa5f3580:0a0e9b83.2");
    let finding =
        "cards.csv:4:1: left out: without mac, the new list has no place for the address of a car\n";
    assert!(text(&output.stderr).starts_with(finding), "{}", text(&output.stderr));
    let output =
        convert("839B0E0A", &["--from", "bender-legacy", "--to", "keba", "--form", "upper-reversed"]);
    assert!(text(&output.stdout).contains(";0a0e9b8300000000;"), "{}", text(&output.stdout));
}

#[test]
fn every_card_as_json() {
    let output = convert(KEBA, &["--json", "--from", "keba", "--to", "bender"]);
    let lines: Vec<_> = text(&output.stdout).lines().collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(
        lines[1],
        concat!(
            r#"{"line":3,"id":"E3F76B8D","name":"Pool car 2","expires":"2026-12-31","status":"ACCEPTED","role":"user","#,
            r#""stations":["10000001","10000002"],"connector":null,"number":null,"converted":false,"#,
            r#""lost":["name","expiry","stations"],"error":"it could charge where it could not before"}"#,
        )
    );
}

#[test]
fn a_bad_list_is_named_by_line_and_column_and_nothing_is_written() {
    for (content, from, message) in [
        (
            "Name;RFID;Status\nA;04567daa5f358000;ACCEPTED\nB;04567daa5g358000;ACCEPTED\n",
            "keba",
            "cards.csv:3:3: no UID: character 9 is no hexadecimal digit\n",
        ),
        (
            "Name;RFID;Status\nA;04567daa5f358000;ACCEPTED\nB;04567daa5f358000;ACCEPTED\n",
            "keba",
            "cards.csv:3:1: the list has this card already (line 2)\n",
        ),
        (
            "number;id;type\n1;E2EB1C02;Guest\n",
            "evlink",
            "cards.csv:2:12: type: User, VIP or Admin belongs here\n",
        ),
        ("0a0e9b83:08a1b2c3", "bender-legacy", "cards.csv:1:1: a random UID (first byte 08) names no card\n"),
        ("Id,Kind\n", "bender", "cards.csv:1:1: the header has no column `Type`\n"),
    ] {
        let output = convert(content, &["--from", from, "--to", "bender"]);
        assert_eq!((text(&output.stdout), text(&output.stderr)), ("", message));
        assert_eq!(output.status.code(), Some(2));
    }
}
