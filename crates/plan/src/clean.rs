//! What nobody sees in a text: marks of direction, joiners, no-break spaces, controls. One place for every way in, so that
//! two ids never differ by what nobody sees. Refuses to know what a text means.

use std::borrow::Cow;

/// Marks of direction that reorder what is shown; a text can lie with them.
fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The text without the marks that turn its direction; everything else stays as it was typed.
pub fn unturned(text: &str) -> Cow<'_, str> {
    if text.contains(turns) { text.replace(turns, "").into() } else { text.into() }
}

/// Characters without a shape of their own (default-ignorable ones, controls, fillers).
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || turns(c)
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{2800}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}' | '\u{2029}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// A code of a vocabulary or a header: without anything invisible, one plain space between words, none around.
pub fn code(text: &str) -> Cow<'_, str> {
    if is_plain(text) && !text.contains("  ") {
        return text.trim().into();
    }
    let seen: String = text.chars().filter(|c| !is_invisible(*c) || c.is_whitespace()).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ").into()
}

/// The id of a record, or of one it refers to: without anything invisible and without the spaces that look like none. A
/// spreadsheet's mark for text, an apostrophe before it, is no part of it.
pub fn id(text: &str) -> Cow<'_, str> {
    let around = |c: char| c == '\'' || c.is_whitespace();
    let inner = |text: &str| text.trim_start_matches(around).trim_end().to_string();
    if is_plain(text) {
        return text.trim_start_matches(around).trim_end().into();
    }
    let seen = |c: &char| !is_invisible(*c) && (*c == ' ' || !c.is_whitespace());
    inner(&text.chars().filter(seen).collect::<String>()).into()
}

/// Free text: the joiners and the zero-width space stay, because Khmer is written with them; what turns the direction,
/// controls and strays of an encoding go. Lines end in one way, and nothing invisible stands around the text.
pub fn text(text: &str) -> Cow<'_, str> {
    let around = |c: char| c.is_whitespace() || is_invisible(c);
    let text = text.trim_matches(around);
    let odd = |c: char| strays(c) || matches!(c, '\u{2028}' | '\u{2029}');
    if !text.contains(odd) {
        return text.into();
    }
    let lines = text.replace("\r\n", "\n").replace(['\r', '\u{b}', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    let kept: String = lines.chars().filter(|c| !strays(*c)).collect();
    kept.trim_matches(around).to_string().into()
}

fn strays(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || turns(c)
        || matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Nearly every code is.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// Signs with which a spreadsheet begins a formula.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A text as it may stand in a CSV file: one that a spreadsheet would compute gets an apostrophe before it. Text that has
/// apostrophes there already gets one more, so that [`bare`] gives back exactly what was there.
pub fn guarded(text: &str) -> Cow<'_, str> {
    match text.trim_start_matches('\'').starts_with(FORMULA) {
        true => format!("'{text}").into(),
        false => text.into(),
    }
}

/// The other way of [`guarded`].
pub fn bare(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches('\'').starts_with(FORMULA) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_code_is_what_is_seen() {
        for text in [
            "\u{feff}A1.01",
            "A1.01\u{a0}",
            "A1\u{200b}.01",
            "A1.\u{a0}01",
            " A1.\u{ad}01\u{202c} ",
            "\u{200e}A1.01",
            "'A1.01",
        ] {
            assert_eq!(id(text), "A1.01", "{text:?}");
        }
        // A space that is seen is no mend of ours.
        assert_eq!(id("A1 01"), "A1 01");
        assert_eq!(code("in\u{a0}force "), "in force");
        assert_eq!(code("in \u{200b} force"), "in force");
        assert_eq!(code("\u{feff}plan\u{2060}_share"), "plan_share");
    }

    #[test]
    fn khmer_keeps_what_it_is_written_with() {
        let khmer = "ស្ត្រី\u{200b}និង\u{200c}សន្តិភាព\u{200d}ក";
        assert_eq!(text(khmer), khmer);
        assert_eq!(text(&format!("\u{a0}\u{200b}{khmer}\u{a0}\u{feff}")), khmer);
        assert_eq!(text("a\u{202e}b\u{0}c\u{2066}d"), "abcd");
        assert_eq!(text("a\r\nb\rc\u{b}d\te"), "a\nb\nc\nd\te");
    }

    proptest! {
        #[test]
        fn cleaning_twice_is_cleaning_once(any in "(\\PC|[\u{0}\r\n\t\u{a0}\u{ad}\u{200b}\u{202e}\u{feff} '])*") {
            for clean in [code as fn(&str) -> Cow<'_, str>, id, text] {
                let once = clean(&any).to_string();
                let twice = clean(&once).to_string();
                prop_assert_eq!(twice, once);
            }
        }

        #[test]
        fn a_guarded_text_comes_back(any in "'{0,3}[=+@\t\r\n a＝-]?\\PC{0,6}") {
            let kept = guarded(&any);
            prop_assert_eq!(bare(&kept), any.as_str());
            prop_assert!(!kept.starts_with(FORMULA));
        }
    }
}
