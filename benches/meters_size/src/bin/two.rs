//! As `poll`, with two meters.
#![no_std]
#![no_main]

use core::hint::black_box;

use evkit_modbus_registers::{Map, Quantity, devices::eastron::SDM630, devices::siemens::PAC2200};

#[unsafe(no_mangle)]
extern "C" fn _start() -> ! {
    loop {
        for map in [PAC2200, SDM630] {
            let map: Map<'_> = black_box(map);
            black_box(meters_size::snapshot(&map, black_box(&[Quantity::CurrentL1])));
        }
    }
}
