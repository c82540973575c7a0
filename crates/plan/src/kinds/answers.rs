//! The answers of a return as they are kept: packed, and amended without opening them. Refuses to know what is asked.
//!
//! A national load has tens of thousands of returns of a thousand numbers each, and few are looked at one by one: their
//! numbers are in the cube. So a return keeps its answers packed and opens them when somebody asks. A correction puts the
//! few answers that it changes beside the others, which it shares with the version before.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Answer;
use super::stored::Stored;

/// The answers of a return, packed.
#[derive(Clone)]
pub struct Answers {
    whole: Arc<[u8]>,
    /// The answers that have changed since, as they are now.
    amended: Option<Arc<[u8]>>,
}

impl Answers {
    pub fn pack(answers: &[Answer]) -> Answers {
        Answers::from_stored(&Stored::of(answers))
    }

    fn from_stored(stored: &Stored) -> Answers {
        let plain = stored.to_bytes();
        let whole = match () {
            () if stored.holds_nothing() => [&[NOTHING], &*plain].concat().into(),
            () if plain.len() < LONG => [&[PLAIN], &*plain].concat().into(),
            () => compress(&plain),
        };
        Answers { whole, amended: None }
    }

    /// The answers, one by one.
    pub fn open(&self) -> Vec<Answer> {
        let mut answers = open(&self.whole, |_| true);
        if let Some(amended) = &self.amended {
            replace(&mut answers, open(amended, |_| true));
        }
        answers
    }

    /// The answer for one indicator, if the return has it.
    pub fn about(&self, indicator: &str) -> Option<Answer> {
        let in_part = |part: &Arc<[u8]>| open(part, |id| id == indicator).into_iter().next();
        self.amended.as_ref().and_then(in_part).or_else(|| in_part(&self.whole))
    }

    /// The same answers but for the changed ones, which replace those to the same indicators or come behind all others.
    #[must_use]
    pub fn amend(&self, changed: &Answers) -> Answers {
        if changed.is_empty() {
            return self.clone();
        }
        let amended = match &self.amended {
            None => changed.in_one_piece(),
            Some(earlier) => {
                let mut answers = open(earlier, |_| true);
                replace(&mut answers, changed.open());
                Answers::pack(&answers).whole
            }
        };
        let dead_weight = plain_size(&amended) > plain_size(&self.whole);
        let answers = Answers { whole: self.whole.clone(), amended: Some(amended) };
        match dead_weight {
            true => Answers { whole: answers.in_one_piece(), amended: None },
            false => answers,
        }
    }

    /// What has to be amended in `old` to get these. None where that cannot be said so, because they answer other
    /// indicators or in another order.
    pub fn since(&self, old: &Answers) -> Option<Vec<Answer>> {
        if Arc::ptr_eq(&self.whole, &old.whole)
            && let Some(changed) = self.amended_since(old)
        {
            return Some(changed);
        }
        let (now, before) = (self.open(), old.open());
        let same = now.len() == before.len() && now.iter().zip(&before).all(|(n, b)| n.indicator == b.indicator);
        let unique = same && now.iter().map(|answer| &answer.indicator).collect::<HashSet<_>>().len() == now.len();
        unique.then(|| now.into_iter().zip(before).filter(|(now, before)| now != before).map(|(now, _)| now).collect())
    }

    /// The same without opening the whole, which both share.
    fn amended_since(&self, old: &Answers) -> Option<Vec<Answer>> {
        let all = |part: &Option<Arc<[u8]>>| part.as_ref().map(|part| open(part, |_| true)).unwrap_or_default();
        let (mut now, before) = (all(&self.amended), all(&old.amended));
        let has = |answers: &[Answer], id: &str| answers.iter().any(|answer| answer.indicator == id);
        // What was amended and is as in the whole again, and what the whole has not got, is for those who open it.
        if !before.iter().all(|b| has(&now, &b.indicator)) {
            return None;
        }
        now.retain(|answer| !before.contains(answer));
        Some(now)
    }

    /// Whether they say nothing but that there is nothing to say: all are missing.
    pub fn hold_nothing(&self) -> bool {
        let says_so = |part: &[u8]| part.first() == Some(&NOTHING);
        match &self.amended {
            None => says_so(&self.whole),
            Some(amended) if says_so(amended) => says_so(&self.in_one_piece()),
            Some(_) => false,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.amended.is_none() && with_stored(&self.whole, |stored| stored.is_empty())
    }

    /// Whether an amendment by them is shorter than the answers that it makes of the ones before.
    pub fn shorter_than(&self, amended: &Answers) -> bool {
        plain_size(&self.whole) < plain_size(&amended.whole)
    }

    fn in_one_piece(&self) -> Arc<[u8]> {
        match self.amended {
            None => self.whole.clone(),
            Some(_) => Answers::pack(&self.open()).whole,
        }
    }

    /// The bytes, for keeping a whole state; only what comes from here may go back through `from_packed`.
    pub(crate) fn packed(&self) -> (&[u8], Option<&[u8]>) {
        (&self.whole, self.amended.as_deref())
    }

    /// Those that are opened as soon as a state is read ([`Answers::hold_nothing`]) are looked at first: bytes that are
    /// damaged are no answers.
    pub(crate) fn from_packed(whole: Vec<u8>, amended: Option<Vec<u8>>) -> Option<Answers> {
        let opened_at_once = amended.as_deref().filter(|part| part.first() == Some(&NOTHING));
        let sound = opened_at_once.is_none_or(|part| is_readable(part) && is_readable(&whole));
        sound.then(|| Answers { whole: whole.into(), amended: amended.map(Into::into) })
    }
}

/// What a part takes without compression.
fn plain_size(part: &[u8]) -> usize {
    match part.first() {
        Some(&(PLAIN | NOTHING)) => part.len(),
        _ => zstd::zstd_safe::get_frame_content_size(part).ok().flatten().unwrap_or(0) as usize,
    }
}

fn open(part: &[u8], wanted: impl Fn(&str) -> bool) -> Vec<Answer> {
    with_stored(part, |stored| stored.answers(wanted))
}

fn is_readable(part: &[u8]) -> bool {
    match part.split_first() {
        Some((&(PLAIN | NOTHING), bytes)) => Stored::from_bytes(bytes).is_some(),
        _ => decompress(part).is_ok_and(|bytes| Stored::from_bytes(&bytes).is_some()),
    }
}

fn with_stored<T>(part: &[u8], work: impl FnOnce(Stored) -> T) -> T {
    const OWN: &str = "answers were packed by this program";
    match part.split_first() {
        Some((&(PLAIN | NOTHING), bytes)) => work(Stored::from_bytes(bytes).expect(OWN)),
        _ => work(Stored::from_bytes(&decompress(part).expect(OWN)).expect(OWN)),
    }
}

/// Puts each changed answer where the one to the same indicator stands, or behind all.
fn replace(answers: &mut Vec<Answer>, changed: Vec<Answer>) {
    for answer in changed {
        match answers.iter_mut().find(|known| known.indicator == answer.indicator) {
            Some(known) => *known = answer,
            None => answers.push(answer),
        }
    }
}

/// Whether they say the same, in one piece or amended.
impl PartialEq for Answers {
    fn eq(&self, other: &Answers) -> bool {
        (self.whole == other.whole && self.amended == other.amended) || self.open() == other.open()
    }
}

/// Nothing but the size: the numbers would fill a screen.
impl std::fmt::Debug for Answers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answers({} bytes)", self.whole.len() + self.amended.as_ref().map_or(0, |amended| amended.len()))
    }
}

impl Serialize for Answers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        with_stored(&self.in_one_piece(), |stored| stored.serialize(serializer))
    }
}

impl<'de> Deserialize<'de> for Answers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(deserializer)?;
        match stored.misfit() {
            Some(id) => Err(serde::de::Error::custom(format!("the numbers of {id} do not fit their grid"))),
            None => Ok(Answers::from_stored(&stored)),
        }
    }
}

impl JsonSchema for Answers {
    fn schema_name() -> Cow<'static, str> {
        "Answers".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Stored::json_schema(generator)
    }
}

/// Shorter answers, as of most amendments, are not worth the time of a codec.
const LONG: usize = 512;
/// Stands before what is not compressed. The codec's frames begin with another byte.
const PLAIN: u8 = 0;
/// The same, of answers that hold nothing: so that it is known without opening them.
const NOTHING: u8 = 1;

/// Fast rather than smallest: the second level takes twice the time for a tenth of the size.
const LEVEL: i32 = 1;
/// No return comes near it; what claims more is damaged.
const LARGEST: usize = 64 << 20;

thread_local! {
    static CODEC: RefCell<Option<(zstd::bulk::Compressor<'static>, zstd::bulk::Decompressor<'static>)>> = const { RefCell::new(None) };
}

fn compress(bytes: &[u8]) -> Arc<[u8]> {
    with_codec(|(compressor, _)| compressor.compress(bytes)).expect("memory for a return").into()
}

fn decompress(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    with_codec(|(_, decompressor)| decompressor.decompress(bytes, plain_size(bytes).min(LARGEST)))
}

/// The codec's tables are large; each thread keeps its own.
fn with_codec<T>(
    work: impl FnOnce(&mut (zstd::bulk::Compressor<'static>, zstd::bulk::Decompressor<'static>)) -> std::io::Result<T>,
) -> std::io::Result<T> {
    CODEC.with_borrow_mut(|codec| {
        if codec.is_none() {
            *codec = Some((zstd::bulk::Compressor::new(LEVEL)?, zstd::bulk::Decompressor::new()?));
        }
        work(codec.as_mut().expect("just made"))
    })
}
