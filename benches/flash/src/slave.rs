//! A station in a load management network, behind opaque inputs.
#![no_std]
#![no_main]

use core::hint::black_box;
use core::mem::size_of;
use core::panic::PanicInfo;
use core::sync::atomic::AtomicU8;

use evkit_dlm::phases::Terminals;
use evkit_dlm::protocol::{Car, MAX_FRAME, Seal, Slave, SlaveConfig, Timing};
use evkit_dlm::units::{Instant, Milliamps};

/// Address and port of IPv4.
type Station = Slave<[u8; 6]>;

#[used]
static RAM_SLAVE: [AtomicU8; size_of::<Station>()] = [const { AtomicU8::new(0) }; size_of::<Station>()];

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}

#[unsafe(no_mangle)]
extern "C" fn _start() -> ! {
    let config = SlaveConfig {
        member: black_box(1),
        wired: Terminals::THREE,
        disconnected: black_box(Milliamps::ZERO),
        minimum: black_box(Milliamps(6_000)),
        timing: black_box(Timing::default()),
    };
    let seal = Seal::open(black_box(1));
    if let Ok(mut slave) = Station::new(Instant::default(), config, seal, black_box(1), black_box(None)) {
        let mut out = [0; MAX_FRAME];
        loop {
            let now = Instant::from_millis(black_box(0));
            slave.handle_car(now, black_box(Car::default()));
            black_box(slave.handle_datagram(now, black_box([0; 6]), black_box(&[])).is_ok());
            black_box(slave.poll_transmit(now, &mut out).is_some());
            black_box((slave.limit(now), slave.poll_timeout(now), &out));
        }
    }
    loop {}
}
