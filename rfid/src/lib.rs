//! Card UIDs, card lists, contract ids and authorization policies for EV charging stations
#![no_std]
#[cfg(feature = "alloc")]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

mod policy;
mod text;
mod token;
mod uid;

pub use policy::*;
pub use text::Text;
pub use token::{IdTag, IdToken, Token, TokenError, TokenKind};
pub use uid::*;
