//! The load manager of a small site behind opaque inputs: four nodes, one of them with a meter and one with an
//! imbalance limit, and twelve EVSEs with 24 limits.
#![no_std]
#![no_main]

use core::hint::black_box;
use core::mem::size_of;
use core::panic::PanicInfo;
use core::sync::atomic::AtomicU8;

use evkit_dlm::Controller;
use evkit_dlm::controller::{EvseConfig, EvseFacts, NodeConfig, Settings};
use evkit_dlm::limits::{Limit, Role};
use evkit_dlm::units::{Instant, Milliamps};

type Manager = Controller<4, 12, 24, 1, 1>;

#[used]
static RAM_CONTROLLER: [AtomicU8; size_of::<Manager>()] = [const { AtomicU8::new(0) }; size_of::<Manager>()];

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}

#[unsafe(no_mangle)]
extern "C" fn _start() -> ! {
    let nodes: [NodeConfig; 4] = core::array::from_fn(|at| NodeConfig {
        parent: at.checked_sub(1).map(|above| black_box(above) as u16),
        imbalance: black_box(None),
        meter: black_box(None),
        ..NodeConfig::default()
    });
    let evses = [EvseConfig::on(black_box(3)); 12];
    if let Ok(mut manager) = Manager::new(&nodes, &evses, black_box(Settings::default())) {
        loop {
            let now = Instant::from_millis(black_box(0));
            let facts = black_box(EvseFacts::charging([Milliamps::ZERO; 3]));
            black_box(manager.handle_evse(black_box(0), now, facts).is_ok());
            black_box(manager.handle_meter(black_box(0), now, black_box([Milliamps::ZERO; 3])).is_ok());
            black_box(
                manager.set_node_limit(black_box(0), black_box(Limit::new(Role::Ems, Milliamps(1)))).is_ok(),
            );
            manager.tick(now);
            black_box((manager.offer(black_box(0)), manager.poll_wake(), manager.poll_timeout()));
        }
    }
    loop {}
}
