//! The page around the plots.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::plot::{Bar, Line, Role, TimePlot, Timeline};
use crate::site::record::{EventRow, NodeRecord, Record, ratio};

/// Renders the report of a run.
///
/// # Errors
/// A plot that cannot be drawn.
pub fn render(record: &Record) -> anyhow::Result<String> {
    let title = format!("{}: charging site report", record.site);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(include_str!("report.css"))) }
            }
            body {
                h1 { (record.site) }
                (verdict(record))
                (limits(record))
                (currents(record)?)
                (cars(record)?)
                (outages(record))
                (transactions(record))
                (errors(record))
                (settings(record))
                (events(record))
                footer { "Written by evkit " (env!("CARGO_PKG_VERSION")) ", seed " (record.seed) ". Times are UTC and virtual." }
            }
        }
    };
    Ok(page.into_string())
}

fn verdict(record: &Record) -> Markup {
    let good = record.failures.is_empty();
    let energy: i64 = record.transactions.iter().map(|t| t.energy_wh).sum();
    let closed = record.transactions.iter().filter(|t| t.end.is_some()).count();
    let frames = record.frames.from_stations + record.frames.from_back_end;
    html! {
        p.verdict.good[good].bad[!good] {
            @if good { "Every limit was kept, every frame was valid, every transaction was closed once." }
            @else { (record.failures.len()) " problem" @if record.failures.len() != 1 { "s" } ": the run failed." }
        }
        @if !good { ul.bad { @for failure in &record.failures { li { (failure) } } } }
        p {
            (record.evses.len()) " EVSEs behind a " (amps(record.nodes.first().map_or(0, |n| n.limit_ma[0])))
            " A connection, " (record.clock(0)) " to " (record.clock(record.length_ms)) " on " (record.start.format("%-d %B %Y")) "."
        }
        dl.figures {
            @if let Some((per_mille, node, phase)) = record.tightest() {
                div { dt { "Largest load ÷ limit" } dd { (percent(per_mille)) } p { (node.name) ", L" (phase) } }
            }
            div { dt { "Energy" } dd { (kwh(energy)) } p { "to " (record.cars.iter().filter(|c| c.got_wh > 0).count()) " of " (record.cars.len()) " cars" } }
            div { dt { "Transactions closed" } dd { (closed) " of " (record.transactions.len()) } p { "each stored exactly once" } }
            div { dt { "OCPP frames" } dd { (frames) } p { (record.frames.invalid) " invalid" } }
        }
    }
}

fn limits(record: &Record) -> Markup {
    html! {
        h2 { "Did it keep every limit?" }
        p { "Load that really flowed, per supply node and phase: cars and building, every tenth of a second, added up by code that does not know the load manager." }
        div.wide { table {
            thead { tr { th { "Node" } th { "Limit" } th.bar { "L1" } th.bar { "L2" } th.bar { "L3" } th { "Limit from" } } }
            tbody { @for node in &record.nodes { (node_row(record, node)) } }
        } }
    }
}

fn node_row(record: &Record, node: &NodeRecord) -> Markup {
    let depth = std::iter::successors(node.parent, |p| record.nodes[*p].parent).count();
    html! { tr {
        td style=(format!("padding-left:{}rem", 0.6 + 1.2 * depth as f64)) { (node.name) }
        td.number { (amps(node.limit_ma[0])) " A" }
        @for p in 0..3 {
            @let per_mille = ratio(node.peak_ma[p], node.limit_ma[p]);
            td.bar { div.meter { div.fill.over[per_mille > 1000] style=(format!("width:{}%;background:var(--l{})", per_mille.min(1000) / 10, p + 1)) {} }
                span { (amps(node.peak_ma[p])) " A · " (percent(per_mille)) } }
        }
        td.quiet { (node.source) }
    } }
}

fn currents(record: &Record) -> anyhow::Result<Markup> {
    Ok(html! {
        h2 { "Current per phase against the limit" }
        p.legend {
            span.key style="--c:var(--l1)" { "L1" } span.key style="--c:var(--l2)" { "L2" } span.key style="--c:var(--l3)" { "L3" }
            span.key style="--c:var(--limit)" { "limit" } span.key style="--c:var(--quiet)" { "building alone" }
            span.key.block style="--c:var(--outage)" { "central system or meter away" }
        }
        @for (index, node) in record.nodes.iter().enumerate() {
            figure.small[index > 1] {
                figcaption { b { (node.name) } ", limit " (amps(node.limit_ma[0])) " A" }
                (PreEscaped(node_plot(record, index).svg()?))
            }
        }
    })
}

fn node_plot(record: &Record, node: usize) -> TimePlot {
    let limit = f64::from(record.nodes[node].limit_ma[0]) / 1000.0;
    let mut lines = vec![Line {
        role: Role::Limit,
        width: 2,
        points: vec![(0.0, limit), (minutes(record.length_ms), limit)],
    }];
    for p in 0..3 {
        if node == 0 {
            lines.push(series(record, Role::Quiet, 1, |s| s.base_ma[p]));
        }
        lines.push(series(record, Role::Phase(p), 2, |s| s.load_ma[node][p]));
    }
    let height = if node > 1 { 150 } else { 260 };
    time_plot(record, (if node > 1 { 520 } else { 1060 }, height), limit * 1.12, lines)
}

fn time_plot(record: &Record, size: (u32, u32), top: f64, lines: Vec<Line>) -> TimePlot {
    TimePlot {
        size,
        minutes: minutes(record.length_ms),
        top,
        unit: "A",
        starts_at: starts_at(record),
        shaded: shaded(record),
        lines,
    }
}

fn series(
    record: &Record,
    role: Role,
    width: u32,
    value: impl Fn(&crate::site::record::Sample) -> u32,
) -> Line {
    let points = record.samples.iter().map(|s| (minutes(s.at_ms), f64::from(value(s)) / 1000.0)).collect();
    Line { role, width, points }
}

fn cars(record: &Record) -> anyhow::Result<Markup> {
    Ok(html! {
        h2 { "Cars and the queue" }
        p.legend {
            span.key.block style="--c:var(--l1)" { "charging" } span.key.block style="--c:var(--waiting)" { "waiting for current" }
            span.key.block style="--c:var(--quiet)" { "plugged in, nothing wanted or not allowed" }
        }
        figure { (PreEscaped(queue_timeline(record).svg()?)) }
        div.wide { table {
            thead { tr { th { "Car" } th { "EVSE" } th { "Phases" } th { "Arrived" } th { "Left" } th { "Energy" } th { "of wanted" } th { "Waited" } th { "Note" } } }
            tbody { @for car in &record.cars { tr {
                td { (car.name) } td { (record.evses[car.evse].id) } td.number { (car.phases) }
                td { (record.clock(car.arrived_ms)) } td { (record.clock(car.left_ms)) }
                td.number { (kwh(i64::try_from(car.got_wh).unwrap_or(0))) }
                td.number { (percent(ratio(u32::try_from(car.got_wh).unwrap_or(0), u32::try_from(car.wanted_wh).unwrap_or(0)))) }
                td.number { @if car.queued_ms > 0 { (car.queued_ms / 60_000) " min" } } td.quiet { (car.note) }
            } } }
        } }
        h2 { "Current of each EVSE" }
        p.legend { span.key style="--c:var(--quiet)" { "offered by the pilot" } span.key style="--c:var(--l1)" { "drawn per phase" } }
        @for (index, evse) in record.evses.iter().enumerate() {
            figure.small {
                figcaption { b { (evse.id) } ", " (evse.rotation) ", up to " (amps(evse.max_ma)) " A" }
                (PreEscaped(evse_plot(record, index).svg()?))
            }
        }
    })
}

fn evse_plot(record: &Record, evse: usize) -> TimePlot {
    let lines = vec![
        series(record, Role::Quiet, 1, |s| s.offer_ma[evse]),
        series(record, Role::Phase(0), 2, |s| s.draw_ma[evse].into_iter().max().unwrap_or(0)),
    ];
    time_plot(record, (520, 130), f64::from(record.evses[evse].max_ma) / 1000.0 * 1.12, lines)
}

fn queue_timeline(record: &Record) -> Timeline {
    let rows = record.cars.iter().map(|car| {
        let mut bars: Vec<Bar> = Vec::new();
        for pair in record.samples.windows(2) {
            let (sample, to) = (&pair[0], pair[1].at_ms);
            if sample.at_ms < car.arrived_ms || sample.at_ms >= car.left_ms {
                continue;
            }
            let role = match (sample.draw_ma[car.evse].iter().any(|d| *d > 0), sample.queued[car.evse]) {
                (true, _) => Role::Phase(0),
                (false, true) => Role::Waiting,
                (false, false) => Role::Quiet,
            };
            match bars.last_mut() {
                Some(last) if last.role == role => last.to = minutes(to),
                _ => bars.push(Bar { role, from: minutes(sample.at_ms), to: minutes(to) }),
            }
        }
        (car.name.clone(), bars)
    });
    Timeline {
        width: 1060,
        minutes: minutes(record.length_ms),
        starts_at: starts_at(record),
        shaded: shaded(record),
        rows: rows.collect(),
    }
}

fn outages(record: &Record) -> Markup {
    html! {
        h2 { "What went wrong, and what happened then" }
        @if record.outages.is_empty() { p { "Nothing was away in this run." } }
        @for outage in &record.outages {
            h3 { (outage.what) " away from " (record.clock(outage.from_ms)) " to " (record.clock(outage.to_ms)) }
            ul { @for sentence in &outage.story { li { (sentence) } } }
        }
    }
}

fn transactions(record: &Record) -> Markup {
    html! {
        h2 { "Transactions" }
        p { "As the central system stored them." }
        div.wide { table {
            thead { tr { th { "Id" } th { "Station" } th { "Connector" } th { "Identifier" } th { "Start" } th { "End" } th { "Energy" } th { "Reason" } th {} } }
            tbody { @for t in &record.transactions { tr {
                td.number { (t.id) } td { (t.station) } td.number { (t.connector) } td { (t.card) }
                td { (t.start.format("%H:%M:%S")) } td { @if let Some(end) = t.end { (end.format("%H:%M:%S")) } @else { strong.bad { "open" } } }
                td.number { (kwh(t.energy_wh)) } td { (t.reason) } td.quiet { @if t.offline { "sent after the loss" } }
            } } }
        } }
    }
}

fn errors(record: &Record) -> Markup {
    html! {
        h2 { "OCPP errors" }
        @if record.ocpp_errors.is_empty() { p { "None." } } @else { (log(record, &record.ocpp_errors)) }
    }
}

fn settings(record: &Record) -> Markup {
    html! {
        h2 { "What the vendors' files set" }
        div.wide { table {
            thead { tr { th { "EVSE" } th { "Vendor" } th { "Feed" } th { "Rotation" } th { "Smallest" } th { "Largest" } th { "Without manager" } th { "From" } } }
            tbody { @for e in &record.evses { tr {
                td { (e.id) } td { (e.vendor) } td { (record.nodes[e.node].name) } td { (e.rotation) }
                td.number { (amps(e.min_ma)) " A" } td.number { (amps(e.max_ma)) " A" } td.number { (amps(e.disconnected_ma)) " A" } td.quiet { (e.source) }
            } } }
        } }
    }
}

fn events(record: &Record) -> Markup {
    html! { details { summary { "All events (" (record.events.len()) ")" } (log(record, &record.events)) } }
}

fn log(record: &Record, rows: &[EventRow]) -> Markup {
    html! { div.wide { table { tbody { @for row in rows { tr {
        td { (record.clock(row.at_ms)) } td { (row.who) } td { (row.what) }
    } } } } } }
}

fn shaded(record: &Record) -> Vec<(f64, f64)> {
    record.outages.iter().map(|o| (minutes(o.from_ms), minutes(o.to_ms))).collect()
}

fn starts_at(record: &Record) -> u32 {
    use chrono::Timelike as _;
    record.start.hour() * 60 + record.start.minute()
}

fn minutes(ms: u64) -> f64 {
    ms as f64 / 60_000.0
}

fn amps(ma: u32) -> String {
    let tenths = (ma + 50) / 100;
    if tenths.is_multiple_of(10) {
        (tenths / 10).to_string()
    } else {
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}

fn percent(per_mille: u32) -> String {
    format!("{}.{} %", per_mille / 10, per_mille % 10)
}

fn kwh(wh: i64) -> String {
    format!("{:.2} kWh", wh as f64 / 1000.0)
}
