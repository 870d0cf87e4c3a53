//! From a card, a plug or a remote start to a transaction and its end.

use embedded_storage_async::nor_flash::MultiwriteNorFlash;
use evkit_ocpp::v16::charge_point::Entry;
use evkit_ocpp::v16::{AuthorizationStatus, IdTag, Reason};
use evkit_rfid::{
    BackEnd, Decision, Grant, Link, Occasion, Reservation, Session, Situation, Status, StopEvent,
    TokenChoice, Uid, UidFormat, Verdict,
};

use super::rules::{self, FREE};
use super::seat::Access;
use super::{Station, connector};
use crate::clock;
use crate::log::log_socket;
use crate::store::settings::Setting;

/// Somebody or something that may lead to a session.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim {
    pub(super) occasion: Occasion,
    /// Identifier it brings along; none for a plug.
    pub(super) token: Option<IdTag>,
}

impl Claim {
    pub(super) const PLUG: Self = Self { occasion: Occasion::PlugIn, token: None };
}

impl<F: MultiwriteNorFlash> Station<'_, F> {
    /// A card at the reader of a connector.
    pub(super) fn card(&mut self, seat: usize, uid: &Uid) {
        let token = evkit_rfid::IdTag::from_uid(uid, UidFormat::UPPER).ok();
        let Some(token) = token.and_then(|token| IdTag::new(token.as_str()).ok()) else {
            return log_socket!(self.shared, connector(seat), "a card without an identifier");
        };
        self.claim(seat, Claim { occasion: Occasion::card(uid), token: Some(token) });
    }

    /// Somebody wants to charge, or stop charging.
    pub(super) fn claim(&mut self, seat: usize, claim: Claim) {
        if let Some(place) = self.seats.get_mut(seat) {
            place.question = None;
            place.claim = Some((claim, BackEnd::NotAsked));
        }
    }

    /// The central system has answered an earlier question, or will not.
    pub(super) fn answered(&mut self, seat: usize, id_tag: IdTag, status: Option<AuthorizationStatus>) {
        let Some(place) = self.seats.get_mut(seat) else { return };
        let Some(question) = place.question.take_if(|question| question.token == Some(id_tag)) else {
            return;
        };
        let back_end = status.map_or(BackEnd::TimedOut, |status| BackEnd::Answered(word(status)));
        place.claim = Some((question, back_end));
    }

    /// Decides about a claim, and acts.
    pub(super) fn judge(&mut self, seat: usize, claim: Claim, back_end: BackEnd, listed: Option<Entry>) {
        let place = self.seats.get(seat);
        let session = match (place.and_then(|place| place.access), claim.token) {
            (None, _) => Session::None,
            (Some(access), Some(token)) if access.token == token => Session::SameCard,
            (Some(_), _) => Session::OtherCard,
        };
        let link = if self.session.is_online() { Link::Up } else { Link::Down };
        let free = self.settings.is_on(Setting::FreeCharging);
        let verdict = rules::policy(self.session, free).decide(&Situation {
            cache: claim.token.and_then(|token| self.known(&token, listed)),
            back_end,
            session,
            reservation: self.reservation(seat, claim.token),
            plugged: place.is_some_and(|place| place.view.plugged),
            ..Situation::new(claim.occasion, link)
        });
        self.follow(seat, claim, verdict);
    }

    fn reservation(&self, seat: usize, token: Option<IdTag>) -> Reservation {
        let held = self.session.reservation(connector(seat)).or_else(|| self.session.reservation(0));
        match held {
            None => Reservation::None,
            Some(held) if Some(held.id_tag) == token => Reservation::ThisCard,
            Some(held) if held.parent_id_tag.is_some() => Reservation::GroupUnknown,
            Some(_) => Reservation::OtherCard,
        }
    }

    fn follow(&mut self, seat: usize, claim: Claim, verdict: Verdict) {
        let (number, reason) = (connector(seat), verdict.reason);
        match verdict.decision {
            Decision::Accept(grant) => self.accept(seat, claim, grant),
            Decision::AskBackEnd(choice) => self.ask(seat, claim, choice),
            Decision::StopSession => {
                log_socket!(
                    self.shared,
                    number,
                    "session ended by its card, or because it is not valid any more"
                );
                let recheck = claim.occasion == Occasion::Recheck;
                let why = if recheck { Reason::DeAuthorized } else { Reason::Local };
                self.stop(seat, why, claim.token.filter(|_| !recheck));
            }
            Decision::Reject => {
                let why = reason.evlink_word().unwrap_or("by the rules");
                log_socket!(self.shared, number, "not accepted, {why}");
                self.orders(seat, |orders| orders.refused = orders.refused.wrapping_add(1));
            }
            _ => {}
        }
    }

    fn accept(&mut self, seat: usize, claim: Claim, grant: Grant) {
        let (number, now) = (connector(seat), clock::ocpp());
        let token = token(claim, grant.token);
        let Some(place) = self.seats.get_mut(seat) else { return };
        if let Some(access) = &mut place.access {
            access.recheck = grant.recheck;
            return;
        }
        let Some(token) = token else {
            return log_socket!(self.shared, number, "no identifier to charge under");
        };
        place.access = Some(Access { token, recheck: grant.recheck, started: false, ending: None });
        place.done = false;
        let plugged = place.view.plugged;
        log_socket!(self.shared, number, "{} may charge", token.as_str());
        self.orders(seat, |orders| orders.accepted = orders.accepted.wrapping_add(1));
        if plugged {
            self.begin(seat);
        } else {
            // The connector exists, and a transaction would have an access.
            let _ = self.session.await_vehicle(now, number);
        }
    }

    fn ask(&mut self, seat: usize, claim: Claim, choice: TokenChoice) {
        let number = connector(seat);
        let Some(token) = token(claim, choice) else {
            return log_socket!(self.shared, number, "no identifier to ask about");
        };
        match self.session.authorize(clock::ocpp(), number, token) {
            Ok(()) => {
                if let Some(place) = self.seats.get_mut(seat) {
                    place.question = Some(Claim { token: Some(token), ..claim });
                }
            }
            Err(error) => log_socket!(self.shared, number, "{error}"),
        }
    }

    /// Begins the transaction of an accepted session. The vehicle may not be there yet, the journal busy with the last
    /// transaction, or the meter not have been read; then the next turn tries again.
    pub(super) fn begin(&mut self, seat: usize) {
        let (number, now) = (connector(seat), clock::ocpp());
        let metered = self.is_metered();
        let Some(place) = self.seats.get_mut(seat) else { return };
        let ready = place.view.plugged && (place.measured.at.is_some() || !metered);
        let register = place.register();
        let Some(access) = place.access.as_mut().filter(|access| !access.started && ready) else { return };
        let held = self.session.reservation(number).or_else(|| self.session.reservation(0));
        let held = held.filter(|held| held.id_tag == access.token).map(|held| held.id);
        if self.session.start_transaction(now, number, access.token, register, held).is_ok() {
            access.started = true;
            log_socket!(self.shared, number, "transaction started at {} Wh", register.0);
        }
    }

    /// Ends the session of a connector: the power first, the message as soon as nothing flows.
    pub(super) fn stop(&mut self, seat: usize, reason: Reason, by: Option<IdTag>) {
        let Some(place) = self.seats.get_mut(seat) else { return };
        match &mut place.access {
            Some(access) if !access.started => place.access = None,
            Some(access) if access.ending.is_none() => access.ending = Some((reason, by)),
            _ => {}
        }
        self.finish(seat);
    }

    /// Writes the end of a session once its contactor is open, so that its energy is complete.
    pub(super) fn finish(&mut self, seat: usize) {
        let (number, now) = (connector(seat), clock::ocpp());
        let Some(place) = self.seats.get_mut(seat) else { return };
        if place.view.closed {
            return;
        }
        let Some((reason, by)) = place.running().and_then(|access| access.ending) else { return };
        let register = place.register();
        if self.session.stop_transaction(now, number, reason, register, by).is_ok() {
            place.access = None;
            place.stop_at = None;
            place.done = true;
            let (at, reason) = (register.0, reason.as_str());
            log_socket!(self.shared, number, "transaction stopped at {at} Wh, {reason}");
        }
    }

    /// A vehicle was plugged in.
    pub(super) fn plugged(&mut self, seat: usize) {
        let Some(place) = self.seats.get_mut(seat) else { return };
        place.done = false;
        if place.access.is_some() {
            self.begin(seat);
        } else {
            self.claim(seat, Claim::PLUG);
        }
    }

    /// The vehicle is gone.
    pub(super) fn unplugged(&mut self, seat: usize) {
        let Some(place) = self.seats.get_mut(seat) else { return };
        place.question = None;
        let free = self.settings.is_on(Setting::FreeCharging);
        if rules::policy(self.session, free).stops_on(StopEvent::UnpluggedAtCar) {
            self.stop(seat, Reason::EvDisconnected, None);
        }
    }

    /// The central system is back: what was accepted without it is confirmed, and plugs are claimed again.
    pub(super) fn back_online(&mut self) {
        for seat in 0..self.seats.len() {
            let Some(place) = self.seats.get(seat) else { return };
            match place.access {
                Some(access) if access.recheck => {
                    self.claim(seat, Claim { occasion: Occasion::Recheck, token: Some(access.token) });
                }
                None if place.view.plugged && !place.done && place.question.is_none() => {
                    self.claim(seat, Claim::PLUG);
                }
                _ => {}
            }
        }
    }
}

fn token(claim: Claim, choice: TokenChoice) -> Option<IdTag> {
    match choice {
        TokenChoice::Presented | TokenChoice::None => claim.token,
        TokenChoice::Predefined => IdTag::new(FREE).ok(),
    }
}

/// The policy's word for the central system's answer.
pub(super) fn word(status: AuthorizationStatus) -> Status {
    Status::from_word(status.as_str()).unwrap_or(Status::Invalid)
}
