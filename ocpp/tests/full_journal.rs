//! A journal with no room left (OCPP 1.6 §3.5: transaction-related messages are queued and delivered).

extern crate alloc;

mod world;

use evkit_ocpp::v16::Reason;
use world::World;

/// A station that was cut off until its journal was full: so many records fit, and one more waits.
fn full(room: usize) -> World {
    let mut world = World::online();
    world.disconnect();
    world.station.flash.room = Some(room);
    for _ in 0..room.div_ceil(2) {
        world.start(1);
        world.wait(1_000);
        world.charge(1, 500);
        world.stop(1, Reason::Local);
        world.wait(1_000);
    }
    assert!(world.station.events.iter().any(|event| event == "StorageFailed"), "{:?}", world.station.events);
    world
}

#[test]
fn what_is_delivered_makes_room_for_the_record_that_waits() {
    for room in [1, 3, 7] {
        let mut world = full(room);
        world.connect();
        world.wait(30_000);
        assert!(world.station.session.is_settled(), "room for {room} records");
        world.check_books();
        assert_eq!(world.server.books.len(), room.div_ceil(2));
    }
}

#[test]
fn the_record_that_waits_is_tried_again_without_a_connection() {
    let mut world = full(3);
    let tried = world.station.events.len();
    world.wait(35_000);
    let again = world.station.events.iter().skip(tried).filter(|event| *event == "StorageFailed").count();
    assert_eq!(again, 3);
    world.station.flash.room = None;
    world.wait(10_000);
    world.restart_station();
    world.heal();
    world.check_books();
}
