//! Rules for web passwords, so that tools which write a station's settings can check one before the station refuses it.
//!
//! KEBA configuration manual 4.2.1 and EVlink commissioning guide chapter 7. The password itself is never kept.

/// A vendor's rule for the password of its web interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordRule {
    /// Fewest characters.
    pub min_length: usize,
    /// Most equal characters in a row, if limited.
    pub max_run: Option<usize>,
    /// How many of the four classes (lower case, upper case, digit, special) are needed.
    pub classes: usize,
    /// Characters that count as special; empty if all that are neither letter nor digit do.
    pub special: &'static str,
}

/// Why a password is refused. It does not show the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordFault {
    /// Too few characters.
    #[error("{length} characters, at least {min} are needed")]
    TooShort {
        /// Characters found.
        length: usize,
        /// Characters needed.
        min: usize,
    },
    /// Too many equal characters in a row.
    #[error("more than {max} equal characters in a row")]
    Repeated {
        /// Most allowed.
        max: usize,
    },
    /// Too few classes of characters.
    #[error(
        "{found} of the classes lower case, upper case, digit and special character, {needed} are needed"
    )]
    Classes {
        /// Classes found.
        found: usize,
        /// Classes needed.
        needed: usize,
    },
}

impl PasswordRule {
    /// KEBA: ten characters, no more than two equal ones in a row, three of four classes.
    pub const KEBA: Self = Self { min_length: 10, max_run: Some(2), classes: 3, special: "" };
    /// EVlink: twelve characters with all four classes, special ones being `@ $ ! % * ?`.
    pub const EVLINK: Self = Self { min_length: 12, max_run: None, classes: 4, special: "@$!%*?" };

    /// Checks a password.
    ///
    /// # Errors
    ///
    /// The first rule it breaks.
    pub fn check(&self, password: &str) -> Result<(), PasswordFault> {
        let length = password.chars().count();
        if length < self.min_length {
            return Err(PasswordFault::TooShort { length, min: self.min_length });
        }
        if let Some(max) = self.max_run {
            let mut run = (None, 0);
            for character in password.chars() {
                run = if run.0 == Some(character) { (run.0, run.1 + 1) } else { (Some(character), 1) };
                if run.1 > max {
                    return Err(PasswordFault::Repeated { max });
                }
            }
        }
        let special = |character: char| {
            if self.special.is_empty() {
                !character.is_alphanumeric()
            } else {
                self.special.contains(character)
            }
        };
        let classes: [&dyn Fn(char) -> bool; 4] = [
            &|letter| letter.is_lowercase(),
            &|letter| letter.is_uppercase(),
            &|digit| digit.is_ascii_digit(),
            &special,
        ];
        let found = classes.iter().filter(|class| password.chars().any(class)).count();
        if found < self.classes {
            return Err(PasswordFault::Classes { found, needed: self.classes });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keba_rule() {
        let check = |password| PasswordRule::KEBA.check(password);
        assert_eq!(check("Abcdefgh12"), Ok(()));
        assert_eq!(check("Abcdefg12"), Err(PasswordFault::TooShort { length: 9, min: 10 }));
        assert_eq!(check("Aabbccdd11"), Ok(()), "two equal in a row");
        assert_eq!(check("Abcccefgh12"), Err(PasswordFault::Repeated { max: 2 }));
        assert_eq!(check("abcdefgh12"), Err(PasswordFault::Classes { found: 2, needed: 3 }));
        assert_eq!(check("abcdefgh1-"), Ok(()));
    }

    #[test]
    fn evlink_rule() {
        let check = |password| PasswordRule::EVLINK.check(password);
        assert_eq!(check("Abcdefghij1!"), Ok(()));
        assert_eq!(check("Abcdefghi1!"), Err(PasswordFault::TooShort { length: 11, min: 12 }));
        assert_eq!(check("Abcdefghij12"), Err(PasswordFault::Classes { found: 3, needed: 4 }));
        assert_eq!(
            check("Abcdefghij1#"),
            Err(PasswordFault::Classes { found: 3, needed: 4 }),
            "# is not listed"
        );
        assert_eq!(check("Abcaaaaaaa1!"), Ok(()), "no rule about repetition");
    }
}
