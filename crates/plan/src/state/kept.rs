//! A state as bytes, so that a program need not fold a long ledger at each start. Refuses to be the truth: the ledger is,
//! and bytes of another version of the program or of its records are not read at all.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::State;
use crate::kinds::*;
use crate::period::{Date, Period};

/// Changes whenever this file writes something else.
const FORMAT: u32 = 6;

#[derive(Serialize, Deserialize)]
struct Kept {
    format: u32,
    position: u64,
    /// Kind, version of the body and its JSON.
    records: Vec<(String, u32, String)>,
    returns: Vec<KeptReturn>,
    /// The last accepted versions that are not the newest ones.
    accepted: Vec<KeptReturn>,
    history: Vec<(String, Id, Vec<u64>)>,
    days: Vec<(u64, String)>,
    carried_out: Vec<(Id, u64)>,
    filled_later: Vec<(Id, u64)>,
}

/// A return with its answers as packed as they are in memory.
#[derive(Serialize, Deserialize)]
struct KeptReturn {
    id: Id,
    assignment: Id,
    period: (u32, u8),
    version: u32,
    status: String,
    steps_done: u8,
    illustrative: bool,
    answers: Bytes,
    amended: Option<Bytes>,
}

/// Bytes in one piece.
#[derive(Serialize, Deserialize)]
struct Bytes(#[serde(with = "serde_bytes")] Vec<u8>);

impl State {
    pub fn to_bytes(&self) -> Vec<u8> {
        let others = Kind::ALL.iter().filter(|kind| **kind != Kind::Return);
        let records = others.flat_map(|kind| self.ids(*kind).into_iter().filter_map(|id| self.body(*kind, id)));
        let record = |body: Body| (body.kind().code().to_string(), body.kind().version(), body.to_json().to_string());
        let newest =
            |record: &&Arc<Return>| self.find::<Return>(&record.id).is_some_and(|now| Arc::ptr_eq(now, record));
        let kept = Kept {
            format: FORMAT,
            position: self.position,
            records: records.map(record).collect(),
            returns: self.all::<Return>().map(|record| KeptReturn::of(record)).collect(),
            accepted: self.accepted().filter(|r| !newest(r)).map(|record| KeptReturn::of(record)).collect(),
            history: self
                .history
                .iter()
                .map(|((kind, id), at)| (kind.code().to_string(), id.clone(), at.iter().copied().collect()))
                .collect(),
            days: self.days.iter().map(|(position, day)| (*position, day.to_string())).collect(),
            carried_out: self.carried_out.iter().map(|(id, position)| (id.clone(), *position)).collect(),
            filled_later: self.filled_later.iter().map(|(id, position)| (id.clone(), *position)).collect(),
        };
        postcard::to_allocvec(&kept).expect("a state holds only strings, numbers and lists")
    }

    /// The state that was kept, unless the bytes are of another version.
    pub fn from_bytes(bytes: &[u8]) -> Option<State> {
        let kept: Kept = postcard::from_bytes(bytes).ok()?;
        if kept.format != FORMAT {
            return None;
        }
        let mut state = State { position: kept.position, ..State::default() };
        for (kind, version, json) in &kept.records {
            let kind = Kind::parse(kind).filter(|kind| kind.version() == *version)?;
            state.put(Body::read(kind, &mut serde_json::Deserializer::from_str(json)).ok()?);
        }
        for record in kept.returns {
            state.put(record.read()?.into());
        }
        for record in kept.accepted {
            state.accept(&Arc::new(record.read()?));
        }
        for (kind, id, positions) in kept.history {
            state.history.insert((Kind::parse(&kind)?, id), positions.into_iter().collect());
        }
        for (position, day) in kept.days {
            state.days.insert(position, Date::parse(&day)?);
        }
        // What putting the records noted says only that they are there.
        state.carried_out = kept.carried_out.into_iter().collect();
        state.filled_later = kept.filled_later.into_iter().collect();
        Some(state)
    }
}

impl KeptReturn {
    fn of(record: &Return) -> KeptReturn {
        let (whole, amended) = record.answers.packed();
        KeptReturn {
            id: record.id.clone(),
            assignment: record.assignment.clone(),
            period: (record.period.ordinal(), record.period.frequency().months()),
            version: record.version,
            status: record.status.code().to_string(),
            steps_done: record.steps_done,
            illustrative: record.illustrative,
            answers: Bytes(whole.to_vec()),
            amended: amended.map(|amended| Bytes(amended.to_vec())),
        }
    }

    fn read(self) -> Option<Return> {
        let (ordinal, months) = self.period;
        let frequency = *crate::Frequency::ALL.iter().find(|frequency| frequency.months() == months)?;
        // Later than any year of four digits: these bytes were not written so.
        if ordinal >= 10_000 * 12 {
            return None;
        }
        Some(Return {
            id: self.id,
            assignment: self.assignment,
            period: Period::ending(ordinal, frequency),
            version: self.version,
            status: ReturnStatus::parse(&self.status)?,
            steps_done: self.steps_done,
            answers: Answers::from_packed(self.answers.0, self.amended.map(|amended| amended.0))?,
            illustrative: self.illustrative,
        })
    }
}
