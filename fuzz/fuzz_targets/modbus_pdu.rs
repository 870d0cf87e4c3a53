//! Arbitrary bytes as requests, answers and frames, and as the registers of every device.
#![no_main]

use evkit_modbus_registers::devices::ALL;
use evkit_modbus_registers::pdu::{MAX_PDU, Request, Response};
use evkit_modbus_registers::{Bank, Block, Registers, Scale, ScaleContent, Value, mbap, rtu};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&choice, bytes)) = data.split_first() else { return };
    frames(bytes);
    requests(bytes);
    let map = ALL[usize::from(choice) % ALL.len()];

    let mut storage = vec![0; map.total_words()];
    let mut bank = Bank::new(map, &mut storage).expect("room for every row");
    if let Ok(answer) = bank.answer(bytes, &mut [0; MAX_PDU]) {
        assert!(!answer.is_empty(), "a server answers");
    }

    let registers = Registers::from_be_bytes(bytes);
    for row in map.rows().iter().filter(|row| matches!(row.scale(), Scale::Pow10(_))) {
        let block = Block::new(row.function(), row.address().wrapping_add(map.base()), registers);
        let Ok(value @ Value::Number(_)) = map.value(row, &block) else { continue };
        let mut buffer = [0; 32];
        let words = map
            .encode(row, value, ScaleContent::Exponent(0), &mut buffer)
            .expect("what was read can be written");
        let block = Block::new(row.function(), row.address().wrapping_add(map.base()), &*words);
        assert_eq!(map.value(row, &block), Ok(value));
    }
});

fn frames(bytes: &[u8]) {
    if let Ok(frame) = rtu::Frame::decode(bytes) {
        let mut buffer = [0; rtu::MAX_FRAME];
        assert_eq!(frame.encode(&mut buffer), Ok(bytes));
    }
    if let Ok(Some((frame, length))) = mbap::Frame::decode(bytes) {
        let mut buffer = [0; mbap::MAX_FRAME];
        assert_eq!(frame.encode(&mut buffer).ok(), bytes.get(..length));
    }
    let _ = rtu::response_length(bytes);
}

fn requests(bytes: &[u8]) {
    let mut buffer = [0; MAX_PDU];
    if let Ok(request) = Request::parse(bytes) {
        assert_eq!(request.encode(&mut buffer), Ok(bytes), "a request comes back");
    }
    for request in [
        Request::ReadHolding { address: 0, words: 2 },
        Request::WriteSingle { address: 5_004, value: 0 },
        Request::ReportServerId,
        Request::ReadDeviceId { level: 1, object: 0 },
    ] {
        match request.response(bytes) {
            Ok(Response::Registers { registers, .. }) => assert_eq!(registers.len(), 2),
            Ok(Response::DeviceId(id)) => assert!(id.objects().count() <= 255),
            _ => {}
        }
    }
}
