//! What was worked out for a prepared edition, kept beside it, so that looking it over and approving it need not do it
//! again: each measure with the fingerprint of all that went into it. Where that is the same now, so is what came out.
//! Refuses to know how anything is worked out.

use std::collections::BTreeMap;

use romduol_edition::manifest::sha256;
use romduol_plan::Period;
use romduol_plan::kinds::AreaLevel;
use serde::{Deserialize, Serialize};

use super::protect::Protected;
use super::remembered::Remembered;

/// What is remembered between editions, by indicator or indicator and category. A secret.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Memory(pub BTreeMap<String, Remembered>);

/// What was worked out for an edition, by measure. A secret.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct WorkedOut {
    /// Random: the name of the file that keeps this is a hash of it, and shall tell nobody whether a guess is right.
    salt: String,
    /// What earlier editions told of measures that are not in this one.
    others: Memory,
    measures: BTreeMap<String, Done>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Done {
    /// Fingerprint of all that it was worked out from.
    input: String,
    pub protected: Protected,
}

/// As it is kept. Before there was anything else in it, it was the memory alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Kept {
    WorkedOut(WorkedOut),
    Memory(Memory),
}

impl Memory {
    /// How finely and how far an indicator has been told or is to be told.
    pub fn reach(&self, indicator: &str, level: AreaLevel, until: Period) -> (AreaLevel, Period) {
        let own = |measure: &str| measure.split_once(':').map_or(measure, |(own, _)| own) == indicator;
        let told = self.0.iter().filter(|(measure, _)| own(measure)).map(|(_, remembered)| remembered);
        told.fold((level, until), |(level, until), told| {
            let later = told.until().filter(|told| told.last_month() > until.last_month());
            (told.level().map_or(level, |told| told.max(level)), later.unwrap_or(until))
        })
    }
}

impl Done {
    /// Of measures that are protected together: takes what was worked out before from the same input, or works it out.
    pub fn of(
        before: &WorkedOut,
        measures: &[&str],
        input: &impl std::fmt::Debug,
        work: impl FnOnce() -> Vec<Protected>,
    ) -> Vec<Done> {
        let input = sha256(format!("{measures:?} {input:?}").as_bytes());
        let same = |measure: &&str| before.measures.get(*measure).filter(|before| before.input == input).cloned();
        match measures.iter().map(same).collect() {
            Some(all) => all,
            None => work().into_iter().map(|protected| Done { input: input.clone(), protected }).collect(),
        }
    }
}

impl WorkedOut {
    /// `before` is what was remembered before this edition, `salt` something that nobody can guess.
    pub fn new(salt: String, before: &Memory, measures: BTreeMap<String, Done>) -> Self {
        let others = before.0.iter().filter(|(measure, _)| !measures.contains_key(*measure));
        let others = Memory(others.map(|(measure, kept)| (measure.clone(), kept.clone())).collect());
        Self { salt, others, measures }
    }

    /// What the next edition has to remember.
    pub fn memory(self) -> Memory {
        let mut memory = self.others;
        memory.0.extend(self.measures.into_iter().map(|(measure, done)| (measure, done.protected.remembered)));
        memory
    }

    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        Ok(match serde_json::from_slice(bytes)? {
            Kept::WorkedOut(worked_out) => worked_out,
            Kept::Memory(others) => Self { others, ..Self::default() },
        })
    }
}
