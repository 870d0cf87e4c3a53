//! Ten messages read and written by evkit-ocpp and by another crate, in turns, as a Markdown table.
//!
//! The payloads and the way of measuring are those of `table ocpp`, which compares with ocpp-types, the fastest of the
//! typed crates. The three here cannot share a build with it: see `benches/README.md`.

#[path = "../../src/bin/table/measure.rs"]
mod measure;
#[path = "../../src/bin/table/payloads.rs"]
mod payloads;
mod peer;

use std::hint::black_box;

use evkit_ocpp::message::{IntoOwned, Message};
use evkit_ocpp::schema::Version;
use evkit_ocpp::{v2, v16};
use measure::{Contender, Cost, race};
use serde::Serialize;

/// Writes into a buffer that is there already.
fn write<T: Serialize>(message: &T, buffer: &mut Vec<u8>) -> Option<usize> {
    buffer.clear();
    serde_json::to_writer(&mut *buffer, message).ok()?;
    Some(buffer.len())
}

fn show(name: &str, bytes: usize, costs: &[Cost]) {
    let cell = |Cost { nanoseconds, allocations }: Cost| format!("{nanoseconds:.0} ({allocations})");
    print!("| {name} | {bytes} |");
    for pair in costs.chunks_exact(2) {
        let ratio = pair[0].nanoseconds / pair[1].nanoseconds;
        print!(" {} | {} | {ratio:.2} |", cell(pair[0]), cell(pair[1]));
    }
    println!();
}

/// A line for each message: our type, theirs, a payload.
macro_rules! measure {
    ($batches:ident; $($version:ident $ours:ident :: $Type:ident, $Theirs:ident, $payload:expr;)*) => {$({
        let payload: String = $payload.into();
        let (text, version) = (payload.as_str(), Version::$version);
        let evkit = |text| <$ours::$Type<'_>>::decode(text, version).ok().map(IntoOwned::into_owned);
        let owned = evkit(text).expect("valid");
        match peer::decode::<peer::$Theirs>(text) {
            Some(theirs) => {
                let mut buffers = [(); 2].map(|()| vec![0; 16 * 1024]);
                let [first, second] = &mut buffers;
                let mut contenders = [
                    Contender::new(|| <$ours::$Type<'_>>::decode(black_box(text), version).ok()),
                    Contender::new(|| peer::decode::<peer::$Theirs>(black_box(text))),
                    Contender::new(|| black_box(&owned).encode(version, first).ok().map(str::len)),
                    Contender::new(|| write(black_box(&theirs), second)),
                ];
                show(stringify!($Theirs), text.len(), &race(&mut contenders, $batches));
            }
            None => println!("| {} | {} | refused by {} |", stringify!($Theirs), text.len(), peer::NAME),
        }
    })*};
}

fn main() {
    let batches = std::env::args().nth(1).and_then(|number| number.parse().ok()).unwrap_or(60);
    println!("Nanoseconds (allocations). Ratio: evkit to {}, below 1 evkit is faster.\n", peer::NAME);
    println!(
        "| payload | bytes | evkit reads | {0} reads | ratio | evkit writes | {0} writes | ratio |",
        peer::NAME
    );
    println!("|---|{}", "---:|".repeat(7));
    measure! {
        batches;
        V16 v16::BootNotificationRequest, BootNotification, payloads::BOOT;
        V16 v16::StartTransactionRequest, StartTransaction, payloads::START;
        V16 v16::MeterValuesRequest, MeterValues, payloads::meter_values();
        V16 v16::StatusNotificationRequest, StatusNotification, payloads::STATUS;
        V16 v16::SetChargingProfileRequest, SetChargingProfile, payloads::charging_profile();
        V16 v16::AuthorizeResponse, AuthorizeResponse, payloads::AUTHORIZED;
        V16 v16::GetConfigurationResponse, GetConfigurationResponse, payloads::configuration();
        V201 v2::TransactionEventRequest, TransactionEvent, payloads::transaction_event();
        V201 v2::NotifyReportRequest, NotifyReport, payloads::report();
        V201 v2::SetVariablesRequest, SetVariables, payloads::variables();
    }
}
