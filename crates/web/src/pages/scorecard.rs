//! The scorecard: every indicator as it stands at the end of a year, worst first, by pillar.

use romduol_plan::kinds::{Class, Indicator, Node, NodeLevel};
use romduol_plan::permission::Act;
use romduol_plan::quality::serves;
use romduol_plan::readings::{self, Reading, Source, Standing};
use romduol_plan::status::Status;
use romduol_plan::{Kind, Period};

use crate::chrome::{Chrome, render};
use crate::error::Page;
use crate::viewer::Viewer;

pub(crate) struct Row {
    pub standing: Standing,
    pub value: String,
    pub when: String,
    pub target: String,
    pub coverage: String,
    pub notes: Notes,
    pub hidden: bool,
    /// Whether the value, and whether the target, is made up.
    pub made_up: (bool, bool),
}

pub(crate) struct Group {
    pub title: String,
    pub counts: Vec<(Status, usize)>,
    pub rows: Vec<Row>,
}

#[derive(askama::Template)]
#[template(path = "scorecard.html")]
struct Scorecard {
    c: Chrome,
    at: Period,
    years: Vec<Period>,
    counts: Vec<(Status, usize)>,
    total: usize,
    /// Of how many values not all has come: to be known before a report is made of them.
    incomplete: usize,
    groups: Vec<Group>,
    may_report: bool,
}

/// The year asked for, or the newest with any value.
pub(crate) fn year(viewer: &Viewer) -> (Period, Vec<Period>) {
    let years = readings::years(&viewer.view());
    let asked = viewer.asked("year").and_then(|year| year.parse().ok());
    let newest = years.first().copied().unwrap_or(Period::year(viewer.site.app.now().date.year));
    (asked.unwrap_or(newest), years)
}

/// How many standings that the viewer may know have each status, in the order of [`Status::ALL`].
pub(crate) fn counts<'a>(
    viewer: &Viewer,
    standings: impl Iterator<Item = &'a Standing> + Clone,
) -> Vec<(Status, usize)> {
    let told = |standing: &&Standing| standing.told_status(viewer.may_read(&standing.indicator));
    let count = |status: &Status| (*status, standings.clone().filter(|s| told(s) == Some(*status)).count());
    Status::ALL.iter().map(count).filter(|(_, n)| *n > 0).collect()
}

pub(crate) fn row(viewer: &Viewer, standing: Standing) -> Row {
    let locale = viewer.locale;
    let hidden = !viewer.may_read(&standing.indicator);
    let unit = &standing.indicator.unit;
    let shown = |value: f64| with_unit(&locale.number(value, 1), unit);
    let reading = standing.reading.as_ref().filter(|_| !hidden);
    let coverage = match reading.map(|r| &r.source) {
        Some(Source::Returns(came)) => {
            let of = |count: u32| locale.number(f64::from(count), 0);
            format!("{}/{}", of(came.reported), of(came.expected))
        }
        Some(Source::Figure(figure)) => figure.id.clone(),
        Some(Source::Program(_)) => locale.t("by-program"),
        None => standing.why_nothing().map(|why| locale.tell(&why)).unwrap_or_default(),
    };
    Row {
        notes: reading.map(|r| notes(viewer, &standing.indicator, r)).unwrap_or_default(),
        value: reading.map(|r| format!("{}{}", r.sign(), shown(r.value))).unwrap_or_default(),
        when: reading.map(|r| locale.period(r.period)).unwrap_or_default(),
        target: standing
            .aims
            .last()
            .map(|t| format!("{} ({})", shown(t.value), locale.period(t.period)))
            .unwrap_or_default(),
        made_up: (reading.is_some_and(|r| r.illustrative), standing.aims.last().is_some_and(|aim| aim.illustrative)),
        coverage,
        hidden,
        standing,
    }
}

/// What is to be said beside a value where not all came.
#[derive(Clone, Default)]
pub(crate) struct Notes {
    /// That the value is incomplete.
    pub mark: Option<String>,
    /// What the same units gave before.
    pub alike: Option<String>,
}

pub(crate) fn notes(viewer: &Viewer, indicator: &Indicator, reading: &Reading) -> Notes {
    let view = viewer.view();
    let country = view.state.plan().map(|plan| plan.area.as_str()).unwrap_or_default();
    let alike = view.alike(indicator, country, reading).map(|alike| alike.say(&indicator.unit));
    let tell = |say: romduol_plan::Say| viewer.locale.tell(&say);
    Notes { mark: reading.incomplete().map(tell), alike: alike.map(tell) }
}

pub(crate) fn with_unit(number: &str, unit: &str) -> String {
    match unit {
        "%" => format!("{number}\u{a0}%"),
        _ => number.to_string(),
    }
}

impl Viewer {
    pub fn may_read(&self, indicator: &Indicator) -> bool {
        self.person.post.may_read(indicator.class) || self.person.post.institution.as_ref() == Some(&indicator.owner)
    }

    /// Notes who reads the numbers of an indicator that is not for everybody, or small counts.
    pub async fn note_reading(&self, indicator: &Indicator) {
        let restricted = !matches!(indicator.class, Class::Public | Class::Partners) && self.may_read(indicator);
        let small = indicator.counts_people() && self.site.app.sees_small_counts(&self.person);
        if restricted || small {
            self.note(Kind::Indicator, &indicator.id).await;
        }
    }
}

/// Every indicator as it stands at the end of a period, worst first; what the viewer may not know stands last.
pub(crate) fn standings(viewer: &Viewer, at: Period) -> Vec<Standing> {
    let view = viewer.view();
    let mut standings: Vec<Standing> = view.state.all::<Indicator>().map(|i| view.standing(i, at)).collect();
    // Behind all others: their place in the list would tell their status.
    let told = |standing: &Standing| standing.told_status(viewer.may_read(&standing.indicator));
    standings.sort_by_key(|one| (told(one).is_none(), told(one), one.indicator.id.clone()));
    standings
}

fn groups(viewer: &Viewer, standings: &[Standing]) -> Vec<Group> {
    let view = viewer.view();
    let pillars = view.state.all::<Node>().filter(|node| node.level == NodeLevel::Pillar);
    let mut groups = Vec::new();
    for pillar in pillars {
        // An indicator that serves several pillars stands under each: it is not summed there, only shown.
        let of_pillar = |s: &&Standing| s.indicator.nodes.iter().any(|node| serves(view.state, node, &pillar.id, 8));
        let own: Vec<Standing> = standings.iter().filter(of_pillar).cloned().collect();
        let title = pillar.title.get(viewer.lang()).to_string();
        groups.push(Group {
            title,
            counts: counts(viewer, own.iter()),
            rows: own.into_iter().map(|s| row(viewer, s)).collect(),
        });
    }
    groups
}

pub(crate) async fn show(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let (at, years) = year(&viewer);
    let all = standings(&viewer, at);
    let c = Chrome::of(&viewer, viewer.locale.t("menu-scorecard"));
    let (counts, total) = (counts(&viewer, all.iter()), all.iter().filter(|s| viewer.may_read(&s.indicator)).count());
    render(&Scorecard {
        c,
        at,
        years,
        counts,
        total,
        incomplete: all.iter().filter(|s| s.reading.as_ref().is_some_and(|r| r.incomplete().is_some())).count(),
        groups: groups(&viewer, &all),
        may_report: viewer.may(Act::ReadReport),
    })
}
