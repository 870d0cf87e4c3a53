//! The password of a station (OCPP 1.6 security white paper, `AuthorizationKey`), as both ends know it.

use std::fmt;

use evkit_ocpp::rpc::handshake;
use serde::{Deserialize, Serialize};

/// The bytes of a password; `Debug` does not show them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Password(pub Vec<u8>);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

impl Password {
    /// What an `AuthorizationKey` says: 32 to 40 hexadecimal digits are 16 to 20 bytes, as the white paper has it; other
    /// texts of 16 to 40 characters are themselves, as many central systems have it. `None`: neither.
    pub fn of_key(key: &str) -> Option<Self> {
        let bytes = handshake::authorization_key(key, &mut [0; 20]).map(<[u8]>::to_vec);
        let bytes = bytes.filter(|bytes| bytes.len() >= 16).or_else(|| {
            let is_text = (16..=40).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
            is_text.then(|| key.as_bytes().to_vec())
        });
        bytes.map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_reads_a_password_in_a_log() {
        assert_eq!(format!("{:?}", Some(Password(b"secret".to_vec()))), "Some(Password(..))");
    }

    #[test]
    fn keys_are_hexadecimal_or_text() {
        let digits = "000102030405060708090a0b0c0d0e0F";
        assert_eq!(Password::of_key(digits), Some(Password((0..16).collect())));
        assert_eq!(
            Password::of_key("0123456789abcdef"),
            Some(Password(b"0123456789abcdef".to_vec())),
            "8 bytes are no key"
        );
        assert_eq!(Password::of_key(&digits[1..]), Some(Password(digits.as_bytes()[1..].to_vec())));
        for wrong in ["short", "with a space inside", &"a".repeat(41), "a-naïve-password"] {
            assert_eq!(Password::of_key(wrong), None, "{wrong}");
        }
    }
}
