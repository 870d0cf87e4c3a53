//! Datagrams from anywhere: no panic, and what is read is written back byte for byte.
#![no_main]

use evkit_dlm::protocol::{MAX_FRAME, Seal};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // The network as the datagram has it, so that more than one in 2^32 gets past it.
    let network = data.get(4..8).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_be_bytes);
    let keyed = Seal::keyed(network, [7; 32]);
    for seal in [Seal::open(network), keyed] {
        if let Ok(frame) = seal.read(data) {
            let mut out = [0; MAX_FRAME];
            let length = seal.write(&frame, &mut out);
            assert_eq!(&out[..length], data);
        }
    }
});
