//! Keys that stand for an identifier in logs and statistics without giving it away.
//!
//! A plain hash of a UID is no protection: there are so few UIDs that all can be tried. The key of an identifier is
//! therefore SipHash-2-4 (Aumasson and Bernstein, 2012) under a secret of the station.

use core::fmt;

use crate::contract::ContractId;
use crate::mac::MacAddress;
use crate::token::Token;
use crate::uid::Uid;

/// The secret that turns identifiers into keys. `Debug` does not show it.
#[derive(Clone, Copy)]
pub struct LogSecret(pub [u8; 16]);

/// Stands for an identifier: the same for the same identifier and secret, and of no use without the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogKey(pub u64);

/// Sixteen hexadecimal digits.
impl fmt::Display for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for LogSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogSecret(…)")
    }
}

impl LogSecret {
    /// The key of a card, the same for every written form of it.
    pub fn uid(&self, uid: &Uid) -> LogKey {
        self.hash(b'U', uid.as_bytes().iter().copied())
    }

    /// The key of a token, the same in either letter case. It differs from the key of the card the token came from.
    pub fn token<const N: usize>(&self, token: &Token<N>) -> LogKey {
        self.hash(b'T', token.as_str().bytes().map(|byte| byte.to_ascii_uppercase()))
    }

    /// The key of a car.
    pub fn mac(&self, mac: &MacAddress) -> LogKey {
        self.hash(b'M', mac.0)
    }

    /// The key of a contract.
    pub fn contract(&self, id: &ContractId) -> LogKey {
        self.hash(b'C', id.compact().bytes())
    }

    /// The kind in front keeps identifiers of different kinds apart that have the same bytes.
    fn hash(&self, kind: u8, bytes: impl IntoIterator<Item = u8>) -> LogKey {
        LogKey(siphash(&self.0, core::iter::once(kind).chain(bytes)))
    }
}

/// SipHash-2-4.
fn siphash(secret: &[u8; 16], bytes: impl IntoIterator<Item = u8>) -> u64 {
    let key = u128::from_le_bytes(*secret);
    let (k0, k1) = (key as u64, (key >> 64) as u64);
    let mut state = [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ];
    let (mut word, mut length) = (0_u64, 0_u64);
    for byte in bytes {
        word |= u64::from(byte) << (8 * (length % 8));
        length += 1;
        if length % 8 == 0 {
            compress(&mut state, word);
            word = 0;
        }
    }
    compress(&mut state, word | length << 56);
    let [_, _, c, _] = &mut state;
    *c ^= 0xFF;
    (0..4).for_each(|_| round(&mut state));
    let [a, b, c, d] = state;
    a ^ b ^ c ^ d
}

fn compress(state: &mut [u64; 4], word: u64) {
    let [.., d] = state;
    *d ^= word;
    round(state);
    round(state);
    let [a, ..] = state;
    *a ^= word;
}

fn round([a, b, c, d]: &mut [u64; 4]) {
    *a = a.wrapping_add(*b);
    *b = b.rotate_left(13) ^ *a;
    *a = a.rotate_left(32);
    *c = c.wrapping_add(*d);
    *d = d.rotate_left(16) ^ *c;
    *a = a.wrapping_add(*d);
    *d = d.rotate_left(21) ^ *a;
    *c = c.wrapping_add(*b);
    *b = b.rotate_left(17) ^ *c;
    *c = c.rotate_left(32);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::IdTag;
    use std::format;

    /// Secret and values of the reference implementation's first vectors: bytes 00 01 02 … of growing length.
    #[test]
    fn published_vectors() {
        let secret: [u8; 16] = core::array::from_fn(|index| index as u8);
        let hash = |length: u8| siphash(&secret, 0..length).to_le_bytes();
        assert_eq!(hash(0), [0x31, 0x0e, 0x0e, 0xdd, 0x47, 0xdb, 0x6f, 0x72]);
        assert_eq!(hash(1), [0xfd, 0x67, 0xdc, 0x93, 0xc5, 0x39, 0xf8, 0x74]);
        assert_eq!(hash(2), [0x5a, 0x4f, 0xa9, 0xd9, 0x09, 0x80, 0x6c, 0x0d]);
        assert_eq!(hash(8), [0x62, 0x24, 0x93, 0x9a, 0x79, 0xf5, 0xf5, 0x93]);
        assert_eq!(hash(15), 0xa129_ca61_49be_45e5_u64.to_le_bytes());
    }

    #[test]
    fn keys_follow_the_identifier_not_its_spelling() {
        let secret = LogSecret([7; 16]);
        let uid = |text| secret.uid(&Uid::parse(text).unwrap());
        assert_eq!(uid("04:56:7d:aa:5f:35:80"), uid("04567DAA5F3580"));
        assert_ne!(uid("04567DAA5F3580"), uid("04567DAA5F3581"));
        let token = |text| secret.token(&IdTag::new(text).unwrap());
        assert_eq!(token("abc"), token("ABC"));
        let mac = MacAddress([0x41; 6]);
        assert_ne!(secret.mac(&mac), token("AAAAAA"));
        assert_ne!(secret.uid(&Uid::from([1; 4])), LogSecret([8; 16]).uid(&Uid::from([1; 4])));
        assert_eq!(format!("{:?} {}", secret, LogKey(0xAB)), "LogSecret(…) 00000000000000ab");
    }
}
