//! What can be chosen on the pivot page, and the address that keeps a choice.

use std::collections::BTreeSet;

use romduol_app::pivot_book::{axis_name, measure_name};
use romduol_plan::Frequency;
use romduol_plan::kinds::{Area, AreaLevel, Indicator, Node, NodeLevel};
use romduol_plan::pivot::{Axis, Choice, Measure, ShowCoverage, levels, periods};
use romduol_plan::quality::serves;

use crate::address::query;
use crate::viewer::Viewer;

/// One thing to choose: its code, its name, and whether it is chosen.
pub(super) type Pick = (String, String, bool);

/// A list of things to choose from, by the name it has in an address.
pub(super) struct List {
    pub name: &'static str,
    pub label: String,
    pub picks: Vec<Pick>,
}

/// Things under a common name.
pub(super) struct Group {
    pub title: String,
    pub picks: Vec<Pick>,
}

pub(super) struct Form {
    pub indicators: Vec<Group>,
    pub chosen: usize,
    pub places: Vec<Group>,
    pub lists: Vec<List>,
    /// The entry of the ledger, where an earlier moment is shown.
    pub at: Option<u64>,
}

impl Form {
    pub fn of(viewer: &Viewer, choice: &Choice) -> Form {
        Form {
            indicators: indicators(viewer, choice),
            chosen: choice.indicators.len(),
            places: places(viewer, choice),
            lists: lists(viewer, choice),
            at: viewer.at,
        }
    }
}

/// Each indicator once, under the first pillar it serves.
fn indicators(viewer: &Viewer, choice: &Choice) -> Vec<Group> {
    let view = viewer.view();
    let mut listed: BTreeSet<&str> = BTreeSet::new();
    let mut groups = Vec::new();
    for pillar in view.state.all::<Node>().filter(|node| node.level == NodeLevel::Pillar) {
        let own = |i: &Indicator| i.nodes.iter().any(|node| serves(view.state, node, &pillar.id, 8));
        let mut picks = Vec::new();
        for indicator in view.state.all::<Indicator>().filter(|i| viewer.may_read(i) && own(i)) {
            if listed.insert(&indicator.id) {
                let name = format!("{} {}", indicator.id, indicator.name.get(viewer.lang()));
                picks.push((indicator.id.clone(), name, choice.indicators.contains(indicator)));
            }
        }
        if !picks.is_empty() {
            groups.push(Group { title: pillar.title.get(viewer.lang()).to_string(), picks });
        }
    }
    groups
}

/// The country, then every province with its districts.
fn places(viewer: &Viewer, choice: &Choice) -> Vec<Group> {
    let state = &viewer.snapshot.state;
    let pick = |area: &Area| (area.id.clone(), area.name.get(viewer.lang()).to_string(), area.id == choice.place.id);
    let country = state.plan().and_then(|plan| state.find::<Area>(&plan.area));
    let mut groups: Vec<Group> = country
        .map(|area| Group { title: viewer.locale.t("pivot-level-country"), picks: vec![pick(area)] })
        .into_iter()
        .collect();
    for province in state.all::<Area>().filter(|area| area.level == AreaLevel::Province) {
        let districts = state.all::<Area>().filter(|area| area.parent.as_ref() == Some(&province.id));
        let picks = [province].into_iter().chain(districts).map(|area| pick(area)).collect();
        groups.push(Group { title: province.name.get(viewer.lang()).to_string(), picks });
    }
    groups
}

fn lists(viewer: &Viewer, choice: &Choice) -> Vec<List> {
    let (view, locale) = (viewer.view(), viewer.locale);
    let list = |name, key: &str, picks| List { name, label: locale.t(key), picks };
    let itself = ("itself".to_string(), locale.t("pivot-level-itself"), choice.level.is_none());
    let level = |level: AreaLevel| {
        (level.code().to_string(), locale.word("pivot-level", level.code()), choice.level == Some(level))
    };
    let every =
        |every: Frequency| (every.code().to_string(), locale.word("frequency", every.code()), choice.every == every);
    let known = periods(&view, &choice.indicators, choice.every);
    let all = |chosen: bool| (String::new(), locale.t("pivot-all"), chosen);
    let ends = |end: Option<romduol_plan::Period>| {
        let picks = known.iter().map(|period| (period.to_string(), locale.period(*period), end == Some(*period)));
        [all(end.is_none())].into_iter().chain(picks).collect()
    };
    let axes = |chosen: &Axis| {
        let pick = |axis: Axis| (axis.code(), axis_name(view.state, locale, &axis), axis == *chosen);
        Axis::offered(&choice.indicators).into_iter().map(pick).collect()
    };
    let measure =
        |measure: &Measure| (measure.code().to_string(), measure_name(locale, *measure), *measure == choice.measure);
    let coverage = |show: &ShowCoverage| {
        (show.code().to_string(), locale.word("pivot-coverage", show.code()), *show == choice.coverage)
    };
    let below = levels(&view, &choice.place).into_iter().map(level);
    vec![
        list("level", "pivot-level", [itself].into_iter().chain(below).collect()),
        list("rows", "pivot-rows", axes(&choice.rows)),
        list("columns", "pivot-columns", axes(&choice.columns)),
        list("every", "pivot-every", [Frequency::Year, Frequency::Quarter].map(every).into()),
        list("from", "pivot-from", ends(choice.from)),
        list("to", "pivot-to", ends(choice.to)),
        list("measure", "pivot-measure", Measure::ALL.iter().map(measure).collect()),
        list("coverage", "pivot-coverage", ShowCoverage::ALL.iter().map(coverage).collect()),
    ]
}

/// The query string that leads back to the choice.
pub(super) fn address(viewer: &Viewer, choice: &Choice) -> String {
    let at = viewer.at.map(|at| ("at", at.to_string()));
    query(choice.pairs().into_iter().chain(at))
}
