//! The charts of an indicator: its course against its path, and the map. What is hidden is hatched or left out, never zero.

use std::collections::BTreeMap;

use romduol_plan::kinds::TargetKind;
use romduol_report::chart::trend::{Mark, Threshold, TrendInput, TrendPoint};
use romduol_report::document::Figure as Drawing;
use romduol_report::map::{AreaValue, Breaks, Class, MapInput};
use romduol_report::{AxisText, Block, scene};

use super::Writer;
use crate::content::{Measured, Observation};

impl Writer<'_> {
    /// A chart only where there is a course to see.
    pub(super) fn trend(&self, measured: &Measured) -> Option<Block> {
        let (indicator, country) = (&measured.indicator, self.content.body.country());
        // Years beside their quarters would draw peaks: only periods as long as the one that counts.
        let length = measured.standing.period?.frequency();
        let of_length = measured.over_time(country).filter(|at| at.period.frequency() == length);
        let shown: Vec<&Observation> = of_length.filter(|at| at.value().is_some()).collect();
        let (last, value) = shown.last().and_then(|at| Some((*at, at.value()?)))?;
        if shown.len() < 2 {
            return None;
        }
        let point = |at: &&Observation| TrendPoint {
            x: at.period.end_as_year(),
            y: at.value().unwrap_or_default(),
            tooltip: format!("{}: {}", self.period(at.period), self.figure(indicator, at.figure)),
            illustrative: at.illustrative,
            preferred: true,
        };
        let aims = |kind: TargetKind| {
            let own = measured.targets.iter();
            own.filter(move |t| t.kind == kind && t.area == country && t.categories.is_empty())
        };
        let input = TrendInput {
            title: self.title(measured),
            description: format!("{}: {}", self.period(last.period), self.value(indicator, value)),
            width: scene::PHONE_WIDTH,
            unit: indicator.unit.clone(),
            points: shown.iter().map(point).collect(),
            baseline: indicator.baseline.zip(indicator.baseline_period).map(|(y, period)| Mark {
                x: period.end_as_year(),
                y,
                label: self.locale.t("baseline"),
            }),
            targets: aims(TargetKind::Target)
                .map(|t| Mark { x: t.period.end_as_year(), y: t.value, label: self.value(indicator, t.value) })
                .collect(),
            thresholds: aims(TargetKind::Threshold)
                .map(|t| Threshold { y: t.value, label: self.value(indicator, t.value) })
                .collect(),
            end_label: self.value(indicator, value),
            ..TrendInput::default()
        };
        let axis = AxisText { value: &|v| self.locale.number(v, 1), time: &|x| format!("{x:.0}") };
        let scene = romduol_report::trend(&input, &axis);
        Some(Block::Figure(Drawing { scene, caption: String::new(), source: String::new() }))
    }

    /// The map of one period: hidden and missing places are hatched alike, the table beside tells them apart.
    pub(super) fn map(&self, measured: &Measured, period: romduol_plan::Period) -> Option<Block> {
        let outlines = self.outlines?;
        let indicator = &measured.indicator;
        let mut values = BTreeMap::new();
        for at in measured.observations.iter().filter(|at| at.period == period && at.categories.is_empty()) {
            let area = self.content.body.areas.iter().find(|area| area.id == at.area);
            let Some(id) = area.and_then(|area| area.map_id.clone()) else { continue };
            let tooltip = format!("{}: {}", self.name(&at.area), self.figure(indicator, at.figure));
            values.insert(id, AreaValue { value: at.value(), tooltip, href: None });
        }
        if values.values().filter(|area| area.value.is_some()).count() < 2 {
            return None;
        }
        let input = MapInput {
            title: self.title(measured),
            description: self.period(period),
            width: scene::PHONE_WIDTH,
            values,
            breaks: Breaks::default(),
            no_data: self.locale.t("edition-hidden-or-missing"),
            unit: indicator.unit.clone(),
            credit: String::new(),
        };
        let range =
            |class: Class| format!("{}–{}", self.locale.number(class.low, 1), self.locale.number(class.high, 1));
        let scene = romduol_report::map(outlines, &input, &range);
        let source = self.text(&self.content.body.plan.map_attribution).to_string();
        let caption = self.period(period);
        Some(Block::Figure(Drawing { scene, caption, source }))
    }
}
