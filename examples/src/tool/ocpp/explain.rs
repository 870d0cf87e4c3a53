//! `evkit ocpp explain`: the tables in words.

use std::io::Write as _;

use clap::Args;
use evkit_ocpp::schema::{Form, Kind, Object, Version};
use serde::Serialize;

use super::action::{Action, UNANSWERED, UNANSWERED_SCHEMA};
use super::version_name;
use crate::tool::Outcome;

#[derive(Debug, Args)]
pub(in crate::tool) struct Arguments {
    /// Name of the action, such as BootNotification
    action: String,
    /// Version of the protocol
    #[arg(long, value_enum, default_value = "1.6")]
    version: super::Version,
}

/// One member of a message.
#[derive(Serialize)]
struct Row {
    version: &'static str,
    action: &'static str,
    block: &'static str,
    from: &'static str,
    message: &'static str,
    path: String,
    required: bool,
    r#type: &'static str,
    /// Least value of a number, fewest items of an array.
    min: Option<i64>,
    /// Greatest value of a number, most items of an array, most characters of a string.
    max: Option<i64>,
    multiple_of: Option<&'static str>,
    values: Option<Vec<&'static str>>,
}

/// What is explained: an action, or the message nobody answers.
struct Subject {
    version: Version,
    name: &'static str,
    block: &'static str,
    from: &'static str,
    messages: Vec<(&'static str, &'static Object)>,
}

impl Subject {
    /// The one called `name`, in whatever case.
    fn find(name: &str, version: Version) -> Option<Self> {
        if version == Version::V21 && name.eq_ignore_ascii_case(UNANSWERED) {
            let messages = vec![("request", UNANSWERED_SCHEMA)];
            return Some(Self { version, name: UNANSWERED, block: "Diagnostics", from: "station", messages });
        }
        let action = Action::all(version).find(|action| action.as_str().eq_ignore_ascii_case(name))?;
        let (block, from) = action.block_and_sender();
        let messages = vec![("request", action.request_schema()), ("response", action.response_schema())];
        Some(Self { version, name: action.as_str(), block, from, messages })
    }
}

pub(super) fn run(arguments: &Arguments, json: bool) -> anyhow::Result<Outcome> {
    let version = arguments.version.into();
    let name = &arguments.action;
    let Some(subject) = Subject::find(name, version) else {
        let all: Vec<&str> = Action::all(version).map(Action::as_str).collect();
        anyhow::bail!("OCPP {} has no action {name:?}; it has {}", version_name(version), all.join(", "));
    };
    let mut out = std::io::stdout().lock();
    if !json {
        let Subject { name, block, from, .. } = subject;
        writeln!(out, "{name}: OCPP {}, {block}, sender: {from}", version_name(version))?;
    }
    for (message, schema) in &subject.messages {
        let mut rows = Vec::new();
        let template = |path, required, kind| row(&subject, message, path, required, kind);
        collect(schema, version, "", &template, &mut rows);
        if json {
            for row in &rows {
                writeln!(out, "{}", serde_json::to_string(row)?)?;
            }
            continue;
        }
        writeln!(out, "\n{message}{}", if rows.is_empty() { ": no members" } else { "" })?;
        let width = rows.iter().map(|row| row.path.len()).max().unwrap_or(0);
        for row in &rows {
            let need = if row.required { "required" } else { "optional" };
            writeln!(out, "  {:width$}  {need}  {}", row.path, row.words())?;
        }
    }
    Ok(Outcome::Fine)
}

/// The members of an object and of all objects in it, in the order of the table.
fn collect(
    object: &Object,
    version: Version,
    prefix: &str,
    template: &impl Fn(String, bool, Kind) -> Row,
    rows: &mut Vec<Row>,
) {
    for field in object.fields().filter(|field| field.is_in(version)) {
        let mut path = format!("{prefix}{}", field.name);
        rows.push(template(path.clone(), field.is_required(version), *field.kind));
        let mut kind = *field.kind;
        while let Kind::List { item, .. } = kind {
            path.push_str("[]");
            kind = *item;
        }
        match kind {
            Kind::Object(inner) => collect(inner, version, &format!("{path}."), template, rows),
            item if path.ends_with("[]") => rows.push(template(path, true, item)),
            _ => {}
        }
    }
}

fn row(subject: &Subject, message: &'static str, path: String, required: bool, kind: Kind) -> Row {
    let version = subject.version;
    let mut row = Row {
        version: version_name(version),
        action: subject.name,
        block: subject.block,
        from: subject.from,
        message,
        path,
        required,
        r#type: "boolean",
        min: None,
        max: None,
        multiple_of: None,
        values: None,
    };
    let bound = |most: u16| (most != u16::MAX).then_some(i64::from(most));
    match kind {
        Kind::Boolean => {}
        Kind::Number(number) => {
            let (form, min, max) = number.in_version(version);
            let whole = matches!(form, Form::Integer | Form::Draft6Integer);
            row.r#type = if whole { "integer" } else { "number" };
            row.multiple_of = (form == Form::Tenths).then_some("0.1");
            (row.min, row.max) = (min.map(i64::from), max.map(i64::from));
        }
        Kind::Text { max, before_v21 } => {
            let most = if version < Version::V21 { before_v21 } else { max };
            (row.r#type, row.max) = ("string", bound(most));
        }
        Kind::Identity(most) => (row.r#type, row.max) = ("string", bound(most)),
        Kind::DateTime => row.r#type = "date-time",
        Kind::Choice { values, listed, .. } => {
            let listed = if version < Version::V21 { listed.into() } else { values.len() };
            row.r#type = "enumeration";
            row.values = Some(values.iter().take(listed).collect());
        }
        Kind::Opened { values, .. } if version < Version::V21 => {
            row.r#type = "enumeration";
            row.values = Some(values.iter().collect());
        }
        Kind::Opened { max, .. } => (row.r#type, row.max) = ("string", Some(i64::from(max))),
        Kind::Object(_) => row.r#type = "object",
        Kind::Any => row.r#type = "any",
        Kind::List { min, max, .. } => {
            row.r#type = "array";
            (row.min, row.max) = ((min > 0).then_some(i64::from(min)), bound(max));
        }
    }
    row
}

impl Row {
    /// Type, bounds and values for people.
    fn words(&self) -> String {
        let unit = match self.r#type {
            "array" => " items",
            "string" => " characters",
            _ => "",
        };
        let mut words = self.r#type.to_owned();
        if let Some(min) = self.min {
            words += &format!(", at least {min}{unit}");
        }
        if let Some(max) = self.max {
            words += &format!(", at most {max}{unit}");
        }
        if let Some(step) = self.multiple_of {
            words += &format!(", multiple of {step}");
        }
        if let Some(values) = &self.values {
            words += &format!(": {}", values.join(", "));
        }
        words
    }
}
