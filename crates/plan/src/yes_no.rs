//! Yes and no as people and spreadsheets write them. Refuses what is neither: an empty cell says nothing.

/// In any case of letters. Beside the languages of the program those a spreadsheet writes by itself.
const YES: [&str; 14] =
    ["true", "yes", "y", "1", "on", "បាទ", "ចាស", "បាទ/ចាស", "ចាស/បាទ", "ចា៎ះ", "បាន", "មាន", "ពិត", "មែន"];
const NO: [&str; 12] = ["false", "no", "n", "0", "off", "ទេ", "អត់ទេ", "អត់", "មិន", "គ្មាន", "មិនពិត", "មិនមែន"];

pub fn read(text: &str) -> Option<bool> {
    let text = crate::number::latin_digits(&crate::clean::code(text)).to_lowercase();
    match text.as_str() {
        yes if YES.contains(&yes) => Some(true),
        no if NO.contains(&no) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn both_languages_and_both_spreadsheets() {
        for yes in ["TRUE", "true", "True", "1", "១", "yes", "YES", " Yes\u{a0}", "បាទ", "ចាស", "បាន", "បាទ/ចាស"]
        {
            assert_eq!(read(yes), Some(true), "{yes}");
        }
        for no in ["FALSE", "false", "0", "០", "no", "No", "ទេ", "មិន", "អត់", "ទេ\u{200b}"] {
            assert_eq!(read(no), Some(false), "{no}");
        }
        for neither in ["", "2", "maybe", "x", "-", "មិនដឹង"] {
            assert_eq!(read(neither), None, "{neither}");
        }
    }
}
