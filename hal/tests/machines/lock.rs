use core::time::Duration;

use evkit_hal::lock::{Config, Drive, Lock, Policy, Position, Sensed, View, wanted};
use evkit_hal::pilot::State;

use super::{Subject, at, edge, fault, status, walk};

const LOCKED: Sensed = Sensed::At(Position::Locked);
const UNLOCKED: Sensed = Sensed::At(Position::Unlocked);

struct Bolt {
    lock: Lock,
    now: u64,
}

impl Bolt {
    fn new() -> Self {
        let mut bolt = Self { lock: Lock::new(Config::DEFAULT).expect("valid settings"), now: 0 };
        bolt.apply("shows free");
        bolt
    }

    fn wait(&mut self, millis: u64) {
        self.now += millis;
        self.lock.handle_timeout(at(self.now));
    }

    /// Through every pulse and pause, as a program does that comes back at every deadline.
    fn finish(&mut self) {
        while let Some(due) = self.lock.poll_timeout() {
            self.now = due.as_millis();
            self.lock.handle_timeout(due);
        }
    }
}

impl Subject for Bolt {
    fn enter(state: &str) -> Self {
        let mut bolt = Self::new();
        let steps: &[&str] = match state {
            "new" => &[],
            "waiting" => &["lock"],
            "locking" => &["lock", "0.5 s"],
            "locked" => &["lock", "0.5 s", "shows held", "all"],
            "unlocking" => &["lock", "0.5 s", "shows held", "all", "free"],
            "free" => &["lock", "0.5 s", "shows held", "all", "free", "shows free", "all"],
            "not locking" => &["lock", "all"],
            "stuck" => &["lock", "0.5 s", "shows held", "all", "free", "all"],
            "came free" => &["lock", "0.5 s", "shows held", "all", "shows free"],
            "uncharged" => &["no charge", "lock", "0.5 s"],
            other => panic!("{other}"),
        };
        steps.iter().for_each(|step| bolt.apply(step));
        bolt
    }

    fn apply(&mut self, event: &str) {
        let now = at(self.now);
        match event {
            "lock" => self.lock.set_target(now, Position::Locked),
            "free" => self.lock.set_target(now, Position::Unlocked),
            "force" => self.lock.force_unlock(now, false).expect("not live"),
            "shows held" => self.lock.handle_sensed(now, LOCKED),
            "shows free" => self.lock.handle_sensed(now, UNLOCKED),
            "absent" => self.lock.handle_sensed(now, Sensed::Absent),
            "no charge" => self.lock.handle_charged(now, false),
            "charge" => self.lock.handle_charged(now, true),
            "0.5 s" => self.wait(500),
            "all" => self.finish(),
            other => panic!("{other}"),
        }
    }

    fn outcome(&self) -> String {
        let drive = match self.lock.drive() {
            Drive::Off => "off",
            Drive::Lock => "lock",
            Drive::Unlock => "free",
        };
        format!("{drive} {} {}", status(self.lock.status()), fault(self.lock.fault()))
    }
}

/// 500 ms before a locking pulse of 600 ms, verified at 800 ms, three tries 5 s apart (SmartEVSE,
/// esp32-evse); no power unless locked, and faults by EVerest's names.
#[test]
#[rustfmt::skip]
fn every_state_and_event() {
    walk::<Bolt, 10>(
        ["lock", "free", "force", "shows held", "shows free", "absent", "no charge", "charge", "0.5 s", "all"],
        &[
            ("new",         ["off notready -", "free notready -", "free notready -", "off notready -", "off notready -", "off tripped Absent", "off notready -", "off notready -", "off notready -", "off notready -"]),
            ("waiting",     ["off notready -", "free notready -", "free notready -", "off notready -", "off notready -", "off tripped Absent", "off notready -", "off notready -", "lock notready -", "off notready NotLocking"]),
            ("locking",     ["lock notready -", "free notready -", "free notready -", "lock notready -", "lock notready -", "lock tripped Absent", "lock notready -", "lock notready -", "lock notready -", "off notready NotLocking"]),
            ("locked",      ["off clear -", "free notready -", "free notready -", "off clear -", "off tripped UnexpectedlyOpen", "off tripped Absent", "off clear -", "off clear -", "off clear -", "off clear -"]),
            ("unlocking",   ["off notready -", "free notready -", "free notready -", "free notready -", "free notready -", "free tripped Absent", "free notready -", "free notready -", "free notready -", "off tripped Stuck"]),
            ("free",        ["off notready -", "off notready -", "free notready -", "off notready UnexpectedlyClosed", "off notready -", "off tripped Absent", "off notready -", "off notready -", "off notready -", "off notready -"]),
            ("not locking", ["off notready NotLocking", "free notready NotLocking", "free notready NotLocking", "off clear -", "off notready NotLocking", "off tripped Absent", "off notready NotLocking", "off notready NotLocking", "off notready NotLocking", "off notready NotLocking"]),
            ("stuck",       ["off tripped Stuck", "off tripped Stuck", "free tripped Stuck", "off tripped Stuck", "off notready -", "off tripped Absent", "off tripped Stuck", "off tripped Stuck", "off tripped Stuck", "off tripped Stuck"]),
            ("came free",   ["off tripped UnexpectedlyOpen", "free tripped UnexpectedlyOpen", "free tripped UnexpectedlyOpen", "off clear -", "off tripped UnexpectedlyOpen", "off tripped Absent", "off tripped UnexpectedlyOpen", "off tripped UnexpectedlyOpen", "off tripped UnexpectedlyOpen", "off tripped UnexpectedlyOpen"]),
            ("uncharged",   ["off notready NotCharged", "off notready NotCharged", "off notready NotCharged", "off notready NotCharged", "off notready NotCharged", "off notready NotCharged", "off notready NotCharged", "lock notready -", "off notready NotCharged", "off notready NotCharged"]),
        ],
    );
}

#[test]
fn limits() {
    edge("wait before locking", 500, |t| {
        let mut bolt = Bolt::enter("waiting");
        bolt.wait(t);
        bolt.lock.drive() == Drive::Lock
    });
    edge("pulse", 600, |t| {
        let mut bolt = Bolt::enter("locking");
        bolt.wait(t);
        bolt.lock.drive() == Drive::Off
    });
    edge("verification", 800, |t| {
        let mut bolt = Bolt::enter("locking");
        bolt.apply("shows held");
        bolt.wait(t);
        bolt.lock.position() == Some(Position::Locked)
    });
    edge("next try", 800 + 5_000, |t| {
        let mut bolt = Bolt::enter("locking");
        bolt.wait(800);
        bolt.wait(t - 800);
        bolt.lock.drive() == Drive::Lock
    });
    edge("free in F", 5_000, |t| {
        let in_f = Some(Duration::from_millis(t));
        let view = View { state: Some(State::F), in_f, authorized: true, cable: true, live: false };
        wanted(Policy::Connected, &view) == Some(Position::Unlocked)
    });
}

#[test]
fn settings_keep_their_bounds() {
    let accepts = |pulse: u64, verify: u64| {
        let [pulse, verify] = [pulse, verify].map(Duration::from_millis);
        Config { pulse, verify, ..Config::DEFAULT }.check().is_ok()
    };
    edge("shortest pulse", 100, |t| accepts(t, 10_000));
    edge("longest pulse", 4_001, |t| !accepts(t, 10_000));
    edge("verified after the pulse", 601, |t| accepts(600, t));
}

/// Where the bolt belongs: `H`eld, `f`ree, or left where it is, in the states of the pilot from none
/// to F, for an idle plug of a user who is, or is not, authorized.
#[test]
fn the_policy_in_every_state() {
    const STATES: [Option<State>; 11] = [
        None,
        Some(State::A1),
        Some(State::A2),
        Some(State::B1),
        Some(State::B2),
        Some(State::C1),
        Some(State::C2),
        Some(State::D1),
        Some(State::D2),
        Some(State::E),
        Some(State::F),
    ];
    let rows = [
        (Policy::Connected, false, true, ".ffHHHHHHf."),
        (Policy::Connected, true, true, ".ffHHHHHHf."),
        (Policy::Authorized, false, true, ".fffffffff."),
        (Policy::Authorized, true, true, ".ffHHHHHHf."),
        (Policy::Permanent, false, true, "HHHHHHHHHHH"),
        (Policy::Permanent, true, true, "HHHHHHHHHHH"),
        (Policy::Permanent, false, false, ".ffHHHHHHf."),
    ];
    for (policy, authorized, cable, expected) in rows {
        let places: String = STATES
            .into_iter()
            .map(|state| match wanted(policy, &View { state, in_f: None, authorized, cable, live: false }) {
                Some(Position::Locked) => 'H',
                Some(Position::Unlocked) => 'f',
                None => '.',
            })
            .collect();
        assert_eq!(places, expected, "{policy:?}, authorized {authorized}, cable {cable}");
        for state in STATES {
            for in_f in [None, Some(Duration::from_secs(60))] {
                let live = View { state, in_f, authorized, cable, live: true };
                assert_eq!(wanted(policy, &live), Some(Position::Locked), "a live plug is held");
            }
        }
    }
}
