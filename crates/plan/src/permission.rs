//! Who may do what to which record: one table, used by pages, API, command line and reports alike.

use crate::kinds::{Assignment, Body, Choice, Form, Id, Kind, Node, Rating, Return, ReturnStatus, Step, TargetKind};
use crate::state::State;
use crate::vocabulary;

vocabulary! {
    Role {
        Reporter = "reporter",
        Verifier = "verifier",
        Secretariat = "secretariat",
        Committee = "committee",
        CivilSociety = "civil-society",
        Administrator = "administrator",
        /// A development partner: reads the plan and pledges its own money.
        Partner = "partner",
    }
}

vocabulary! {
    /// What a person can ask the program to do.
    Act {
        /// Read the plan: framework, indicators, institutions, figures.
        ReadPlan = "read-plan",
        /// Read the returns of a unit, with comments and files.
        ReadReturn = "read-return",
        /// Fill, save and submit a return.
        File = "file-return",
        /// Verify, accept or send back a return at one's step of the chain.
        Verify = "verify-return",
        /// Take in returns in bulk from a file.
        Import = "import-returns",
        /// Close and reopen periods.
        Lock = "lock-period",
        /// Set a status against the computed one.
        Override = "override-status",
        /// See who changed what.
        ReadHistory = "read-history",
        /// Read the data-quality findings and the check of the package.
        ReadFindings = "read-findings",
        /// See counts of people that are small enough to recognise somebody, everywhere; one's own reports hold them anyway.
        ReadSmallCounts = "read-small-counts",
        /// Take the progress report home.
        ReadReport = "read-report",
        /// Write the records of the plan and of its situation analysis.
        EditPlan = "edit-plan",
        /// Call meetings, enter attendance and decisions, close what was done.
        Coordinate = "coordinate",
        /// Propose something for the agenda of a body.
        Propose = "propose",
        /// Rate a part of the plan for civil society.
        Rate = "rate",
        /// Answer a rating that is one's own institution's to answer.
        AnswerRating = "answer-rating",
        /// Choose actions for the plan of one's own area.
        PlanLocally = "plan-locally",
        /// Enter what the actions of one's own area or institution cost, what money there is for them, and own targets.
        CostLocally = "cost-locally",
        /// Assess how ready the plan is, for one's own side.
        Assess = "assess-readiness",
        /// Pledge money for an action.
        Pledge = "pledge-money",
        /// Prepare an edition, and see which cells it hides and why.
        PrepareEdition = "prepare-edition",
        /// Approve or decline an edition that somebody else prepared.
        ApproveEdition = "approve-edition",
        /// Create and close accounts.
        ManageAccounts = "manage-accounts",
        /// See who saw or changed what.
        ReadTrail = "read-trail",
    }
}

vocabulary! {
    /// What a program may with a token, never more than the token's owner.
    Scope {
        /// Read pages, tables and files.
        Read = "read",
        /// Send returns as well.
        Send = "send",
    }
}

/// How far a permission reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    No,
    /// Only the units of one's own institution, or inside one's own area.
    Own,
    All,
}

use Act::*;
use Reach::{All, No, Own};

/// The table. Columns: reporter, verifier, secretariat, committee, civil society, administrator, partner.
const TABLE: [(Act, [Reach; 7]); 24] = [
    (ReadPlan, [All, All, All, All, All, All, All]),
    (ReadReturn, [Own, Own, All, All, No, No, No]),
    (File, [Own, No, No, No, No, No, No]),
    (Verify, [No, Own, All, No, No, No, No]),
    (Import, [No, No, All, No, No, No, No]),
    (Lock, [No, No, All, No, No, No, No]),
    (Override, [No, No, All, No, No, No, No]),
    (ReadHistory, [Own, Own, All, All, No, All, No]),
    (ReadFindings, [No, All, All, All, No, No, No]),
    (ReadSmallCounts, [No, No, All, All, No, No, No]),
    (ReadReport, [All, All, All, All, All, No, All]),
    (Coordinate, [No, No, All, All, No, No, No]),
    (Propose, [All, All, All, All, All, No, All]),
    (Rate, [No, No, No, No, All, No, No]),
    (AnswerRating, [No, Own, All, No, No, No, No]),
    (PlanLocally, [Own, No, No, No, No, No, No]),
    (CostLocally, [Own, No, No, No, No, No, No]),
    (Assess, [No, No, All, No, All, No, No]),
    (EditPlan, [No, No, All, No, No, No, No]),
    // Own: from the sources of one's own institution.
    (Pledge, [No, No, All, No, Own, No, Own]),
    (PrepareEdition, [No, No, All, No, No, No, No]),
    (ApproveEdition, [No, No, All, All, No, No, No]),
    (ManageAccounts, [No, No, No, No, No, All, No]),
    (ReadTrail, [No, No, All, No, No, All, No]),
];

pub fn reach(role: Role, act: Act) -> Reach {
    let column = Role::ALL.iter().position(|r| *r == role).expect("ALL lists every role");
    TABLE.iter().find(|(a, _)| *a == act).map_or(No, |(_, row)| row[column])
}

/// What writing records of a kind in its form or table needs.
pub fn writing(kind: Kind) -> Act {
    match kind {
        Kind::Meeting | Kind::Presence => Coordinate,
        _ => EditPlan,
    }
}

impl Act {
    /// What cannot be taken back or opens doors to others: whoever does it has proved lately who they are.
    pub fn is_dangerous(self) -> bool {
        matches!(self, ApproveEdition | ManageAccounts)
    }
}

impl Role {
    /// Whether the role decides over what others have entered, or over accounts: a password alone is too little for it.
    pub fn proves_twice(self) -> bool {
        [Verify, ApproveEdition, ManageAccounts].iter().any(|act| reach(self, *act) != No)
    }

    /// Whether the role means nothing without an institution or an area.
    pub fn belongs_somewhere(self) -> bool {
        matches!(self, Role::Reporter | Role::Verifier | Role::Partner | Role::CivilSociety)
    }
}

/// The post a person holds: a role, for an institution and/or an area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    pub role: Role,
    pub institution: Option<Id>,
    pub area: Option<Id>,
}

/// The person may not do it. Says what would be needed, not what exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denied(pub Act);

impl Post {
    /// May the post do `act` at all, whatever the record?
    pub fn may(&self, act: Act) -> Result<(), Denied> {
        if reach(self.role, act) == No { Err(Denied(act)) } else { Ok(()) }
    }

    /// May the post do `act` to the returns of this assignment?
    pub fn may_for(&self, act: Act, assignment: &Assignment, state: &State) -> Result<(), Denied> {
        match reach(self.role, act) {
            All => Ok(()),
            Own if self.owns(assignment, state) => Ok(()),
            _ => Err(Denied(act)),
        }
    }

    /// May the post move this return at the step where it stands?
    pub fn may_verify(&self, record: &Return, state: &State) -> Result<(), Denied> {
        let denied = Err(Denied(Verify));
        let Some(assignment) = state.find::<Assignment>(&record.assignment) else { return denied };
        let Some(form) = state.find::<Form>(&assignment.form) else { return denied };
        if !matches!(record.status, ReturnStatus::Submitted | ReturnStatus::Verified) {
            return denied;
        }
        match form.chain.get(record.steps_done as usize) {
            Some(step) if self.holds(*step, assignment, state) => Ok(()),
            _ => denied,
        }
    }

    /// Whether the post is the one that a step of the chain asks for.
    pub fn holds(&self, step: Step, assignment: &Assignment, state: &State) -> bool {
        match step {
            Step::Secretariat => self.role == Role::Secretariat,
            Step::Institution => {
                self.role == Role::Verifier && self.institution.as_ref() == Some(&assignment.institution)
            }
            Step::Province | Step::District => {
                let level = if step == Step::Province {
                    crate::kinds::AreaLevel::Province
                } else {
                    crate::kinds::AreaLevel::District
                };
                let wanted = state.ancestor_at(&assignment.area, level);
                self.role == Role::Verifier && wanted.is_some() && self.area == wanted
            }
        }
    }

    /// A post with an area covers what lies inside it; a post of an institution covers that institution's units.
    fn owns(&self, assignment: &Assignment, state: &State) -> bool {
        match (&self.institution, &self.area) {
            (_, Some(area)) => state.within(&assignment.area, area),
            (Some(institution), None) => *institution == assignment.institution,
            (None, None) => false,
        }
    }

    /// May the post answer this rating?
    pub fn may_answer(&self, rating: &Rating, state: &State) -> Result<(), Denied> {
        let own = || self.institution.as_ref() == Some(&crate::coordination::answers_for(state, rating));
        match reach(self.role, AnswerRating) {
            All => Ok(()),
            Own if own() => Ok(()),
            _ => Err(Denied(AnswerRating)),
        }
    }

    /// The actions whose cost the post may enter: those that its area has chosen for its local plan, or, for a post without
    /// an area, those that its institution leads.
    pub fn costs<'a>(&'a self, state: &'a State) -> impl Iterator<Item = &'a std::sync::Arc<Node>> {
        let own = reach(self.role, CostLocally) == Own;
        let chosen = |area: &Id, node: &Node| state.all::<Choice>().any(|c| c.area == *area && c.node == node.id);
        state.all::<Node>().filter(move |node| match (&self.area, &self.institution) {
            (Some(area), _) => own && chosen(area, node),
            (None, Some(institution)) => own && node.leads.contains(institution),
            (None, None) => false,
        })
    }

    /// May the post change this cost line, amount or target? Its own are those of its institution in its area: what a
    /// ministry spends there is the ministry's. Targets are of areas.
    pub fn may_write_locally(&self, body: &Body) -> Result<(), Denied> {
        let somewhere = self.area.is_some() || self.institution.is_some();
        let own = match body {
            Body::CostLine(line) => somewhere && (&line.area, &line.institution) == (&self.area, &self.institution),
            Body::Funding(one) => somewhere && (&one.area, &one.institution) == (&self.area, &self.institution),
            Body::Target(target) => target.kind == TargetKind::Target && self.area.as_ref() == Some(&target.area),
            _ => false,
        };
        if reach(self.role, CostLocally) == Own && own { Ok(()) } else { Err(Denied(CostLocally)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_row_for_every_act() {
        for act in Act::ALL {
            assert_eq!(TABLE.iter().filter(|(a, _)| a == act).count(), 1, "{}", act.code());
        }
    }

    #[test]
    fn who_decides_over_others_proves_twice() {
        let twice: Vec<&str> = Role::ALL.iter().filter(|role| role.proves_twice()).map(|role| role.code()).collect();
        assert_eq!(twice, ["verifier", "secretariat", "committee", "administrator"]);
    }

    #[test]
    fn nobody_verifies_what_they_file() {
        for role in Role::ALL {
            assert!(reach(*role, Act::File) == Reach::No || reach(*role, Act::Verify) == Reach::No);
        }
    }
}
