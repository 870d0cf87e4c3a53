//! Names the linker script of `cortex-m-rt`; the memory regions come from `embassy-stm32`.

fn main() {
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
    println!("cargo::rustc-link-arg-bins=--nmagic");
}
