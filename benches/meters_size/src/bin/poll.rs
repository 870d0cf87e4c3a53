//! Planning, units, decoding and learning, and a map without rows.
#![no_std]
#![no_main]

use core::hint::black_box;

use evkit_modbus_registers::{Map, Quantity};

#[unsafe(no_mangle)]
extern "C" fn _start() -> ! {
    loop {
        let map = black_box(Map::new("", "", &[]));
        black_box(meters_size::snapshot(&map, black_box(&[Quantity::CurrentL1])));
    }
}
