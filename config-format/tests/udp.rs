//! The UDP samples of the guide.

use evkit_config_format::keba::udp::{Command, Message, Scalar};
use evkit_config_format::units::Milliamps;

mod fixtures;

#[test]
fn report_1() {
    let bytes = fixtures::read("keba-udp-report1.txt");
    let Ok(Message::Identity(report)) = Message::parse(&bytes) else { panic!("report 1") };
    assert_eq!(report.product().unwrap(), "KC-P30-EC240422-E00", "padding is cut");
    assert_eq!(report.serial().unwrap(), "10000001");
    assert_eq!(report.firmware().unwrap(), "P30 v 3.10.57 (240201-101112)");
    assert_eq!((report.com_module(), report.back_end()), (Some(true), Some(false)));
    assert_eq!(report.time_quality(), Some(3));
    assert_eq!(report.dip_1().unwrap(), "0x26");
}

#[test]
fn report_2_with_a_comma_too_many_and_a_large_clock() {
    let bytes = fixtures::read("keba-udp-report2.txt");
    let Ok(Message::Status(report)) = Message::parse(&bytes) else { panic!("report 2") };
    assert_eq!((report.state(), report.plug()), (Some(3), Some(7)));
    assert_eq!(report.max_current(), Some(Milliamps(16_000)));
    assert_eq!(report.hardware_current(), Some(Milliamps(32_000)));
    assert_eq!(report.duty_cycle_permille(), Some(266));
    assert_eq!(report.authorization_required(), Some(false));
    assert_eq!(report.seconds(), Some(4_294_967_296));
}

#[test]
fn report_3() {
    let bytes = fixtures::read("keba-udp-report3.txt");
    let Ok(Message::Measurement(report)) = Message::parse(&bytes) else { panic!("report 3") };
    assert_eq!((report.voltage_1(), report.current_3()), (Some(231), Some(Milliamps(15_990))));
    assert_eq!((report.power_mw(), report.power_factor_permille()), (Some(11_028_000), Some(998)));
    assert_eq!(report.total_energy_dwh(), Some(12_041_180));
}

#[test]
fn session_reports_by_their_fields_not_their_id() {
    let bytes = fixtures::read("keba-udp-report100.txt");
    let Ok(Message::Session(report)) = Message::parse(&bytes) else { panic!("report 100") };
    assert_eq!(report.session(), Some(35));
    assert_eq!(report.tag().unwrap(), "04567daa5f358000");
    assert_eq!((report.start_energy_dwh(), report.energy_dwh()), (Some(12_041_180), Some(227_870)));
    assert_eq!(
        (report.started_s(), report.ended_s(), report.reason()),
        (Some(1_709_625_490), Some(0), Some(0))
    );
    assert_eq!(report.started().unwrap(), "2024-03-05 07:58:10.000");

    let bytes = fixtures::read("keba-udp-report103-wrong-id.txt");
    let Ok(Message::Session(report)) = Message::parse(&bytes) else { panic!("report 103") };
    assert_eq!(report.pairs().get("ID").and_then(Scalar::number), Some(6));
    assert_eq!((report.session(), report.reason()), (Some(32), Some(1)));
}

#[test]
fn firmware_answers_and_broadcasts() {
    let bytes = fixtures::read("keba-udp-i.txt");
    assert_eq!(Message::parse(&bytes), Ok(Message::Firmware("P30 v 3.10.57 (240201-101112)".into())));

    let bytes = fixtures::read("keba-udp-broadcasts.txt");
    let pairs = bytes.split(|&b| b == b'\n').filter(|line| !line.is_empty()).map(|line| {
        let Ok(Message::Broadcast(broadcast)) = Message::parse(line) else { panic!("{line:?}") };
        let (name, value) = broadcast.pair().unwrap();
        (name.to_string(), value.number().unwrap())
    });
    let pairs: Vec<_> = pairs.collect();
    let expected =
        [("State", 2), ("Plug", 7), ("Input", 0), ("Enable sys", 1), ("Max curr", 16_000), ("E pres", 100)];
    assert_eq!(pairs, expected.map(|(name, value)| (name.to_string(), value)));

    let bytes = fixtures::read("keba-udp-answers.txt");
    let answers: Vec<_> =
        bytes.split(|&b| b == b'\n').filter(|line| !line.is_empty()).map(Message::parse).collect();
    assert!(matches!(answers[..], [Ok(Message::Accepted), Ok(Message::Refused), Ok(Message::Started(_))]));
}

#[test]
fn every_command_of_the_guide_is_written_as_it_was_read() {
    let bytes = fixtures::read("keba-udp-commands.txt");
    let text = core::str::from_utf8(&bytes).unwrap();
    assert_eq!(text.lines().count(), 18);
    for line in text.lines() {
        assert_eq!(Command::parse(line).unwrap_or_else(|error| panic!("{line}: {error}")).to_string(), line);
    }
}
