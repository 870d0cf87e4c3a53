//! Phase-aware load management for EV charging sites: who charges, with how much, and why not more.
//!
//! The crate has two layers. [`allocate`](allocate::allocate) shares the capacities of a tree of supply nodes
//! in one go: a pure function on integers, exact to the milliampere, without a heap. [`Controller`] adds time
//! around it: limits that come and go, meters that fall silent, cars that follow slowly, a queue. Both are
//! `no_std`, know no clock and no socket, and never panic on input.
//!
//! # What holds
//!
//! - No share passes a limit, whatever the problem looks like.
//! - On no phase of no node does the sum of what EVSEs *may be drawing* pass what the limit leaves beside the
//!   uncontrolled load, as long as that load obeys its headroom and cars follow a reduction within
//!   [`reaction`](controller::Settings::reaction). A reduction frees current only once it is confirmed.
//! - Reductions act at once; only raises wait.
//! - Every offer comes with a typed [`Reason`](controller::Reason) that names the node, phase and source.
//!
//! # What is heuristic
//!
//! Without imbalance limits the shares of a given set of EVSEs are the fairest there are. *Which* EVSEs are
//! served when not all fit is searched with bounded effort, and the [`Outcome`](allocate::Outcome) says
//! whether the result is proven. With imbalance limits shares keep every limit, but are never called proven.
//!
//! # Modules
//!
//! | for | modules |
//! |---|---|
//! | sharing | [`allocate`] |
//! | deciding over time | [`controller`], [`queue`], [`ledger`], [`detect`], [`meter`], [`rounding`] |
//! | describing a site | [`limits`], [`phases`], [`units`], [`check`] |
//! | managing across stations | [`protocol`] |
//! | limits of their own | [`schedule`], [`surplus`], [`switching`], [`restart`], [`delay`] |
//!
//! The last row makes limits for the others: hand what they say to
//! [`set_node_limit`](Controller::set_node_limit), [`set_evse_limit`](Controller::set_evse_limit) or
//! [`set_pool`](Controller::set_pool).
//!
//! # Features
//!
//! None is on by default. `alloc` adds [`HeapMemory`](allocate) for problems whose size is known at run time
//! only; `std` is `alloc` for programs that link the standard library. `ocpp` makes limits of OCPP charging
//! schedules and composite limits (`profile`). `hmac` closes the frames of [`protocol`] by a keyed hash.
#![no_std]
#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_arithmetic)
)]

#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod allocate;
pub mod check;
pub mod controller;
pub mod delay;
pub mod detect;
pub mod ledger;
pub mod limits;
pub mod meter;
pub mod phases;
#[cfg(feature = "ocpp")]
pub mod profile;
pub mod protocol;
pub mod queue;
pub mod restart;
pub mod rounding;
pub mod schedule;
pub mod surplus;
pub mod switching;
pub mod units;

pub use controller::Controller;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
