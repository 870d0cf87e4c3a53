//! Families of devices that share most of their registers: one table, one column per model.

use crate::row::{Confidence, Row};

/// A row and which models have it: one character per model, `H`, `M` or `L` for the confidence that it has this
/// row, `.` if it has none.
pub(crate) type Entry = (&'static str, Row);

/// The rows of the model in `column`, for the table of a map.
macro_rules! column {
    ($family:expr, $column:expr) => {{
        const ROWS: [$crate::row::Row; $crate::devices::family::count($family, $column)] =
            $crate::devices::family::rows($family, $column);
        &ROWS
    }};
}
pub(crate) use column;

/// Number of rows of the model in `column`.
pub(crate) const fn count(family: &[Entry], column: usize) -> usize {
    let mut rows = 0;
    let mut index = 0;
    while index < family.len() {
        if confidence(&family[index], column).is_some() {
            rows += 1;
        }
        index += 1;
    }
    rows
}

/// The rows of the model in `column`; `N` is their [`count`].
pub(crate) const fn rows<const N: usize>(family: &[Entry], column: usize) -> [Row; N] {
    let mut rows = [family[0].1; N];
    let mut found = 0;
    let mut index = 0;
    while index < family.len() {
        if let Some(confidence) = confidence(&family[index], column) {
            rows[found] = family[index].1.confident(confidence);
            found += 1;
        }
        index += 1;
    }
    rows
}

const fn confidence(entry: &Entry, column: usize) -> Option<Confidence> {
    match entry.0.as_bytes()[column] {
        b'H' => Some(Confidence::High),
        b'M' => Some(Confidence::Medium),
        b'L' => Some(Confidence::Low),
        b'.' => None,
        _ => panic!("a mark is one of H, M, L and a point"),
    }
}
