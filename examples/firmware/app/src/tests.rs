//! The whole app but the sockets, on a board where nothing happens: it has to rest.

use core::convert::Infallible;
use core::future::pending;
use core::pin::pin;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Poll, Waker};
use std::cell::RefCell;
use std::sync::Arc;
use std::task::Wake;

use embassy_net_driver::{Capabilities, Driver, HardwareAddress, LinkState, RxToken, TxToken};
use embedded_io_async::{ErrorType, Read, Write};
use futures_executor::block_on;

use crate::board::{Board, Health, Peripherals, System};
use crate::store::Store;
use crate::store::settings::{Setting, Settings};
use crate::store::tests::Memory as Flash;
use crate::{Memory, Shared, run};

/// Polls until all is quiet; the other tests' clock may wake a task now and then.
const ROUNDS: u32 = 1_000;

struct Quiet;

impl Board for Quiet {
    type Console = Mute;
    type Bus = Mute;
    type Store = Flash;
    type Network = Deaf;
    type System = Still;
}

/// A serial port that nobody writes to.
struct Mute;

impl ErrorType for Mute {
    type Error = Infallible;
}

impl Read for Mute {
    async fn read(&mut self, _: &mut [u8]) -> Result<usize, Infallible> {
        pending().await
    }
}

impl Write for Mute {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// A network where nobody answers.
struct Deaf;

impl Driver for Deaf {
    type RxToken<'a> = Swallow;
    type TxToken<'a> = Swallow;

    fn receive(&mut self, _: &mut Context<'_>) -> Option<(Swallow, Swallow)> {
        None
    }

    fn transmit(&mut self, _: &mut Context<'_>) -> Option<Swallow> {
        Some(Swallow)
    }

    fn link_state(&mut self, _: &mut Context<'_>) -> LinkState {
        LinkState::Up
    }

    fn capabilities(&self) -> Capabilities {
        let mut capabilities = Capabilities::default();
        capabilities.max_transmission_unit = 1_514;
        capabilities
    }

    fn hardware_address(&self) -> HardwareAddress {
        HardwareAddress::Ethernet([2, 0, 0, 0, 0, 1])
    }
}

struct Swallow;

impl RxToken for Swallow {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, use_frame: F) -> R {
        use_frame(&mut [])
    }
}

impl TxToken for Swallow {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, make_frame: F) -> R {
        make_frame(&mut vec![0; length])
    }
}

struct Still;

impl System for Still {
    fn feed(&mut self) {}

    fn restart(&mut self) -> ! {
        panic!("restarted")
    }

    fn health(&mut self) -> Health {
        Health::default()
    }
}

/// Remembers that it was woken.
struct Bell(AtomicBool);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A task: polled when its bell has rung.
struct Task {
    bell: Arc<Bell>,
    waker: Waker,
}

impl Task {
    fn new() -> Self {
        let bell = Arc::new(Bell(AtomicBool::new(true)));
        Self { waker: Waker::from(bell.clone()), bell }
    }

    /// Polls if it was woken; whether it was.
    fn turn(&self, poll: impl FnOnce(&mut Context<'_>)) -> bool {
        let woken = self.bell.0.swap(false, Ordering::Relaxed);
        if woken {
            poll(&mut Context::from_waker(&self.waker));
        }
        woken
    }
}

/// A store that makes the station a member of load management, so that a socket waits for datagrams from the start.
fn member() -> Flash {
    let mut store = Store::new(Flash::new()).unwrap();
    block_on(async {
        store.start(&mut Settings::new(), || ()).await.unwrap();
        store.keep(Setting::DlmNetwork, &Setting::DlmNetwork.check("7").unwrap()).await.unwrap();
    });
    store.into_memory()
}

#[test]
fn the_processor_rests_while_nothing_happens() {
    let peripherals = Peripherals::<Quiet> {
        console: Mute,
        bus: Mute,
        store: member(),
        network: Deaf,
        system: Still,
        seed: 1,
    };
    let shared = Shared::leaked();
    let memory: &Memory = Box::leak(Box::new(Memory::new()));
    let runner = RefCell::new(None);
    let start_network = |network| _ = runner.replace(Some(network));
    let mut app = pin!(run(peripherals, shared, memory, start_network));
    let (app_task, network_task) = (Task::new(), Task::new());
    let mut turn = |poll: &mut Context<'_>| assert_eq!(app.as_mut().poll(poll), Poll::Pending);
    assert!(app_task.turn(&mut turn));
    let mut network = runner.take().unwrap();
    let mut network = pin!(network.run());
    let quiet = (0..ROUNDS).find(|_| {
        let app = app_task.turn(&mut turn);
        let network = network_task.turn(|context| assert!(network.as_mut().poll(context).is_pending()));
        !app && !network
    });
    assert!(quiet.is_some(), "still busy after {ROUNDS} rounds");
}
