//! What is known when a decision is due.

/// Everything [`Policy::decide`](crate::Policy::decide) looks at. Start from [`Situation::new`] and set what differs.
///
/// ```
/// use evkit_rfid::{Link, Listed, Occasion, Situation};
///
/// let known = Situation { local: Some(Listed::ACCEPTED), ..Situation::new(Occasion::CARD, Link::Down) };
/// # let _ = known;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Situation {
    /// What made the decision due.
    pub occasion: Occasion,
    /// Whether the back end can be asked.
    pub link: Link,
    /// What the local list says about the token, `None` if it is not in it.
    pub local: Option<Listed>,
    /// What the cache says about the token, `None` if it is not in it.
    pub cache: Option<Status>,
    /// How far asking the back end about this token has come.
    pub back_end: BackEnd,
    /// The session at this connector.
    pub session: Session,
    /// The reservation of this connector.
    pub reservation: Reservation,
    /// Whether the car is plugged in.
    pub plugged: bool,
    /// Whether the enable input X1 is closed. Without effect unless the policy asks for it.
    pub enable_input: bool,
}

/// What made a decision due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Occasion {
    /// A car was plugged in and nothing was shown.
    PlugIn,
    /// A card was held to the reader, or a car gave its MAC address or contract.
    Card {
        /// Whether the card was checked cryptographically and not only by its UID.
        secure: bool,
        /// Whether its UID is drawn at random ([`Uid::is_random`](crate::Uid::is_random)).
        random: bool,
    },
    /// The back end or an external system asked to start, with a token of its own.
    RemoteStart,
    /// A session accepted before the back end could be asked is to be confirmed.
    Recheck,
}

impl Occasion {
    /// An ordinary card, known by its UID only.
    pub const CARD: Self = Self::Card { secure: false, random: false };

    /// A card known by its UID only.
    pub fn card(uid: &crate::Uid) -> Self {
        Self::Card { secure: false, random: uid.is_random() }
    }
}

/// Whether the back end can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Link {
    /// None is configured.
    None,
    /// It is reachable.
    Up,
    /// It is configured and not reachable.
    Down,
}

/// How far asking the back end has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BackEnd {
    /// Not yet asked.
    NotAsked,
    /// Asked, no answer yet.
    Pending,
    /// Asked, and the time is up.
    TimedOut,
    /// Asked and answered.
    Answered(Status),
}

/// What a list or the back end says about a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// It may charge.
    Accepted,
    /// It is blocked.
    Blocked,
    /// Its validity has ended.
    Expired,
    /// It is not known, or not valid for another reason.
    Invalid,
    /// It is charging elsewhere and may not do so twice.
    ConcurrentTx,
    /// It may charge, but not at this station, connector or site.
    NotHere,
    /// It may charge, but not at this time.
    NotNow,
    /// Its account is empty.
    NoCredit,
}

impl Status {
    /// Reads the words of OCPP 1.6 (AuthorizationStatus) and 2.0.1 (AuthorizationStatusEnumType), and KEBA's
    /// capitals. `None` for anything else; the caller had better treat that as refused.
    pub fn from_word(word: &str) -> Option<Self> {
        const WORDS: [(&str, Status); 12] = [
            ("Accepted", Status::Accepted),
            ("Blocked", Status::Blocked),
            ("ConcurrentTx", Status::ConcurrentTx),
            ("Expired", Status::Expired),
            ("Invalid", Status::Invalid),
            ("NoCredit", Status::NoCredit),
            ("NotAllowedTypeEVSE", Status::NotHere),
            ("NotAtThisLocation", Status::NotHere),
            ("NotAtThisTime", Status::NotNow),
            ("Unknown", Status::Invalid),
            ("ACCEPTED", Status::Accepted),
            ("BLOCKED", Status::Blocked),
        ];
        WORDS.iter().find(|(known, _)| *known == word).map(|(_, status)| *status)
    }
}

/// An entry of the local list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Listed {
    /// Whether it may charge here and now.
    pub status: Status,
    /// What it may do.
    pub role: Role,
}

impl Listed {
    /// An ordinary card that may charge.
    pub const ACCEPTED: Self = Self { status: Status::Accepted, role: Role::User };
}

/// What a listed card may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Charge.
    User,
    /// Charge with precedence in a cluster (EVlink).
    Vip,
    /// Teach in and end any session, never charge (EVlink).
    Admin,
    /// Teach in while the station is idle (KEBA). With a car plugged in it counts as [`Role::User`]: *inferred*.
    Master,
}

/// The session at a connector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Session {
    /// None, or one that is not yet authorized.
    None,
    /// Running under the token at hand.
    SameCard,
    /// Running under another token of the same group (OCPP 1.6 `parentIdTag`, 2.0.1 `groupIdToken`).
    SameGroup,
    /// Running under another token, or under none.
    OtherCard,
}

/// The reservation of a connector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reservation {
    /// None.
    None,
    /// For the token at hand, or for its group.
    ThisCard,
    /// For another token.
    OtherCard,
    /// For another token and its group, and the group of the token at hand is not known before the back end answers.
    GroupUnknown,
}

impl Situation {
    /// Nothing known about the token, the back end not asked, no session, no reservation, plugged in, X1 closed.
    pub const fn new(occasion: Occasion, link: Link) -> Self {
        Self {
            occasion,
            link,
            local: None,
            cache: None,
            back_end: BackEnd::NotAsked,
            session: Session::None,
            reservation: Reservation::None,
            plugged: true,
            enable_input: true,
        }
    }
}
