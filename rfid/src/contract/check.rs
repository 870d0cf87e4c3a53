//! Check characters of contract ids.

/// Check digit of DIN SPEC 91286: the digits, a letter counting as the two digits of its place in the alphabet plus 9,
/// weighted with 1, 2, 4, 8 … from the left; the sum modulo 11, with `X` for ten.
pub(super) fn din(body: &str) -> char {
    let digits = body.chars().flat_map(|character| {
        let value = character.to_digit(36).unwrap_or_default();
        let tens = character.is_ascii_alphabetic().then_some(value / 10);
        tens.into_iter().chain([value % 10])
    });
    // Every step is reduced, so no length overflows.
    let (sum, _) = digits.fold((0, 1), |(sum, weight), digit| ((sum + digit * weight) % 11, weight * 2 % 11));
    char::from_digit(sum, 10).unwrap_or('X')
}

/// A character as two bits and two numbers modulo 3, written q1 + 2 q2 + 4 r1 + 16 r2; `0`…`9`, then `A`…`Z`. Each of
/// the 36 combinations occurs once, so the table also leads back.
const CODES: [u8; 36] = [
    0, 16, 32, 4, 20, 36, 8, 24, 40, 2, // 0 to 9
    18, 34, 6, 22, 38, 10, 26, 42, 1, 17, 33, 5, 21, // A to M
    37, 9, 25, 41, 3, 19, 35, 7, 23, 39, 11, 27, 43, // N to Z
];

/// A row vector of two.
type Pair = [u8; 2];

/// Check character of the eMAID (ISO 15118-1 annex H): the bits of the k-th character times the k-th power of
/// ((0 1) (1 1)) modulo 2, and its numbers times the k-th power of ((0 1) (1 2)) modulo 3, summed up; the second sum
/// times ((0 2) (2 1)).
pub(super) fn iso(body: &str) -> char {
    let (mut bits, mut numbers) = ([0; 2], [0; 2]);
    // Powers of both matrices; each is symmetric, so two numbers of the first row and one of the second are enough.
    let (mut even, mut odd) = ([[0, 1], [1, 1]], [[0, 1], [1, 2]]);
    for character in body.chars() {
        let index = character.to_digit(36).unwrap_or_default() as usize;
        let code = CODES.get(index).copied().unwrap_or_default();
        bits = add(bits, times([code & 1, code >> 1 & 1], even), 2);
        numbers = add(numbers, times([code >> 2 & 3, code >> 4], odd), 3);
        even = even.map(|row| reduce(times(row, [[0, 1], [1, 1]]), 2));
        odd = odd.map(|row| reduce(times(row, [[0, 1], [1, 2]]), 3));
    }
    let [q1, q2] = bits;
    let [r1, r2] = reduce(times(numbers, [[0, 2], [2, 1]]), 3);
    let code = q1 | q2 << 1 | r1 << 2 | r2 << 4;
    let index = (0..).zip(CODES).find(|(_, known)| *known == code).map_or(0, |(index, _)| index);
    char::from_digit(index, 36).unwrap_or('0').to_ascii_uppercase()
}

fn times([a, b]: Pair, [[c, d], [e, f]]: [Pair; 2]) -> Pair {
    [a * c + b * e, a * d + b * f]
}

fn add([a, b]: Pair, [c, d]: Pair, modulus: u8) -> Pair {
    reduce([a + c, b + d], modulus)
}

fn reduce(pair: Pair, modulus: u8) -> Pair {
    pair.map(|value| value % modulus)
}
