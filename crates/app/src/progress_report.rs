//! The progress report as a document: summary, each pillar's indicators, what is late and missing, sources, method.

use std::collections::BTreeSet;

use romduol_locale::Locale;
use romduol_plan::aims::Aim;
use romduol_plan::kinds::*;
use romduol_plan::quality::serves;
use romduol_plan::readings::{Reading, Source, Standing, View};
use romduol_plan::status::{RULE_VERSION, Status};
use romduol_plan::{Date, Lang, Period};
use romduol_report::chart::trend::{Mark, TrendInput, TrendPoint};
use romduol_report::document::{Cell, Column, Figure, KeyNumber, Span, Table};
use romduol_report::{AxisText, Block, Document, scene};

use crate::{Snapshot, incomplete, late};
pub use romduol_edition::pages::shape;

struct Writer<'a> {
    view: View<'a>,
    locale: &'static Locale,
    at: Period,
    country: Id,
    may_read: &'a dyn Fn(&Indicator) -> bool,
}

/// Composes the report on the standing at the end of a period.
pub fn compose(
    snapshot: &Snapshot,
    illustrative: bool,
    at: Period,
    lang: Lang,
    today: Date,
    may_read: &dyn Fn(&Indicator) -> bool,
) -> Document {
    let view = snapshot.view(illustrative);
    let locale = Locale::of(lang);
    let country = view.state.plan().map(|plan| plan.area.clone()).unwrap_or_default();
    let writer = Writer { view, locale, at, country, may_read };
    let mut standings: Vec<Standing> = view.state.all::<Indicator>().map(|i| view.standing(i, at)).collect();
    let told = |one: &Standing| one.told_status(may_read(&one.indicator));
    standings.sort_by_key(|one| (told(one).is_none(), told(one), one.indicator.id.clone()));
    let shows_made_up = standings.iter().any(Standing::illustrative);
    let plan = view.state.plan();
    let mut document = Document::new(lang.code(), locale.t("report-title"));
    document.subtitle = plan.map(|p| p.title.get(lang).to_string()).unwrap_or_default();
    document.organisation = plan
        .and_then(|p| view.state.find::<Institution>(&p.secretariat))
        .map(|body| body.name.get(lang).to_string())
        .unwrap_or_default();
    document.date_line = locale.period(at);
    document.running_head = locale.say("report-head", &[("period", (&locale.period(at)).into())]);
    document.marker = shows_made_up.then(|| locale.t("illustrative-long"));
    document.cover_lines = vec![locale.say("report-made", &[("date", (&locale.date(today)).into())])];
    if lang == Lang::Km {
        document.cover_lines.push(locale.t("khmer-draft-long"));
    }
    document.contents_title = locale.t("contents");
    document.blocks = writer.summary(&standings);
    // An indicator that serves several pillars stands in each table, but its chart is shown once.
    let mut charted = BTreeSet::new();
    for pillar in view.state.all::<Node>().filter(|node| node.level == NodeLevel::Pillar) {
        document.blocks.extend(writer.pillar(pillar, &standings, &mut charted));
    }
    document.blocks.extend(writer.late(today));
    document.blocks.extend(writer.sources(&standings));
    document.blocks.extend(writer.method(snapshot));
    document.fingerprint = vec![snapshot.ledger_line(locale)];
    document
}

/// A value without its unit: yes and no are words.
pub fn on_axis(locale: &Locale, indicator: &Indicator, value: f64) -> String {
    match indicator.answers_yes_or_no().then_some(value) {
        Some(0.0) => locale.t("no"),
        Some(1.0) => locale.t("yes"),
        _ => locale.number(value, 1),
    }
}

/// That an axis does not start at zero.
pub fn cut(locale: &Locale, start: f64) -> String {
    locale.say("axis-cut", &[("start", (&locale.number(start, 1)).into())])
}

/// The status in words: where a person set it, what is computed stands beside it, with the reason.
pub fn status_words(locale: &Locale, standing: &Standing) -> String {
    let word = |status: Status| locale.t(&format!("status-{}", status.code()));
    let Some(set) = &standing.set_by_person else { return locale.tell(&standing.say()) };
    let computed = format!("{}: {}", locale.t("computed"), word(standing.judgement.status));
    let parts = [word(set.status), locale.t("set-by-person"), computed, set.reason.get(locale.lang).to_string()];
    parts.iter().map(|part| part.trim_end_matches(['.', '។'])).collect::<Vec<_>>().join(". ")
}

impl Writer<'_> {
    fn status_word(&self, status: Status) -> String {
        self.locale.word("status", status.code())
    }

    fn value(&self, value: f64, indicator: &Indicator) -> String {
        let number = self.locale.number(value, 1);
        if indicator.unit == "%" { format!("{number} %") } else { number }
    }

    /// A target with the period by whose end it is to be reached.
    fn aim(&self, target: &Aim, indicator: &Indicator) -> String {
        format!("{} ({})", self.value(target.value, indicator), self.locale.period(target.period))
    }

    /// A made-up target says so at its point.
    fn target_label(&self, target: &Aim, indicator: &Indicator) -> String {
        let value = self.aim(target, indicator);
        if target.illustrative { format!("{value} ({})", self.locale.t("illustrative")) } else { value }
    }

    fn summary(&self, standings: &[Standing]) -> Vec<Block> {
        let told = |one: &Standing| one.told_status((self.may_read)(&one.indicator));
        let of = |status: Status| standings.iter().filter(|s| told(s) == Some(status)).count();
        let number = |n: usize| self.locale.number(n as f64, 0);
        let items = Status::ALL.iter().filter(|s| of(**s) > 0).map(|status| KeyNumber {
            value: number(of(*status)),
            label: self.status_word(*status),
            note: String::new(),
        });
        let with_value = standings.iter().filter(|s| s.reading.is_some()).count();
        let with_baseline = standings.iter().filter(|s| s.baseline.is_some()).count();
        let sentence = self.locale.say(
            "report-summary",
            &[
                ("all", (&number(standings.len())).into()),
                ("value", (&number(with_value)).into()),
                ("baseline", (&number(with_baseline)).into()),
            ],
        );
        vec![
            Block::heading(1, self.locale.t("summary")),
            Block::KeyNumbers { items: items.collect() },
            Block::paragraph(sentence),
            Block::paragraph(self.locale.t("grey-is-not-red")),
        ]
    }

    fn pillar(&self, pillar: &Node, standings: &[Standing], charted: &mut BTreeSet<Id>) -> Vec<Block> {
        let own =
            standings.iter().filter(|s| s.indicator.nodes.iter().any(|n| serves(self.view.state, n, &pillar.id, 8)));
        let own: Vec<&Standing> = own.collect();
        let rows = own.iter().map(|s| {
            let hidden = !(self.may_read)(&s.indicator);
            let reading = s.reading.as_ref().filter(|_| !hidden);
            let target = s.aims.last();
            let mut aim = Cell::text(target.map_or("–".into(), |t| self.aim(t, &s.indicator)));
            let nothing = || s.why_nothing().filter(|_| !hidden).map(|why| self.locale.tell(&why));
            aim.illustrative = target.is_some_and(|t| t.illustrative);
            let mut value = Cell::text(match reading {
                Some(r) => format!("{}{}", r.sign(), self.value(r.value, &s.indicator)),
                None if hidden => self.locale.t("restricted"),
                None => "–".into(),
            });
            value.illustrative = reading.is_some_and(|r| r.illustrative);
            vec![
                Cell::text(format!("{} {}", s.indicator.id, s.indicator.name.get(self.locale.lang))),
                value,
                Cell::text(reading.map(|r| self.when(&s.indicator, r)).or_else(nothing).unwrap_or_default()),
                aim,
                match hidden {
                    true => Cell::text(self.locale.t("restricted")),
                    false => Cell::status(shape(s.status()), status_words(self.locale, s)),
                },
            ]
        });
        let columns = vec![
            Column::text(self.locale.t("indicator"), 3.0),
            Column::number(self.locale.t("value")),
            Column::text(self.locale.t("period"), 1.4),
            Column::number(self.locale.t("target")),
            Column::text(self.locale.t("status"), 1.2),
        ];
        let title = pillar.title.get(self.locale.lang).to_string();
        let table = Table { caption: title.clone(), columns, rows: rows.collect(), note: String::new() };
        let mut blocks = vec![Block::heading(1, title), Block::Table(table)];
        let open = own.iter().filter(|s| (self.may_read)(&s.indicator));
        for standing in open.filter(|s| charted.insert(s.indicator.id.clone())) {
            blocks.extend(self.trend(standing));
        }
        blocks
    }

    /// The period of a value, and what is to be said where not all of it came.
    fn when(&self, indicator: &Indicator, reading: &Reading) -> String {
        let notes = self.view.notes(indicator, &self.country, reading);
        let notes = notes.iter().map(|say| self.locale.tell(say));
        [self.locale.period(reading.period)].into_iter().chain(notes).collect::<Vec<_>>().join("; ")
    }

    /// A chart only where there is a course to see.
    fn trend(&self, standing: &Standing) -> Option<Block> {
        let indicator = &standing.indicator;
        let mut series = self.view.held_series(indicator, &self.country);
        series.counted.retain(|r| r.period.last_month() <= self.at.last_month());
        if series.counted.len() < 2 {
            return None;
        }
        let point = |r: &Reading| TrendPoint {
            x: r.period.middle_as_year(),
            y: r.value,
            span: r.period.in_years(),
            tooltip: String::new(),
            incomplete: r.incomplete().is_some(),
            illustrative: r.illustrative,
            preferred: true,
        };
        let name = format!("{} {}", indicator.id, indicator.name.get(self.locale.lang));
        let last = series.counted.last()?;
        let input = TrendInput {
            title: name.clone(),
            description: format!("{}: {}", self.locale.period(last.period), self.value(last.value, indicator)),
            width: scene::PAGE_WIDTH,
            unit: self.locale.word("unit", &indicator.unit),
            points: series.counted.iter().map(point).collect(),
            baseline: standing.baseline.map(|(y, period)| Mark {
                x: period.middle_as_year(),
                y,
                label: self.locale.t("baseline"),
            }),
            targets: standing
                .aims
                .iter()
                .map(|t| Mark { x: t.period.middle_as_year(), y: t.value, label: self.target_label(t, indicator) })
                .collect(),
            end_label: format!("{}{}", last.sign(), self.value(last.value, indicator)),
            incomplete: self.locale.t("chart-incomplete"),
            whole: indicator.kind.is_whole(),
            ..TrendInput::default()
        };
        let axis = AxisText {
            value: &|v| on_axis(self.locale, indicator, v),
            time: &|x| format!("{x:.0}"),
            cut: &|v| cut(self.locale, v),
        };
        let source = match &last.source {
            Source::Figure(figure) => format!("{}, {}", figure.id, figure.section),
            Source::Returns(came) => {
                let notes = self.view.notes(indicator, &self.country, last);
                let all = came.is_whole().then(|| came.coverage()).into_iter().chain(notes);
                all.map(|say| self.locale.tell(&say)).collect::<Vec<_>>().join("; ")
            }
            Source::Program(by) => self.locale.tell(&by.say()),
        };
        Some(Block::Figure(Figure { scene: romduol_report::trend(&input, &axis), caption: name, source }))
    }

    fn late(&self, today: Date) -> Vec<Block> {
        let late = late::table(self.view.state, self.locale, today, self.at);
        let nothing = || Block::paragraph(self.locale.t("nothing-late"));
        let mut blocks = vec![Block::heading(1, self.locale.t("late-and-missing")), late.unwrap_or_else(nothing)];
        blocks.extend(incomplete::table(self.view, self.locale, self.at, self.may_read));
        blocks
    }

    fn sources(&self, standings: &[Standing]) -> Vec<Block> {
        let figures = standings.iter().filter(|s| (self.may_read)(&s.indicator)).filter_map(|s| {
            match &s.reading.as_ref()?.source {
                Source::Figure(figure) => Some((s, figure)),
                Source::Returns(_) | Source::Program(_) => None,
            }
        });
        let items = figures.map(|(s, figure)| {
            let mut text = format!("{}: {} ({})", s.indicator.id, figure.printed, figure.section);
            if !figure.cited_source.is_empty() {
                text = format!("{text}, {}", figure.cited_source);
            }
            if let Some(preference) = s.reading.as_ref().and_then(|r| r.preference.as_ref()) {
                text = format!("{text}. {}", preference.reason.get(self.locale.lang));
            }
            vec![Span::plain(text)]
        });
        let items: Vec<_> = items.collect();
        vec![Block::heading(1, self.locale.t("sources")), Block::List { ordered: false, items }]
    }

    fn method(&self, snapshot: &Snapshot) -> Vec<Block> {
        let mut blocks = vec![
            Block::heading(1, self.locale.t("method")),
            Block::paragraph(self.locale.say("method-text", &[("version", RULE_VERSION.into())])),
        ];
        blocks.push(Block::paragraph(snapshot.ledger_line(self.locale)));
        blocks
    }
}
