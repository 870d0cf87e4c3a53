//! How long cars wait for their turn, and how long they may.

/// Length of a turn in seconds (KEBA 5.1.1).
const TURN: u32 = 900;
/// What a raise takes beyond the turn: the paused car has to follow first.
const FOLLOWING: u32 = 60;

/// One car that waits.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    since: u32,
    /// By when it has to be served.
    due: u32,
}

/// Everybody's waiting times.
#[derive(Debug)]
pub(super) struct Waits {
    waiting: Vec<Option<Waiting>>,
    /// Cars that come in at each turn.
    room: u32,
    longest_queue: usize,
    longest: u32,
    overdue: u32,
}

impl Waits {
    pub(super) fn new(evses: usize, turns_at_once: u16) -> Self {
        let waiting = vec![None; evses];
        Self { waiting, room: turns_at_once.into(), longest_queue: 0, longest: 0, overdue: 0 }
    }

    /// Takes in who wants current and who is offered some.
    pub(super) fn note(
        &mut self,
        second: u32,
        wants: impl Fn(usize) -> bool,
        offered: impl Fn(usize) -> bool,
    ) {
        let waits = |evse: usize| wants(evse) && !offered(evse);
        let queue = (0..self.waiting.len()).filter(|&evse| waits(evse)).count();
        self.longest_queue = self.longest_queue.max(queue);
        for evse in 0..self.waiting.len() {
            if !waits(evse) {
                self.waiting[evse] = None;
                continue;
            }
            let due = second + (queue as u32).div_ceil(self.room) * TURN + FOLLOWING;
            let waiting = self.waiting[evse].get_or_insert(Waiting { since: second, due });
            self.longest = self.longest.max(second - waiting.since);
            self.overdue = self.overdue.max(second.saturating_sub(waiting.due));
        }
    }

    /// Cars waiting now.
    pub(super) fn queue(&self) -> usize {
        self.waiting.iter().flatten().count()
    }

    /// The longest queue, the longest wait, and the longest beyond what was due, in seconds.
    pub(super) fn worst(&self) -> (usize, u32, u32) {
        (self.longest_queue, self.longest, self.overdue)
    }
}
