//! Coordination: bodies and their meetings, who owes what, ratings of civil society, local plans, the plan's year.

pub(crate) mod bodies;
pub(crate) mod handover;
pub(crate) mod invitation;
pub(crate) mod local;
pub(crate) mod local_record;
pub(crate) mod meetings;
pub(crate) mod owed;
pub(crate) mod ratings;

use romduol_plan::Kind;
use romduol_plan::coordination::Duty;
use romduol_plan::kinds::Institution;

use super::records::Ref;
use crate::viewer::Viewer;

/// A decision or task as a line: what, who, until when.
pub(crate) struct DutyLine {
    pub to: Ref,
    pub kind: Kind,
    pub owner: Ref,
    pub due: Option<romduol_plan::Date>,
    pub overdue: bool,
    pub illustrative: bool,
    /// May the reader close it?
    pub closes: bool,
}

impl DutyLine {
    pub fn of(viewer: &Viewer, duty: Duty) -> DutyLine {
        let own = viewer.person.post.institution.as_ref() == Some(&duty.owner);
        DutyLine {
            to: Ref::to(viewer, duty.kind, &duty.id),
            kind: duty.kind,
            owner: Ref::to(viewer, Kind::Institution, &duty.owner),
            overdue: duty.overdue(viewer.site.app.now().date),
            due: duty.due,
            illustrative: duty.illustrative,
            closes: (own || viewer.may(romduol_plan::permission::Act::Coordinate)) && viewer.at.is_none(),
        }
    }
}

/// The open decisions and tasks that the reader sees, the most overdue first.
pub(crate) fn duties(viewer: &Viewer, which: impl Fn(&Duty) -> bool) -> Vec<DutyLine> {
    let all = romduol_plan::coordination::duties(&viewer.snapshot.state);
    let shown = all.into_iter().filter(|duty| which(duty));
    shown.map(|duty| DutyLine::of(viewer, duty)).collect()
}

/// All institutions by name, for a choice.
pub(crate) fn institutions(viewer: &Viewer) -> Vec<std::sync::Arc<Institution>> {
    let mut list: Vec<_> = viewer.snapshot.state.all::<Institution>().cloned().collect();
    viewer.locale.sort_by_name(&mut list, |body| body.name.get(viewer.lang()));
    list
}
