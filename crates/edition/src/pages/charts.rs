//! The charts of an indicator: its course against its path, and the map. What is hidden is hatched or left out, never zero.

use std::collections::BTreeMap;

use romduol_plan::kinds::{Indicator, TargetKind};
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
            x: at.period.middle_as_year(),
            y: at.value().unwrap_or_default(),
            span: at.period.in_years(),
            tooltip: format!("{}: {}", self.period(at.period), self.marked(indicator, at)),
            incomplete: at.incomplete.is_some(),
            illustrative: at.illustrative,
            preferred: true,
        };
        let aims = |kind: TargetKind| {
            let own = measured.targets.iter();
            own.filter(move |t| t.kind == kind && t.area == country && t.categories.is_empty())
        };
        let input = TrendInput {
            title: self.title(measured),
            description: format!("{}: {}", self.period(last.period), self.marked(indicator, last)),
            width: scene::PHONE_WIDTH,
            unit: self.locale.word("unit", &indicator.unit),
            points: shown.iter().map(point).collect(),
            baseline: indicator.baseline.zip(indicator.baseline_period).map(|(y, period)| Mark {
                x: period.middle_as_year(),
                y,
                label: self.locale.t("baseline"),
            }),
            targets: aims(TargetKind::Target)
                .map(|t| Mark { x: t.period.middle_as_year(), y: t.value, label: self.aim(indicator, t) })
                .collect(),
            thresholds: aims(TargetKind::Threshold)
                .map(|t| Threshold { y: t.value, label: self.value(indicator, t.value) })
                .collect(),
            end_label: format!("{}{}", last.sign(), self.value(indicator, value)),
            incomplete: self.locale.t("chart-incomplete"),
            whole: indicator.kind.is_whole(),
            ..TrendInput::default()
        };
        let axis =
            AxisText { value: &|v| self.on_axis(indicator, v), time: &|x| format!("{x:.0}"), cut: &|v| self.cut(v) };
        let scene = romduol_report::trend(&input, &axis);
        Some(Block::Figure(Drawing { scene, caption: String::new(), source: String::new() }))
    }

    /// A figure with the words that mark it as incomplete.
    fn marked(&self, indicator: &Indicator, at: &Observation) -> String {
        let mark = self.mark(at).map(|words| format!(" ({words})"));
        format!("{}{}", self.number_of(indicator, at), mark.unwrap_or_default())
    }

    /// A value without its unit: yes and no are words.
    fn on_axis(&self, indicator: &Indicator, value: f64) -> String {
        match indicator.answers_yes_or_no().then_some(value) {
            Some(0.0) => self.locale.t("no"),
            Some(1.0) => self.locale.t("yes"),
            _ => self.locale.number(value, 1),
        }
    }

    /// That an axis does not start at zero.
    fn cut(&self, start: f64) -> String {
        self.locale.say("axis-cut", &[("start", (&self.locale.number(start, 1)).into())])
    }

    /// The map of one period: hidden and missing places are hatched alike, the table beside tells them apart.
    pub(super) fn map(&self, measured: &Measured, period: romduol_plan::Period) -> Option<Block> {
        let outlines = self.outlines?;
        let indicator = &measured.indicator;
        let mut values = BTreeMap::new();
        for at in measured.observations.iter().filter(|at| at.period == period && at.categories.is_empty()) {
            let area = self.content.body.areas.iter().find(|area| area.id == at.area);
            let Some(id) = area.and_then(|area| area.map_id.clone()) else { continue };
            let tooltip = format!("{}: {}", self.name(&at.area), self.marked(indicator, at));
            values
                .insert(id, AreaValue { value: at.value(), incomplete: at.incomplete.is_some(), tooltip, href: None });
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
            incomplete: self.locale.t("status-incomplete"),
            unit: self.locale.word("unit", &indicator.unit),
            credit: String::new(),
        };
        let range = |class: Class| class.told(|value| self.locale.number(value, 1));
        let scene = romduol_report::map(outlines, &input, &range);
        let source = self.text(&self.content.body.plan.map_attribution).to_string();
        let caption = self.period(period);
        Some(Block::Figure(Drawing { scene, caption, source }))
    }
}
