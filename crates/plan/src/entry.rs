//! Ledger entries: who changed what, when and why. Refuses to know where entries are kept.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::kinds::{Amendment, Body, Id, Kind};
use crate::upgrade;

/// One atomic change of the plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// When, in UTC: `2026-11-23T09:34:37Z`.
    pub at: String,
    pub actor: Actor,
    /// Why, in the actor's words or as a fixed code of the program.
    pub why: String,
    pub changes: Vec<Change>,
}

/// Who acted: an opaque account id and the post held then. Names stay out of the ledger so that they can be erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    pub account: String,
    pub post: String,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    Put(Body),
    /// A return changes in a few answers or in its standing; the rest of it is as in the entries before.
    Amend(Amendment),
    Retire(Kind, Id),
}

impl Change {
    pub fn subject(&self) -> (Kind, &str) {
        match self {
            Change::Put(body) => (body.kind(), body.id()),
            Change::Amend(amendment) => (Kind::Return, &amendment.id),
            Change::Retire(kind, id) => (*kind, id),
        }
    }
}

/// An entry whose stored text this version of the program cannot read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// 128 random bits that stand in a stored entry before everything else, so that its fingerprint cannot be found again by
/// guessing what the entry says. They are made where entries are written; nobody is shown them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nonce(pub u128);

/// How a stored entry that has a nonce begins. Entries of earlier versions have none.
const WITH_NONCE: &str = "{\"nonce\":\"";

#[derive(Serialize, Deserialize)]
struct StoredEntry<C> {
    at: String,
    actor: Actor,
    why: String,
    changes: Vec<C>,
}

/// The stored form of a change. `v` is the version of the body, so that later programs know how to read it.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Written<'a> {
    Put { kind: Kind, v: u32, body: &'a Body },
    Amend { kind: Kind, v: u32, body: &'a Amendment },
    Retire { kind: Kind, id: &'a str },
}

/// The same as read: the body becomes a record at once, because its kind and version stand before it.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Read {
    Put(Versioned<Body>),
    Amend(Versioned<Amendment>),
    Retire { kind: String, id: Id },
}

/// What stands behind its kind and version.
struct Versioned<T>(T);

/// What is read from a body of today's version.
trait Bodied: Sized {
    fn read<'de, D: Deserializer<'de>>(kind: Kind, from: D) -> Result<Self, D::Error>;
}

impl Bodied for Body {
    fn read<'de, D: Deserializer<'de>>(kind: Kind, from: D) -> Result<Body, D::Error> {
        Body::read(kind, from)
    }
}

impl Bodied for Amendment {
    fn read<'de, D: Deserializer<'de>>(kind: Kind, from: D) -> Result<Amendment, D::Error> {
        match kind {
            Kind::Return => Amendment::deserialize(from),
            other => Err(D::Error::custom(format!("a record of kind “{}” is not amended, but put", other.code()))),
        }
    }
}

impl Entry {
    /// The text that the ledger keeps and hashes.
    pub fn to_stored(&self, nonce: Nonce) -> String {
        let changes = self.changes.iter().map(|change| match change {
            Change::Put(body) => Written::Put { kind: body.kind(), v: body.kind().version(), body },
            Change::Amend(body) => Written::Amend { kind: Kind::Return, v: Kind::Return.version(), body },
            Change::Retire(kind, id) => Written::Retire { kind: *kind, id },
        });
        let stored = StoredEntry {
            at: self.at.clone(),
            actor: self.actor.clone(),
            why: self.why.clone(),
            changes: changes.collect(),
        };
        let text = serde_json::to_string(&stored).expect("entries hold only strings, numbers, lists and objects");
        format!("{WITH_NONCE}{:032x}\",{}", nonce.0, &text[1..])
    }

    /// Whether the fingerprint of a stored entry may be shown to whoever may not know what the entry says.
    pub fn is_blinded(stored: &str) -> bool {
        stored.starts_with(WITH_NONCE)
    }

    /// When a stored entry was written (see [`Entry::at`]), without reading what it changed: the time stands before everything
    /// but the nonce. Nothing where the text is no entry.
    pub fn stamp(stored: &str) -> Option<&str> {
        let rest = match stored.strip_prefix(WITH_NONCE) {
            Some(nonce) => nonce.split_once("\",").map(|(_, rest)| rest),
            None => stored.strip_prefix('{'),
        };
        rest?.strip_prefix("\"at\":\"")?.split_once('"').map(|(at, _)| at)
    }

    /// Reads a stored entry, lifting bodies of older versions.
    pub fn from_stored(text: &str) -> Result<Entry, Unreadable> {
        let stored: StoredEntry<Read> = serde_json::from_str(text).map_err(|error| unreadable(&error))?;
        let changes = stored.changes.into_iter().map(|change| match change {
            Read::Put(Versioned(body)) => Ok(Change::Put(body)),
            Read::Amend(Versioned(amendment)) => Ok(Change::Amend(amendment)),
            Read::Retire { kind, id } => match upgrade::joined(&kind) {
                Some(joined) => Ok(Change::Retire(joined.kind, (joined.id)(&id))),
                None => Ok(Change::Retire(known(&kind)?, id)),
            },
        });
        Ok(Entry {
            at: stored.at,
            actor: stored.actor,
            why: stored.why,
            changes: changes.collect::<Result<_, Unreadable>>()?,
        })
    }
}

impl<'de, T: Bodied> Deserialize<'de> for Versioned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Versioned<T>, D::Error> {
        deserializer.deserialize_map(VersionedVisitor(PhantomData))
    }
}

struct VersionedVisitor<T>(PhantomData<T>);

impl<'de, T: Bodied> Visitor<'de> for VersionedVisitor<T> {
    type Value = Versioned<T>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a record after its kind and version")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Versioned<T>, M::Error> {
        let (mut kind, mut version, mut body) = (None, None, None);
        while let Some(key) = map.next_key::<String>()? {
            match (key.as_str(), kind.as_deref(), version) {
                ("kind", ..) => kind = Some(map.next_value::<String>()?),
                ("v", ..) => version = Some(map.next_value()?),
                ("body", Some(kind), Some(version)) => {
                    let joined = upgrade::joined(kind);
                    let kind = joined.as_ref().map_or_else(|| known(kind), |joined| Ok(joined.kind));
                    let kind = kind.map_err(M::Error::custom)?;
                    body = Some(map.next_value_seed(Seed { kind, version, joined, of: PhantomData })?);
                }
                _ => return Err(M::Error::custom(format!("“{key}” stands where it does not belong"))),
            }
        }
        body.map(Versioned).ok_or_else(|| M::Error::missing_field("body"))
    }
}

/// Reads a body of a known kind and version. Today's are read as they stand; older ones are lifted first.
struct Seed<T> {
    kind: Kind,
    version: u32,
    joined: Option<upgrade::Joined>,
    of: PhantomData<T>,
}

impl<'de, T: Bodied> DeserializeSeed<'de> for Seed<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        let Seed { kind, version, joined, .. } = self;
        if let Some(joined) = joined {
            let body = joined.lift(Value::deserialize(deserializer)?).map_err(D::Error::custom)?;
            return T::read(kind, body).map_err(D::Error::custom);
        }
        if upgrade::reads_as_today(kind, version) {
            return T::read(kind, deserializer);
        }
        let old = Value::deserialize(deserializer)?;
        let lifted = upgrade::lift(kind, version, old).map_err(D::Error::custom)?;
        T::read(kind, lifted).map_err(D::Error::custom)
    }
}

/// What is wrong, without the place in a text that nobody sees.
fn unreadable(error: &serde_json::Error) -> Unreadable {
    let (words, place) = (error.to_string(), format!(" at line {} column {}", error.line(), error.column()));
    Unreadable(words.strip_suffix(&place).unwrap_or(&words).into())
}

fn known(kind: &str) -> Result<Kind, Unreadable> {
    Kind::parse(kind).ok_or_else(|| {
        Unreadable(format!("it holds a record of kind “{kind}”, which this version does not know; use a newer program"))
    })
}
