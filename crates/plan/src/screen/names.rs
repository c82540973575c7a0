//! Names of persons, found by what stands before them: a title, or a word for a person. Refuses to take posts, places and
//! bodies for names. A name that stands alone cannot be told from a place.

const TITLES: [&str; 9] = ["mr", "mrs", "ms", "miss", "madam", "mme", "dr", "h.e", "oknha"];

/// Words for one person, before which or behind which a name stands: “the girl Sok Dara”, “Victim: Chan Sophea”.
const PERSONS: [&str; 25] = [
    "victim",
    "survivor",
    "girl",
    "boy",
    "woman",
    "man",
    "child",
    "wife",
    "husband",
    "daughter",
    "son",
    "mother",
    "father",
    "sister",
    "brother",
    "uncle",
    "aunt",
    "widow",
    "perpetrator",
    "suspect",
    "complainant",
    "client",
    "patient",
    "witness",
    "person",
];

/// What begins with a capital behind such a word and is no name: “a woman Councillor”, “Mr Governor”.
const POSTS: [&str; 24] = [
    "minister",
    "deputy",
    "governor",
    "councillor",
    "member",
    "chief",
    "officer",
    "judge",
    "secretary",
    "director",
    "head",
    "president",
    "prime",
    "vice",
    "general",
    "chair",
    "chairman",
    "chairperson",
    "commander",
    "police",
    "scouts",
    "guides",
    "speaker",
    "ambassador",
];

const KHMER_TITLES: [&str; 4] = ["លោកស្រី", "អ្នកស្រី", "កញ្ញា", "លោក"];

/// What stands behind a Khmer title and is no name: posts, and words that go on after “he” or “she”.
const KHMER_POSTS: [&str; 34] = [
    "អភិបាល",
    "រដ្ឋមន្ត្រី",
    "រដ្ឋលេខាធិការ",
    "អនុ",
    "ប្រធាន",
    "នាយក",
    "មេ",
    "ចៅ",
    "លេខាធិការ",
    "មន្ត្រី",
    "គ្រូ",
    "ស្នងការ",
    "នគរបាល",
    "តំណាង",
    "សមាជិក",
    "អគ្គ",
    "ឧត្តម",
    "ជំទាវ",
    "ព្រះ",
    "ទាំង",
    "និង",
    "ឬ",
    "បាន",
    "ក៏",
    "នឹង",
    "ត្រូវ",
    "មាន",
    "ជា",
    "ដែល",
    "ស្រី",
    "អ្នក",
    "ទេសរដ្ឋមន្ត្រី",
    "នាយករដ្ឋមន្ត្រី",
    "ិយ",
];

/// What is named and is no person.
const KHMER_THINGS: [&str; 13] =
    ["ស្ថាប័ន", "អង្គការ", "ឃុំ", "សង្កាត់", "ស្រុក", "ខណ្ឌ", "ខេត្ត", "ភូមិ", "ផែនការ", "គម្រោង", "កម្មវិធី", "សូចនាករ", "ឯកសារ"];

/// Whether a text names somebody.
pub(super) fn names_somebody(text: &str) -> bool {
    let words: Vec<&str> =
        text.split(is_between).map(|word| word.trim_start_matches(leads)).filter(|w| !w.is_empty()).collect();
    let pairs = words.iter().enumerate().map(|(n, word)| {
        let before = n.checked_sub(1).and_then(|n| words.get(n)).copied().unwrap_or_default();
        (before, *word, words.get(n + 1).copied().unwrap_or_default())
    });
    let hurt = is_done_to(&words);
    pairs.into_iter().any(|(before, word, after)| {
        let lower = word.to_lowercase();
        is_given_name(&lower)
            || is_titled(&lower, word, after)
            || is_called(before, &lower, after)
            || is_person_with_name(word, &lower, after)
    }) || hurt
        || is_named_in_khmer(text)
}

fn is_between(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '_' | '"' | '“' | '”' | '«' | '»' | '(' | ')' | '[' | ']' | '/' | '\\' | '\u{200b}')
}

/// Signs before a word that are none of it, such as quotation marks and the dots of a path.
fn leads(c: char) -> bool {
    !c.is_alphanumeric() && c != '@'
}

/// “Mrs Chan”, “mrs. Chan”, “Mrs.Chan”, “H.E. Chan”.
fn is_titled(lower: &str, word: &str, after: &str) -> bool {
    TITLES.iter().any(|title| {
        let Some(rest) = lower.strip_prefix(title) else { return false };
        match rest.trim_start_matches(['.', ':']) {
            "" => is_name(after),
            // In one word with the name.
            own if rest.starts_with('.') => word.get(word.len() - own.len()..).is_some_and(is_name),
            _ => false,
        }
    })
}

/// “a girl named Sreymom”, “Name: Chan”. Places and groups are named, too.
fn is_called(before: &str, lower: &str, after: &str) -> bool {
    const SOMEBODY: [&str; 8] = ["somebody", "someone", "one", "who", "she", "he", "is", "was"];
    let before = before.to_lowercase();
    match lower {
        "named:" | "name:" | "called:" => is_name(after),
        "named" | "called" => is_name(after) && (is_person(&before) || SOMEBODY.contains(&before.as_str())),
        _ => false,
    }
}

/// “the girl Sok Dara”, “Victim: Chan Sophea”. A heading has capitals on all its words (“Child Protection”).
fn is_person_with_name(word: &str, lower: &str, after: &str) -> bool {
    let headed = word.ends_with(':') || !word.starts_with(char::is_uppercase);
    let abbreviation = after.chars().filter(|c| c.is_alphabetic()).count() <= 3 && !after.contains(char::is_lowercase);
    headed && is_person(lower) && is_name(after) && !abbreviation
}

/// What is done to one person: behind two words with capitals, these are somebody's name.
const DONE: [&str; 14] = [
    "raped",
    "gang-raped",
    "trafficked",
    "beaten",
    "assaulted",
    "abused",
    "harassed",
    "molested",
    "killed",
    "murdered",
    "exploited",
    "stabbed",
    "kidnapped",
    "threatened",
];

/// “Sok Dara was beaten”.
fn is_done_to(words: &[&str]) -> bool {
    words.windows(4).any(|four| {
        let names = four[..2].iter().all(|word| is_name(word) && word.chars().all(char::is_alphabetic));
        let done = DONE.contains(&four[3].to_lowercase().trim_end_matches(|c: char| !c.is_alphabetic()));
        names && matches!(four[2], "was" | "is" | "got" | "were") && done
    })
}

/// Given names of women begin so, and no other word does: “Sreymom”, “ស្រីមុំ”.
fn is_given_name(lower: &str) -> bool {
    const KHMER: [&str; 12] = ["មុំ", "នាង", "ពេជ្រ", "លក្ខណ៍", "ល័ក្ខ", "រ័ត្ន", "ពៅ", "ណុច", "ម៉ៅ", "នីត", "លីន", "ណែត"];
    let stem = lower.split('.').next().unwrap_or(lower);
    let latin = stem.strip_prefix("srey").is_some_and(|rest| rest.len() >= 2 && !rest.starts_with("sant"));
    latin || stem.match_indices("ស្រី").any(|(at, word)| begins_with(&stem[at + word.len()..], &KHMER))
}

pub(super) fn is_person(lower: &str) -> bool {
    PERSONS.contains(&lower.trim_end_matches([':', ',', ';']))
}

/// A word that begins as a name does and is no post: with a capital, or in Khmer, which has none.
fn is_name(word: &str) -> bool {
    let letters: String = word.chars().filter(|c| c.is_alphabetic()).collect();
    let khmer = is_khmer_word(word) && !begins_with(word, &KHMER_POSTS);
    khmer || (letters.starts_with(char::is_uppercase) && !POSTS.contains(&letters.to_lowercase().as_str()))
}

/// Khmer is written without spaces, so that a title may stand anywhere in a word.
fn is_named_in_khmer(text: &str) -> bool {
    let text = text.replace(['\u{200b}', '_'], " ");
    let behind = |title: &str, not: &[&str]| {
        text.match_indices(title).any(|(at, _)| {
            let (before, rest) = (&text[..at], text[at + title.len()..].trim_start_matches([' ', '៖', ':', '.']));
            // The world, and the month of September.
            let other_word = before.ends_with("ពិភព") || before.ends_with("ភព") || before.trim_end().ends_with("ខែ");
            !other_word && is_khmer_word(rest) && !begins_with(rest, not)
        })
    };
    behind("ឈ្មោះ", &KHMER_THINGS) || KHMER_TITLES.iter().any(|title| behind(title, &KHMER_POSTS))
}

fn is_khmer_word(text: &str) -> bool {
    text.chars().next().is_some_and(|c| ('ក'..='អ').contains(&c))
}

fn begins_with(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.starts_with(word))
}
