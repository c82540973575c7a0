//! The writing of a package's texts: Khmer must be Unicode. Refuses to convert anything; it says where and what to do.
//!
//! Before Unicode, Khmer was typed with fonts such as Limon that draw Khmer shapes for Latin codes. Such text looks
//! right in its font only and is noise everywhere else, so it must not get in unseen.

use super::{Package, fault};
use crate::column::{self, CellType};
use crate::kinds::Kind;
use crate::say::Say;

pub(super) fn check(package: &mut Package) {
    let mut faults = Vec::new();
    for kind in Kind::of_package() {
        let columns = column::columns(kind);
        for (row, body) in package.news().filter(|(_, body)| body.kind() == kind) {
            let cells = column::write_row(&columns, body);
            for (column, cell) in columns.iter().zip(&cells).filter(|(column, _)| column.cell == CellType::Text) {
                let wrong = is_old_font(cell) || column.lang == Some("km") && lacks_khmer(cell);
                if wrong {
                    let shown: String = cell.chars().take(40).collect();
                    faults.push(fault(*row, kind, &column.name, &shown, Say::new("fault-old-font")));
                }
            }
        }
    }
    package.faults.extend(faults);
}

/// Words, but not a single Khmer letter, in a place for Khmer. Short forms and codes (`UNSCR 1325`) are fine.
fn lacks_khmer(text: &str) -> bool {
    let khmer = text.chars().any(|c| ('\u{1780}'..='\u{17ff}').contains(&c));
    !khmer && text.chars().filter(|c| c.is_lowercase()).count() > 3
}

/// Old fonts put vowels and subscripts on signs that no language uses inside a word.
pub(crate) fn is_old_font(text: &str) -> bool {
    const SIGNS: &str = "¨©ª«®°±²³´µ¶·¸¹º»¼½¾¿¢£¤¥¦§¬¯Ð×ÞßðþŒœƒˆ˜†‡‰‹›";
    let signs = text.chars().filter(|c| SIGNS.contains(*c)).count();
    let letters = text.chars().filter(|c| c.is_alphabetic() || SIGNS.contains(*c)).count();
    let within = text.chars().collect::<Vec<_>>();
    let inside = within
        .windows(3)
        .filter(|w| SIGNS.contains(w[1]) && w[0].is_ascii_alphabetic() && w[2].is_ascii_alphabetic())
        .count();
    inside >= 1 && signs >= 2 && signs * 12 >= letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_an_old_font_is_told_from_text_of_today() {
        // “Kingdom of Cambodia” and “Ministry of Women's Affairs” as Limon stores them.
        for old in ["RBHraCaNac®kkm<úCa", "RksYgkic©karnarI nigsuxmalPaB®sþI©s"] {
            assert!(is_old_font(old) || lacks_khmer(old), "{old}");
        }
        for fine in ["Vulnérabilité des femmes", "£5 per day", "§ 31a", "Straße", "São Tomé", "ក្រសួងកិច្ចការនារី", "10 °C"]
        {
            assert!(!is_old_font(fine), "{fine}");
        }
        assert!(!lacks_khmer("UNSCR 1325") && !lacks_khmer("ច្បាប់ CEDAW") && lacks_khmer("Rksaysgkic"));
    }
}
