//! Changing what a connection depends on over that very connection: a password, a security profile, an address.
//!
//! Security white paper for 1.6, `AuthorizationKey` and `SecurityProfile`: the station reconnects with the new value
//! and must not lock itself out if the central system does not take it.

/// A value in use, and perhaps another one being tried.
///
/// Connect with [`current`](Self::current) and report every outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial<T> {
    proven: T,
    tried: Option<(T, u8)>,
}

impl<T> Trial<T> {
    /// A value that is taken to work.
    pub const fn new(proven: T) -> Self {
        Self { proven, tried: None }
    }

    /// Tries another value from the next connection on. One that was being tried is forgotten.
    pub fn propose(&mut self, value: T) {
        self.tried = Some((value, 0));
    }

    /// The value to connect with.
    pub const fn current(&self) -> &T {
        match &self.tried {
            Some((value, _)) => value,
            None => &self.proven,
        }
    }

    /// The value that has worked last, whatever is being tried.
    pub const fn proven(&self) -> &T {
        &self.proven
    }

    /// Whether a value is being tried.
    pub const fn is_trying(&self) -> bool {
        self.tried.is_some()
    }

    /// A connection with the current value works. Returns the value it has replaced for good: forget it.
    pub fn succeeded(&mut self) -> Option<T> {
        let (value, _) = self.tried.take()?;
        Some(core::mem::replace(&mut self.proven, value))
    }

    /// A connection with the current value could not be made. After `attempts` failures of a tried value it is given
    /// up and returned; the proven one is current again.
    pub fn failed(&mut self, attempts: u8) -> Option<T> {
        let (_, failures) = self.tried.as_mut()?;
        *failures = failures.saturating_add(1);
        let given_up = *failures >= attempts;
        self.tried.take_if(|_| given_up).map(|(value, _)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_works_replaces_the_proven_one() {
        let mut password = Trial::new("old");
        assert_eq!((password.succeeded(), password.failed(1)), (None, None));
        password.propose("new");
        assert_eq!((*password.current(), *password.proven()), ("new", "old"));
        assert_eq!(password.succeeded(), Some("old"));
        assert!(!password.is_trying());
        assert_eq!(*password.current(), "new");
    }

    #[test]
    fn a_value_that_does_not_work_is_given_up_after_the_attempts() {
        let mut profile = Trial::new(1);
        profile.propose(2);
        assert_eq!((profile.failed(3), profile.failed(3)), (None, None));
        assert_eq!(*profile.current(), 2);
        assert_eq!(profile.failed(3), Some(2));
        assert_eq!((*profile.current(), profile.is_trying()), (1, false));
    }
}
