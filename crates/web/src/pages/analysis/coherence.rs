//! The coherence matrix: issues against policies, with the state of each today, the gaps that nothing answers, the
//! policies that end while the plan runs, and actions that resemble each other or what another plan does.

use std::sync::Arc;

use romduol_app::analysis_tables;
use romduol_app::similar::Pair;
use romduol_plan::coherence::{Tally, tally};
use romduol_plan::kinds::{Gap, Policy, PolicyState, Theme};
use romduol_plan::permission::Act;
use romduol_plan::{Kind, coherence};
use romduol_report::Markup;

use super::{GapLine, PolicyLine, mark};
use crate::chrome::{Chrome, render};
use crate::error::Page;
use crate::pages::records::Ref;
use crate::pages::take_home;
use crate::viewer::Viewer;

/// An issue against what exists: its policies by their state today, and the counts that its page shows as lists.
struct Line {
    theme: Arc<Theme>,
    /// The state, as mark, and how many policies are in it.
    states: Vec<(PolicyState, Markup, usize)>,
    tally: Tally,
}

struct Alike {
    percent: f64,
    first: Ref,
    second: Ref,
    words: String,
}

#[derive(askama::Template)]
#[template(path = "analysis/coherence.html")]
struct Coherence {
    c: Chrome,
    matrix: Vec<Line>,
    themes: Vec<Arc<Theme>>,
    states: Vec<(PolicyState, String, usize)>,
    issue: String,
    state: String,
    policies: Vec<PolicyLine>,
    all: usize,
    gaps: Vec<GapLine>,
    asking: usize,
    years: String,
    ending: Vec<PolicyLine>,
    alike: Vec<Alike>,
}

pub(crate) async fn show(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let (state, today) = (&viewer.snapshot.state, viewer.site.app.now().date);
    let c = Chrome::of(&viewer, viewer.locale.t("menu-coherence"));
    let issue = viewer.asked("issue").unwrap_or("").to_string();
    let asked = viewer.asked("state").unwrap_or("").to_string();
    let lines = state.all::<Policy>().map(|policy| PolicyLine::of(&viewer, &c, policy)).collect::<Vec<_>>();
    let states =
        PolicyState::ALL.iter().map(|s| (*s, c.code(s.code()), lines.iter().filter(|line| line.state == *s).count()));
    let states = states.filter(|(.., n)| *n > 0).collect();
    let all = lines.len();
    let matrix = state.all::<Theme>().map(|theme| line(&c, theme, &lines, tally(state, &theme.id, today))).collect();
    let policies = lines
        .into_iter()
        .filter(|line| issue.is_empty() || line.themes.contains(&issue))
        .filter(|line| asked.is_empty() || line.state.code() == asked)
        .collect();
    let (years, ending) = coherence::ending(state, today);
    let alike = viewer.snapshot.alike().iter().take(30).map(|pair| alike(&viewer, pair)).collect();
    render(&Coherence {
        matrix,
        themes: state.all::<Theme>().cloned().collect(),
        gaps: coherence::unanswered(state).map(|gap| GapLine::of(&viewer, &c, gap)).collect(),
        asking: state.all::<Gap>().filter(|gap| coherence::asks(gap)).count(),
        years: format!("{}–{}", years.start(), years.end()),
        ending: ending.into_iter().map(|policy| PolicyLine::of(&viewer, &c, policy)).collect(),
        states,
        issue,
        state: asked,
        policies,
        all,
        alike,
        c,
    })
}

fn line(c: &Chrome, theme: &Arc<Theme>, policies: &[PolicyLine], tally: Tally) -> Line {
    let own: Vec<PolicyState> =
        policies.iter().filter(|policy| policy.themes.contains(&theme.id)).map(|policy| policy.state).collect();
    let count = |state: &PolicyState| own.iter().filter(|own| *own == state).count();
    let states = PolicyState::ALL.iter().map(|state| (*state, mark(c, *state), count(state)));
    Line { theme: theme.clone(), states: states.filter(|(.., n)| *n > 0).collect(), tally }
}

/// The policies as the page shows them: of the issue and in the state that are asked for.
pub(crate) async fn policies_csv(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let (state, today) = (&viewer.snapshot.state, viewer.site.app.now().date);
    let (issue, asked) = (viewer.asked("issue").unwrap_or(""), viewer.asked("state").unwrap_or(""));
    take_home::csv(&analysis_tables::policies(state, viewer.locale, today, issue, asked), "policies")
}

pub(crate) async fn gaps_csv(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let issue = viewer.asked("issue").unwrap_or("");
    take_home::csv(&analysis_tables::gaps(&viewer.snapshot.state, viewer.locale, issue), "gaps")
}

pub(crate) async fn alike_csv(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    take_home::csv(&analysis_tables::alike(&viewer.snapshot, viewer.locale), "alike")
}

pub(crate) async fn alike_xlsx(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    take_home::xlsx(&viewer, analysis_tables::alike(&viewer.snapshot, viewer.locale), "alike")
}

fn alike(viewer: &Viewer, pair: &Pair) -> Alike {
    let to = |(kind, id): &(Kind, String)| Ref::to(viewer, *kind, id);
    Alike {
        percent: pair.likeness * 100.0,
        first: to(&pair.first),
        second: to(&pair.second),
        words: pair.shared.join(", "),
    }
}
