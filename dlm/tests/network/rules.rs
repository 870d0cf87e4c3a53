//! The ten rules from which the bound follows, one test each that fails when the rule is taken away. Where the test only
//! lets time pass, it is the bound itself, asserted after every event, that fails.

use crate::faults::{amps, cut_from, cut_to, in_service, share, site, standing};
use crate::sim::{MEMBERS, NODES};
use evkit_dlm::phases::Terminals;
use evkit_dlm::protocol::{
    Car, Frame, Grant, MAX_FRAME, Master, MasterConfig, Mastership, Report, Seal, Slave, SlaveConfig,
    Standing, Timing, To,
};
use evkit_dlm::units::{Instant, Milliamps, three};

const A: fn(u32) -> Milliamps = Milliamps::from_amps;
const SEAL: Seal = Seal::open(1);

fn ms(millis: u64) -> Instant {
    Instant::from_millis(millis)
}

/// A slave with a car.
fn waiting_slave(disconnected: Milliamps, master: Option<u8>) -> Slave<u8> {
    let timing = Timing::default();
    let config = SlaveConfig { member: 1, wired: Terminals::THREE, disconnected, minimum: A(6), timing };
    let mut slave = Slave::new(ms(0), config, SEAL, 77, master).unwrap();
    slave.handle_car(ms(0), Car { plugged: true, wants: true, ..Car::default() });
    slave
}

/// The same, and the report it sends at once.
fn slave() -> (Slave<u8>, Report) {
    let mut slave = waiting_slave(A(8), Some(9));
    let report = report(&mut slave, ms(0));
    (slave, report)
}

fn report(slave: &mut Slave<u8>, now: Instant) -> Report {
    addressed(slave, now).1
}

/// The report that is due and where it goes.
fn addressed(slave: &mut Slave<u8>, now: Instant) -> (To<u8>, Report) {
    let mut out = [0; MAX_FRAME];
    let (to, length) = slave.poll_transmit(now, &mut out).expect("a report is due");
    match SEAL.read(&out[..length]) {
        Ok(Frame::Report(report)) => (to, report),
        other => panic!("{other:?}"),
    }
}

/// The answer to a report by master 5 in epoch 3.
fn answer(report: &Report, number: u32, amps: u32) -> Grant {
    Grant {
        epoch: 3,
        member: report.member,
        session: report.session,
        counter: report.counter,
        master: 5,
        number,
        limit: A(amps),
        terminals: Terminals::THREE,
        keep: false,
    }
}

fn deliver(slave: &mut Slave<u8>, now: Instant, grant: Grant) -> Milliamps {
    let mut out = [0; MAX_FRAME];
    let length = SEAL.write(&Frame::Grant(grant), &mut out);
    slave.handle_datagram(now, 9, &out[..length]).unwrap();
    slave.limit(now)
}

#[test]
fn rule_01_a_lease_counts_from_the_report_that_the_grant_answers() {
    let (mut slave, report) = slave();
    assert_eq!(deliver(&mut slave, ms(9_000), answer(&report, 1, 32)), A(32));
    assert_eq!((slave.standing(ms(9_999)), slave.limit(ms(9_999))), (Standing::Leased, A(32)));
    assert_eq!((slave.standing(ms(10_000)), slave.limit(ms(10_000))), (Standing::Holding, A(8)));
}

#[test]
fn rule_02_a_raise_waits_until_the_lowering_is_obeyed() {
    let mut sim = in_service(2);
    share(&mut sim, &[0, 0, 32, 32, 0, 0, 0, 0]);
    sim.run_for(4);
    assert_eq!(amps(&sim)[..4], [0, 0, 16, 0], "confirmed, but cars take 5 s");
    sim.run_for(10);
    assert_eq!(amps(&sim)[..4], [0, 0, 32, 32]);
}

#[test]
fn rule_03_the_others_are_lowered_before_a_silent_station_rises() {
    let mut sim = in_service(3);
    let silent = [2, 3, 4, 5, 6, 7];
    cut_to(&mut sim, &silent);
    cut_from(&mut sim, &silent);
    sim.run_for(30);
    assert_eq!(amps(&sim)[2..], [0; 6], "losing the master raises nobody at once");
    sim.run_for(30);
    assert_eq!((amps(&sim)[2..].to_vec(), amps(&sim)[..2].iter().sum::<u32>()), (vec![8; 6], 32));
}

/// One station is silent and will rise; another one does not hear, later, that it was lowered, and will hold more than
/// it was granted. The others have to be down for both.
#[test]
fn rule_03_a_lowering_that_was_not_heard_counts_as_a_hold() {
    let mut sim = in_service(11);
    share(&mut sim, &[14, 30, 30, 6, 0, 0, 0, 0]);
    sim.run_for(60);
    assert_eq!(amps(&sim), [14, 30, 30, 6, 0, 0, 0, 0]);
    cut_to(&mut sim, &[7]);
    cut_from(&mut sim, &[7]);
    sim.run_for(15);
    cut_to(&mut sim, &[0]);
    share(&mut sim, &[6, 30, 30, 6, 0, 0, 0, 0]);
    sim.run_for(60);
    assert_eq!((amps(&sim)[0], amps(&sim)[7]), (8, 8), "alone, both of them");
    assert_eq!(amps(&sim)[1..7], [30, 30, 0, 0, 0, 0], "64 A are left, the fourth would need 6 of 4");
}

#[test]
fn rule_04_disconnected_limits_that_do_not_fit_are_refused() {
    let mut site = site();
    site.evses.iter_mut().for_each(|evse| evse.disconnected = A(11));
    let config = MasterConfig { id: 1, mastership: Mastership::Sole, timing: site.timing };
    let master = Master::<u8, NODES, MEMBERS>::new(&config, SEAL, 0, &site.nodes, &site.ids(), &site.evses);
    let error = master.unwrap_err().to_string();
    assert_eq!(error, "node 0: disconnected limits of 88 A on L1, but only 80 A is available");
}

#[test]
fn rule_05_old_answers_are_not_believed() {
    let (mut slave, first) = slave();
    assert_eq!(deliver(&mut slave, ms(10), answer(&first, 1, 32)), A(32));
    let second = report(&mut slave, ms(1_000));
    assert_eq!(deliver(&mut slave, ms(1_010), answer(&second, 2, 6)), A(6));
    assert_eq!(deliver(&mut slave, ms(1_020), answer(&first, 1, 32)), A(6), "repeated");
    let third = report(&mut slave, ms(2_000));
    assert_eq!(deliver(&mut slave, ms(12_000), answer(&third, 3, 32)), A(6), "as old as a lease");
    let mut never_asked = answer(&third, 4, 32);
    never_asked.counter += 1;
    assert_eq!(deliver(&mut slave, ms(2_010), never_asked), A(6));
    let mut other_session = answer(&third, 5, 32);
    other_session.session += 1;
    assert_eq!(deliver(&mut slave, ms(2_020), other_session), A(6), "from before the last start");
}

#[test]
fn rule_06_a_new_master_raises_nobody_before_it_knows_what_all_hold() {
    let mut sim = in_service(6);
    sim.stop_master(0);
    cut_to(&mut sim, &[0, 1]);
    cut_from(&mut sim, &[0, 1]);
    sim.start_master(0);
    share(&mut sim, &[0, 0, 32, 32, 0, 0, 0, 0]);
    for _ in 0..45 {
        sim.run_for(1);
        assert_eq!(amps(&sim)[2..4], [0, 0], "two have not said what they hold");
    }
    sim.run_for(30);
    assert_eq!(amps(&sim)[..4], [8, 8, 32, 32], "it is certainly over");
}

#[test]
fn rule_06_a_master_of_lower_rank_is_refused_and_told() {
    let (mut slave, first) = slave();
    assert_eq!(deliver(&mut slave, ms(10), answer(&first, 1, 16)), A(16));
    let second = report(&mut slave, ms(1_000));
    let lower = Grant { epoch: 2, ..answer(&second, 9, 32) };
    assert_eq!(deliver(&mut slave, ms(1_010), lower), A(16));
    let told = report(&mut slave, ms(1_010));
    assert_eq!((told.epoch, told.master, told.led), (3, 5, true));
    let equal = Grant { master: 4, ..answer(&second, 9, 32) };
    assert_eq!(deliver(&mut slave, ms(1_020), equal), A(16), "the same epoch: the higher number counts");
    let higher = Grant { epoch: 4, master: 1, ..answer(&second, 1, 6) };
    assert_eq!(deliver(&mut slave, ms(1_030), higher), A(6));
}

#[test]
fn rule_07_who_is_silent_counts_with_what_it_may_hold() {
    let mut sim = in_service(7);
    cut_to(&mut sim, &[0]);
    cut_from(&mut sim, &[0]);
    share(&mut sim, &[0, 32, 32, 16, 0, 0, 0, 0]);
    sim.run_for(30);
    assert_eq!((standing(&sim, 0), amps(&sim)[..4].to_vec()), (Some(Standing::Holding), vec![8, 32, 32, 8]));
}

#[test]
fn rule_08_nothing_delays_a_reduction() {
    let mut sim = in_service(8);
    sim.masters[0].master.as_mut().unwrap().set_capacity(0, three(A(20))).unwrap();
    sim.run_until(sim.now + 1_150);
    assert_eq!(amps(&sim)[..2], [20, 0], "a report period and the way there and back");
}

#[test]
fn rule_09_capacity_is_what_the_caller_says_it_is() {
    let mut sim = in_service(9);
    sim.masters[0].master.as_mut().unwrap().set_capacity(0, three(A(40))).unwrap();
    share(&mut sim, &[32; MEMBERS]);
    sim.run_for(60);
    assert_eq!(amps(&sim).iter().sum::<u32>(), 40);
}

#[test]
fn rule_10_a_car_that_draws_too_much_is_stopped() {
    let (mut slave, first) = slave();
    deliver(&mut slave, ms(10), answer(&first, 1, 10));
    let car = Car { plugged: true, wants: true, terminals: Some(Terminals::THREE), measured: [A(16); 3] };
    for at in (1_000..=7_000).step_by(1_000) {
        slave.handle_car(ms(at), car);
        let again = report(&mut slave, ms(at));
        assert_eq!(
            deliver(&mut slave, ms(at), answer(&again, 1 + at as u32, 10)),
            A(10),
            "cars take their time"
        );
    }
    slave.handle_car(ms(7_001), car);
    assert_eq!((slave.is_stopped(), slave.limit(ms(7_001))), (true, A(0)));
    slave.handle_car(ms(8_000), Car::default());
    assert!(!slave.is_stopped(), "unplugged");
}

#[test]
fn a_station_asks_everybody_until_a_master_answers() {
    let mut slave = waiting_slave(A(8), None);
    for at in 0..5 {
        assert_eq!(addressed(&mut slave, ms(at * 1_000)).0, To::Everybody);
    }
    let mut led = Vec::new();
    for at in 5..13 {
        let (to, report) = addressed(&mut slave, ms(at * 1_000));
        deliver(&mut slave, ms(at * 1_000 + 10), answer(&report, at as u32, 16));
        led.push(to);
    }
    let peers = led[1..].iter().filter(|to| **to == To::Peer(9)).count();
    assert_eq!((led[0], peers), (To::Everybody, 5), "one in four goes to everybody still: {led:?}");
}

#[test]
fn with_a_fixed_address_nothing_is_broadcast() {
    let mut slave = waiting_slave(A(8), Some(9));
    for at in 0..60 {
        assert_eq!(addressed(&mut slave, ms(at * 1_000)).0, To::Peer(9));
    }
}

/// KEBA 5.1: a client charges only while it hears its master.
#[test]
fn a_station_with_nothing_of_its_own_needs_its_master() {
    let mut slave = waiting_slave(A(0), Some(9));
    assert_eq!(slave.limit(ms(0)), A(0));
    let (_, report) = addressed(&mut slave, ms(0));
    assert_eq!(deliver(&mut slave, ms(10), answer(&report, 1, 16)), A(16));
    assert_eq!(
        (slave.limit(ms(9_999)), slave.limit(ms(10_000)), slave.limit(ms(60_000))),
        (A(16), A(0), A(0))
    );
}
