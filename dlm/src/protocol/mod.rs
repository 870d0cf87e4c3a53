//! Load management across stations: a master, its slaves, and a bound that holds whatever is lost.
//!
//! **On no phase of no node does the sum of what the members could be using ever pass the capacity**: with messages
//! lost, late, repeated or out of order, a master or a station restarted or gone, the network cut, clocks running
//! apart, two masters. Only a car that draws more than its station signals is beyond it; it is found and made room for.
//!
//! Both sides are sans-IO: datagrams and the time come in, datagrams and deadlines go out. [`Master`] stands behind a
//! [`Controller`](crate::Controller), whose offers are its targets; [`Slave`] stands before a station's control pilot.
//!
//! A master that is a station as well runs a slave beside itself and hands the datagrams over. Its list of members is
//! the program's to keep: [`Event::Stranger`] names who is not in it, [`Master::configure`] takes a new list over, and
//! members that were in the old one count until their grants are over.
//!
//! # Why it holds
//!
//! 1. A grant is a *lease*. It counts from when the slave sent the report that the grant answers, so the master, who
//!    knows when that report arrived, knows when the grant is over, however long it was on its way.
//! 2. *Lower before raise*: a raise has to fit beside everything that could still be in use. What is replaced counts
//!    until the slave has confirmed it, or its lease is over, and then as long as a car takes to react.
//! 3. Losing the master *raises nobody at once*: a slave first holds the lower of its grant and its disconnected limit,
//!    and goes to that limit only when the master has had time to see the silence and lower the others.
//! 4. The disconnected limits of all members fit, on every node and phase, beside the fallback of the other load: a
//!    site where they do not is refused, at start and at every change ([`check`](crate::check)).
//! 5. A grant must answer one of the last few reports of this session, younger than the lease.
//! 6. Masters are ranked by epoch, then by number. A slave follows the highest it has heard and tells a lower one, who
//!    falls silent. A new master gives no raise before every member has told what it holds, or it is certainly over.
//! 7. Membership is configured. A stranger gets nothing; a silent member counts with the most it can have.
//! 8. Nothing delays a reduction.
//! 9. Capacity is the caller's: a meter too old counts with its fallback load ([`meter`](crate::meter)).
//! 10. A station stops a car that draws more than it may; a master no longer believes a station that lets it.
//!
//! What the network must offer is small: datagrams that arrive whole or not at all. Without a key, whoever can send to
//! the port can speak for anyone; with one ([`Seal`], feature `hmac`) strangers can neither raise nor lower a current.

mod account;
mod frame;
mod gate;
mod master;
mod member;
mod slave;
mod stamp;
mod timing;

pub use frame::{Frame, FrameError, Grant, MAX_FRAME, Report, Seal};
pub use master::{ConfigError, Event, Master, MasterConfig, Mastership};
pub use slave::{Car, Slave, SlaveConfig, Standing, To};
pub use timing::{Timing, TimingError};
