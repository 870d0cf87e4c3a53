//! Access to the registers of the chip: addresses as a table, reads and writes that cannot miss.
//!
//! Addresses and register offsets: LM3S6965 data sheet (TI SPMS0xx), chapter "Memory map" and the
//! register chapters of each block.

#![expect(unsafe_code, reason = "registers are memory to the compiler")]

use core::ptr;

/// The blocks this board uses; the value is the base address of a 4 KiB page of registers.
///
/// The flash controller is absent on purpose. No block in the table can write to memory (the chip
/// has no DMA), so no register access can break what the compiler believes about variables.
#[derive(Clone, Copy)]
#[repr(usize)]
pub(crate) enum Block {
    Watchdog = 0x4000_0000,
    PortA = 0x4000_4000,
    PortB = 0x4000_5000,
    PortC = 0x4000_6000,
    PortD = 0x4000_7000,
    Uart0 = 0x4000_C000,
    Uart1 = 0x4000_D000,
    Uart2 = 0x4000_E000,
    I2c0 = 0x4002_0000,
    PortF = 0x4002_5000,
    PortG = 0x4002_6000,
    Timer0 = 0x4003_0000,
    Ethernet = 0x4004_8000,
    System = 0x400F_E000,
}

impl Block {
    /// Reads the register at `offset` bytes (a multiple of 4 below 4096; other bits are ignored).
    pub(crate) fn read(self, offset: usize) -> u32 {
        // SAFETY: the address is word aligned and inside the register page of a block of this
        // chip, which no variable overlaps; reserved registers read as something harmless.
        unsafe { ptr::read_volatile(self.address(offset)) }
    }

    /// Writes the register at `offset` bytes.
    pub(crate) fn write(self, offset: usize, value: u32) {
        // SAFETY: as in `read`; no block of the table can change memory, see the type's text.
        unsafe { ptr::write_volatile(self.address(offset), value) }
    }

    /// Sets the bits of `set` and clears those of `clear`. Not atomic: only where one context owns
    /// the register or interrupts are off.
    pub(crate) fn change(self, offset: usize, clear: u32, set: u32) {
        self.write(offset, self.read(offset) & !clear | set);
    }

    const fn address(self, offset: usize) -> *mut u32 {
        ptr::with_exposed_provenance_mut(self as usize + (offset & 0xFFC))
    }
}

/// Cycles of the core clock in a microsecond, once [`start_clock`] has run.
pub(crate) const CYCLES_PER_MICRO: u32 = 50;

const RCC: usize = 0x060;
const RAW_INTERRUPTS: usize = 0x050;
const CLOCK_GATES: [usize; 3] = [0x100, 0x104, 0x108];

/// Runs the core from the PLL (200 MHz) divided by 4, out of the kit's 8 MHz crystal, and feeds the
/// blocks of this board with clocks.
pub(crate) fn start_clock() {
    const BYPASS: u32 = 1 << 11;
    const POWER_DOWN: u32 = 1 << 13;
    const USE_DIVIDER: u32 = 1 << 22;
    const DIVIDER: u32 = 0xF << 23;
    const CRYSTAL: u32 = 0xF << 6;
    const SOURCE: u32 = 3 << 4;
    const MAIN_OSCILLATOR_OFF: u32 = 1;
    const PLL_LOCKED: u32 = 1 << 6;

    Block::System.change(RCC, USE_DIVIDER, BYPASS);
    Block::System.change(RCC, CRYSTAL | SOURCE | POWER_DOWN | MAIN_OSCILLATOR_OFF, 0xE << 6);
    Block::System.change(RCC, DIVIDER, 3 << 23 | USE_DIVIDER);
    while Block::System.read(RAW_INTERRUPTS) & PLL_LOCKED == 0 {}
    Block::System.change(RCC, BYPASS, 0);

    let watchdog = 1 << 3;
    let timer0_i2c0_uarts = 1 << 16 | 1 << 12 | 0b111;
    let ethernet_and_ports = 1 << 30 | 1 << 28 | 0b111_1111;
    for (gate, bits) in CLOCK_GATES.into_iter().zip([watchdog, timer0_i2c0_uarts, ethernet_and_ports]) {
        Block::System.change(gate, 0, bits);
        // A block may be touched three clocks after its gate opened; this read takes longer.
        let _ = Block::System.read(gate);
    }
}

/// The MAC address the maker wrote into the user registers.
pub(crate) fn mac_address() -> [u8; 6] {
    let [a, b, c, _] = Block::System.read(0x1E0).to_le_bytes();
    let [d, e, f, _] = Block::System.read(0x1E4).to_le_bytes();
    [a, b, c, d, e, f]
}
