//! `allocate` alone, four nodes and twelve EVSEs, behind opaque inputs.
#![no_std]
#![no_main]

use core::hint::black_box;
use core::mem::size_of;
use core::panic::PanicInfo;
use core::sync::atomic::AtomicU8;

use evkit_dlm::allocate::{Demand, Memory, Node, Problem, Share, allocate};
use evkit_dlm::units::Milliamps;

type Room = Memory<4, 12>;

#[used]
static RAM_MEMORY: [AtomicU8; size_of::<Room>()] = [const { AtomicU8::new(0) }; size_of::<Room>()];

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}

#[unsafe(no_mangle)]
extern "C" fn _start() -> ! {
    let mut memory = Room::new();
    let mut shares = [Share::NONE; 12];
    loop {
        let nodes: &[Node] = black_box(&[]);
        let demands: &[Demand] = black_box(&[]);
        let pools: &[Milliamps] = black_box(&[]);
        let problem = Problem { nodes, demands, pools };
        black_box(allocate(&problem, memory.scratch(), &mut shares).is_ok());
        black_box(&shares);
    }
}
