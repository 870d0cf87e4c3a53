//! Card UIDs, card lists, contract ids and authorization policies for EV charging stations
#![no_std]
#[cfg(any(feature = "alloc", test))]
extern crate alloc;
#[cfg(any(feature = "std", test))]
extern crate std;

mod contract;
mod convert;
mod csv;
mod family;
mod iso14443;
mod log_key;
mod mac;
mod password;
mod policy;
mod presence;
#[cfg(any(feature = "mfrc522", feature = "pn532"))]
mod reader;
mod sheet;
mod store;
mod teach;
mod text;
mod time;
mod token;
mod uid;

pub use contract::{ContractError, ContractId, ContractKind, EvseError, EvseId};
pub use convert::{AnyCard, Converted, Exchange, Loss, Losses, convert_list};
pub use csv::Label;
pub use family::{CardAnswer, CardFamily, FamilySet};
pub use iso14443::{
    Atqa, CASCADE_TAG, CascadeError, FoundCard, Sak, SelectAnswer, SelectError, SelectFrame, Selection,
    block_check,
};
pub use log_key::{LogKey, LogSecret};
pub use mac::MacAddress;
pub use password::{PasswordFault, PasswordRule};
pub use policy::*;
pub use presence::{CardPresence, PresenceEvent};
#[cfg(any(feature = "mfrc522", feature = "pn532"))]
pub use reader::*;
pub use sheet::*;
pub use store::*;
pub use teach::*;
pub use text::Text;
pub use time::Instant;
pub use token::{IdTag, IdToken, Token, TokenError, TokenKind};
pub use uid::*;
