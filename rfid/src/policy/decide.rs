//! The decision itself: a function of a policy and a situation, the same for every vendor.

use super::{
    BackEnd, CardUse, Decision, Grant, Link, Listed, Occasion, Others, Policy, Reason, Reservation, Role,
    Rule, Session, Situation, Status, StopEvent, TokenChoice, TokenSource, Verdict,
};

type Outcome = (Decision, Reason);

impl Policy {
    /// Decides what to do in `situation`.
    ///
    /// Pure: the same situation gives the same verdict. After [`Decision::AskBackEnd`] call again with
    /// [`BackEnd::Pending`], [`BackEnd::Answered`] or [`BackEnd::TimedOut`]; the lists may have changed in
    /// between and are then believed.
    #[must_use]
    pub fn decide(&self, situation: &Situation) -> Verdict {
        let (decision, reason) = match (situation.occasion, situation.session) {
            (Occasion::Recheck, Session::None) => (Decision::Ignore, Reason::NothingToCheck),
            (Occasion::Recheck, _) => self.recheck(situation),
            (_, Session::None) => self.start(situation),
            (Occasion::Card { .. }, session) => self.card_in_session(situation, session),
            (Occasion::PlugIn | Occasion::RemoteStart, _) => (Decision::Reject, Reason::NotTheCurrentUser),
        };
        let random_uid = matches!(situation.occasion, Occasion::Card { random: true, .. });
        Verdict { decision, reason, random_uid }
    }

    /// A card while a session runs. Whether the card is still valid does not matter to the one who started.
    fn card_in_session(&self, situation: &Situation, session: Session) -> Outcome {
        let admin = self.role(situation) == Some(Role::Admin);
        match session {
            _ if self.rule(situation.link).card == CardUse::Ignored => (Decision::Ignore, Reason::ReaderOff),
            _ if admin => (Decision::StopSession, Reason::AdminEndsSession),
            Session::SameCard | Session::SameGroup if !self.stops_on(StopEvent::SameCard) => {
                (Decision::Ignore, Reason::CardDoesNotStop)
            }
            Session::SameCard => (Decision::StopSession, Reason::SameCard),
            Session::SameGroup => (Decision::StopSession, Reason::SameGroup),
            Session::OtherCard | Session::None => (Decision::Reject, Reason::NotTheCurrentUser),
        }
    }

    /// A session that was accepted before the back end could be asked.
    fn recheck(&self, situation: &Situation) -> Outcome {
        match (situation.link, situation.back_end) {
            (_, BackEnd::Answered(Status::Accepted)) => {
                (Decision::Accept(self.grant(situation, false)), Reason::BackEnd(Status::Accepted))
            }
            (_, BackEnd::Answered(status)) if self.stop_on_invalid => {
                (Decision::StopSession, Reason::BackEnd(status))
            }
            (_, BackEnd::Answered(status)) => (Decision::Ignore, Reason::BackEnd(status)),
            (Link::None, _) => (Decision::Ignore, Reason::NothingToCheck),
            (Link::Up, BackEnd::NotAsked) => {
                (Decision::AskBackEnd(self.token_choice(situation)), Reason::NotListed)
            }
            (Link::Up | Link::Down, _) => (Decision::Wait, Reason::AwaitingAnswer),
        }
    }

    /// A start: reservation first, then what the card is, then the rule for the state of the link, then X1.
    fn start(&self, situation: &Situation) -> Outcome {
        let outcome = match self.objection(situation) {
            Some(outcome) => outcome,
            None => self.judge(self.rule(situation.link), situation),
        };
        match outcome {
            (Decision::Accept(_), _) if self.enable_input && !situation.enable_input => {
                (Decision::Wait, Reason::EnableInputOpen)
            }
            other => other,
        }
    }

    /// What stands against a start before any list is asked.
    fn objection(&self, situation: &Situation) -> Option<Outcome> {
        let reject = |reason| Some((Decision::Reject, reason));
        if let Occasion::Card { secure, .. } = situation.occasion {
            match self.role(situation) {
                Some(Role::Admin) if situation.plugged => return reject(Reason::AdminNeverCharges),
                Some(Role::Admin) => return Some((Decision::TeachIn, Reason::MasterCard)),
                // Cards are taught in at the back end where there is one (KEBA manual 5.2.4).
                Some(Role::Master) if !situation.plugged && situation.link == Link::None => {
                    return Some((Decision::TeachIn, Reason::MasterCard));
                }
                _ if self.secure_cards_only && !secure => return reject(Reason::CardNotSecure),
                _ => {}
            }
        }
        match (situation.reservation, situation.link, situation.back_end) {
            (Reservation::None | Reservation::ThisCard, _, _) => None,
            // The booker may still come.
            _ if situation.occasion == Occasion::PlugIn => Some((Decision::NeedCard, Reason::NotTheBooker)),
            (Reservation::GroupUnknown, Link::Up, BackEnd::NotAsked) => {
                Some((Decision::AskBackEnd(self.token_choice(situation)), Reason::GroupUnknown))
            }
            (Reservation::GroupUnknown, Link::Up, BackEnd::Pending) => {
                Some((Decision::Wait, Reason::AwaitingAnswer))
            }
            (Reservation::OtherCard | Reservation::GroupUnknown, _, _) => reject(Reason::NotTheBooker),
        }
    }

    fn rule(&self, link: Link) -> &Rule {
        match link {
            Link::None => &self.alone,
            Link::Up => &self.online,
            Link::Down => &self.offline,
        }
    }

    /// One rule against one situation.
    fn judge(&self, rule: &Rule, situation: &Situation) -> Outcome {
        match (situation.occasion, rule.card) {
            (Occasion::RemoteStart, _)
                if rule.others == Others::AwaitPermission || !self.authorize_remote =>
            {
                return (Decision::Accept(self.grant(situation, false)), Reason::RemoteStart);
            }
            (Occasion::PlugIn, CardUse::Required) => return (Decision::NeedCard, Reason::CardNeeded),
            (Occasion::Card { .. }, CardUse::Ignored) => return (Decision::Ignore, Reason::ReaderOff),
            _ => {}
        }
        if let (true, Some(Listed { status, .. })) = (rule.local_list, situation.local) {
            return self.listed(situation, status, Reason::LocalList(status));
        }
        match situation.cache {
            // Only an accepted entry saves the question; any other may have changed since (OCPP 1.6 §3.5.1).
            Some(status)
                if rule.cache && (status == Status::Accepted || rule.others != Others::AskBackEnd) =>
            {
                self.listed(situation, status, Reason::Cache(status))
            }
            _ => self.unlisted(rule, situation),
        }
    }

    fn listed(&self, situation: &Situation, status: Status, reason: Reason) -> Outcome {
        match status {
            Status::Accepted => (Decision::Accept(self.grant(situation, false)), reason),
            _ => (Decision::Reject, reason),
        }
    }

    /// No list has said anything.
    fn unlisted(&self, rule: &Rule, situation: &Situation) -> Outcome {
        let reason = match rule.card {
            CardUse::Required => Reason::UnknownCard,
            CardUse::Optional | CardUse::Ignored => Reason::NoCardNeeded,
        };
        match rule.others {
            Others::Accept => (Decision::Accept(self.grant(situation, false)), reason),
            Others::AcceptUntilChecked => (Decision::Accept(self.grant(situation, true)), reason),
            Others::Reject => (Decision::Reject, Reason::UnknownCard),
            Others::NoCharging => (Decision::Reject, Reason::NoCharging),
            Others::AwaitPermission => (Decision::Wait, Reason::AwaitingPermission),
            Others::AskBackEnd => match situation.back_end {
                BackEnd::NotAsked => (Decision::AskBackEnd(self.token_choice(situation)), Reason::NotListed),
                BackEnd::Pending => (Decision::Wait, Reason::AwaitingAnswer),
                BackEnd::Answered(status) => self.listed(situation, status, Reason::BackEnd(status)),
                // A rule for late answers that asked again would never end; it then counts as a refusal.
                BackEnd::TimedOut if self.late.others == Others::AskBackEnd => {
                    (Decision::Reject, Reason::NotListed)
                }
                BackEnd::TimedOut => self.judge(&self.late, situation),
            },
        }
    }

    fn grant(&self, situation: &Situation, recheck: bool) -> Grant {
        let priority = self.role(situation) == Some(Role::Vip);
        Grant { token: self.token_choice(situation), recheck, priority }
    }

    fn token_choice(&self, situation: &Situation) -> TokenChoice {
        match (self.token, situation.occasion) {
            (TokenSource::Own, Occasion::Card { .. } | Occasion::RemoteStart | Occasion::Recheck) => {
                TokenChoice::Presented
            }
            (TokenSource::Own, Occasion::PlugIn) | (TokenSource::Predefined, _) if self.predefined_token => {
                TokenChoice::Predefined
            }
            _ => TokenChoice::None,
        }
    }

    /// Role of a listed card; only where the list counts, and only while the entry is valid.
    fn role(&self, situation: &Situation) -> Option<Role> {
        match situation.local {
            Some(Listed { status: Status::Accepted, role }) if self.rule(situation.link).local_list => {
                Some(role)
            }
            _ => None,
        }
    }
}
