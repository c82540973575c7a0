//! What the public says of a version of the plan: comments that wait, and what became of them.

use romduol_ledger::Comment as Stored;
use romduol_plan::commands::versions::TakeComment;
use romduol_plan::kinds::*;
use romduol_plan::permission::Act;
use romduol_plan::{Kind, Lang, Say, versions};
use serde::{Deserialize, Serialize};

use crate::accounts::Person;
use crate::said::{self, impersonal};
use crate::{App, AppError};

/// A comment of somebody without an account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Comment {
    pub text: String,
    /// As whom they speak, in their own words; never a name.
    pub group: String,
    pub node: Option<Id>,
    pub lang: String,
}

/// What became of a comment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It is a contribution now, where its answer will stand.
    Taken(Id),
    Declined(String),
}

/// A comment that waits for somebody to deal with it.
pub struct Waiting {
    pub key: String,
    pub version: Id,
    pub comment: Comment,
}

/// What is done with a comment; for good.
pub enum CommentDecision {
    /// It becomes a contribution, in words that may have been made safer.
    Take {
        words: String,
    },
    Decline {
        reason: String,
    },
}

/// Where a comment stands, for its author.
pub enum Standing {
    Waits,
    Declined(String),
    Taken(Box<Contribution>),
}

/// The longest comment, in characters.
pub const LONGEST: usize = 4_000;

impl App {
    /// Keeps a comment and gives the code to come back with.
    pub async fn comment(&self, version: &str, comment: Comment) -> Result<String, AppError> {
        let snapshot = self.snapshot();
        let missing = || AppError::NotFound { kind: Kind::Version, id: version.into() };
        let record = snapshot.state.find::<Version>(version).ok_or_else(missing)?;
        if !versions::takes_comments(record, self.now().date) {
            return Err(AppError::Bad(Say::new("refused-no-comments")));
        }
        let text = comment.text.trim();
        if text.is_empty() || text.chars().count() > LONGEST {
            return Err(AppError::Bad(Say::new("refused-comment-length").number("most", LONGEST as f64)));
        }
        impersonal([text, &comment.group])?;
        if comment.node.as_ref().is_some_and(|id| snapshot.state.find::<Node>(id).is_none()) {
            return Err(AppError::NotFound { kind: Kind::Node, id: comment.node.unwrap_or_default() });
        }
        let body = serde_json::to_string(&comment).expect("texts become JSON");
        let code = self.ledger.add_comment(version, &body, self.now().day).await?;
        let groups: Vec<&str> = code.as_bytes().chunks(4).filter_map(|part| std::str::from_utf8(part).ok()).collect();
        Ok(groups.join("-").to_uppercase())
    }

    /// Where the comment of a code stands.
    pub async fn comment_standing(&self, code: &str) -> Result<Option<Standing>, AppError> {
        let plain: String = code.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_lowercase();
        let Some(stored) = self.ledger.comment_of(&plain).await? else { return Ok(None) };
        let Some(outcome) = stored.outcome else { return Ok(Some(Standing::Waits)) };
        let unreadable = |error| AppError::fault(format!("the outcome of a comment cannot be read: {error}"));
        Ok(Some(match serde_json::from_str(&outcome).map_err(unreadable)? {
            Outcome::Declined(reason) => Standing::Declined(reason),
            Outcome::Taken(id) => match self.snapshot().state.find::<Contribution>(&id) {
                Some(said) => Standing::Taken(Box::new((**said).clone())),
                None => Standing::Waits,
            },
        }))
    }

    /// Comments that wait, oldest first.
    pub async fn comments(&self, person: &Person) -> Result<Vec<Waiting>, AppError> {
        person.post.may(Act::EditPlan)?;
        let stored = self.ledger.comments_waiting().await?;
        let unreadable = |error| AppError::fault(format!("a waiting comment cannot be read: {error}"));
        let waiting = stored.into_iter().filter_map(|stored| {
            let comment = serde_json::from_str(stored.body.as_deref()?).map_err(unreadable);
            Some(comment.map(|comment| Waiting { key: stored.key, version: stored.version, comment }))
        });
        waiting.collect()
    }

    /// Takes a comment as a contribution, in words that may have been made safer, or declines it with a reason.
    pub async fn deal_with_comment(
        &self,
        person: &Person,
        key: &str,
        decision: CommentDecision,
    ) -> Result<(), AppError> {
        person.post.may(Act::EditPlan)?;
        let gone = || AppError::Bad(Say::new("refused-comment-gone"));
        let stored = self.ledger.comment(key).await?.filter(|stored| stored.outcome.is_none()).ok_or_else(gone)?;
        let unreadable = |error| AppError::fault(format!("a waiting comment cannot be read: {error}"));
        let comment: Comment = serde_json::from_str(stored.body.as_deref().unwrap_or_default()).map_err(unreadable)?;
        let outcome = match decision {
            CommentDecision::Decline { reason } => Outcome::Declined(said::reason(&reason)?),
            CommentDecision::Take { words } => Outcome::Taken(self.contribute(person, &stored, comment, &words).await?),
        };
        let outcome = serde_json::to_string(&outcome).expect("texts become JSON");
        match self.ledger.close_comment(key, &outcome).await? {
            true => Ok(()),
            false => Err(gone()),
        }
    }

    /// The id follows from the comment's key, so that dealing with it twice cannot make two contributions.
    async fn contribute(
        &self,
        person: &Person,
        stored: &Stored,
        comment: Comment,
        words: &str,
    ) -> Result<Id, AppError> {
        let id = format!("PC-{}", &stored.key[..8]);
        let Comment { group, node, lang, .. } = comment;
        let (version, words, lang) =
            (stored.version.clone(), words.to_string(), Lang::parse(&lang).unwrap_or_default());
        self.execute(person, TakeComment { id: id.clone(), version, node, group, words, lang }).await?;
        Ok(id)
    }
}
