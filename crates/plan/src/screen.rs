//! Finds what points to a single person in a text before it is kept: telephone numbers, e-mail addresses, numbers of
//! papers, pages of persons, names after a title or a word for a person, the age of one person. Refuses to mend a text: its
//! author is asked to. A name that stands alone it cannot tell from a place, so a verifier reads what it lets through.
//!
//! Screened is what people write freely about what happened, what was said or why: reasons, remarks of a return, comments,
//! and the records of [`of_record`]. Not screened are the texts of the plan and of its sources, where institutions, hotlines
//! and addresses of pages belong.

mod ages;
mod names;
mod numbers;

use crate::column::{self, CellType, Column};
use crate::kinds::{Body, Kind};
use crate::package::is_old_font;
use crate::say::Say;

/// What was found first; its words are not repeated, because a refusal may be logged.
pub fn personal(text: &str) -> Option<Say> {
    let what = kept_out(text)?;
    Some(match what.key == OLD_FONT {
        true => Say::new("refused-old-font"),
        false => Say::new("refused-personal").clause("what", what),
    })
}

/// The clause for text of an old font, which nobody could read or screen.
pub const OLD_FONT: &str = "screen-old-font";

/// Why a text must not be kept: it points to a single person, or nobody can read it.
pub fn kept_out(text: &str) -> Option<Say> {
    found(text).or_else(|| is_old_font(text).then(|| Say::new(OLD_FONT)))
}

/// What was found first, as a clause.
pub fn found(text: &str) -> Option<Say> {
    if text.split_whitespace().any(is_page_of_a_person) {
        return Some(Say::new("screen-profile"));
    }
    if has_email(text) {
        return Some(Say::new("screen-email"));
    }
    let address = |word: &&str| word.contains("://") || word.starts_with("www.");
    let words = || text.split_whitespace().filter(|word| !address(word));
    let text = words().collect::<Vec<_>>().join(" ");
    if numbers::has_personal(&text) || numbers::is_of_a_paper(&text) {
        Some(Say::new("screen-number"))
    } else if names::names_somebody(&text) {
        Some(Say::new("screen-name"))
    } else if ages::tells_of_one(&text) {
        Some(Say::new("screen-age"))
    } else {
        None
    }
}

/// The columns of a record whose free text points to a single person, with what was found. Only of kinds in which people
/// tell what happened, what was said or what they want.
pub fn of_record(columns: &[Column], body: &Body) -> Vec<(String, Say)> {
    use Kind::*;
    let told = matches!(
        body.kind(),
        Consultation
            | Attendance
            | Contribution
            | Contradiction
            | Assessment
            | Meeting
            | Proposal
            | Decision
            | Task
            | Rating
            | Choice
            | CostLine
            | Funding
    );
    if !told {
        return Vec::new();
    }
    let cells = column::write_row(columns, body);
    // Of a contradiction only the answer is written freely: the rest is quoted from a source, or says what is quoted.
    let quoted = |column: &Column| body.kind() == Contradiction && column.field != "answer";
    let free = |name: &str| {
        !["id", "date", "source", "programme", "cofog", "about_kind", "about", "finding", "finding_said"]
            .contains(&name)
    };
    let texts = columns.iter().zip(cells).filter(|(column, _)| {
        column.cell == CellType::Text && column.refers.is_none() && free(&column.name) && !quoted(column)
    });
    texts.filter_map(|(column, text)| Some((column.name.clone(), found(&text)?))).collect()
}

/// `sok@example.org`, also behind the scheme of an address.
fn has_email(text: &str) -> bool {
    text.split_whitespace().any(|word| {
        let bare = word.split_once("://").map_or(word, |(_, rest)| rest);
        let Some((user, host)) = bare.split('/').next().unwrap_or_default().split_once('@') else { return false };
        user.ends_with(char::is_alphanumeric) && host.starts_with(char::is_alphabetic) && host.chars().count() > 2
    })
}

/// Networks on which an address is a person's.
const NETWORKS: [&str; 9] =
    ["facebook.com", "fb.com", "fb.me", "t.me", "tiktok.com", "instagram.com", "wa.me", "m.me", "linkedin.com/in"];

/// `facebook.com/sophea.chan`, `https://t.me/sophea`, `@sophea`.
fn is_page_of_a_person(word: &str) -> bool {
    let word = word.trim_start_matches(['(', '“', '"', '‘', '\'']).to_lowercase();
    let bare = word.split_once("://").map_or(word.as_str(), |(_, rest)| rest);
    let bare = bare.strip_prefix("www.").or_else(|| bare.strip_prefix("m.")).unwrap_or(bare);
    let handle = bare.strip_prefix('@').is_some_and(|name| name.chars().filter(|c| c.is_alphanumeric()).count() > 2);
    let page = |network: &&str| bare.strip_prefix(*network).is_some_and(|rest| rest.len() > 1 && rest.starts_with('/'));
    handle || NETWORKS.iter().any(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_points_to_a_person_is_found() {
        for text in [
            "call me at 012 345 678",
            "tel +855-12-345-678",
            "ទូរស័ព្ទ ០១២ ៣៤៥ ៦៧៨",
            "write to sok.dara@example.org please",
            "ID 0101234567",
            "see https://example.org or ask sok@example.org",
            "Mrs. Chan was beaten",
            "a girl named Sreymom",
            "ស្ត្រីឈ្មោះសុភា",
            "លោក សុខ បាននិយាយ",
            "Victim: Chan Sophea",
            "the girl Sok Dara got help",
            "survivor: CHAN SOPHEA",
            "raped by her uncle Vuthy",
            "mr. Sok and MRS CHAN came",
            "see facebook.com/sophea.chan",
            "https://www.facebook.com/sophea.chan",
            "her page is (t.me/sophea)",
            "write to @sophea_chan",
            "a 14-year-old was raped in Prek Pra",
            "one 9 year old girl",
            "012–987–644",
            "012 - 987 - 656",
            "012_987_611",
            "012,987,622",
            "012:987:633",
            "０１２９８７６５４",
            "1298 7666",
            "8551 2987 6688",
            "12 98 7677",
            "012987654",
            "855129876543",
            "+855 12 987 654",
            "\"Mrs Zz\" came",
            "(Mrs Zz)",
            "mrs Zz",
            "MRS ZZ",
            "Madam Zz",
            "Mrs.Zz",
            "Dr Zz",
            "H.E. Zz",
            "Mrs ឈន់",
            "named: Zz",
            "លោកសុខ",
            "ជួបអ្នកស្រីសុខ",
            "លោក\u{200b}សុខ",
            "https://zz@mail.org",
            "name@localhost",
            "phone 093–777–552",
            "Mrs_Zz_012_987_001.pdf",
            "Mrs.Zz.pdf",
            "ឈ្មោះ_សុភា.pdf",
            "Chan Sreycom was raped by her uncle, aged 14, of Phum Thmei",
            "Sok Dara was beaten in March",
            "the girl, aged 14, of Prek Pra",
            "a child aged 9",
            "អាយុ ១៤ ឆ្នាំ ភូមិថ្មី",
            "passport N1234567",
            "ID card no. 0123456",
            "លិខិតឆ្លងដែន N1234567",
            "born 12/03/2010",
            "date of birth: 2010-03-12",
            "chan_sreymom.pdf",
            "statement of Chan Sreyneang.pdf",
            "ចាន់ ស្រីមុំ.pdf",
            "../../Mrs Zzqf6.pdf",
        ] {
            assert!(personal(text).is_some(), "{text}");
        }
    }

    #[test]
    fn a_text_of_an_old_font_is_no_text() {
        let key = |text: &str| personal(text).map(|say| say.key.into_owned());
        assert_eq!(key("RBHraCaNac®kkm<úCa nigsuxmalPaB®sþI©s").as_deref(), Some("refused-old-font"));
        assert_eq!(key("a girl named Sreymom").as_deref(), Some("refused-personal"));
    }

    #[test]
    fn what_does_not_is_left_alone() {
        for text in [
            "from 2024 to 2028, see 2019-2023",
            "Women are 21.4 percent of 1,042 peacekeepers",
            "In 2024 we asked for 3 shelters, 25 provinces and 1 652 communes.",
            "The Minister of Women's Affairs and Ms",
            "ស្ត្រី ១០០ នាក់ ក្នុងឆ្នាំ ២០២៤",
            "UNSCR 1325 (2000)",
            "decided on 2026-11-23, due 31/12/2026",
            "https://example.org/files/20261123-0123456789.pdf, page 3",
            "the ministry's page facebook.com has the film",
            "a woman Deputy Governor and each woman councillor",
            "Child Protection, Girl Guides and Victim Support",
            "one woman MP; a man from Kratie",
            "18-year-old women and women aged 15-49, girls under 14 years old",
            "every 5 year old plan",
            "@ 10 US$ a day",
            "women aged 18 and over, aged 15 to 49, children aged 5",
            "Kampong Thom was added, Phnom Penh is first",
            "the passport office moved in 2024; identity cards for 1200 women",
            "children born in 2010; the law was born 12 years ago",
            "ស្ត្រីអាយុ ១៨ ឆ្នាំឡើង ក្នុងភូមិ និងអាយុ ១៥-៤៩ ឆ្នាំ",
            "ស្រីអាយុ ១៨ ឆ្នាំ",
            "Scan_20261201.pdf",
            "IMG_20261201_093012.jpg",
            "IMG-20261201-WA0001.jpg",
            "Document 2026-12-01 093012.pdf",
            "We spent 12 000 000 riel",
            "budget 45000000 riel",
            "of 45000000៛ and US$ 12500000",
            "1,450,000 people in 12.345.678 houses",
            "12/15/18/20 per quarter",
            "in 2021 2022 2023 2024 2025",
            "from 1000 - 2000 or 1500–2500 households",
            "a commune named Kampong Thom",
            "Mr Governor attended",
            "លោក អភិបាលខេត្ត",
            "លោកស្រីរដ្ឋមន្ត្រី",
            "នៅលើពិភពលោក ខែកញ្ញា ឆ្នាំ២០២៤",
            "ឈ្មោះស្ថាប័ន",
            "",
        ] {
            assert_eq!(personal(text), None, "{text}");
        }
    }
}
