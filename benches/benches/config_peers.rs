//! Readers of key-value files side by side: what survives of two awkward files, and how fast each reads.
//!
//! Prints the tables of `config-format/docs/peers.md` and fails if the first one there is not what this run gives.

use std::fmt::Write as _;
use std::hint::black_box;
use std::mem::size_of;
use std::time::{Duration, Instant};

use evkit_config_format::document::Document;
use evkit_config_format::edit::Edited;
use evkit_config_format::evlink;
use evkit_config_format::lex::{Boundary, Dialect};

/// Padding, comments, a blank in a heading, a duplicate, quotes, backslashes, comment signs inside values.
const FIRST: &str = "# stations of the depot\n\
    [LOAD MANAGEMENT]\n\
    NominalVoltage=          230\n\
    MaxAvailableCurrent = 63000\n\
    \n\
    ; twice, as found in the field\n\
    Limit=1\n\
    Limit=2\n\
    [NETWORK]\n\
    Name=\"Depot 'North'\"\n\
    Folder=C:\\new\\t\n\
    Colour=#ff0000;bright\n";

/// The same with CRLF, a byte order mark, a key before the first section, a key without value and no end of the
/// last line.
fn second() -> String {
    let lines = FIRST.replace('\n', "\r\n");
    format!("\u{feff}Early=1\r\n{}\r\nNoValue", lines.trim_end())
}

/// A thing to survive: its name and the text that shows it did. What only the second file has is last.
const TRAITS: [(&str, &str); 10] = [
    ("comments", "# stations of the depot"),
    ("padding in front of a value", "NominalVoltage=          230"),
    ("blanks around the sign", "MaxAvailableCurrent = "),
    ("both of two equal keys", "Limit=1\nLimit=2"),
    ("quotes", "\"Depot 'North'\""),
    ("backslashes", "C:\\new\\t\n"),
    ("`#` and `;` in a value", "#ff0000;bright"),
    ("byte order mark", "\u{feff}"),
    ("a key before the first section", "Early=1"),
    ("a key without value at the end", "\nNoValue"),
];

/// What a reader does: read and write, and read, change `MaxAvailableCurrent` to 32000 and write.
struct Peer {
    name: &'static str,
    rewrite: fn(&str) -> Option<String>,
    edit: fn(&str) -> Option<String>,
    /// Reads and drops; whether it could.
    read: fn(&str) -> bool,
}

const SECTION: &str = "LOAD MANAGEMENT";
const KEY: &str = "MaxAvailableCurrent";

const PEERS: [Peer; 5] = [
    Peer {
        name: "evkit-config-format",
        rewrite: |text| String::from_utf8(ours(text).as_bytes().to_vec()).ok(),
        edit: |text| {
            let document = ours(text);
            let entry = document.find(Some(SECTION), KEY).next()?;
            let change = [document.set(&entry, b"32000").ok()?];
            String::from_utf8(Edited::new(text.as_bytes(), &change).ok()?.to_vec()).ok()
        },
        read: |text| !ours(text).tape().is_empty(),
    },
    Peer {
        name: "rust-ini 0.21",
        rewrite: |text| written(&ini::Ini::load_from_str(text).ok()?),
        edit: |text| {
            let mut read = ini::Ini::load_from_str(text).ok()?;
            read.with_section(Some(SECTION)).set(KEY, "32000");
            written(&read)
        },
        read: |text| ini::Ini::load_from_str(text).is_ok(),
    },
    Peer {
        name: "configparser 3.3",
        rewrite: |text| Some(configured(text)?.writes()),
        edit: |text| {
            let mut read = configured(text)?;
            read.setstr(SECTION, KEY, Some("32000"));
            Some(read.writes())
        },
        read: |text| configured(text).is_some(),
    },
    Peer {
        name: "toml_edit 0.25",
        rewrite: |text| Some(text.parse::<toml_edit::DocumentMut>().ok()?.to_string()),
        edit: |text| {
            let mut read = text.parse::<toml_edit::DocumentMut>().ok()?;
            read[SECTION][KEY] = toml_edit::value(32000);
            Some(read.to_string())
        },
        read: |text| text.parse::<toml_edit::DocumentMut>().is_ok(),
    },
    Peer {
        name: "ini-roundtrip 0.2",
        rewrite: |text| Some(raw_lines(text)),
        // It reads only: there is nothing to change a value with.
        edit: |_| None,
        read: |text| !ini_roundtrip::Parser::new(text).collect::<Vec<_>>().is_empty(),
    },
];

fn ours(text: &str) -> Document<'_> {
    Document::parse(text.as_bytes(), Dialect::Ini)
}

fn written(read: &ini::Ini) -> Option<String> {
    let mut out = Vec::new();
    read.write_to(&mut out).ok()?;
    String::from_utf8(out).ok()
}

fn configured(text: &str) -> Option<configparser::ini::Ini> {
    let mut read = configparser::ini::Ini::new_cs();
    read.read(text.to_owned()).ok()?;
    Some(read)
}

/// The raw lines are all it gives back; line ends are the caller's to remember.
fn raw_lines(text: &str) -> String {
    use ini_roundtrip::Item;
    let raw = |item| match item {
        Item::Error(raw) => Some(raw),
        Item::Section { raw, .. } | Item::Property { raw, .. } => Some(raw),
        Item::Comment { raw } | Item::Blank { raw } => Some(raw),
        Item::SectionEnd => None,
    };
    let lines: Vec<_> = ini_roundtrip::Parser::new(text).filter_map(raw).collect();
    lines.join("\n") + "\n"
}

/// Rows of what survives, a column for each peer and file.
fn survivors() -> String {
    let second = second();
    let mut table = String::from("| what | file |");
    PEERS.iter().for_each(|peer| write!(table, " {} |", peer.name).expect("memory"));
    table += "\n|---|---|---|---|---|---|---|\n";
    let mut row = |what: &str, file: &str, cell: &dyn Fn(&Peer) -> &'static str| {
        write!(table, "| {what} | {file} |").expect("memory");
        PEERS.iter().for_each(|peer| write!(table, " {} |", cell(peer)).expect("memory"));
        table.push('\n');
    };
    let verdict = |kept: Option<bool>| kept.map_or("refused", |kept| if kept { "yes" } else { "lost" });
    for (name, text) in [("1", FIRST), ("2", second.as_str())] {
        let plain = |text: &str| text.replace("\r\n", "\n");
        for (what, sign) in TRAITS.into_iter().filter(|(_, sign)| plain(text).contains(sign)) {
            row(what, name, &|peer| verdict((peer.rewrite)(text).map(|out| plain(&out).contains(sign))));
        }
        if name == "2" {
            let crlf = |out: String| out.matches('\n').count() == out.matches("\r\n").count();
            row("CRLF", name, &|peer| verdict((peer.rewrite)(text).map(crlf)));
        }
        row("**every byte**", name, &|peer| verdict((peer.rewrite)(text).map(|out| out == text)));
        let changed = text.replace("63000", "32000");
        row("**every byte outside a changed value**", name, &|peer| {
            let read = (peer.rewrite)(text).is_some();
            let edited = (peer.edit)(text).map(|out| out == changed);
            if read { edited.map_or("no edits", |kept| verdict(Some(kept))) } else { "refused" }
        });
    }
    table
}

/// The shortest of a few runs: what the machine does beside makes them longer, never shorter.
fn shortest<T>(run: impl Fn() -> T) -> Duration {
    let timed = || {
        let start = Instant::now();
        black_box(run());
        start.elapsed()
    };
    (0..4).map(|_| timed()).min().unwrap_or_default()
}

fn rate(bytes: usize, time: Duration) -> f64 {
    bytes as f64 / time.as_secs_f64() / 1e6
}

/// A text that is INI and TOML alike, so that all can read it.
fn common(bytes: usize) -> String {
    let mut text = String::new();
    for station in 0.. {
        if text.len() >= bytes {
            break;
        }
        write!(text, "# station {station}\n[STATION{station}]\n").expect("memory");
        let keys = ["MaxAvailableCurrent=63000", "NominalVoltage = 230", "LocalDHCPSEnabled=true"];
        keys.iter().for_each(|key| writeln!(text, "{key}").expect("memory"));
        (1..16).for_each(|key| writeln!(text, "FailsafeCurrentSerial{key}=6000").expect("memory"));
    }
    text
}

fn sample(name: &str, bytes: usize) -> Vec<u8> {
    let path = format!("{}/../config-format/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    let file = std::fs::read(path).expect("a sample of the library");
    file.repeat(bytes.div_ceil(file.len()))
}

fn speeds() {
    let text = common(1_000_000);
    println!("| reader | MB/s |\n|---|---|");
    for peer in &PEERS {
        assert!((peer.read)(&text), "{} reads the common text", peer.name);
        let best = (0..10).map(|_| shortest(|| (peer.read)(&text))).min().unwrap_or_default();
        println!("| {} | {:.0} |", peer.name, rate(text.len(), best));
    }
    println!("\n| file | bytes | parse | parse, look up every key | parse, index of the file | findings |");
    println!("|---|---|---|---|---|---|");
    for megabytes in [1, 10, 100] {
        let file = sample("evlink-all.cfg", megabytes * 1_000_000);
        let times = [
            shortest(|| evlink::Config::parse(&file)),
            shortest(|| evlink::Config::parse(&file).file().entries().count()),
            shortest(|| evlink::Config::parse(&file).file().index().entry(None, "x").is_some()),
            shortest(|| evlink::Config::parse(&file).findings().len()),
        ];
        print!("| evlink-all.cfg, repeated | {megabytes} MB |");
        times
            .iter()
            .for_each(|time| print!(" {:.3} s ({:.0} MB/s) |", time.as_secs_f64(), rate(file.len(), *time)));
        println!();
        let tokens = Document::parse(&file, Dialect::Ini).tape().len();
        println!("<!-- {tokens} tokens, {} bytes each -->", size_of::<Boundary>());
    }
}

fn main() {
    let table = survivors();
    println!("{table}");
    speeds();
    let documented = include_str!("../../config-format/docs/peers.md");
    assert!(documented.contains(&table), "config-format/docs/peers.md has another table than this run");
}
