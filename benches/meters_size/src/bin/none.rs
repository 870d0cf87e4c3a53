//! No meter.
#![no_std]
#![no_main]

use meters_size as _;

#[unsafe(no_mangle)]
extern "C" fn _start() -> ! {
    loop {}
}
