//! Copying and filling memory, in place of the routines of `compiler_builtins`: those are unrolled for speed and take
//! 4 KB of flash, these 100 bytes. The core reads and writes words at any address, so that words are used throughout.
//!
//! The names are those the compiler calls: the C library's, and those of the run-time ABI for the ARM architecture
//! (IHI 0043, section 4.3.4), whose fill functions take the length before the value.

#![expect(unsafe_code, reason = "the compiler trusts what has these names")]

use core::arch::global_asm;

global_asm!(
    ".syntax unified",
    ".macro routine name:vararg",
    "  .irp symbol, \\name",
    "    .global \\symbol",
    "    .type \\symbol, %function",
    "    .thumb_func",
    "    \\symbol:",
    "  .endr",
    ".endm",
    // Target, source, length. Returns the target.
    ".section .text.copy_memory, \"ax\", %progbits",
    "routine memcpy, memmove, __aeabi_memcpy, __aeabi_memcpy4, __aeabi_memcpy8",
    "routine __aeabi_memmove, __aeabi_memmove4, __aeabi_memmove8",
    "  mov r12, r0",
    "  cmp r0, r1",
    "  bhi 3f",
    // Upwards.
    "1: subs r2, #4",
    "  ittt hs",
    "  ldrhs r3, [r1], #4",
    "  strhs r3, [r12], #4",
    "  bhs 1b",
    "  adds r2, #4",
    "2: subs r2, #1",
    "  ittt hs",
    "  ldrbhs r3, [r1], #1",
    "  strbhs r3, [r12], #1",
    "  bhs 2b",
    "  bx lr",
    // Downwards: the target's beginning may be the source's end.
    "3: subs r2, #4",
    "  ittt hs",
    "  ldrhs r3, [r1, r2]",
    "  strhs r3, [r12, r2]",
    "  bhs 3b",
    "  adds r2, #4",
    "4: subs r2, #1",
    "  ittt hs",
    "  ldrbhs r3, [r1, r2]",
    "  strbhs r3, [r12, r2]",
    "  bhs 4b",
    "  bx lr",
    ".section .text.fill_memory, \"ax\", %progbits",
    // Target, length.
    "routine __aeabi_memclr, __aeabi_memclr4, __aeabi_memclr8",
    "  movs r2, #0",
    // Target, length, value.
    "routine __aeabi_memset, __aeabi_memset4, __aeabi_memset8",
    "  mov r3, r1",
    "  mov r1, r2",
    "  mov r2, r3",
    // Target, value, length. Returns the target.
    "routine memset",
    "  mov r12, r0",
    "  uxtb r1, r1",
    "  orr r1, r1, r1, lsl #8",
    "  orr r1, r1, r1, lsl #16",
    "1: subs r2, #4",
    "  itt hs",
    "  strhs r1, [r12], #4",
    "  bhs 1b",
    "  adds r2, #4",
    "2: subs r2, #1",
    "  itt hs",
    "  strbhs r1, [r12], #1",
    "  bhs 2b",
    "  bx lr",
);
