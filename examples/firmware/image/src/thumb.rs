//! Where branches of Thumb-2 code go (Armv7-M Architecture Reference Manual, A7.7.12 `B` and A7.7.18 `BL`).

/// Calls and jumps in `code`, which lies at `address`: where they stand, and where they lead.
pub(crate) fn branches(address: u64, code: &[u8]) -> impl Iterator<Item = (u64, u64)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let first = half(code, at)?;
        let here = at;
        let long = first >> 11 >= 0b11101;
        at += if long { 4 } else { 2 };
        let offset = if long { long_branch(first, half(code, here + 2)?) } else { short_branch(first) };
        Some(offset.map(|offset| {
            let here = address + here as u64;
            // Offsets count from the next but one instruction.
            (here, here.wrapping_add_signed(4 + i64::from(offset)))
        }))
    })
    .flatten()
}

fn half(code: &[u8], at: usize) -> Option<u16> {
    code.get(at..at + 2).map(|bytes| u16::from_le_bytes([bytes[0], bytes[1]]))
}

/// `B` and conditional `B` of 16 bits.
fn short_branch(code: u16) -> Option<i32> {
    match code >> 11 {
        0b11100 => Some(sign_extend(u32::from(code & 0x7FF) << 1, 12)),
        // Conditions 14 and 15 are an undefined instruction and a supervisor call.
        0b11010 | 0b11011 if (code >> 8) & 0xF < 14 => Some(sign_extend(u32::from(code & 0xFF) << 1, 9)),
        _ => None,
    }
}

/// `BL`, `B.W` and conditional `B.W`.
fn long_branch(first: u16, second: u16) -> Option<i32> {
    let (first, second) = (u32::from(first), u32::from(second));
    if first >> 11 != 0b11110 || second & 0x8000 == 0 {
        return None;
    }
    let (sign, j1, j2) = (first >> 10 & 1, second >> 13 & 1, second >> 11 & 1);
    let low = (second & 0x7FF) << 1;
    if second & 0x1000 != 0 {
        let (i1, i2) = (j1 ^ sign ^ 1, j2 ^ sign ^ 1);
        return Some(sign_extend(sign << 24 | i1 << 23 | i2 << 22 | (first & 0x3FF) << 12 | low, 25));
    }
    let conditional = second & 0x4000 == 0 && (first >> 6 & 0xF) < 14;
    conditional.then(|| sign_extend(sign << 20 | j2 << 19 | j1 << 18 | (first & 0x3F) << 12 | low, 21))
}

fn sign_extend(value: u32, bits: u32) -> i32 {
    (value << (32 - bits)) as i32 >> (32 - bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Encodings as GNU as gives them.
    #[test]
    fn branches_lead_where_the_assembler_sent_them() {
        for (code, to) in [
            (&[0xFE, 0xE7][..], Some(0x1000)),
            (&[0x00, 0xE0], Some(0x1004)),
            (&[0xFE, 0xD0], Some(0x1000)),
            (&[0xFF, 0xF7, 0xFE, 0xFF], Some(0x1000)),
            (&[0x00, 0xF0, 0x00, 0xF8], Some(0x1004)),
            (&[0x00, 0xF0, 0x00, 0xB8], Some(0x1004)),
            (&[0x00, 0xF1, 0x00, 0xF8], Some(0x0010_1004)),
            (&[0x3F, 0xF4, 0xFE, 0xAF], Some(0x1000)),
            (&[0x00, 0xBF], None),
            (&[0x00, 0xDF], None),
            (&[0x00, 0xDE], None),
            (&[0xBF, 0xF3, 0x5F, 0x8F], None),
        ] {
            assert_eq!(branches(0x1000, code).map(|(_, to)| to).next(), to, "{code:02x?}");
        }
    }

    #[test]
    fn instructions_of_both_lengths_keep_their_places() {
        let code = [0x00, 0xBF, 0xFF, 0xF7, 0xFD, 0xFF, 0xFE, 0xE7];
        assert_eq!(branches(0x200, &code).collect::<Vec<_>>(), [(0x202, 0x200), (0x206, 0x206)]);
    }
}
