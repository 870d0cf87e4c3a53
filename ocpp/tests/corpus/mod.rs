//! A seeded generator of payloads whose verdict is known by construction: valid ones made from the schema tables, and
//! mutants of them that break exactly one rule at a known place.

use evkit_ocpp::json::Reason;
use evkit_ocpp::num::Decimal;
use evkit_ocpp::schema::{Field, Form, Kind, Object, Rule, Texts, Version};

/// SplitMix64, and how deep in a payload it is being asked.
pub(crate) struct Rng {
    state: u64,
    depth: usize,
}

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed, depth: 0 }
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }

    pub(crate) fn pick<'a, T: ?Sized>(&mut self, items: &[&'a T]) -> &'a T {
        items[self.below(items.len())]
    }
}

/// The members of an object, by name.
type Members = Vec<(String, Node)>;

/// A payload before it becomes text.
#[derive(Clone)]
pub(crate) enum Node {
    Leaf(String),
    Object(Members),
    Array(Vec<Self>),
}

impl Node {
    fn leaf(text: impl Into<String>) -> Self {
        Self::Leaf(text.into())
    }

    /// Compact text, or with white space in every place that allows it.
    pub(crate) fn text(&self, spaced: bool) -> String {
        let mut text = String::new();
        self.write(if spaced { " \n\t\r" } else { "" }, &mut text);
        text
    }

    fn write(&self, space: &str, text: &mut String) {
        let mut list =
            |open: char, close: char, items: &mut dyn Iterator<Item = (Option<&String>, &Self)>| {
                text.push(open);
                text.push_str(space);
                for (at, (name, item)) in items.enumerate() {
                    if at > 0 {
                        text.push(',');
                        text.push_str(space);
                    }
                    if let Some(name) = name {
                        text.push_str(&format!("\"{name}\"{space}:{space}"));
                    }
                    item.write(space, text);
                    text.push_str(space);
                }
                text.push(close);
            };
        match self {
            Self::Leaf(leaf) => text.push_str(leaf),
            Self::Array(items) => list('[', ']', &mut items.iter().map(|item| (None, item))),
            Self::Object(members) => {
                list('{', '}', &mut members.iter().map(|(name, item)| (Some(name), item)));
            }
        }
    }
}

/// What the validator has to say: nothing, or a rule and the path of the culprit.
pub(crate) type Verdict = Result<(), (Rule, String)>;

const TIMES: &[&str] = &[
    "2026-11-21T10:00:00Z",
    "2026-11-21t10:00:00z",
    "2026-11-21T10:00:00.123000Z",
    "2026-11-21T10:00:00-00:00",
    "2024-02-29T23:59:59.9+14:00",
    "2016-12-31T23:59:60Z",
    "2017-01-01T05:29:60+05:30",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "\\u0032026-11-21T10:00:00Z",
];

const NOT_TIMES: &[&str] = &[
    "",
    "now",
    "2026-11-21",
    "2026-11-21T10:00:00",
    "2026-11-21 10:00:00Z",
    "2026-11-21T10:00:00+0200",
    "2026-11-21T10:00:00+02",
    "2026-11-21T10:00:00,5Z",
    "2026-11-21T10:00:00.Z",
    "2026-11-21T10:00Z",
    "2026-11-21T24:00:00Z",
    "2026-11-21T10:60:00Z",
    "2026-11-21T10:00:60Z",
    "2026-11-21T10:00:00+24:00",
    "2026-02-29T10:00:00Z",
    "2026-13-01T10:00:00Z",
    "2026-11-31T10:00:00Z",
    "26-11-21T10:00:00Z",
    "1763719200",
];

/// Characters as they may stand in a JSON string, one per entry.
const LETTERS: &[&str] =
    &["a", "Z", "0", "\u{e9}", "\u{20ac}", "\u{1f50c}", "\\u00e9", "\\ud83d\\udd0c", "\\n", "\\/", "\\\""];

fn letters(rng: &mut Rng, count: usize) -> String {
    (0..count).map(|_| rng.pick(LETTERS)).collect()
}

fn string(inside: &str) -> Node {
    Node::Leaf(format!("\"{inside}\""))
}

/// A text with its first character written as an escape.
fn escaped(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map_or(0, u32::from);
    format!("\\u{first:04x}{}", chars.as_str())
}

/// A valid value.
pub(crate) fn valid(kind: &Kind, version: Version, rng: &mut Rng) -> Node {
    match kind {
        Kind::Boolean => Node::leaf(rng.pick(&["true", "false"])),
        Kind::Number(number) => {
            let (form, min, max) = number.in_version(version);
            let samples = match form {
                Form::Integer => &["0", "-0", "1", "-1", "42", "4294967296", "-9223372036854775808"][..],
                Form::Draft6Integer => {
                    &["0", "3", "-3", "1.0", "-2.000", "1e2", "150E-1", "9223372036854775807"]
                }
                Form::Decimal | Form::DecimalSinceV21 => {
                    &["0", "-1.25", "8.1", "1e3", "21.40", "1.4210854715202004e-14"]
                }
                Form::Tenths => &["0", "16", "8.1", "8.10", "-0.1", "81e-1", "3.2e1", "922337203685477580.7"],
            };
            let fits = |text: &&&str| {
                let value: Decimal = text.parse().expect("a number");
                min.is_none_or(|min| value >= Decimal::from(i64::from(min)))
                    && max.is_none_or(|max| value <= Decimal::from(i64::from(max)))
            };
            Node::leaf(rng.pick(&samples.iter().filter(fits).copied().collect::<Vec<_>>()))
        }
        Kind::Text { .. } | Kind::Identity(_) => {
            let length = rng.below(most(kind, version).min(40) + 1);
            string(&letters(rng, length))
        }
        Kind::Opened { values, .. } => string(rng.pick(&values.iter().collect::<Vec<_>>())),
        Kind::Any => Node::leaf(rng.pick(&["null", "1", "\"x\"", "{\"a\":[{}]}", "[[],null]"])),
        Kind::DateTime => string(rng.pick(TIMES)),
        Kind::Choice { values, listed, .. } => {
            let text = rng.pick(&listed_in(values, *listed, version));
            string(&if rng.below(4) == 0 { escaped(text) } else { text.into() })
        }
        Kind::Object(object) => valid_object(object, version, rng),
        Kind::List { item, min, max } => {
            let (min, max) = (usize::from(*min), usize::from(*max));
            let count = min + rng.below((max - min).min(3) + 1);
            Node::Array((0..count).map(|_| valid(item, version, rng)).collect())
        }
    }
}

/// Most characters of a text; as many as the generator makes where there is no bound.
fn most(kind: &Kind, version: Version) -> usize {
    match *kind {
        Kind::Text { max, .. } if version == Version::V21 => max.into(),
        Kind::Text { before_v21: max, .. } | Kind::Identity(max) => max.into(),
        Kind::Opened { max, .. } => max.into(),
        _ => 0,
    }
}

/// The values an enumeration lists.
fn listed_in(values: &Texts, listed: u8, version: Version) -> Vec<&'static str> {
    values.iter().take(if version == Version::V21 { values.len() } else { listed.into() }).collect()
}

/// A valid object, its optional members there or not, in any order.
pub(crate) fn valid_object(object: &Object, version: Version, rng: &mut Rng) -> Node {
    let mut members = Vec::new();
    rng.depth += 1;
    for field in object.fields().filter(|field| field.is_in(version)) {
        if field.is_required(version) || rng.below(rng.depth + 2) < 2 {
            let name = if rng.below(8) == 0 { escaped(field.name) } else { field.name.into() };
            let at = if rng.below(2) == 0 { members.len() } else { rng.below(members.len() + 1) };
            members.insert(at, (name, valid(field.kind, version, rng)));
        }
    }
    rng.depth -= 1;
    Node::Object(members)
}

/// Walks a valid payload and hands out its mutants, each with its verdict.
pub(crate) struct Mutator<'r> {
    pub(crate) rng: &'r mut Rng,
    pub(crate) version: Version,
}

type Found = Vec<(Node, Verdict)>;

impl Mutator<'_> {
    pub(crate) fn root(&mut self, object: &'static Object, node: &Node) -> Found {
        let mut found = self.object(object, node, "$");
        for text in ["[]", "\"{}\"", "1", "true"] {
            found.push((Node::leaf(text), Err((Rule::NotAnObject, "$".into()))));
        }
        let text = node.text(false);
        let cut = 1 + self.rng.below(text.len() - 1);
        let cut = (cut..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(1);
        for (text, reason) in [
            (format!("{text}{{}}"), Some(Reason::Trailing)),
            (format!("{text}]"), Some(Reason::Trailing)),
            (String::new(), Some(Reason::End)),
            (text[..cut].into(), None),
        ] {
            // Where a text that breaks off stops being JSON depends on where it breaks off.
            let reason = reason.unwrap_or(Reason::End);
            found.push((Node::Leaf(text), Err((Rule::Json(reason), String::new()))));
        }
        found
    }

    fn object(&mut self, object: &'static Object, node: &Node, path: &str) -> Found {
        let Node::Object(members) = node else { panic!("{path} is not an object") };
        let mut found = Found::new();
        let broken = |rule, path: String| Err((rule, path));
        let depth = path.matches(['.', '[']).count();
        for (at, (name, member)) in members.iter().enumerate() {
            // The deeper, the fewer: every mutant is a payload of its own.
            if self.rng.below(depth + 1) > 1 {
                continue;
            }
            let field = field(object, name);
            let member_path = format!("{path}.{}", field.name);
            let with = |change: &dyn Fn(&mut Members)| {
                let mut members = members.clone();
                change(&mut members);
                Node::Object(members)
            };
            let without = with(&|members| drop(members.remove(at)));
            let verdict = if field.is_required(self.version) {
                broken(Rule::Missing, member_path.clone())
            } else {
                Ok(())
            };
            found.push((without, verdict));
            let twice = with(&|members| members.push((field.name.into(), member.clone())));
            found.push((twice, broken(Rule::Duplicate, member_path.clone())));
            let null = with(&|members| members[at].1 = Node::leaf("null"));
            let verdict =
                if let Kind::Any = field.kind { Ok(()) } else { broken(Rule::Null, member_path.clone()) };
            found.push((null, verdict));
            let renamed = with(&|members| members.insert(at, (field.name.to_uppercase(), member.clone())));
            found.push((renamed, if object.is_open() { Ok(()) } else { broken(Rule::Unknown, path.into()) }));
            for (mutant, verdict) in self.value(field.kind, member, &member_path) {
                found.push((with(&|members| members[at].1 = mutant.clone()), verdict));
            }
        }
        for unknown in ["null", "[[1,{\"a\":\"}\"}],2]", "\"x\""] {
            let mut members = members.clone();
            members.insert(self.rng.below(members.len() + 1), ("vendorExtra".into(), Node::leaf(unknown)));
            found.push((
                Node::Object(members),
                if object.is_open() { Ok(()) } else { broken(Rule::Unknown, path.into()) },
            ));
        }
        // A member of a later version is as unknown as any other.
        for field in object.fields().filter(|field| !field.is_in(self.version)) {
            let mut members = members.clone();
            members.push((field.name.into(), valid(field.kind, Version::V21, self.rng)));
            found.push((Node::Object(members), broken(Rule::Unknown, path.into())));
        }
        found
    }

    fn value(&mut self, kind: &'static Kind, node: &Node, path: &str) -> Found {
        let mut found = self.types(kind, path);
        let mut leaf = |text: &str, verdict: Result<(), Rule>| {
            found.push((Node::leaf(text), verdict.map_err(|rule| (rule, path.into()))));
        };
        match kind {
            Kind::Boolean => {}
            Kind::Number(number) => numbers(number.in_version(self.version), &mut leaf),
            Kind::Any => {}
            Kind::Text { max: u16::MAX, .. } => {
                let long = letters(self.rng, 3000);
                leaf(&format!("\"{long}\""), Ok(()));
            }
            Kind::Opened { values, .. } if self.version < Version::V21 => {
                choices(values, values.len(), path, &mut found);
            }
            Kind::Text { .. } | Kind::Identity(_) | Kind::Opened { .. } => {
                let max = most(kind, self.version);
                // Long texts take long to build, so only some letters fill those.
                for letter in LETTERS.iter().step_by(if max > 200 { 5 } else { 1 }) {
                    leaf(&format!("\"{}\"", letter.repeat(max)), Ok(()));
                    leaf(&format!("\"{}\"", letter.repeat(max + 1)), Err(Rule::Length));
                }
                let mixed = letters(self.rng, max + 1 + max / 2);
                leaf(&format!("\"{mixed}\""), Err(Rule::Length));
                leaf("\"\"", Ok(()));
            }
            Kind::DateTime => {
                TIMES.iter().for_each(|text| leaf(&format!("\"{text}\""), Ok(())));
                NOT_TIMES.iter().for_each(|text| leaf(&format!("\"{text}\""), Err(Rule::DateTime)));
            }
            Kind::Choice { values, listed, .. } => {
                choices(values, listed_in(values, *listed, self.version).len(), path, &mut found);
            }
            Kind::Object(object) => found.extend(self.object(object, node, path)),
            Kind::List { .. } => found.extend(self.list(kind, node, path)),
        }
        found
    }

    fn list(&mut self, kind: &'static Kind, node: &Node, path: &str) -> Found {
        let (Kind::List { item: item_kind, min, max }, Node::Array(items)) = (kind, node) else {
            panic!("{path} is not an array")
        };
        let mut found = Found::new();
        let verdict = |fine: bool, rule| if fine { Ok(()) } else { Err((rule, path.into())) };
        found.push((Node::Array(Vec::new()), verdict(*min == 0, Rule::TooFew)));
        let mut one = |count: usize| {
            Node::Array((0..count).map(|_| valid(item_kind, self.version, self.rng)).collect())
        };
        if *max == u16::MAX {
            found.push((one(70), Ok(())));
        } else {
            found.push((one((*max).into()), Ok(())));
            found.push((one(usize::from(*max) + 1), verdict(false, Rule::TooMany)));
        }
        for (at, item) in items.iter().enumerate().take(2) {
            let item_path = format!("{path}[{at}]");
            let mut mutants = self.value(item_kind, item, &item_path);
            mutants.push((Node::leaf("null"), Err((Rule::Null, item_path.clone()))));
            for (mutant, verdict) in mutants {
                let mut items = items.clone();
                items[at] = mutant;
                found.push((Node::Array(items), verdict));
            }
        }
        found
    }

    /// Values of every other JSON type: also a number in quotes and an array around an object.
    fn types(&self, kind: &Kind, path: &str) -> Found {
        let own = match kind {
            Kind::Boolean => "true",
            Kind::Number(_) => "1",
            Kind::Text { .. }
            | Kind::Identity(_)
            | Kind::DateTime
            | Kind::Choice { .. }
            | Kind::Opened { .. } => "\"1\"",
            Kind::Object(_) => "{}",
            Kind::List { .. } => "[]",
            Kind::Any => return Vec::new(),
        };
        ["true", "1", "\"1\"", "{}", "[]"]
            .into_iter()
            .filter(|other| *other != own)
            .map(|other| (Node::leaf(other), Err((Rule::Type, path.into()))))
            .collect()
    }
}

fn field(object: &'static Object, name: &str) -> Field {
    object
        .fields()
        .find(|field| field.name == name || escaped(field.name) == name)
        .expect("a member of the schema")
}

fn numbers((form, min, max): (Form, Option<i8>, Option<i8>), leaf: &mut dyn FnMut(&str, Result<(), Rule>)) {
    let mut number = |text: &str, verdict: Result<(), Rule>| {
        let value = text.parse().unwrap_or(Decimal::ZERO);
        let verdict = match verdict {
            Ok(()) if min.is_some_and(|min| value < Decimal::from(i64::from(min))) => Err(Rule::TooSmall),
            Ok(()) if max.is_some_and(|max| value > Decimal::from(i64::from(max))) => Err(Rule::TooLarge),
            verdict => verdict,
        };
        leaf(text, verdict);
    };
    let integer = matches!(form, Form::Integer | Form::Draft6Integer);
    for text in ["0", "-1", "1", "2", "3", "4", "100", "101"] {
        number(text, Ok(()));
    }
    if integer {
        for text in ["1.0", "10e-1", "1E2", "0e99"] {
            number(text, if form == Form::Integer { Err(Rule::Type) } else { Ok(()) });
        }
        number("1.5", Err(Rule::Type));
        number("9223372036854775807", Ok(()));
        number("9223372036854775808", Err(Rule::Size));
    } else {
        for text in ["0.15", "-8.12345", "1e-2", "16.0000001"] {
            number(text, if form == Form::Tenths { Err(Rule::Step) } else { Ok(()) });
        }
        for text in ["8.1", "40.00", "1e3", "-0.1", "0.0", "100.1"] {
            number(text, Ok(()));
        }
        number("1e300", Err(Rule::Size));
    }
}

fn choices(values: &Texts, listed: usize, path: &str, found: &mut Found) {
    let values: Vec<_> = values.iter().collect();
    let (listed, others) = values.split_at(listed);
    for text in listed {
        found.push((string(text), Ok(())));
        found.push((string(&escaped(text)), Ok(())));
        let swapped: String = text
            .chars()
            .map(|c| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
            .collect();
        for wrong in [swapped, format!("{text} "), format!("{text}\\u0000"), text[1..].into()] {
            let verdict =
                if listed.contains(&wrong.as_str()) { Ok(()) } else { Err((Rule::Choice, path.into())) };
            found.push((string(&wrong), verdict));
        }
    }
    for text in others.iter().copied().chain(["", "Vendor"]) {
        found.push((string(text), Err((Rule::Choice, path.into()))));
    }
}
