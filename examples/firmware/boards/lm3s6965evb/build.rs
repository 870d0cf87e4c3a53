//! Names the linker scripts: that of `cortex-m-rt`, and where the stack goes.

fn main() {
    let here = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
    println!("cargo::rustc-link-arg-bins=-T{here}/stack.x");
    // No page alignment of segments: the image is written to flash, not mapped.
    println!("cargo::rustc-link-arg-bins=--nmagic");
    // Functions of equal code are one.
    println!("cargo::rustc-link-arg-bins=--icf=all");
    println!("cargo::rerun-if-changed=stack.x");
}
