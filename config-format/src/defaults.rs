//! Secrets and tokens that nobody has chosen.
//!
//! No vendor publishes its factory passwords. What can be seen from a file alone: words that everybody tries first,
//! the station's own names, a token that is the one every station has. Values are compared, never shown.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::document::Entry;
use crate::finding::{Check, Finding};
use crate::profile::{Kind, Known, Value};
use crate::station::StationModel;
use crate::text::Text;

/// What people try first, letter case free.
const TRIED_FIRST: [&str; 16] = [
    "admin",
    "administrator",
    "root",
    "user",
    "operator",
    "installer",
    "manufacturer",
    "password",
    "passwort",
    "secret",
    "default",
    "changeme",
    "keba",
    "schneider",
    "evlink",
    "bender",
];

/// Secrets in plain text that are a word everybody tries first, digits in a row or all the same, or a name of
/// the station.
pub(crate) fn passwords<'a, 'p>(
    entries: impl Iterator<Item = (Entry<'a>, Option<Known<'p>>)>,
    model: &StationModel,
) -> Vec<Finding> {
    let serials = model.serials.iter().map(|serial| &serial.setting.value);
    let names: Vec<&String> = [&model.back_end.identity, &model.name]
        .into_iter()
        .flatten()
        .map(|name| &name.value)
        .chain(serials)
        .collect();
    let finding = |(entry, known): (Entry<'a>, Option<Known<'p>>)| {
        let key = known.map(|known| known.key).filter(|key| key.secret && key.kind != Kind::Cipher)?;
        let Some(Value::Secret(secret)) = key.read(entry.value) else { return None };
        let secret = secret.expose();
        let why = if names.iter().any(|name| secret.eq_ignore_case(name)) {
            "a name of the station"
        } else if TRIED_FIRST.iter().any(|word| secret.eq_ignore_case(word)) {
            "a word that everybody tries first"
        } else if counts(secret) {
            "digits that everybody tries first"
        } else {
            return None;
        };
        let message = format!("`{}` is {why}; choose another", entry.key);
        Some(Finding::at(Check::DefaultPassword, &entry, entry.value_span, message))
    };
    entries.filter_map(finding).collect()
}

/// `1234`, `87654321`, `0000`.
fn counts(secret: Text<'_>) -> bool {
    let digits = secret.as_bytes();
    let steps = |step: i16| {
        digits.windows(2).all(|pair| matches!(pair, [a, b] if i16::from(*b) - i16::from(*a) == step))
    };
    digits.len() > 1 && digits.iter().all(u8::is_ascii_digit) && (steps(0) || steps(1) || steps(-1))
}

/// Charging without a card runs under a token. `factory` is the one every station has; `None`: there is none.
pub(crate) fn token(model: &StationModel, key: &str, factory: Option<&str>) -> Option<Finding> {
    let open = model.authorization.required.as_ref().filter(|required| !required.value)?;
    let reachable = model.back_end.host.as_ref().is_some_and(|host| host.value != "localhost");
    let token = model.authorization.default_token.as_ref();
    let unchosen = token.map(|token| token.value.as_str()) == factory;
    let is =
        factory.map_or_else(|| "not set".into(), |factory| format!("`{factory}`, which every station has"));
    let message = format!(
        "{} lets everybody charge, but `{key}` is {is}; choose a token that the back end knows",
        open.origin
    );
    let origin = token.map_or(&open.origin, |token| &token.origin);
    (reachable && unchosen).then(|| origin.finding(Check::DefaultToken, message))
}
