//! Who saw or changed what: the ledger's entries and the trail of what changes no record, told as one list.

use std::sync::Arc;

use romduol_ledger::{Access, Account, Entry as StoredEntry};
use romduol_locale::Locale;
use romduol_plan::permission::Act;
use romduol_plan::{Change, Date, Deed, Entry, Kind, Say};
use romduol_report::{Field, Sheet};

use super::Person;
use super::times::Times;
use crate::analysis_tables::sheet;
use crate::spelling::fold;
use crate::tidy::TRAIL_DAYS;
use crate::{App, AppError, clock};

/// How many days are put together at a time.
const SPAN_DAYS: u16 = 7;
/// How many lines are taken home at once.
const MOST_HOME: usize = 100_000;
/// How many records of one entry are named.
const NAMED: usize = 12;

/// One line: who, when, what, to which records, why.
pub struct Trace {
    /// `2026-11-23T09:34:37Z`.
    pub at: String,
    pub account: String,
    /// Empty where the account was erased.
    pub name: String,
    /// As an entry keeps it; empty for what is no entry.
    pub post: String,
    pub deed: Deed,
    /// Kind and id of records; `account` and an id or a name for accounts.
    pub objects: Vec<(String, String)>,
    /// How many records beside those.
    pub more: usize,
    pub why: String,
    pub position: Option<u64>,
}

/// Which lines are asked for.
#[derive(Clone, Debug)]
pub struct TrailFilter {
    pub from: Date,
    /// Its end is included.
    pub until: Date,
    /// Part of a login or name.
    pub who: String,
    pub deed: Option<Deed>,
    /// Part of the id of a record or account.
    pub object: String,
}

impl TrailFilter {
    fn wants(&self, line: &Trace, accounts: &[Account]) -> bool {
        let (who, object) = (fold(self.who.trim()), self.object.trim());
        let about = |(kind, id): &(String, String)| id.contains(object) || format!("{kind}/{id}").contains(object);
        let names = || match accounts.iter().find(|a| a.id == line.account) {
            Some(a) => fold(&format!("{} {} {}", a.login, a.name, a.id)),
            None => line.account.clone(),
        };
        self.deed.is_none_or(|deed| line.deed == deed)
            && (who.is_empty() || names().contains(&who))
            && (object.is_empty() || line.objects.iter().any(about))
    }
}

impl App {
    /// Notes what changes no record. A disk that is full does not keep anybody from reading; the line then goes to the
    /// program's own log.
    pub async fn trace(&self, account: &str, deed: Deed, object: &str) {
        if let Err(error) = self.trace_with(account, deed, object, "").await {
            tracing::warn!(account, act = deed.code(), object = ?object, "not noted in the trail: {error}");
        }
    }

    /// Notes what is done only if it is noted, and why.
    pub(crate) async fn trace_with(&self, account: &str, deed: Deed, object: &str, why: &str) -> Result<(), AppError> {
        let (act, object, why) = (deed.code().to_string(), object.to_string(), why.to_string());
        let line = Access { at: self.now().unix, account: account.into(), act, object, why };
        Ok(self.ledger.note_access(&line).await?)
    }

    /// Notes that a person has read what is restricted.
    pub async fn trace_reading(&self, person: &Person, kind: Kind, id: &str) {
        self.trace(&person.account, Deed::Read, &format!("{}/{id}", kind.code())).await;
    }

    /// What happened in a span of days, the newest first: up to `most` lines after the first `skip`, and whether there
    /// are more. Days are put together a few at a time, so that a busy year is not held in memory.
    pub async fn trail(
        &self,
        person: &Person,
        filter: &TrailFilter,
        mut skip: usize,
        most: usize,
    ) -> Result<(Vec<Trace>, bool), AppError> {
        person.post.may(Act::ReadTrail)?;
        let accounts = self.ledger.accounts().await?;
        let (times, calendar) = (self.times.up_to_now(&self.ledger).await?, self.calendar());
        // Where the machine's clock goes behind the ledger, the last entry was written today.
        let today = self.now().date.max(calendar.day(times.of_last()));
        let (from, mut until) = (self.begun(times.of(1)).max(filter.from), filter.until.min(today).plus_days(1));
        let mut entries = EntriesBack { next: times.last_before(calendar.midnight(until)), times };
        let mut lines = Vec::new();
        while until > from {
            let since = from.max(until.minus_days(SPAN_DAYS));
            let (start, end) = (calendar.midnight(since), calendar.midnight(until));
            // What is older than these is on a later page.
            let room = skip + most + 1 - lines.len();
            let mut span = entries.since(self, start, room, |line| filter.wants(line, &accounts)).await?;
            let accesses = self.ledger.accesses(start, end).await?.into_iter().filter_map(access_trace);
            span.extend(accesses.filter(|line| filter.wants(line, &accounts)));
            span.sort_by(|a, b| b.at.cmp(&a.at).then(b.position.cmp(&a.position)));
            let passed = skip.min(span.len());
            skip -= passed;
            lines.extend(span.into_iter().skip(passed));
            if lines.len() > most {
                lines.truncate(most);
                return Ok((named(lines, &accounts), true));
            }
            until = since;
        }
        Ok((named(lines, &accounts), false))
    }

    /// All lines of a span of days, to take home; the way there is noted as well.
    pub async fn trail_home(&self, person: &Person, filter: &TrailFilter, locale: &Locale) -> Result<Sheet, AppError> {
        let (lines, more) = self.trail(person, filter, 0, MOST_HOME).await?;
        if more {
            return Err(AppError::Bad(Say::new("refused-long-trail").number("most", MOST_HOME as f64)));
        }
        self.trace(&person.account, Deed::ReadTrail, "").await;
        Ok(trail_sheet(&lines, locale))
    }

    /// The day before which nothing is told: the first entry's, or the last of which accesses are kept.
    fn begun(&self, first: i64) -> Date {
        let kept = self.now().date.minus_days(TRAIL_DAYS as u16);
        kept.min(self.calendar().day(first).minus_days(1))
    }
}

fn opened(stored: &StoredEntry) -> Result<Entry, AppError> {
    Entry::from_stored(&stored.body).map_err(|error| AppError::fault(error.to_string()))
}

/// Walks the ledger from an entry to the first.
struct EntriesBack {
    next: u64,
    times: Arc<Times>,
}

impl EntriesBack {
    /// The entries from here back to a moment that are wanted, the newest `most` of them. Of an entry with many records some
    /// are named, once it is known whether it is about what is asked for.
    async fn since(
        &mut self,
        app: &App,
        start: i64,
        most: usize,
        wants: impl Fn(&Trace) -> bool,
    ) -> Result<Vec<Trace>, AppError> {
        let mut lines = Vec::new();
        while lines.len() < most && self.next > 0 && self.times.of(self.next) >= start {
            let Some(stored) = app.ledger.entry(self.next).await? else { break };
            let entry = opened(&stored)?;
            self.next -= 1;
            let mut line = entry_trace(stored.seq, entry);
            if wants(&line) {
                line.more = line.objects.len().saturating_sub(NAMED);
                line.objects.truncate(NAMED);
                lines.push(line);
            }
        }
        Ok(lines)
    }
}

fn named(mut lines: Vec<Trace>, accounts: &[Account]) -> Vec<Trace> {
    for line in &mut lines {
        line.name = accounts.iter().find(|a| a.id == line.account).map(|a| a.name.clone()).unwrap_or_default();
    }
    lines
}

fn entry_trace(position: u64, entry: Entry) -> Trace {
    let objects: Vec<(String, String)> =
        entry.changes.iter().map(Change::subject).map(|(kind, id)| (kind.code().to_string(), id.to_string())).collect();
    let retires = entry.changes.iter().all(|change| matches!(change, Change::Retire(..)));
    Trace {
        at: entry.at,
        account: entry.actor.account,
        name: String::new(),
        post: entry.actor.post,
        deed: if retires { Deed::Retire } else { Deed::Write },
        objects,
        more: 0,
        why: entry.why,
        position: Some(position),
    }
}

/// A line as the ledger keeps it; none for a word of a later version.
fn access_trace(access: Access) -> Option<Trace> {
    let object = match access.object.split_once('/') {
        Some((kind, id)) => Some((kind.to_string(), id.to_string())),
        None => Some(("account".to_string(), access.object)).filter(|(_, id)| !id.is_empty()),
    };
    Some(Trace {
        at: clock::stamp(access.at),
        account: access.account,
        name: String::new(),
        post: String::new(),
        deed: Deed::parse(&access.act)?,
        objects: object.into_iter().collect(),
        more: 0,
        why: access.why,
        position: None,
    })
}

/// The lines as a table to take home.
fn trail_sheet(lines: &[Trace], locale: &Locale) -> Sheet {
    let heads = ["trail-at", "trail-who", "account-post", "trail-act", "trail-object", "reason", "trail-entry"];
    let row = |line: &Trace| {
        let mut objects: Vec<String> = line.objects.iter().map(|(kind, id)| format!("{kind}/{id}")).collect();
        if line.more > 0 {
            objects.push(format!("+{}", line.more));
        }
        let who = if line.name.is_empty() { &line.account } else { &line.name };
        let act = locale.word("trail", line.deed.code());
        let position = line.position.map_or(Field::Empty, |at| Field::text(at.to_string()));
        let texts = [&line.at, who, &line.post, &act, &objects.join(" "), &line.why].map(Field::text);
        texts.into_iter().chain([position]).collect()
    };
    sheet(locale, "menu-trail", &heads, lines.iter().map(row).collect())
}
