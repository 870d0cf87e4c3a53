//! Protocol units: the examples of the specification, and bytes that are none.

use evkit_modbus_registers::pdu::{
    DeviceId, ExceptionCode, MAX_PDU, PduError, Request, Response, encode_exception,
};
use evkit_modbus_registers::{Function, Registers, mbap, rtu};
use proptest::prelude::*;

/// Request, its bytes, the bytes of the answer, from the Modbus Application Protocol 1.1b3.
fn examples() -> Vec<(&'static str, Request<'static>, &'static [u8], &'static [u8])> {
    vec![
        (
            "6.3 read holding registers",
            Request::ReadHolding { address: 107, words: 3 },
            &[0x03, 0x00, 0x6B, 0x00, 0x03],
            &[0x03, 0x06, 0x02, 0x2B, 0x00, 0x00, 0x00, 0x64],
        ),
        (
            "6.4 read input registers",
            Request::ReadInput { address: 8, words: 1 },
            &[0x04, 0x00, 0x08, 0x00, 0x01],
            &[0x04, 0x02, 0x00, 0x0A],
        ),
        (
            "6.6 write single register",
            Request::WriteSingle { address: 1, value: 3 },
            &[0x06, 0x00, 0x01, 0x00, 0x03],
            &[0x06, 0x00, 0x01, 0x00, 0x03],
        ),
        (
            "6.12 write multiple registers",
            Request::WriteMultiple { address: 1, values: Registers::from(&[0x000A, 0x0102]) },
            &[0x10, 0x00, 0x01, 0x00, 0x02, 0x04, 0x00, 0x0A, 0x01, 0x02],
            &[0x10, 0x00, 0x01, 0x00, 0x02],
        ),
        (
            "6.21 read device identification",
            Request::ReadDeviceId { level: 1, object: 0 },
            &[0x2B, 0x0E, 0x01, 0x00],
            &[0x2B, 0x0E, 0x01, 0x01, 0x00, 0x00, 0x02, 0x00, 0x02, b'A', b'B', 0x01, 0x01, b'C'],
        ),
        ("6.13 report server id", Request::ReportServerId, &[0x11], &[0x11, 0x02, 0x39, 0xFF]),
    ]
}

#[test]
fn examples_of_the_specification() {
    for (name, request, bytes, answer) in examples() {
        let mut buffer = [0; MAX_PDU];
        assert_eq!(request.encode(&mut buffer), Ok(bytes), "{name}");
        assert_eq!(Request::parse(bytes), Ok(request), "{name}");
        let response = request.response(answer).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(response.encode(&mut [0; MAX_PDU]), Ok(answer), "{name}");
    }
}

#[test]
fn contents_of_the_answers() {
    let read = Request::ReadHolding { address: 107, words: 3 };
    let registers = Registers::from(&[555, 0, 100]);
    let answer = read.response(&[0x03, 0x06, 0x02, 0x2B, 0x00, 0x00, 0x00, 0x64]);
    assert_eq!(answer, Ok(Response::Registers { function: Function::ReadHolding, registers }));

    let identify = Request::ReadDeviceId { level: 1, object: 0 };
    let bytes = [0x2B, 0x0E, 1, 1, 0xFF, 2, 2, 0, 2, b'A', b'B', 1, 1, b'C'];
    let Ok(Response::DeviceId(id)) = identify.response(&bytes) else { panic!("no identification") };
    assert_eq!(id.object(DeviceId::VENDOR_NAME), Some(&b"AB"[..]));
    assert_eq!(id.object(DeviceId::PRODUCT_CODE), Some(&b"C"[..]));
    assert_eq!(id.object(DeviceId::REVISION), None);
    assert!(id.more_follows && id.next_object == 2);
}

#[test]
fn a_frame_of_a_vendor_document() {
    // Eastron SDM protocol document: voltage of L1, 230.2 V, from unit 1.
    let request = rtu::Frame::decode(&[0x01, 0x04, 0x00, 0x00, 0x00, 0x02, 0x71, 0xCB]).unwrap();
    assert_eq!(Request::parse(request.pdu), Ok(Request::ReadInput { address: 0, words: 2 }));
    let answer = rtu::Frame::decode(&[0x01, 0x04, 0x04, 0x43, 0x66, 0x33, 0x34, 0x1B, 0x38]).unwrap();
    let map = evkit_modbus_registers::devices::eastron::SDM630;
    let read = map.plan(&[evkit_modbus_registers::Quantity::VoltageL1N]).next().unwrap();
    let request = Request::read(read.function(), read.address(), read.words()).unwrap();
    let Ok(Response::Registers { registers, .. }) = request.response(answer.pdu) else {
        panic!("no registers")
    };
    let reading = read.decode(registers).unwrap().next().unwrap().unwrap();
    assert_eq!(reading.number().unwrap().milli(), Some(230_200));
}

#[test]
fn wrong_answers_are_told_apart() {
    let read = Request::ReadHolding { address: 100, words: 2 };
    for (bytes, expected) in [
        (&[][..], PduError::Length { want: 1, got: 0 }),
        (&[0x83], PduError::Length { want: 2, got: 1 }),
        (
            &[0x83, 2],
            PduError::Exception { function: 3, address: 100, code: ExceptionCode::IllegalDataAddress },
        ),
        (&[0x83, 77], PduError::Exception { function: 3, address: 100, code: ExceptionCode::Other(77) }),
        (&[0x84, 2], PduError::Function { want: 3, got: 0x84 }),
        (&[4, 4, 0, 0, 0, 0], PduError::Function { want: 3, got: 4 }),
        (&[3, 2, 0, 0], PduError::ByteCount { address: 100, want: 4, got: 2 }),
        (&[3, 4, 0, 0, 0], PduError::Length { want: 6, got: 5 }),
        (&[3, 4, 0, 0, 0, 0, 0], PduError::Length { want: 6, got: 7 }),
    ] {
        assert_eq!(read.response(bytes), Err(expected), "{bytes:?}");
    }
    let write = Request::WriteSingle { address: 5004, value: 16_000 };
    assert_eq!(write.response(&[6, 0x13, 0x8C, 0, 0]), Err(PduError::Echo { address: 5004 }));
    let write = Request::WriteMultiple { address: 1000, values: Registers::from(&[16]) };
    assert_eq!(write.response(&[16, 3, 0xE8, 0, 2]), Err(PduError::Echo { address: 1000 }));
}

#[test]
fn requests_beyond_the_limits_are_refused() {
    let mut buffer = [0; MAX_PDU];
    for words in [0, 126, u16::MAX] {
        let expected = PduError::Words { address: 9, words: usize::from(words) };
        assert_eq!(Request::ReadInput { address: 9, words }.encode(&mut buffer), Err(expected));
    }
    let values = [0; 124];
    let long = Request::WriteMultiple { address: 9, values: Registers::from(&values) };
    assert_eq!(long.encode(&mut buffer), Err(PduError::Words { address: 9, words: 124 }));
    assert_eq!(Request::parse(&[3, 0, 9, 0, 126]), Err(PduError::Words { address: 9, words: 126 }));
    assert_eq!(
        Request::parse(&[16, 0, 9, 0, 2, 3, 0, 0, 0]),
        Err(PduError::ByteCount { address: 9, want: 4, got: 3 })
    );
    assert_eq!(Request::parse(&[1, 0, 9, 0, 1]), Err(PduError::UnknownFunction(1)));
    assert_eq!(Request::ReportServerId.encode(&mut []), Err(PduError::NoRoom(1)));
    assert_eq!(encode_exception(3, ExceptionCode::ServerDeviceBusy, &mut buffer), Ok(&[0x83, 6][..]));
}

proptest! {
    /// Garbage never becomes registers in another number than asked for, and never panics.
    #[test]
    fn garbage_is_never_a_reading(bytes in prop::collection::vec(any::<u8>(), 0..260), words in 1u16..=125) {
        let request = Request::ReadInput { address: 1, words };
        if let Ok(Response::Registers { registers, .. }) = request.response(&bytes) {
            prop_assert_eq!(registers.len(), usize::from(words));
            prop_assert_eq!(bytes.len(), 2 + 2 * usize::from(words));
        }
        for (_, request, _, _) in examples() {
            let _ = request.response(&bytes);
        }
        let _ = rtu::Frame::decode(&bytes);
        let _ = rtu::response_length(&bytes);
        let _ = mbap::Frame::decode(&bytes);
    }

    /// What parses as a request is written back byte for byte.
    #[test]
    fn requests_come_back(bytes in prop::collection::vec(prop_oneof![0u8..20, any::<u8>()], 1..12)) {
        if let Ok(request) = Request::parse(&bytes) {
            let mut buffer = [0; MAX_PDU];
            prop_assert_eq!(request.encode(&mut buffer).unwrap(), &bytes[..]);
        }
    }

    /// One changed bit anywhere spoils a serial frame.
    #[test]
    fn the_checksum_finds_every_single_bit(pdu in prop::collection::vec(any::<u8>(), 1..40), bit in any::<prop::sample::Index>()) {
        let mut buffer = [0; rtu::MAX_FRAME];
        let length = rtu::Frame { unit: 17, pdu: &pdu }.encode(&mut buffer).unwrap().len();
        let bit = bit.index(8 * length);
        buffer[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(rtu::Frame::decode(&buffer[..length]).is_err());
    }
}
