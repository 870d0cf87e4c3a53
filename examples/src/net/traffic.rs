//! Lockstep over real sockets.
//!
//! A simulation in virtual time may advance its clock only when nothing is under way on a connection,
//! or the run would depend on how fast the machine is. Both ends of a connection count what they send and
//! what they have finished with; when the counts agree, the line is quiet.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;

/// Counters of one connection, shared by both ends. Standalone programs simply never look at them.
#[derive(Debug, Default)]
pub struct Traffic {
    given_to_server: AtomicU64,
    finished_by_server: AtomicU64,
    sent_by_server: AtomicU64,
    changed: Notify,
}

impl Traffic {
    /// The client is about to send a frame, or gives the server a command to carry out.
    pub fn client_gives(&self) {
        self.given_to_server.fetch_add(1, Ordering::AcqRel);
    }

    /// The server is about to send a frame.
    pub fn server_sends(&self) {
        self.sent_by_server.fetch_add(1, Ordering::AcqRel);
    }

    /// The server has dealt with one frame or command and has sent everything that follows from it.
    pub fn server_finished(&self) {
        self.finished_by_server.fetch_add(1, Ordering::AcqRel);
        self.changed.notify_one();
    }

    /// Is nothing under way, given how many of the server's frames the client has dealt with?
    pub fn is_quiet(&self, client_finished: u64) -> bool {
        let given = self.given_to_server.load(Ordering::Acquire);
        self.finished_by_server.load(Ordering::Acquire) == given
            && self.sent_by_server.load(Ordering::Acquire) == client_finished
    }

    /// Waits until the server has finished something.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }
}
