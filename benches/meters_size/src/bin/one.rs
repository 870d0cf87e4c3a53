//! As `poll`, with one meter.
#![no_std]
#![no_main]

use core::hint::black_box;

use evkit_modbus_registers::{Map, Quantity, devices::siemens::PAC2200};

#[unsafe(no_mangle)]
extern "C" fn _start() -> ! {
    loop {
        let map: Map<'_> = black_box(PAC2200);
        black_box(meters_size::snapshot(&map, black_box(&[Quantity::CurrentL1])));
    }
}
