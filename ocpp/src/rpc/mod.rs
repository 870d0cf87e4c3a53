//! The RPC layer of OCPP-J: frames, message ids and error codes (OCPP-J 1.6 chapter 4, OCPP 2.0.1 part 4 chapter 4).

mod backoff;
mod error;
mod frame;
pub mod handshake;
mod id;
mod keepalive;
pub(crate) mod link;
pub(crate) mod timer;
mod trial;
mod watchdog;

pub use backoff::Backoff;
pub use error::{ErrorCode, Policy};
pub(crate) use frame::write_members;
pub use frame::{
    Culprit, Frame, FrameError, FrameFault, write_call, write_error, write_result, write_result_error,
    write_send,
};
pub use id::{IdBuf, MessageId};
pub use keepalive::{Keepalive, Pulse};
pub use link::{AnswerError, CallError, Failure, Patience, Responder};
pub use trial::Trial;
pub use watchdog::Watchdog;
