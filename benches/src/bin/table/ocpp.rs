//! Messages: evkit-ocpp beside ocpp-types, the fastest of the typed crates, and a generic JSON Schema validator.
//!
//! ocpp-types reads through `serde_json` and is told to `validate()`; both write into a buffer that is there already. The
//! validator needs the official schemas, in the folder `$EVKIT_OCPP_SCHEMAS`.

use std::hint::black_box;
use std::path::PathBuf;

use evkit_ocpp::message::{IntoOwned, Message};
use evkit_ocpp::schema::{Version, check};
use evkit_ocpp::{v2, v16};
use ocpp_types::validate::Validate as _;
use serde::Serialize;

use crate::measure::{Contender, Cost, race};
use crate::payloads;

const NAMES: [&str; 5] =
    ["evkit", "evkit, owned", "ocpp-types", "jsonschema, parse and check", "jsonschema, check"];

/// The typed peer among the names.
const PEER: usize = 2;

/// The payload, its bytes, and the costs, `None` for who does not take part.
type Row = (&'static str, usize, [Option<Cost>; NAMES.len()]);

#[derive(Default)]
struct Tables {
    decode: Vec<Row>,
    encode: Vec<Row>,
    check: Vec<Row>,
    batches: u32,
}

impl Tables {
    fn measure(&self, contenders: Vec<(usize, Contender<'_>)>) -> [Option<Cost>; NAMES.len()] {
        let (places, mut contenders): (Vec<_>, Vec<_>) = contenders.into_iter().unzip();
        let mut row = [None; NAMES.len()];
        for (place, cost) in places.into_iter().zip(race(&mut contenders, self.batches)) {
            row[place] = Some(cost);
        }
        row
    }
}

/// Writes into a buffer that is there already.
fn write<T: Serialize>(message: &T, buffer: &mut Vec<u8>) -> Option<usize> {
    buffer.clear();
    serde_json::to_writer(&mut *buffer, message).ok()?;
    Some(buffer.len())
}

/// The compiled official schema of a message.
fn official_schema(version: Version, stem: &str) -> Option<jsonschema::Validator> {
    let folder = PathBuf::from(std::env::var_os("EVKIT_OCPP_SCHEMAS")?);
    let name = if version == Version::V16 { "v16" } else { "v201" };
    let text =
        std::fs::read_to_string(folder.join(name).join("schemas").join(format!("{stem}.json"))).ok()?;
    let schema = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    jsonschema::options().should_validate_formats(true).build(&schema).ok()
}

/// For each version our module and theirs, and a line for each message: the stem of its schema's file, its type, a payload.
macro_rules! measure {
    ($tables:ident; $(
        $version:ident, $evkit:ident, $theirs:ident { $($stem:literal $Type:ident $payload:expr;)* }
    )*) => {$($({
        let payload: String = $payload.into();
        let (text, version) = (payload.as_str(), Version::$version);
        let evkit = |text| <$evkit::$Type<'_>>::decode(text, version).ok();
        let theirs = |text| serde_json::from_str::<$theirs::$Type>(text).ok().filter(|it| it.validate().is_ok());

        let schema = official_schema(version, $stem);
        let parse = |text| serde_json::from_str::<serde_json::Value>(text).expect("a payload is JSON");
        let tree = parse(text);
        let mut decode = vec![
            (0, Contender::new(|| evkit(black_box(text)))),
            (1, Contender::new(|| evkit(black_box(text)).map(IntoOwned::into_owned))),
            (PEER, Contender::new(|| theirs(black_box(text)))),
        ];
        let table = <$evkit::$Type<'_> as Message<'_>>::SCHEMA;
        let mut alone = vec![(0, Contender::new(|| check(black_box(text), table, version).ok()))];
        if let Some(schema) = &schema {
            let both = || schema.is_valid(&parse(black_box(text))).then_some(());
            decode.push((3, Contender::new(both)));
            alone.push((3, Contender::new(both)));
            alone.push((4, Contender::new(|| schema.is_valid(black_box(&tree)).then_some(()))));
        }
        $tables.decode.push(($stem, text.len(), $tables.measure(decode)));
        $tables.check.push(($stem, text.len(), $tables.measure(alone)));

        let borrowed = evkit(text).expect("valid");
        let owned = borrowed.clone().into_owned();
        let theirs = theirs(text).expect("valid");
        let mut buffers = [(); 3].map(|()| vec![0; 16 * 1024]);
        let [first, second, third] = &mut buffers;
        let encode = vec![
            (0, Contender::new(|| black_box(&borrowed).encode(version, first).ok().map(str::len))),
            (1, Contender::new(|| black_box(&owned).encode(version, second).ok().map(str::len))),
            (PEER, Contender::new(|| write(black_box(&theirs), third))),
        ];
        $tables.encode.push(($stem, text.len(), $tables.measure(encode)));
    })*)*};
}

/// Prints the three tables.
pub(crate) fn print(batches: u32) {
    use ocpp_types::{v16 as t16, v201 as t2};

    let mut t = Tables { batches, ..Tables::default() };
    measure! {
        t;
        V16, v16, t16 {
            "BootNotification" BootNotificationRequest payloads::BOOT;
            "StartTransaction" StartTransactionRequest payloads::START;
            "MeterValues" MeterValuesRequest payloads::meter_values();
            "StatusNotification" StatusNotificationRequest payloads::STATUS;
            "SetChargingProfile" SetChargingProfileRequest payloads::charging_profile();
            "AuthorizeResponse" AuthorizeResponse payloads::AUTHORIZED;
            "GetConfigurationResponse" GetConfigurationResponse payloads::configuration();
        }
        V201, v2, t2 {
            "TransactionEventRequest" TransactionEventRequest payloads::transaction_event();
            "NotifyReportRequest" NotifyReportRequest payloads::report();
            "SetVariablesRequest" SetVariablesRequest payloads::variables();
        }
    }

    println!("Nanoseconds (allocations). Ratio: evkit to ocpp-types, below 1 evkit is faster. GB/s: evkit.");
    show("Decode and validate", &t.decode);
    show("Encode", &t.encode);
    show("Validate alone", &t.check);
}

fn show(title: &str, rows: &[Row]) {
    let takes_part = |place: &usize| rows.iter().any(|(_, _, row)| row[*place].is_some());
    let places: Vec<_> = (0..NAMES.len()).filter(takes_part).collect();
    let names: Vec<_> = places.iter().map(|place| NAMES[*place]).collect();
    let compares = places.contains(&PEER);
    let ratio = if compares { " ratio |" } else { "" };
    println!("\n{title}\n\n| payload | bytes | {} |{ratio} GB/s |", names.join(" | "));
    println!("|---|{}", "---:|".repeat(places.len() + 2 + usize::from(compares)));
    for (name, bytes, row) in rows {
        print!("| {name} | {bytes} |");
        for place in &places {
            match row[*place] {
                Some(cost) => print!(" {:.0} ({}) |", cost.nanoseconds, cost.allocations),
                None => print!(" |"),
            }
        }
        let ours = row[0].map_or(f64::NAN, |cost| cost.nanoseconds);
        if let Some(peer) = row[PEER] {
            print!(" {:.2} |", ours / peer.nanoseconds);
        }
        println!(" {:.2} |", *bytes as f64 / ours);
    }
}
