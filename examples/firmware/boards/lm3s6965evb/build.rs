//! Names the linker scripts: that of `cortex-m-rt`, and where the stack goes.

fn main() {
    let here = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
    println!("cargo::rustc-link-arg-bins=-T{here}/stack.x");
    // No page alignment of segments: the image is written to flash, not mapped.
    println!("cargo::rustc-link-arg-bins=--nmagic");
    if std::env::var_os("CARGO_FEATURE_PANIC_PLACES").is_none() {
        // Functions of equal code are one.
        println!("cargo::rustc-link-arg-bins=--icf=all");
    } else {
        // This image is looked at and not run.
        let folder = std::env::var("OUT_DIR").expect("cargo sets it");
        let memory = "MEMORY { FLASH : ORIGIN = 0, LENGTH = 512K RAM : ORIGIN = 0x20000000, LENGTH = 64K }";
        std::fs::write(format!("{folder}/memory.x"), memory).expect("cargo's folder can be written");
        println!("cargo::rustc-link-search={folder}");
    }
    println!("cargo::rerun-if-changed=stack.x");
}
