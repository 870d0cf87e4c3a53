//! What the images have in common: a panic handler, and a snapshot of a meter as firmware would take it.
#![no_std]

use core::hint::black_box;

use evkit_modbus_registers::pdu::{Request, Response};
use evkit_modbus_registers::{Learned, Map, PduError, Poll, Quantity};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

/// Plans, asks, takes answers and refusals, and sums up what was read in thousandths.
pub fn snapshot(map: &Map<'_>, wanted: &[Quantity]) -> i64 {
    let mut learned = Learned::<8>::new();
    let mut poll = Poll::new(map, wanted, &mut learned);
    let mut sum = 0;
    while let Some(read) = poll.poll_read() {
        let Some(request) = Request::read(read.function(), read.address(), read.words()) else { break };
        let mut pdu = [0; 253];
        let Ok(pdu) = request.encode(&mut pdu) else { break };
        match request.response(black_box(pdu)) {
            Ok(Response::Registers { registers, .. }) => {
                let Ok(readings) = poll.handle_registers(registers) else { break };
                let numbers = readings.flatten().filter_map(|reading| reading.number().ok()?.milli());
                sum += numbers.sum::<i64>();
            }
            Ok(_) => poll.handle_failure(),
            Err(PduError::Exception { code, .. }) => poll.handle_exception(code),
            Err(_) => poll.handle_failure(),
        }
    }
    sum
}

/// Plans and decodes, nothing more.
pub fn read_out(map: &Map<'_>, wanted: &[Quantity]) -> i64 {
    let mut sum = 0;
    for read in map.plan(wanted) {
        let words = black_box([0u16; 125]);
        let Some(words) = words.get(..usize::from(read.words())) else { break };
        let Ok(readings) = read.decode(words) else { break };
        let numbers = readings.flatten().filter_map(|reading| reading.number().ok()?.milli());
        sum += numbers.sum::<i64>();
    }
    sum
}
