//! Executors that run the converter and the sockets, in the handlers of interrupts of peripherals this board does not
//! use. Which of them interrupts which is set where they are started.

#![expect(unsafe_code, reason = "executors in interrupt handlers")]

use embassy_executor::InterruptExecutor;
use embassy_stm32::interrupt;

pub(crate) static CONVERTER: InterruptExecutor = InterruptExecutor::new();
pub(crate) static SOCKETS: InterruptExecutor = InterruptExecutor::new();

#[cortex_m_rt::interrupt]
fn UART5() {
    // SAFETY: `CONVERTER` is started with this interrupt and polled nowhere else.
    unsafe { CONVERTER.on_interrupt() }
}

#[cortex_m_rt::interrupt]
fn UART4() {
    // SAFETY: `SOCKETS` is started with this interrupt and polled nowhere else.
    unsafe { SOCKETS.on_interrupt() }
}
