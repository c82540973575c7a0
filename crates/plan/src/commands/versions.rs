//! Versions of the plan: naming the plan as it stands, moving a version on, taking in what the public says of it. Refuses to
//! know where comments wait.

use crate::command::{By, Command, Need, Refusal, Why};
use crate::kinds::{Consent, Consultation, Contribution, Id, KhmerStatus, Kind, Method, Version, VersionState};
use crate::package::Fault;
use crate::permission::Act;
use crate::text::Lang;
use crate::{Change, Date, Say, State, Text, id, versions};

/// Names the plan as it stands now. State, day and position of the version are those of its writing.
pub struct NameVersion {
    pub version: Version,
}

impl Command for NameVersion {
    fn needs(&self) -> Need {
        Need::May(Act::EditPlan)
    }

    fn why(&self) -> Why<'_> {
        Why::Fixed("version named")
    }

    fn texts(&self) -> Vec<&str> {
        let Version { title, note, .. } = &self.version;
        vec![&title.en, &title.km, &note.en, &note.km]
    }

    fn decide(&self, by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        let own = self.version.id.trim().to_string();
        if own.is_empty() || self.version.title.is_empty() {
            return Err(Say::new("refused-version-unnamed").into());
        }
        if let Some(problem) = id::fault(&own) {
            let (file, row, column, value) = (String::new(), 0, String::new(), own);
            return Err(Fault { file, row, column, cell: String::new(), value, problem }.say_in_place().into());
        }
        if state.find::<Version>(&own).is_some() {
            return Err(Say::new("refused-id-taken").words("value", &own).into());
        }
        let version = Version {
            id: own,
            position: u32::try_from(state.position()).unwrap_or(u32::MAX),
            date: by.today,
            state: VersionState::Draft,
            ..self.version.clone()
        };
        Ok(vec![Change::Put(version.into())])
    }
}

/// Moves a version on. One that the public may comment on gets a consultation to collect what is said.
pub struct MoveVersion {
    pub id: Id,
    pub to: VersionState,
    /// The last day for comments; none where they have no end.
    pub until: Option<Date>,
    pub reason: String,
}

impl Command for MoveVersion {
    fn needs(&self) -> Need {
        Need::May(Act::EditPlan)
    }

    fn why(&self) -> Why<'_> {
        Why::Reason(&self.reason)
    }

    fn decide(&self, by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        let mut moved = versions::moved(state, state.known::<Version>(&self.id)?, self.to)?;
        let mut changes = Vec::new();
        if self.to == VersionState::Consultation {
            moved.comments_until = self.until;
            if moved.consultation.is_none() {
                let event = online(&moved, by.today);
                moved.consultation = Some(event.id.clone());
                changes.push(Change::Put(event.into()));
            }
        }
        changes.push(Change::Put(moved.into()));
        Ok(changes)
    }
}

/// Takes a comment of the public in as a contribution, in words that may have been made safer.
pub struct TakeComment {
    /// The id of the contribution: it follows from the comment, so that taking it twice cannot make two.
    pub id: Id,
    pub version: Id,
    pub node: Option<Id>,
    /// As whom they speak.
    pub group: String,
    pub words: String,
    pub lang: Lang,
}

impl Command for TakeComment {
    fn needs(&self) -> Need {
        Need::May(Act::EditPlan)
    }

    fn why(&self) -> Why<'_> {
        Why::Fixed("public comment taken")
    }

    fn texts(&self) -> Vec<&str> {
        vec![&self.words]
    }

    fn decide(&self, _by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        let version = state.known::<Version>(&self.version)?;
        let consultation = version.consultation.clone();
        let text = |words: &str| Text::of(self.lang, words);
        let said = Contribution {
            id: self.id.clone(),
            consultation: consultation.ok_or_else(|| Refusal::missing(Kind::Version, &self.version))?,
            group: text(&self.group),
            said: text(self.words.trim()),
            consent: Consent::Public,
            themes: Vec::new(),
            answer: Text::default(),
            answered: None,
            changed: Vec::new(),
            source: self.node.iter().fold(self.version.clone(), |source, node| format!("{source}, {node}")),
        };
        Ok(vec![Change::Put(said.into())])
    }
}

/// The consultation that collects what the public says of a version.
pub fn online(version: &Version, today: Date) -> Consultation {
    Consultation {
        id: format!("ONLINE-{}", version.id),
        title: version.title.clone(),
        khmer: KhmerStatus::Draft,
        method: Method::Online,
        date: today.to_string(),
        date_note: String::new(),
        place: Text::default(),
        total: None,
        female: None,
        male: None,
        corrected_total: None,
        corrected_female: None,
        corrected_male: None,
        correction_reason: String::new(),
        counted_by: Vec::new(),
        source: version.id.clone(),
    }
}
