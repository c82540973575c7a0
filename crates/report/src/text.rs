//! How wide a line of text will be and where it may break, near enough to lay out a chart without a font.
//! Refuses to draw; knows scripts (Khmer marks take no room, Khmer has no spaces) but no language.

use std::sync::OnceLock;

use icu_segmenter::LineSegmenter;

/// Width of one line in units of the type size's units.
pub fn width(text: &str, size: f64) -> f64 {
    let mut before = ' ';
    let advances = text.chars().map(|c| advance(std::mem::replace(&mut before, c), c));
    advances.sum::<f64>() * size
}

/// Share of an em that a character takes; taken a little wide, so that labels keep their distance.
fn advance(before: char, c: char) -> f64 {
    match c {
        // After the subscript sign only the letters with an arm to the side take room.
        'ឃ' | 'ឈ' | 'ញ' | 'ប' | 'យ' | 'រ' | 'ស' if before == '\u{17D2}' => 0.3,
        '\u{1780}'..='\u{17B3}' if before == '\u{17D2}' => 0.0,
        // Subscript sign, inherent, above and below vowels and signs stand over or under their base.
        '\u{17B4}'..='\u{17B5}' | '\u{17B7}'..='\u{17BD}' | '\u{17C6}' | '\u{17C9}'..='\u{17D3}' => 0.0,
        '\u{17BF}' | '\u{17C0}' | '\u{17C4}' | '\u{17C5}' => 0.6,
        '\u{17B6}' | '\u{17BE}'..='\u{17C8}' => 0.36,
        '\u{1780}'..='\u{17B3}' => 0.74,
        '\u{17E0}'..='\u{17E9}' => 0.64,
        '\u{200B}'..='\u{200F}' | '\u{2060}' => 0.0,
        ' ' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | 'i' | 'j' | 'l' => 0.3,
        'f' | 't' | 'r' | '(' | ')' | '-' | '/' | 'I' => 0.41,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '\u{2014}' => 0.9,
        'A'..='Z' => 0.68,
        c if c < '\u{1100}' => 0.58,
        _ => 0.8,
    }
}

/// Breaks a text into at most `most` lines of at most `room`; what does not fit ends in an ellipsis.
pub fn wrap(text: &str, size: f64, room: f64, most: usize) -> Vec<String> {
    let text = text.trim();
    if width(text, size) <= room || most == 0 {
        return vec![text.to_owned()];
    }
    let mut lines = vec![String::new()];
    let mut last_break = 0;
    for end in breaks(text) {
        let piece = &text[last_break..end];
        last_break = end;
        let line = lines.last_mut().expect("starts with one line");
        if !line.is_empty() && width(line, size) + width(piece.trim_end(), size) > room {
            lines.push(piece.to_owned());
        } else {
            line.push_str(piece);
        }
    }
    if lines.len() > most {
        lines.truncate(most);
        lines[most - 1].push('\u{2026}');
    }
    lines.iter().map(|line| cut(line.trim(), size, room)).collect()
}

/// Shortens one line that has no break to the room it has, never inside a Khmer cluster.
fn cut(line: &str, size: f64, room: f64) -> String {
    if width(line, size) <= room {
        return line.to_owned();
    }
    let mut kept = String::new();
    let mut used = advance(' ', '\u{2026}') * size;
    for c in line.chars() {
        used += advance(kept.chars().next_back().unwrap_or(' '), c) * size;
        if used > room {
            break;
        }
        kept.push(c);
    }
    while kept.ends_with('\u{17D2}') {
        kept.pop();
    }
    kept.push('\u{2026}');
    kept
}

/// Byte positions after which a line may end, by the Unicode rules and a Khmer dictionary.
pub(crate) fn breaks(text: &str) -> Vec<usize> {
    static SEGMENTER: OnceLock<icu_segmenter::LineSegmenterBorrowed<'static>> = OnceLock::new();
    let segmenter = SEGMENTER.get_or_init(|| LineSegmenter::new_dictionary(Default::default()));
    segmenter.segment_str(text).filter(|end| *end > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn khmer_marks_take_no_room() {
        assert_eq!(width("ក្ក", 10.0), width("ក", 10.0));
        assert_eq!(width("កិ", 10.0), width("ក", 10.0));
    }

    #[test]
    fn a_long_khmer_text_breaks_between_words_and_loses_nothing() {
        let text = "ផែនការសកម្មភាពជាតិស្តីពីស្ត្រីសន្តិភាពនិងសន្តិសុខ";
        let lines = wrap(text, 12.0, 150.0, 9);
        assert!(lines.len() > 1);
        assert_eq!(lines.concat(), text);
        assert!(lines.iter().all(|line| width(line, 12.0) <= 150.0));
    }

    #[test]
    fn too_many_lines_end_in_an_ellipsis() {
        let lines = wrap("one two three four five six seven", 12.0, 60.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with('\u{2026}'));
    }
}
