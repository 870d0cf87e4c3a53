//! What is around a charging station: cars, cables, contactors, residual current monitors, locks, meters and cards,
//! and a referee who watches what the station does to them.
//!
//! | layer | modules |
//! |---|---|
//! | physics | [`world`]: time and the station's outputs go in, measurements come out |
//! | rules | [`referee`]: the properties `evkit-hal` promises, judged from outside |
//! | stories | [`script`] (steps of a test person), [`history`] (random ones by seed) |
//! | stations | [`double`] (the connectors of `evkit-hal` in this process), [`mod@bench`] (a board at serial lines, in QEMU or real) |
//! | the rest of a site | [`meters`], [`back_end`], [`relay`] |
//! | what is proven | [`scenarios`] |
//!
//! Physics, rules and stories take the time as an argument and do no I/O, so that the same code is tested in
//! microseconds against the double and runs for minutes against a board.
#![forbid(unsafe_code)]

pub mod back_end;
pub mod bench;
pub mod double;
pub mod history;
pub mod meters;
pub mod referee;
pub mod relay;
pub mod scenarios;
pub mod script;
pub mod world;
