//! Who may charge: from a card, a plug or a remote start to a transaction, by the vendor's policy.

use evkit_ocpp::v16::{AuthorizationStatus, IdTag, Reason};
use evkit_rfid::{
    BackEnd, Decision, Grant, Link, Occasion, Reservation, Session, Situation, Status, StopEvent,
    TokenChoice, Uid, Verdict,
};

use super::program::Program;
use super::seat::{Access, Finished, Question, Started};

/// Somebody or something that may lead to a session.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claim {
    pub(super) occasion: Occasion,
    pub(super) uid: Option<Uid>,
    /// Identifier it brings along; none for a plug.
    pub(super) token: Option<IdTag>,
}

impl<const N: usize> Program<N> {
    /// A card at the reader of a connector.
    pub(super) fn card(&mut self, now_ms: u64, seat: usize, uid: Uid) {
        let token = evkit_rfid::IdTag::from_uid(&uid, self.config.uid_format);
        let Some(token) = token.ok().and_then(|text| IdTag::new(text.as_str()).ok()) else {
            return self.note(seat, "a card whose UID does not fit into an idTag".to_owned());
        };
        self.claim(
            now_ms,
            seat,
            Claim { occasion: Occasion::card(&uid), uid: Some(uid), token: Some(token) },
        );
    }

    /// Somebody wants to charge, or stop charging.
    pub(super) fn claim(&mut self, now_ms: u64, seat: usize, claim: Claim) {
        self.seats[seat].question = None;
        let verdict = self.decide(seat, claim, BackEnd::NotAsked);
        self.follow(now_ms, seat, claim, verdict);
    }

    /// The central system has answered an earlier question, or will not.
    pub(super) fn answered(
        &mut self,
        now_ms: u64,
        seat: usize,
        id_tag: IdTag,
        status: Option<AuthorizationStatus>,
    ) {
        let Some(question) = self.seats[seat].question.filter(|q| q.token == id_tag) else { return };
        self.seats[seat].question = None;
        if let Some(status) = status {
            self.cache.insert(id_tag.as_str().to_ascii_uppercase(), word(status));
        }
        let back_end = status.map_or(BackEnd::TimedOut, |status| BackEnd::Answered(word(status)));
        let claim = Claim { occasion: question.occasion, uid: question.uid, token: Some(question.token) };
        let verdict = self.decide(seat, claim, back_end);
        self.follow(now_ms, seat, claim, verdict);
    }

    fn decide(&self, seat: usize, claim: Claim, back_end: BackEnd) -> Verdict {
        let station = &self.seats[seat];
        let session = match (station.access.as_ref(), claim.token) {
            (None, _) => Session::None,
            (Some(access), Some(token)) if access.token == token => Session::SameCard,
            (Some(_), _) => Session::OtherCard,
        };
        let cached = claim.token.and_then(|t| self.cache.get(&t.as_str().to_ascii_uppercase()).copied());
        self.config.policy.decide(&Situation {
            local: claim.uid.and_then(|uid| station.cards.get(&uid).copied()),
            cache: cached,
            back_end,
            session,
            reservation: Reservation::None,
            plugged: station.plugged,
            ..Situation::new(claim.occasion, if self.session.is_online() { Link::Up } else { Link::Down })
        })
    }

    fn follow(&mut self, now_ms: u64, seat: usize, claim: Claim, verdict: Verdict) {
        let reason = verdict.reason;
        match verdict.decision {
            Decision::Accept(grant) => self.accept(now_ms, seat, claim, grant),
            Decision::AskBackEnd(choice) => self.ask(now_ms, seat, claim, choice),
            Decision::StopSession => {
                self.note(seat, format!("session ended at the station: {reason:?}"));
                let reason =
                    if claim.occasion == Occasion::Recheck { Reason::DeAuthorized } else { Reason::Local };
                self.stop(now_ms, seat, reason, claim.token);
            }
            Decision::Reject => self.note(seat, format!("not accepted: {reason:?}")),
            Decision::TeachIn => {
                self.note(seat, "master card: teach-in is not part of this program".to_owned());
            }
            _ => {}
        }
    }

    fn accept(&mut self, now_ms: u64, seat: usize, claim: Claim, grant: Grant) {
        if let Some(access) = &mut self.seats[seat].access {
            access.recheck = grant.recheck;
            return;
        }
        let Some(token) = self.token(claim, grant.token) else {
            return self.note(seat, "no identifier to charge under".to_owned());
        };
        let access = Access {
            token,
            uid: claim.uid,
            vip: grant.priority,
            recheck: grant.recheck,
            started: None,
            ending: None,
        };
        self.seats[seat].access = Some(access);
        self.seats[seat].done = false;
        let vip = if grant.priority { ", takes precedence" } else { "" };
        self.note(seat, format!("{} may charge{vip}", token.as_str()));
        if self.seats[seat].plugged {
            self.begin(now_ms, seat);
        } else {
            let _ = self.session.await_vehicle(Self::at(now_ms), Self::connector(seat));
        }
    }

    fn ask(&mut self, now_ms: u64, seat: usize, claim: Claim, choice: TokenChoice) {
        let Some(token) = self.token(claim, choice) else {
            return self.note(seat, "no identifier to ask the central system about".to_owned());
        };
        match self.session.authorize(Self::at(now_ms), Self::connector(seat), token) {
            Ok(()) => {
                self.seats[seat].question =
                    Some(Question { occasion: claim.occasion, token, uid: claim.uid });
            }
            Err(error) => self.note(seat, format!("{}: {error}", token.as_str())),
        }
    }

    fn token(&self, claim: Claim, choice: TokenChoice) -> Option<IdTag> {
        match choice {
            TokenChoice::Presented => claim.token,
            TokenChoice::Predefined => IdTag::new(self.config.default_token.as_deref()?).ok(),
            TokenChoice::None => claim.token,
        }
    }

    /// Begins the transaction of an accepted session. The journal may still be busy with the last one; then the next
    /// second tries again.
    pub(super) fn begin(&mut self, now_ms: u64, seat: usize) {
        let offline = !self.session.is_online();
        let register_wh = self.seats[seat].spot.register_wh();
        let Some(access) = self.seats[seat].access.as_mut().filter(|a| a.started.is_none()) else { return };
        let meter = Self::register(register_wh);
        let begun = self.session.start_transaction(
            Self::at(now_ms),
            Self::connector(seat),
            access.token,
            meter,
            None,
        );
        if begun.is_ok() {
            access.started = Some(Started { register_wh, offline });
            self.seats[seat].spot.set_permission(now_ms, true);
            self.note(seat, "transaction started".to_owned());
        }
    }

    /// Ends the session of a connector: power off first, the message as soon as the journal takes it.
    pub(super) fn stop(&mut self, now_ms: u64, seat: usize, reason: Reason, by: Option<IdTag>) {
        self.seats[seat].spot.set_permission(now_ms, false);
        let Some(access) = &mut self.seats[seat].access else { return };
        if access.started.is_none() {
            self.seats[seat].access = None;
        } else if access.ending.is_none() {
            access.ending = Some((reason, by));
        }
        self.finish(now_ms, seat);
    }

    /// Writes the end of a session once no current flows any more, so that its energy is complete.
    pub(super) fn finish(&mut self, now_ms: u64, seat: usize) {
        let station = &self.seats[seat];
        let flowing = station.spot.draw_ma() != [0; 3];
        let Some((access, started)) = station.access.as_ref().and_then(|a| Some((a, a.started?))) else {
            return;
        };
        let Some((reason, by)) = access.ending.filter(|_| !flowing) else { return };
        let stop_wh = station.spot.register_wh();
        let (connector, meter) = (Self::connector(seat), Self::register(stop_wh));
        if self.session.stop_transaction(Self::at(now_ms), connector, reason, meter, by).is_err() {
            return;
        }
        let finished = Finished {
            connector: connector.into(),
            id_tag: access.token.as_str().to_owned(),
            start_wh: started.register_wh,
            stop_wh,
            offline: started.offline || !self.session.is_online(),
        };
        self.note(seat, format!("transaction stopped after {} Wh", finished.stop_wh - finished.start_wh));
        self.finished.push_back(finished);
        self.seats[seat].access = None;
        self.seats[seat].done = true;
    }

    /// A car was plugged in.
    pub(super) fn plugged(&mut self, now_ms: u64, seat: usize) {
        self.seats[seat].plugged = true;
        self.seats[seat].done = false;
        self.seats[seat].idle_since = None;
        if self.seats[seat].access.is_some() {
            self.begin(now_ms, seat);
        } else {
            self.claim(now_ms, seat, Claim { occasion: Occasion::PlugIn, uid: None, token: None });
        }
    }

    /// The car is gone.
    pub(super) fn unplugged(&mut self, now_ms: u64, seat: usize) {
        self.seats[seat].plugged = false;
        self.seats[seat].question = None;
        // A plug that is pulled here leaves car and socket at once.
        let stops = |event| self.config.policy.stops_on(event);
        if stops(StopEvent::UnpluggedAtCar) || stops(StopEvent::UnpluggedAtStation) {
            self.stop(now_ms, seat, Reason::EvDisconnected, None);
        }
    }

    /// Sessions accepted without the central system are confirmed, and plugs without a card claimed again, once it is back.
    pub(super) fn back_online(&mut self, now_ms: u64) {
        for seat in 0..N {
            let station = &self.seats[seat];
            match &station.access {
                Some(access) if access.recheck => {
                    let claim =
                        Claim { occasion: Occasion::Recheck, uid: access.uid, token: Some(access.token) };
                    self.claim(now_ms, seat, claim);
                }
                None if station.plugged && !station.done && station.question.is_none() => {
                    self.claim(now_ms, seat, Claim { occasion: Occasion::PlugIn, uid: None, token: None });
                }
                _ => {}
            }
        }
    }
}

/// The policy's word for the central system's answer.
pub(super) fn word(status: AuthorizationStatus) -> Status {
    Status::from_word(status.as_str()).unwrap_or(Status::Invalid)
}
