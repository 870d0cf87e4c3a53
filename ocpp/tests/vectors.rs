//! Golden data: payloads as received, as sent again, and as refused, in borrowed and owned mode.

use std::collections::HashSet;
use std::path::Path;

use evkit_ocpp::v16::{Action, Request, Response, check_request, check_response};
use toml::{Table, Value};

fn vectors() -> Vec<(String, Table)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/v16");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of the vectors")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let text = std::fs::read_to_string(&path).expect("a readable file");
            (path.display().to_string(), text.parse().expect("a table"))
        })
        .collect();
    files.sort_by(|(a, _), (b, _)| a.cmp(b));
    files
}

fn entries<'t>(table: &'t Table, kind: &str) -> impl Iterator<Item = &'t Table> {
    table
        .get(kind)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|entry| entry.as_table().expect("a table"))
}

fn text<'t>(entry: &'t Table, key: &str) -> Option<&'t str> {
    entry.get(key).map(|value| value.as_str().expect("a text"))
}

fn action(entry: &Table) -> Action {
    let name = text(entry, "action").expect("an action");
    Action::from_text(name).unwrap_or_else(|| panic!("unknown action {name}"))
}

/// Decodes, encodes and, with `alloc`, does the same with an owned copy.
macro_rules! round_trip {
    ($Enum:ident, $action:expr, $received:expr, $sent:expr) => {{
        let (received, sent) = ($received, $sent);
        let message = $Enum::decode($action, received).unwrap_or_else(|error| panic!("{received}: {error}"));
        assert_eq!(message.action(), $action);
        let mut buffer = [0; 2000];
        assert_eq!(message.encode(&mut buffer), Ok(sent), "{received}");
        assert_eq!($Enum::decode($action, sent).as_ref(), Ok(&message), "{received}");
        #[cfg(feature = "alloc")]
        {
            let owned: $Enum<'static> = message.clone().into_owned();
            assert_eq!(owned, message);
            let mut buffer = [0; 2000];
            let text = owned.encode(&mut buffer).unwrap_or_else(|error| panic!("{received}: {error}"));
            assert_eq!($Enum::decode($action, text), Ok(owned.clone()));
        }
    }};
}

#[test]
fn messages() {
    let mut seen = HashSet::new();
    for (_, table) in vectors() {
        for entry in entries(&table, "message") {
            let action = action(entry);
            let request = text(entry, "request").expect("a request");
            round_trip!(Request, action, request, text(entry, "request_sent").unwrap_or(request));
            let response = text(entry, "response").expect("a response");
            round_trip!(Response, action, response, text(entry, "response_sent").unwrap_or(response));
            seen.insert(action);
        }
    }
    let missing: Vec<_> = Action::ALL.iter().filter(|action| !seen.contains(action)).collect();
    assert!(missing.is_empty(), "no vector for {missing:?}");
}

#[test]
fn refusals() {
    for (file, table) in vectors() {
        for entry in entries(&table, "refused") {
            let expected = text(entry, "error").expect("an error");
            let found = match (text(entry, "request"), text(entry, "response")) {
                (Some(request), None) => check_request(action(entry), request),
                (None, Some(response)) => check_response(action(entry), response),
                _ => panic!("{file}: one of request and response"),
            };
            assert_eq!(found.unwrap_err().to_string(), expected, "{file}");
        }
    }
}
