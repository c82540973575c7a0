//! The situation analysis: issues, the coherence of policies, commitments, people, readiness and the road to the plan.

pub(crate) mod coherence;
pub(crate) mod commitments;
pub(crate) mod issues;
pub(crate) mod people;
pub(crate) mod readiness;

use romduol_plan::kinds::{Gap, Node, Policy, PolicyState};
use romduol_plan::{Kind, coherence as rule};
use romduol_report::Markup;

use super::records::Ref;
use crate::chrome::Chrome;
use crate::viewer::Viewer;

/// A policy with its state today and, where it differs, what the source says.
pub(crate) struct PolicyLine {
    pub to: Ref,
    pub kind: String,
    pub owner: String,
    pub years: String,
    pub state: PolicyState,
    pub stated: Option<PolicyState>,
    pub themes: Vec<String>,
}

impl PolicyLine {
    pub fn of(viewer: &Viewer, c: &Chrome, policy: &Policy) -> PolicyLine {
        let state = rule::state_of(policy, viewer.site.app.now().date);
        let year = |year: Option<i32>| year.map_or(String::new(), |year| year.to_string());
        let years = match (policy.start_year, policy.end_year) {
            (None, None) => String::new(),
            (start, end) => format!("{}–{}", year(start), year(end)),
        };
        PolicyLine {
            to: Ref::to(viewer, Kind::Policy, &policy.id),
            kind: c.code(policy.kind.code()),
            owner: policy.owner_printed.clone(),
            years,
            state,
            stated: (policy.stated != state).then_some(policy.stated),
            themes: policy.themes.clone(),
        }
    }

    pub fn mark(&self, c: &Chrome) -> Markup {
        mark(c, self.state)
    }
}

/// The state of a policy as shape and word: nobody has to see colours.
pub(crate) fn mark(c: &Chrome, state: PolicyState) -> Markup {
    let shape = match state {
        PolicyState::InForce => "●",
        PolicyState::Expired => "○",
        PolicyState::Draft | PolicyState::Forthcoming => "◐",
        PolicyState::Unclear | PolicyState::NotExisting => "–",
    };
    let class = if state == PolicyState::InForce { "status s-on-track" } else { "status s-no-data" };
    Markup::element("span", &[("class", class)], format!("{shape} {}", c.code(state.code())))
}

/// A gap with what answers it.
pub(crate) struct GapLine {
    pub to: Ref,
    pub kind: String,
    pub asks: bool,
    pub answers: Vec<Ref>,
    pub policies: Vec<Ref>,
}

impl GapLine {
    pub fn of(viewer: &Viewer, c: &Chrome, gap: &Gap) -> GapLine {
        let state = &viewer.snapshot.state;
        GapLine {
            to: Ref::to(viewer, Kind::Gap, &gap.id),
            kind: c.code(gap.kind.code()),
            asks: rule::asks(gap),
            answers: rule::answers_to(state, &gap.id)
                .map(|node: &std::sync::Arc<Node>| Ref::to(viewer, Kind::Node, &node.id))
                .collect(),
            policies: gap.policies.iter().map(|id| Ref::to(viewer, Kind::Policy, id)).collect(),
        }
    }
}
