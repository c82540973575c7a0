//! The shape of an id: what can be said on the telephone, typed anywhere, and stand in an address and in a file without
//! harm. Refuses to know what an id names. Ids that a ledger has from earlier keep working; they are encoded in addresses.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::say::Say;

/// Ids that are made of others (a form, a unit and a period) may be longer.
pub const LONGEST: usize = 80;

const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What is wrong with the shape of a new id, if anything.
pub fn fault(id: &str) -> Option<Say> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._+".contains(c);
    if let Some(other) = id.chars().find(|c| !plain(*c)) {
        return Some(Say::new("fault-id-shape").words("character", shown(other)));
    }
    if !id.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Some(Say::new("fault-id-start"));
    }
    (id.len() > LONGEST).then(|| Say::new("fault-id-long").number("most", LONGEST as f64))
}

/// What two ids have in common that people would take for one: case and what cannot be seen do not tell them apart.
pub fn twin_key(id: &str) -> String {
    let seen = id.chars().filter(|c| !c.is_whitespace() && !c.is_control() && !is_invisible(*c));
    seen.flat_map(char::to_lowercase).collect()
}

/// An id as part of an address.
pub fn encoded(id: &str) -> String {
    utf8_percent_encode(id, PLAIN).to_string()
}

/// Joiners, direction marks, soft hyphens, byte order marks and variation selectors.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180B}'..='\u{180E}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

/// A character, or its number where nothing would be seen.
fn shown(c: char) -> String {
    let number = format!("U+{:04X}", u32::from(c));
    if c.is_whitespace() || c.is_control() || is_invisible(c) { number } else { format!("{c} ({number})") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_of_plans_have_the_shape() {
        for id in ["PAR-09", "A2.04", "KH-12", "age.60+", "group.lgbtiq", "province-quarter.KH-12.2026Q3", "7", "e_1"] {
            assert_eq!(fault(id), None, "{id}");
        }
        assert_eq!(fault(&"a".repeat(80)), None);
    }

    #[test]
    fn what_has_another_shape_is_told_with_its_character() {
        let cases = [
            ("a b", "fault-id-shape", Some("U+0020")),
            ("a\u{200b}b", "fault-id-shape", Some("U+200B")),
            ("\"><b>", "fault-id-shape", Some("\" (U+0022)")),
            ("a/b", "fault-id-shape", Some("/ (U+002F)")),
            ("ក", "fault-id-shape", Some("ក (U+1780)")),
            ("-a", "fault-id-start", None),
            ("..", "fault-id-start", None),
            ("", "fault-id-start", None),
        ];
        for (id, key, character) in cases {
            let mut expected = Say::new(key);
            if let Some(character) = character {
                expected = expected.words("character", character);
            }
            assert_eq!(fault(id), Some(expected), "{id:?}");
        }
        assert_eq!(fault(&"a".repeat(81)).map(|say| say.key.to_string()).as_deref(), Some("fault-id-long"));
    }

    #[test]
    fn twins_look_alike() {
        assert_eq!(twin_key("PAR-09"), twin_key("par-09"));
        assert_eq!(twin_key("PAR-09"), twin_key("\u{feff}PAR\u{200b}-09\u{a0}"));
        assert_ne!(twin_key("PAR-09"), twin_key("PAR-9"));
    }

    proptest! {
        #[test]
        fn an_encoded_id_is_one_segment_of_an_address_and_comes_back(id in any::<String>()) {
            let encoded = encoded(&id);
            prop_assert!(encoded.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~%".contains(&b)));
            let back = percent_encoding::percent_decode_str(&encoded).decode_utf8().unwrap();
            prop_assert_eq!(back, id);
        }

        #[test]
        fn an_id_with_the_shape_stands_in_an_address_as_it_is(id in "[A-Za-z0-9][A-Za-z0-9._-]{0,79}") {
            prop_assert_eq!(fault(&id), None);
            prop_assert_eq!(encoded(&id), id);
        }
    }
}
