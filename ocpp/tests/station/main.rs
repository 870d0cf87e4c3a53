//! What a 1.6 charge point does when: each rule in a session of both roles, named after it.

extern crate alloc;

mod bare;
mod configuration;
mod frames;
mod registration;
mod remote;
mod security;
mod transactions;
#[path = "../world/mod.rs"]
mod world;

use bare::Bare;
use evkit_ocpp::text::CiStr;
use evkit_ocpp::v16::{ChangeConfigurationRequest, IdTag};
use world::World;

fn tag(text: &str) -> IdTag {
    IdTag::new(text).unwrap()
}

/// The central system changes a key; returns the answer.
fn change(world: &mut World, key: &str, value: &str) -> String {
    world.call(&ChangeConfigurationRequest { key: CiStr::cut(key), value: CiStr::cut(value) })
}
