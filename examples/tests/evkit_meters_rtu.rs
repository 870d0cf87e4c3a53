//! A serial line as it is: answers that are lost, late, damaged, or somebody else's. Over a pseudo-terminal pair.

#![cfg(target_os = "linux")]

use std::collections::HashSet;
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use evkit_examples::net::modbus::{Fault, Link, LinkError, Noise};
use evkit_modbus_registers::Quantity::*;
use evkit_modbus_registers::devices::{carlo_gavazzi, eastron::SDM630};
use evkit_modbus_registers::map::Framing;
use evkit_modbus_registers::pdu::{MAX_PDU, PduError, Request, Response};
use evkit_modbus_registers::rtu::{Frame, MAX_FRAME};
use evkit_modbus_registers::{Bank, Decimal, ExceptionCode, Map};
use serial2_tokio::SerialPort;
use tokio::io::AsyncReadExt as _;
use tokio::task::JoinHandle;

const PATIENCE: Duration = Duration::from_millis(150);

/// What a device does with a request.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Answer,
    /// The answer is lost.
    Drop,
    /// It comes when nobody waits for it any more.
    Late(Duration),
    /// One bit is wrong.
    Corrupt,
    /// The line breaks off within the frame.
    Cut,
    /// The frame of another unit comes before the answer.
    ForeignFirst,
    /// An answer of the same unit to a longer read comes before the answer.
    OtherFirst,
    /// Fewer registers than asked for.
    Short,
    /// Bytes that are no frame come instead.
    Noise,
    Refuse(ExceptionCode),
}

fn frame(unit: u8, pdu: &[u8]) -> Vec<u8> {
    Frame { unit, pdu }.encode(&mut [0; MAX_FRAME]).unwrap().to_vec()
}

/// A meter with unit 1 on `port` that does `deeds` in turn and then answers.
fn meter(map: &'static Map<'static>, mut port: SerialPort, deeds: &'static [Deed]) -> JoinHandle<()> {
    let mut bank = Bank::new(map, vec![0; map.total_words()].leak()).unwrap();
    for (quantity, value) in [(VoltageL1N, 231), (CurrentL1, 16), (Frequency, 50)] {
        bank.set(quantity, Decimal::from_int(value)).unwrap();
    }
    let mut deeds = deeds.iter().copied();
    tokio::spawn(async move {
        let mut request = [0; 8];
        // Every request of these tests is a read, eight bytes long.
        while port.read_exact(&mut request).await.is_ok() {
            let question = Frame::decode(&request).unwrap();
            let mut buffer = [0; MAX_PDU];
            let pdu = bank.answer(question.pdu, &mut buffer).unwrap();
            let answer = frame(question.unit, pdu);
            let sent = match deeds.next().unwrap_or(Deed::Answer) {
                Deed::Answer => answer,
                Deed::Drop => vec![],
                Deed::Late(delay) => {
                    tokio::time::sleep(delay).await;
                    answer
                }
                Deed::Corrupt => {
                    let mut damaged = answer;
                    damaged[4] ^= 0x10;
                    damaged
                }
                Deed::Cut => answer[..6].to_vec(),
                Deed::ForeignFirst => [frame(2, &[4, 4, 0x42, 0xF6, 0, 0]), answer].concat(),
                Deed::OtherFirst => [frame(1, &[4, 8, 1, 2, 3, 4, 5, 6, 7, 8]), answer].concat(),
                Deed::Short => frame(1, &[4, 2, 0x42, 0xF6]),
                Deed::Noise => vec![0xFF, 0x00, 0x55, 0xAA, 0x01],
                Deed::Refuse(code) => frame(1, &[0x84, code.code()]),
            };
            port.write_all(&sent).await.unwrap();
        }
    })
}

/// A line with `map` at its far end.
fn line(map: &'static Map<'static>, deeds: &'static [Deed]) -> (Link, JoinHandle<()>) {
    let (far, near, _) = named_line();
    (Link::on_port(near, 19_200, Framing::N81, 1).patience(PATIENCE), meter(map, far, deeds))
}

const VOLTAGE: Request<'static> = Request::ReadInput { address: 0, words: 2 };
const CURRENT: Request<'static> = Request::ReadInput { address: 6, words: 2 };

/// The float in the answer to `request`, which is 231 or 16 if nothing was mixed up.
async fn number(link: &mut Link, request: &Request<'_>) -> Result<f32, LinkError> {
    match link.exchange(request).await? {
        Response::Registers { registers, .. } => {
            let words: Vec<_> = registers.iter().collect();
            Ok(f32::from_bits(u32::from(words[0]) << 16 | u32::from(words[1])))
        }
        other => panic!("{other:?}"),
    }
}

/// What the first exchange ends with; the one after it must be right.
async fn fault(deeds: &'static [Deed]) -> LinkError {
    let (mut link, _meter) = line(&SDM630, deeds);
    let error = number(&mut link, &VOLTAGE).await.unwrap_err();
    assert_eq!((error.asked.function, error.asked.address), (4, 0));
    assert_eq!(number(&mut link, &CURRENT).await.unwrap(), 16.0, "after {error}");
    error
}

#[tokio::test]
async fn a_meter_is_read_over_a_serial_line() {
    let (mut link, _meter) = line(&SDM630, &[]);
    for _ in 0..5 {
        assert_eq!(number(&mut link, &VOLTAGE).await.unwrap(), 231.0);
        assert_eq!(number(&mut link, &CURRENT).await.unwrap(), 16.0);
    }
}

#[tokio::test]
async fn a_dropped_answer_is_an_error_with_the_register() {
    let error = fault(&[Deed::Drop]).await;
    assert!(matches!(error.fault, Fault::Silence { noise: None, .. }), "{error}");
    assert_eq!(error.to_string(), "function 0x04 at register 0: no answer within 150ms");
}

#[tokio::test]
async fn a_late_answer_is_never_taken_for_the_next_one() {
    // Both reads have unit, function and length in common: 231 V would pass for 231 A.
    const LATE: &[Deed] = &[Deed::Late(Duration::from_millis(200))];
    let error = fault(LATE).await;
    assert!(matches!(error.fault, Fault::Silence { .. }), "{error}");
}

#[tokio::test]
async fn a_damaged_answer_is_an_error_with_the_register() {
    for deeds in [&[Deed::Corrupt], &[Deed::Cut], &[Deed::Noise]] as [&[Deed]; 3] {
        let error = fault(deeds).await;
        assert!(
            matches!(error.fault, Fault::Silence { noise: Some(Noise::Damaged(_)), .. }),
            "{deeds:?}: {error}"
        );
    }
}

#[tokio::test]
async fn an_answer_of_the_wrong_length_is_dropped() {
    let error = fault(&[Deed::Short]).await;
    let heard = Some(Noise::Foreign { unit: 1, function: 4 });
    assert!(matches!(error.fault, Fault::Silence { noise, .. } if noise == heard), "{error}");
}

#[tokio::test]
async fn frames_of_others_do_not_disturb() {
    let (mut link, _meter) = line(&SDM630, &[Deed::ForeignFirst, Deed::OtherFirst]);
    assert_eq!(number(&mut link, &VOLTAGE).await.unwrap(), 231.0);
    assert_eq!(number(&mut link, &CURRENT).await.unwrap(), 16.0);
}

#[tokio::test]
async fn a_refusal_is_told_from_silence() {
    let error = fault(&[Deed::Refuse(ExceptionCode::ServerDeviceBusy)]).await;
    assert!(matches!(error.fault, Fault::Refused(ExceptionCode::ServerDeviceBusy)), "{error}");
    assert_eq!(error.to_string(), "function 0x04 at register 0: server device busy");
}

#[tokio::test]
async fn a_request_that_cannot_be_sent_is_the_callers_error() {
    let (mut link, _meter) = line(&SDM630, &[]);
    let error = link.exchange(&Request::ReadInput { address: 7, words: 126 }).await.unwrap_err();
    assert!(matches!(error.fault, Fault::Answer(PduError::Words { address: 7, words: 126 })), "{error}");
}

/// Whatever goes wrong in whatever order: either the right number or an error, never another number.
#[tokio::test]
async fn no_sequence_of_faults_gives_a_wrong_number() {
    const DEEDS: &[Deed] = &[
        Deed::Late(Duration::from_millis(170)),
        Deed::Drop,
        Deed::Late(Duration::from_millis(250)),
        Deed::Corrupt,
        Deed::OtherFirst,
        Deed::Noise,
        Deed::Answer,
        Deed::Cut,
        Deed::ForeignFirst,
        Deed::Short,
    ];
    let (mut link, _meter) = line(&SDM630, DEEDS);
    let mut right = 0;
    for turn in 0..DEEDS.len() + 2 {
        let (request, value) = if turn % 2 == 0 { (VOLTAGE, 231.0) } else { (CURRENT, 16.0) };
        if let Ok(number) = number(&mut link, &request).await {
            assert_eq!(number, value, "turn {turn}");
            right += 1;
        }
    }
    assert_eq!(right, 5, "answers, those behind frames of others, and the last two");
}

/// A line, and the path of its near end: the one terminal that is open after and was not before.
fn named_line() -> (SerialPort, SerialPort, String) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let open = || {
        let files = std::fs::read_dir("/proc/self/fd").unwrap();
        let paths = files.filter_map(|file| std::fs::read_link(file.unwrap().path()).ok());
        paths.filter(|path| path.starts_with("/dev/pts")).collect::<HashSet<_>>()
    };
    let _guard = ONE_AT_A_TIME.lock().unwrap();
    let before = open();
    let (far, near) = SerialPort::pair().unwrap();
    let path = open().into_iter().find(|path| !before.contains(path)).expect("the near end has a path");
    (far, near, path.to_str().unwrap().to_owned())
}

/// Runs `evkit` on a line, beside the tasks of the test.
async fn run(arguments: &[&str], path: String) -> (String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evkit"));
    command.args(["--json", "meters"]).args(arguments).args(["--rtu", &path]);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr))
}

/// Runs `evkit` on the near end of a line with `map` at its far end.
async fn evkit(map: &'static Map<'static>, deeds: &'static [Deed], arguments: &[&str]) -> (String, String) {
    let (far, _near, path) = named_line();
    let _meter = meter(map, far, deeds);
    run(arguments, path).await
}

#[tokio::test]
async fn the_tool_reads_over_a_serial_line() {
    let arguments = ["read", "SDM630", "voltage_l1n", "current_l1", "--baud", "9600", "--unit", "1"];
    let (out, err) = evkit(&SDM630, &[], &arguments).await;
    assert_eq!(
        out.lines().collect::<Vec<_>>(),
        [
            r#"{"quantity":"voltage_l1n","value":"231","unit":"V","address":0,"error":null}"#,
            r#"{"quantity":"current_l1","value":"16","unit":"A","address":6,"error":null}"#,
        ],
        "{err}"
    );
}

#[tokio::test]
async fn the_tool_names_the_register_that_failed() {
    let (out, err) = evkit(&SDM630, &[Deed::Corrupt], &["read", "SDM630", "voltage_l1n"]).await;
    assert_eq!(out, "");
    let start = "function 0x04 at register 0: no answer within 2s, only a damaged frame";
    assert!(err.starts_with(start), "{err}");
}

#[tokio::test]
async fn the_tool_identifies_over_a_serial_line() {
    // The bank answers requests of eight bytes only, so functions 17 and 43 stay unanswered there, as on many meters;
    // the code of a Carlo Gavazzi still tells. Their requests are shorter and would be taken for the next one.
    let (far, _near, path) = named_line();
    let map = &carlo_gavazzi::EM340;
    let mut bank = Bank::new(map, vec![0; map.total_words()].leak()).unwrap();
    bank.set(ModelId, Decimal::from_int(341)).unwrap();
    let port = far;
    let _meter = tokio::spawn(async move {
        let mut buffer = [0; 256];
        while let Ok(count @ 1..) = port.read(&mut buffer).await {
            let Ok(question) = Frame::decode(&buffer[..count]) else { continue };
            let mut pdu = [0; MAX_PDU];
            let Ok(pdu) = bank.answer(question.pdu, &mut pdu) else { continue };
            port.write_all(&frame(question.unit, pdu)).await.unwrap();
        }
    });
    let (out, err) = run(&["identify"], path).await;
    let line = r#"{"manufacturer":"Carlo Gavazzi","model":"EM340","strength":"likely","evidence":"code 341 at register 11"}"#;
    assert_eq!(out.trim_end(), line, "{err}");
}
