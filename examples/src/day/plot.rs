//! The course of a day as an SVG file.

use std::path::Path;

use plotters::prelude::*;

use super::{DAY, Point, Record};

type Value = fn(&Point) -> f64;

/// Draws power and queue over the hours of the day to `file`.
///
/// # Errors
/// If the file cannot be written.
pub fn draw(record: &Record, file: &Path) -> anyhow::Result<()> {
    let root = SVGBackend::new(file, (900, 420)).into_drawing_area();
    root.fill(&WHITE)?;
    let most = record.course.iter().map(|point| point.room.max(point.by_rival)).fold(1.0, f64::max) * 1.05;
    let longest = record.longest_queue.max(1) as f64 * 3.0;
    let hours = 0.0..f64::from(DAY) / 3_600.0;
    let mut chart = ChartBuilder::on(&root)
        .margin(12)
        .caption(format!("{} EVSEs", record.evses), ("sans-serif", 16))
        .x_label_area_size(32)
        .y_label_area_size(48)
        .right_y_label_area_size(48)
        .build_cartesian_2d(hours.clone(), 0.0..most)?
        .set_secondary_coord(hours, 0.0..longest);
    chart.configure_mesh().x_desc("hour").y_desc("kW").draw()?;
    chart.configure_secondary_axes().y_desc("cars waiting").draw()?;
    let curve = |value: Value| {
        record.course.iter().map(move |point| (f64::from(point.second) / 3_600.0, value(point)))
    };
    let series: [(&str, RGBColor, Value); 3] = [
        ("left by the building", RGBColor(160, 160, 160), |point| point.room),
        ("told everything", RGBColor(214, 96, 77), |point| point.by_rival),
        ("controller", RGBColor(33, 102, 172), |point| point.delivered),
    ];
    for (label, colour, value) in series {
        let line = chart.draw_series(LineSeries::new(curve(value), colour.stroke_width(2)))?;
        line.label(label).legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour));
    }
    let queue = curve(|point| point.queue as f64);
    let line = chart.draw_secondary_series(LineSeries::new(queue, BLACK.mix(0.5)))?;
    line.label("cars waiting").legend(|(x, y)| PathElement::new([(x, y), (x + 16, y)], BLACK.mix(0.5)));
    chart.configure_series_labels().border_style(BLACK.mix(0.2)).background_style(WHITE.mix(0.8)).draw()?;
    root.present()?;
    Ok(())
}
