//! SVG plots for the report, drawn with `plotters` and coloured by the page's style sheet.
//!
//! The page has a light and a dark theme, so a plot must not carry fixed colours. `plotters` only knows
//! RGB; each role of the palette therefore gets a colour nobody would choose, and [`themed`] replaces it by
//! the CSS variable of that role.

use std::fmt::Write as _;

use plotters::prelude::*;

/// What a colour stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Grid phase L1, L2, L3 or EVSE terminal 1, 2, 3.
    Phase(usize),
    /// A limit.
    Limit,
    /// The building's own load, a current offered.
    Quiet,
    /// A time without central system or meter.
    Outage,
    /// Axes and grid lines.
    Grid,
    /// Letters.
    Ink,
    /// Time spent waiting.
    Waiting,
}

impl Role {
    const ALL: [Self; 9] = [
        Self::Phase(0),
        Self::Phase(1),
        Self::Phase(2),
        Self::Limit,
        Self::Quiet,
        Self::Outage,
        Self::Grid,
        Self::Ink,
        Self::Waiting,
    ];

    fn index(self) -> u8 {
        Self::ALL.iter().position(|r| *r == self).and_then(|i| u8::try_from(i).ok()).unwrap_or(0)
    }

    /// The stand-in colour: red and green fixed, blue is the role.
    fn rgb(self) -> RGBColor {
        RGBColor(0x01, 0xFE, self.index())
    }

    fn variable(self) -> &'static str {
        match self {
            Self::Phase(0) => "var(--l1)",
            Self::Phase(1) => "var(--l2)",
            Self::Phase(_) => "var(--l3)",
            Self::Limit => "var(--limit)",
            Self::Quiet => "var(--quiet)",
            Self::Outage => "var(--outage)",
            Self::Grid => "var(--grid)",
            Self::Ink => "var(--ink)",
            Self::Waiting => "var(--waiting)",
        }
    }
}

/// A line of a plot: time in minutes, value.
#[derive(Debug)]
pub struct Line {
    /// Colour role.
    pub role: Role,
    /// Width in pixels.
    pub width: u32,
    /// Points in order of time.
    pub points: Vec<(f64, f64)>,
}

/// What a time plot shows.
#[derive(Debug)]
pub struct TimePlot {
    /// Width and height in pixels of the drawing; the page scales it.
    pub size: (u32, u32),
    /// Length of the time axis in minutes.
    pub minutes: f64,
    /// Upper end of the value axis.
    pub top: f64,
    /// Unit of the values, such as `A`.
    pub unit: &'static str,
    /// Time of day in minutes at the left end.
    pub starts_at: u32,
    /// Spans to shade, in minutes.
    pub shaded: Vec<(f64, f64)>,
    /// Lines, drawn in order.
    pub lines: Vec<Line>,
}

impl TimePlot {
    /// The plot as an `<svg>` element that follows the page's theme.
    ///
    /// # Errors
    /// What the drawing library reports.
    pub fn svg(&self) -> anyhow::Result<String> {
        let mut text = String::new();
        self.draw(&mut text).map_err(|e| anyhow::anyhow!("plot: {e}"))?;
        Ok(themed(&text))
    }

    fn draw(&self, text: &mut String) -> Result<(), Box<dyn std::error::Error + '_>> {
        let root = SVGBackend::with_string(text, self.size).into_drawing_area();
        let label = ("sans-serif", 13).into_font().color(&Role::Ink.rgb());
        let mut chart = ChartBuilder::on(&root)
            .margin(6)
            .margin_right(24)
            .x_label_area_size(24)
            .y_label_area_size(48)
            .build_cartesian_2d(0.0..self.minutes, 0.0..self.top)?;
        let starts_at = f64::from(self.starts_at);
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(Role::Grid.rgb())
            .axis_style(Role::Grid.rgb())
            .label_style(label)
            .x_labels(9)
            .y_labels(if self.size.1 < 150 { 3 } else { 6 })
            .x_label_formatter(&|m| time_of_day(starts_at + m))
            .y_label_formatter(&|v| format!("{v:.0} {}", self.unit))
            .draw()?;
        for (from, to) in &self.shaded {
            let corners = [(*from, 0.0), (to.min(self.minutes), self.top)];
            chart.draw_series([Rectangle::new(corners, Role::Outage.rgb().filled())])?;
        }
        for line in &self.lines {
            let style = ShapeStyle::from(line.role.rgb()).stroke_width(line.width);
            chart.draw_series(LineSeries::new(line.points.iter().copied(), style))?;
        }
        root.present()?;
        Ok(())
    }
}

/// A bar of a [`Timeline`]: from, to in minutes.
#[derive(Debug)]
pub struct Bar {
    /// Colour role.
    pub role: Role,
    /// Start in minutes.
    pub from: f64,
    /// End in minutes.
    pub to: f64,
}

/// Rows of bars over time, one row per car.
#[derive(Debug)]
pub struct Timeline {
    /// Width of the drawing in pixels.
    pub width: u32,
    /// Length of the time axis in minutes.
    pub minutes: f64,
    /// Time of day in minutes at the left end.
    pub starts_at: u32,
    /// Spans to shade, in minutes.
    pub shaded: Vec<(f64, f64)>,
    /// Name and bars per row, from the top.
    pub rows: Vec<(String, Vec<Bar>)>,
}

impl Timeline {
    /// The drawing as an `<svg>` element that follows the page's theme.
    ///
    /// # Errors
    /// What the drawing library reports.
    pub fn svg(&self) -> anyhow::Result<String> {
        let mut text = String::new();
        self.draw(&mut text).map_err(|e| anyhow::anyhow!("timeline: {e}"))?;
        Ok(themed(&text))
    }

    fn draw(&self, text: &mut String) -> Result<(), Box<dyn std::error::Error + '_>> {
        let rows = u32::try_from(self.rows.len())?;
        let root = SVGBackend::with_string(text, (self.width, 40 + rows * 20)).into_drawing_area();
        let label = ("sans-serif", 13).into_font().color(&Role::Ink.rgb());
        let mut chart = ChartBuilder::on(&root)
            .margin(6)
            .margin_right(24)
            .x_label_area_size(24)
            .y_label_area_size(130)
            .build_cartesian_2d(0.0..self.minutes, f64::from(rows)..0.0)?;
        let starts_at = f64::from(self.starts_at);
        chart
            .configure_mesh()
            .disable_y_mesh()
            .disable_y_axis()
            .light_line_style(TRANSPARENT)
            .bold_line_style(Role::Grid.rgb())
            .axis_style(Role::Grid.rgb())
            .label_style(label.clone())
            .x_labels(9)
            .x_label_formatter(&|m| time_of_day(starts_at + m))
            .draw()?;
        for (from, to) in &self.shaded {
            let corners = [(*from, 0.0), (to.min(self.minutes), f64::from(rows))];
            chart.draw_series([Rectangle::new(corners, Role::Outage.rgb().filled())])?;
        }
        for (row, (name, bars)) in self.rows.iter().enumerate() {
            let y = row as f64;
            chart.draw_series(bars.iter().map(|bar| {
                Rectangle::new([(bar.from, y + 0.2), (bar.to, y + 0.8)], bar.role.rgb().filled())
            }))?;
            let (_, middle) = chart.backend_coord(&(0.0, y + 0.5));
            root.draw(&Text::new(name.clone(), (8, middle - 6), label.clone()))?;
        }
        root.present()?;
        Ok(())
    }
}

fn time_of_day(minutes: f64) -> String {
    let minutes = minutes.round().max(0.0) as u64;
    format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60)
}

/// Replaces the stand-in colours by CSS variables and lets the page decide about the width.
fn themed(svg: &str) -> String {
    let mut themed = svg.to_owned();
    for role in Role::ALL {
        let mut hex = String::new();
        // Writing to a string cannot fail.
        let _ = write!(hex, "#01FE{:02X}", role.index());
        themed = themed.replace(&hex, role.variable());
    }
    match (themed.find("<svg"), themed.find("viewBox")) {
        (Some(tag), Some(view_box)) => format!("<svg role=\"img\" {}", &themed[view_box.max(tag)..]),
        _ => themed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot() -> TimePlot {
        TimePlot {
            size: (400, 200),
            minutes: 10.0,
            top: 32.0,
            unit: "A",
            starts_at: 395,
            shaded: vec![(2.0, 3.0)],
            lines: vec![Line { role: Role::Phase(1), width: 2, points: vec![(0.0, 0.0), (5.0, 16.0)] }],
        }
    }

    #[test]
    fn a_plot_has_no_colour_of_its_own() {
        let svg = plot().svg().unwrap();
        assert!(svg.contains("var(--l2)") && svg.contains("var(--outage)") && svg.contains("var(--ink)"));
        assert!(!svg.contains("#01FE"), "{svg}");
        assert!(svg.starts_with("<svg role=\"img\" viewBox=\"0 0 400 200\""), "{svg}");
    }

    #[test]
    fn the_time_axis_shows_the_time_of_day() {
        let svg = plot().svg().unwrap();
        assert!(svg.contains("06:35"), "{svg}");
    }
}
