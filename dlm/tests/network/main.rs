//! The master/slave protocol under every fault there is a name for, and under random ones.

mod faults;
mod figures;
mod histories;
mod rules;
extern crate alloc;

#[path = "../common/random.rs"]
mod random;
mod sim;
