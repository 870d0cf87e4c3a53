//! How much stack was used: the start-up code paints it, this looks for the paint.

#![expect(unsafe_code, reason = "looks at memory below the stack pointer")]

use core::ptr;

use cortex_m_rt::STACK_PAINT_VALUE;

unsafe extern "C" {
    static _stack_start: u32;
    static _stack_end: u32;
}

/// Bytes reserved for the stack.
#[must_use]
pub fn size() -> usize {
    (&raw const _stack_start).addr() - (&raw const _stack_end).addr()
}

/// The most bytes of stack used since the start. Words that were used and happen to hold the
/// paint are missed, so this is a measurement, not a proof.
#[must_use]
pub fn used() -> usize {
    let end = &raw const _stack_end;
    let words = size() / 4;
    let clean = (0..words)
        // SAFETY: `end` and the `words` words after it are the stack's memory, see `memory.x`; it
        // is always mapped, and a volatile read of it makes no assumption about its content.
        .take_while(|&word| unsafe { ptr::read_volatile(end.wrapping_add(word)) } == STACK_PAINT_VALUE)
        .count();
    size() - clean * 4
}
