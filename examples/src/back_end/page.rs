//! The status page of the central system: plain HTML at `/`, JSON at `/api/stations`.

use maud::{DOCTYPE, html};
use serde_json::{Value, json};

use super::hub::{Hub, Transaction};

/// The page for people.
pub(super) fn status(hub: &Hub) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="color-scheme" content="light dark";
                title { "evkit central system" }
                style { "body{font:15px system-ui,sans-serif;margin:2rem;max-width:60rem}table{border-collapse:collapse}td,th{padding:.25rem .8rem;text-align:left;border-bottom:1px solid #8886}" }
            }
            body {
                h1 { "Central system" }
                h2 { "Stations" }
                @if hub.stations().is_empty() { p { "No station has connected yet." } }
                table { @for (identity, station) in hub.stations() { tr {
                    td { (identity) } td { (station.model) } td { @if station.online { "online" } @else { "offline" } }
                    td { @for (connector, status) in &station.connectors { (connector) ": " (status) " " } }
                    td { (station.frames.0) " frames in, " (station.frames.1) " out" }
                } } }
                h2 { "Transactions" }
                @if hub.transactions().is_empty() { p { "None yet." } }
                table { @for t in hub.transactions().iter().rev().take(100) { tr {
                    td { (t.id) } td { (t.station) " #" (t.connector) } td { (t.id_tag) } td { (t.start.to_rfc3339()) }
                    td { (outcome(t)) }
                } } }
            }
        }
    };
    page.into_string()
}

fn outcome(transaction: &Transaction) -> String {
    match &transaction.stop {
        None => format!("charging, {} meter values", transaction.meter_values),
        Some(stop) => format!("{} Wh, {}", stop.meter - transaction.meter_start, stop.reason),
    }
}

/// The same for programs.
pub(super) fn api(hub: &Hub) -> Value {
    json!({ "stations": hub.stations(), "transactions": hub.transactions(), "anomalies": hub.anomalies() })
}
