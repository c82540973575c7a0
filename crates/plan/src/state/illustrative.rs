//! The plan without what was made up to show the program at work: the one place that tells what is hidden when
//! illustrative data is switched off. Refuses to know who switches it off.

use super::State;
use crate::kinds::*;

impl State {
    /// Whether anything in the plan is illustrative; pages then say so, and offer to leave it out.
    pub fn has_illustrative(&self) -> bool {
        self.marked > 0 || self.has_illustrative_returns()
    }

    /// The plan as if nothing illustrative had ever been written.
    #[must_use]
    pub fn without_illustrative(&self) -> State {
        let mut real = State { counted: Default::default(), ..self.clone() };
        for body in self.tables.illustrative() {
            let (kind, id) = (body.kind(), body.id());
            real.remove(kind, id);
            match self.real_part(&body) {
                Some(part) => real.put(part),
                None => drop(real.history.remove(&(kind, id.to_string()))),
            }
        }
        for presence in self.all::<Presence>().filter(|presence| self.is_at_illustrative(presence)) {
            real.remove(Kind::Presence, &presence.id);
            real.history.remove(&(Kind::Presence, presence.id.clone()));
        }
        // What is being corrected was made up, the correction is not.
        for accepted in self.accepted().filter(|record| record.illustrative) {
            let gone = real.accepted.remove(&accepted.id);
            real.illustrative -= usize::from(gone.is_some());
        }
        real
    }

    fn is_at_illustrative(&self, presence: &Presence) -> bool {
        self.tables.is_illustrative(Kind::Meeting, &presence.meeting)
    }

    /// What of an illustrative record is real.
    fn real_part(&self, body: &Body) -> Option<Body> {
        match body {
            // The step is the plan's own, only its dates are made up.
            Body::NextStep(step) => {
                let (step, progress) = (NextStep::clone(step), Progress::Planned);
                Some(NextStep { start: None, end: None, progress, illustrative: false, ..step }.into())
            }
            // What was accepted before stands as it was.
            Body::Return(record) => {
                let accepted = self.accepted_return(&record.id).filter(|accepted| !accepted.illustrative);
                accepted.cloned().map(Body::Return)
            }
            _ => None,
        }
    }
}
