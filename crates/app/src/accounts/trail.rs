//! Who saw or changed what: the ledger's entries and the trail of what changes no record, told as one list.

use romduol_ledger::{Access, Head};
use romduol_locale::Locale;
use romduol_plan::permission::Act;
use romduol_plan::{Change, Date, Entry, Kind};
use romduol_report::{Field, Sheet};

use super::Person;
use crate::analysis_tables::sheet;
use crate::{App, AppError, clock};

/// How long lines are kept: two years, so that an audit of the last one finds it whole.
const TRAIL_DAYS: i64 = 731;
/// How long a session that has ended is remembered.
const SESSION_DAYS: i64 = 30;
/// How many lines are told at once.
const MOST: usize = 2_000;
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
    pub act: String,
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
    pub act: String,
    /// Part of the id of a record or account.
    pub object: String,
}

impl App {
    /// Notes what changes no record. A disk that is full does not keep anybody from reading; the line then goes to the
    /// program's own log.
    pub async fn trace(&self, account: &str, act: &str, object: &str) {
        let line = Access { at: self.now().unix, account: account.into(), act: act.into(), object: object.into() };
        if let Err(error) = self.ledger.note_access(&line).await {
            tracing::warn!(account, act, object = ?object, "not noted in the trail: {error}");
        }
    }

    /// Erases what has had its time: lines of the trail, and sessions that ended long ago.
    pub async fn forget_old(&self) -> Result<(), AppError> {
        let now = self.now().unix;
        self.ledger.erase_accesses(now - TRAIL_DAYS * 86_400).await?;
        self.ledger.erase_sessions(now - SESSION_DAYS * 86_400).await?;
        Ok(())
    }

    /// Notes that a person has read what is restricted.
    pub async fn trace_reading(&self, person: &Person, kind: Kind, id: &str) {
        self.trace(&person.account, "read", &format!("{}/{id}", kind.code())).await;
    }

    /// What happened in a span of days, the newest first, and whether there is more than is told.
    pub async fn trail(&self, person: &Person, filter: &TrailFilter) -> Result<(Vec<Trace>, bool), AppError> {
        person.post.may(Act::ReadTrail)?;
        let (from, until) = (clock::midnight(filter.from), clock::midnight(filter.until.plus_days(1)));
        let accounts = self.ledger.accounts().await?;
        let wanted = |account: &str| {
            let found = accounts.iter().find(|a| a.id == account);
            let texts = found.map(|a| format!("{} {} {account}", a.login, a.name)).unwrap_or_else(|| account.into());
            texts.to_lowercase().contains(&filter.who.trim().to_lowercase())
        };
        let mut lines = self.entry_traces(from, until).await?;
        lines.extend(self.ledger.accesses(from, until).await?.into_iter().map(access_trace));
        lines.retain(|line| {
            let object = filter.object.trim();
            let about = |(kind, id): &(String, String)| id.contains(object) || format!("{kind}/{id}").contains(object);
            wanted(&line.account)
                && (filter.act.is_empty() || line.act == filter.act)
                && (object.is_empty() || line.objects.iter().any(about))
        });
        lines.sort_by(|a, b| b.at.cmp(&a.at).then(b.position.cmp(&a.position)));
        let more = lines.len() > MOST;
        lines.truncate(MOST);
        for line in &mut lines {
            let name = accounts.iter().find(|a| a.id == line.account).map(|a| a.name.clone());
            line.name = name.unwrap_or_default();
            line.more = line.objects.len().saturating_sub(NAMED);
            line.objects.truncate(NAMED);
        }
        Ok((lines, more))
    }

    async fn entry_traces(&self, from: i64, until: i64) -> Result<Vec<Trace>, AppError> {
        let (from, until) = (clock::stamp(from), clock::stamp(until));
        let mut lines = Vec::new();
        let mut head = self.head_before(&from).await?;
        loop {
            let entries = self.ledger.read_after(&head).await?;
            let Some(last) = entries.last() else { return Ok(lines) };
            head = last.head();
            for stored in entries {
                let entry = Entry::from_stored(&stored.body).map_err(|error| AppError::fault(error.to_string()))?;
                if entry.at >= until {
                    return Ok(lines);
                }
                if entry.at >= from {
                    lines.push(entry_trace(stored.seq, entry));
                }
            }
        }
    }

    /// The last entry before a moment, by halving: entries stand in the order of their time.
    async fn head_before(&self, stamp: &str) -> Result<Head, AppError> {
        let (mut low, mut high) = (0, self.snapshot().head.seq);
        let mut head = Head::genesis();
        while low < high {
            let middle = (low + high).div_ceil(2);
            let Some(stored) = self.ledger.entry(middle).await? else { break };
            let entry = Entry::from_stored(&stored.body).map_err(|error| AppError::fault(error.to_string()))?;
            if entry.at.as_str() < stamp {
                (low, head) = (middle, stored.head());
            } else {
                high = middle - 1;
            }
        }
        Ok(head)
    }
}

fn entry_trace(position: u64, entry: Entry) -> Trace {
    let objects: Vec<(String, String)> =
        entry.changes.iter().map(Change::subject).map(|(kind, id)| (kind.code().to_string(), id.to_string())).collect();
    let act = if entry.changes.iter().all(|change| matches!(change, Change::Retire(..))) { "retire" } else { "write" };
    Trace {
        at: entry.at,
        account: entry.actor.account,
        name: String::new(),
        post: entry.actor.post,
        act: act.into(),
        objects,
        more: 0,
        why: entry.why,
        position: Some(position),
    }
}

fn access_trace(access: Access) -> Trace {
    let object = match access.object.split_once('/') {
        Some((kind, id)) => Some((kind.to_string(), id.to_string())),
        None => Some(("account".to_string(), access.object)).filter(|(_, id)| !id.is_empty()),
    };
    Trace {
        at: clock::stamp(access.at),
        account: access.account,
        name: String::new(),
        post: String::new(),
        act: access.act,
        objects: object.into_iter().collect(),
        more: 0,
        why: String::new(),
        position: None,
    }
}

/// The lines as a table to take home.
pub fn trail_sheet(lines: &[Trace], locale: &Locale) -> Sheet {
    let heads = ["trail-at", "trail-who", "account-post", "trail-act", "trail-object", "reason", "trail-entry"];
    let row = |line: &Trace| {
        let mut objects: Vec<String> = line.objects.iter().map(|(kind, id)| format!("{kind}/{id}")).collect();
        if line.more > 0 {
            objects.push(format!("+{}", line.more));
        }
        let who = if line.name.is_empty() { &line.account } else { &line.name };
        let act = locale.t(&format!("trail-{}", line.act));
        let position = line.position.map_or(Field::Empty, |at| Field::text(at.to_string()));
        let texts = [&line.at, who, &line.post, &act, &objects.join(" "), &line.why].map(Field::text);
        texts.into_iter().chain([position]).collect()
    };
    sheet(locale, "menu-trail", &heads, lines.iter().map(row).collect())
}
