//! Who may charge: one policy value for the rules of all three vendors, and one pure function that decides.
//!
//! A policy holds no list and no clock. The caller looks the card up, says what is known ([`Situation`]) and gets a
//! [`Verdict`]; when it was [`Decision::AskBackEnd`], the caller asks, and calls again when the answer arrives or the
//! time is up. Nothing is remembered in between, so calling twice is harmless.
//!
//! The rules come from the KEBA configuration manual 5.2, the Bender CC612/613 manual 5.1 to 5.5, the EVlink
//! commissioning guide ("Configuration" and "Authentification") and OCPP 1.6 §3.5. What those leave open is marked
//! *inferred* where it is decided.

mod bender;
mod decide;
mod evlink;
mod keba;
mod situation;
mod words;

pub use bender::{BenderSettings, FreeCharging, InDoubt, StopMode};
pub use evlink::{EvlinkAuthority, EvlinkLostLink, EvlinkSettings, EvlinkUnknown};
pub use keba::{KebaOffline, KebaOnline, KebaSettings};
pub use situation::{BackEnd, Link, Listed, Occasion, Reservation, Role, Session, Situation, Status};
pub use words::SettingError;

use core::time::Duration;

/// Which rules hold; plain data, built from a vendor's settings or by hand.
///
/// ```
/// use evkit_rfid::{
///     BackEnd, BenderSettings, Decision, Link, Occasion, Policy, Reason, Situation, Status, TokenChoice,
/// };
///
/// let policy = Policy::from(&BenderSettings::default());
/// // A card no list knows: ask, wait, and decide again with the answer.
/// let card = Situation::new(Occasion::CARD, Link::Up);
/// assert_eq!(policy.decide(&card).decision, Decision::AskBackEnd(TokenChoice::Presented));
/// let asked = |back_end| policy.decide(&Situation { back_end, ..card });
/// assert_eq!(asked(BackEnd::Pending).decision, Decision::Wait);
/// assert_eq!(asked(BackEnd::Answered(Status::Blocked)).reason, Reason::BackEnd(Status::Blocked));
/// assert_eq!(asked(BackEnd::TimedOut).decision, Decision::Reject);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The back end is reachable.
    pub online: Rule,
    /// The back end is reachable, was asked, and did not answer in time.
    pub late: Rule,
    /// A back end is configured but not reachable.
    pub offline: Rule,
    /// No back end is configured.
    pub alone: Rule,
    /// Under which token a session runs.
    pub token: TokenSource,
    /// Whether a predefined token is configured at all.
    pub predefined_token: bool,
    /// Whether a remote start is checked like a card (OCPP 1.6 `AuthorizeRemoteTxRequests`).
    pub authorize_remote: bool,
    /// Whether a session ends when the back end refuses its token later (OCPP 1.6 `StopTransactionOnInvalidId`).
    pub stop_on_invalid: bool,
    /// Whether the enable input X1 must be closed as well.
    pub enable_input: bool,
    /// Whether a bare UID is refused and only cards with a cryptographic check may start a session.
    pub secure_cards_only: bool,
    /// What ends a session.
    pub stop: StopMode,
    /// Whether the plug is locked only once the session is authorized, instead of when it is plugged in.
    pub lock_only_if_authorized: bool,
    /// How long an authorization waits for the car to be plugged in; `None` without limit.
    pub connection_timeout: Option<Duration>,
    /// How long to wait for the back end before calling again with [`BackEnd::TimedOut`]; `None` leaves it to the
    /// message layer.
    pub answer_timeout: Option<Duration>,
    /// What the back end hears about a session.
    pub report: Report,
}

/// How a card is judged in one state of the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rule {
    /// Whether a card is needed to start.
    pub card: CardUse,
    /// Whether the local list decides about the cards in it.
    pub local_list: bool,
    /// Whether the cache of earlier answers accepts the cards accepted in it.
    pub cache: bool,
    /// What happens to everybody the lists say nothing about.
    pub others: Others,
}

/// Whether a card is needed to start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CardUse {
    /// No session without one.
    Required,
    /// Plugging in is enough; a card is judged all the same if shown.
    Optional,
    /// Plugging in is enough; the reader is off.
    Ignored,
}

/// What happens to those no list knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Others {
    /// They do not charge.
    Reject,
    /// Nobody charges; kept apart for the reason it gives.
    NoCharging,
    /// They charge.
    Accept,
    /// They charge until the back end can be asked ([`Occasion::Recheck`]).
    AcceptUntilChecked,
    /// The back end is asked.
    AskBackEnd,
    /// An external system must permit the start ([`Occasion::RemoteStart`]).
    AwaitPermission,
}

/// Under which token a session runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenSource {
    /// The card's own; the predefined one if there was no card.
    Own,
    /// Always the predefined one.
    Predefined,
}

/// What the back end hears about a session (Bender manual 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Report {
    /// Nothing; no OCPP at all.
    Nothing,
    /// StatusNotification only, so remote commands for a transaction are impossible.
    StatusOnly,
    /// Start, stop and meter values of a transaction.
    Transaction,
}

/// What to do and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What to do.
    pub decision: Decision,
    /// Why.
    pub reason: Reason,
    /// The card draws its UID at random: it must not be stored, and the back end cannot know it.
    pub random_uid: bool,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Decision {
    /// Start the session, or keep the one that was rechecked.
    Accept(Grant),
    /// Do not start, or do not stop.
    Reject,
    /// Send the token to the back end, then call again with [`BackEnd::Pending`] and so on.
    AskBackEnd(TokenChoice),
    /// Wait for the back end, the external system or the enable input, then call again.
    Wait,
    /// Ask for a card.
    NeedCard,
    /// End the session.
    StopSession,
    /// Open teach-in with this master card.
    TeachIn,
    /// Do nothing.
    Ignore,
}

/// What an accepted session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Grant {
    /// Token the session runs under.
    pub token: TokenChoice,
    /// Whether the back end still has to confirm it ([`Occasion::Recheck`]).
    pub recheck: bool,
    /// Whether the session takes precedence in load management (EVlink VIP badge).
    pub priority: bool,
}

/// Which token to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenChoice {
    /// The one of the card, car or remote start at hand.
    Presented,
    /// The predefined one of the configuration.
    Predefined,
    /// None exists.
    None,
}

/// Why a decision was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The local list says so.
    LocalList(Status),
    /// The cache of earlier answers says so.
    Cache(Status),
    /// The back end says so.
    BackEnd(Status),
    /// No list knows the card and the rule accepts or rejects such cards.
    UnknownCard,
    /// No list knows the card and only the back end can tell.
    NotListed,
    /// The back end was asked and has not answered yet.
    AwaitingAnswer,
    /// The rule forbids charging in this state of the link (KEBA `OfflineNoCharging`).
    NoCharging,
    /// The rule needs no card.
    NoCardNeeded,
    /// The rule needs a card and none was shown.
    CardNeeded,
    /// The reader is off.
    ReaderOff,
    /// A remote start that needs no check.
    RemoteStart,
    /// The external system has not permitted the start.
    AwaitingPermission,
    /// The station is reserved for another card.
    NotTheBooker,
    /// The station is reserved for a group and only the back end knows whether the card belongs to it.
    GroupUnknown,
    /// The session belongs to another card.
    NotTheCurrentUser,
    /// The card that started the session.
    SameCard,
    /// A card of the group that started the session (OCPP 1.6 `parentIdTag`).
    SameGroup,
    /// An admin badge ends any session.
    AdminEndsSession,
    /// An admin badge never charges.
    AdminNeverCharges,
    /// The master card, with no session and no car.
    MasterCard,
    /// The stop mode does not let a card end the session.
    CardDoesNotStop,
    /// A bare UID is not enough.
    CardNotSecure,
    /// Everything else is fine, the enable input is open.
    EnableInputOpen,
    /// There is nothing to recheck.
    NothingToCheck,
}

impl Reason {
    /// The word EVlink stations show for it, where they have one.
    pub fn evlink_word(self) -> Option<&'static str> {
        match self {
            Self::UnknownCard | Self::LocalList(_) | Self::Cache(_) | Self::BackEnd(_) => {
                Some("KO_BadgeUnknown")
            }
            Self::NotTheBooker => Some("KO_BadgeIsNotTheBooker"),
            Self::NotTheCurrentUser => Some("KO_BadgeIsNotTheCurrentUser"),
            _ => None,
        }
    }
}

impl Rule {
    /// A rule that looks at no list.
    pub const fn without_lists(card: CardUse, others: Others) -> Self {
        Self { card, local_list: false, cache: false, others }
    }
}

impl Policy {
    /// Whether `event` ends a running session. Cards go through [`Policy::decide`], which asks this.
    pub fn stops_on(&self, event: StopEvent) -> bool {
        self.stop.stops_on(event)
    }

    /// Whether the plug must be locked now.
    pub fn locks(&self, plugged: bool, authorized: bool) -> bool {
        plugged && (authorized || !self.lock_only_if_authorized)
    }

    /// Whether an authorization given `ago` lapses because no car was plugged in.
    pub fn lapses(&self, ago: Duration, plugged: bool) -> bool {
        !plugged && self.connection_timeout.is_some_and(|limit| ago >= limit)
    }
}

/// What may end a session apart from a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StopEvent {
    /// The cable was pulled out at the car.
    UnpluggedAtCar,
    /// The cable was pulled out at the station.
    UnpluggedAtStation,
    /// The card that started the session was shown again.
    SameCard,
    /// The back end asked for it.
    RemoteStop,
    /// The car asked for ventilation (state D of IEC 61851-1).
    StateD,
    /// The residual current device tripped.
    ResidualCurrent,
}
