//! What a trend chart is given: points, baseline, targets, thresholds, and the words written at them.
//! Refuses to format a value.

#[derive(Debug, Clone, Default)]
pub struct TrendInput {
    pub title: String,
    pub description: String,
    /// Scene units: `scene::PHONE_WIDTH` for a page, `scene::PAGE_WIDTH` for paper.
    pub width: f64,
    /// Chosen from the width when absent.
    pub height: Option<f64>,
    /// Written above the value axis.
    pub unit: String,
    pub points: Vec<TrendPoint>,
    pub baseline: Option<Mark>,
    /// The expected path runs straight from the baseline through these in order of time.
    pub targets: Vec<Mark>,
    pub thresholds: Vec<Threshold>,
    /// Shade where a value would be on track, at risk and off track.
    pub bands: Option<BandLimits>,
    /// Written at the last preferred point.
    pub end_label: String,
    /// What is said of the hatching over a point of which not all has come; nothing is said without it.
    pub incomplete: String,
    /// Whole things are counted: the axis has no parts of them.
    pub whole: bool,
}

#[derive(Debug, Clone, Default)]
pub struct TrendPoint {
    /// Decimal year: the middle of its period.
    pub x: f64,
    pub y: f64,
    /// The length of its period in years.
    pub span: f64,
    pub tooltip: String,
    /// Not all of it has come: hollow, its period hatched, and no line leads to it or away.
    pub incomplete: bool,
    /// Not real data: drawn dotted and in yellow.
    pub illustrative: bool,
    /// Points of the preferred source make the line; the others are small hollow marks.
    pub preferred: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Mark {
    pub x: f64,
    pub y: f64,
    /// Written beside the baseline and the last target, a tooltip on the others.
    pub label: String,
}

#[derive(Debug, Clone, Default)]
pub struct Threshold {
    pub y: f64,
    pub label: String,
}

/// Shares of the expected progress at which the bands begin, such as 0.9 and 0.6.
#[derive(Debug, Clone, Copy)]
pub struct BandLimits {
    pub on_track: f64,
    pub at_risk: f64,
}
