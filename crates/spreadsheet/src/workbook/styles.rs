//! What a number format makes of a number: a percentage, a day, a time. Refuses to know colours and borders.

use romduol_plan::cell::Shown;

use super::Refusal;
use super::parts::{Node, Xml};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Number,
    Percent,
    Date(Shown),
    /// A time of the day, without a day.
    Time,
    /// Hours and minutes that may be more than a day.
    Duration,
    /// Shown in thousands or millions: what is seen is not what is held.
    Scaled,
}

/// The formats by the number by which cells call them.
pub fn formats(xml: Option<Xml>) -> Result<Vec<Format>, Refusal> {
    let Some(mut xml) = xml else { return Ok(Vec::new()) };
    let (mut own, mut formats, mut inside) = (Vec::new(), Vec::new(), false);
    while let Some(node) = xml.next()? {
        match node {
            Node::Open(element) if element.name() == b"numFmt" => {
                let code = element.value("formatCode")?.unwrap_or_default();
                own.push((element.number("numFmtId")?.unwrap_or(0), format(&code)));
            }
            Node::Open(element) if element.name() == b"cellXfs" => inside = true,
            Node::Open(element) if inside && element.name() == b"xf" => {
                let id = element.number("numFmtId")?.unwrap_or(0);
                let known = own.iter().find(|(own, _)| *own == id).map(|(_, format)| *format);
                formats.push(known.unwrap_or_else(|| built_in(id)));
            }
            Node::Close(name) if name == b"cellXfs" => inside = false,
            Node::Open(_) | Node::Text(_) | Node::Close(_) => {}
        }
    }
    Ok(formats)
}

/// The formats that every spreadsheet knows by number.
fn built_in(id: u32) -> Format {
    match id {
        9 | 10 => Format::Percent,
        17 => Format::Date(Shown::Month),
        14..=16 | 22 | 27..=31 | 34..=36 | 50..=58 => Format::Date(Shown::Day),
        18..=21 | 32 | 33 => Format::Time,
        45..=47 => Format::Duration,
        _ => Format::Number,
    }
}

fn format(code: &str) -> Format {
    let (signs, elapsed) = signs(code);
    if signs.contains("general") {
        return Format::Number;
    }
    // Of the format of an exponent the E is no year.
    let signs = signs.replace("e+", "").replace("e-", "").replace("am/pm", "h").replace("a/p", "h");
    let has = |letters: &[char]| signs.contains(letters);
    match () {
        () if elapsed => Format::Duration,
        () if has(&['d']) => Format::Date(Shown::Day),
        () if has(&['y', 'b']) && has(&['m']) && !has(&['h', 's']) => Format::Date(Shown::Month),
        () if has(&['y', 'b']) && has(&['m']) => Format::Date(Shown::Day),
        () if has(&['y', 'b']) => Format::Date(Shown::Year),
        () if has(&['h', 's']) => Format::Time,
        () if has(&['m']) => Format::Date(Shown::Month),
        () if has(&['%']) => Format::Percent,
        () if is_scaled(&signs) => Format::Scaled,
        () => Format::Number,
    }
}

/// The signs of the first section of a format, without what is only written beside the number; and whether it counts
/// hours beyond a day.
fn signs(code: &str) -> (String, bool) {
    let (mut signs, mut elapsed) = (String::new(), false);
    let mut letters = code.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => drop(letters.by_ref().find(|c| *c == '"')),
            '\\' | '_' | '*' => drop(letters.next()),
            '[' => {
                let inside: String = letters.by_ref().take_while(|c| *c != ']').collect();
                let inside = inside.to_lowercase();
                elapsed |= !inside.is_empty() && ["h", "m", "s"].iter().any(|unit| inside.replace(unit, "").is_empty());
            }
            ';' => break,
            other => signs.extend(other.to_lowercase()),
        }
    }
    (signs, elapsed)
}

/// A comma behind the last digit divides by a thousand.
fn is_scaled(signs: &str) -> bool {
    let digit = |c: char| matches!(c, '0' | '#' | '?');
    signs.rfind(digit).is_some_and(|last| signs[last + 1..].starts_with(','))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_say_what_is_seen() {
        let cases = [
            ("General", Format::Number),
            ("#,##0.00", Format::Number),
            ("0.00E+00", Format::Number),
            ("\"$\"#,##0;[Red]-\"$\"#,##0", Format::Number),
            ("[$៛-453]#,##0", Format::Number),
            ("0\" %\"", Format::Number),
            ("0\\%", Format::Number),
            ("@", Format::Number),
            ("0%", Format::Percent),
            ("0.0 %;[Red]-0.0 %", Format::Percent),
            ("yyyy\\-mm\\-dd", Format::Date(Shown::Day)),
            ("[$-409]d\\-mmm\\-yy;@", Format::Date(Shown::Day)),
            ("m/d/yy h:mm", Format::Date(Shown::Day)),
            ("mmm\\-yy", Format::Date(Shown::Month)),
            ("yyyy", Format::Date(Shown::Year)),
            ("h:mm AM/PM", Format::Time),
            ("mm:ss", Format::Time),
            ("[h]:mm", Format::Duration),
            ("#,##0,", Format::Scaled),
            ("0.0,,\"m\"", Format::Scaled),
        ];
        for (code, seen) in cases {
            assert_eq!(format(code), seen, "{code}");
        }
    }
}
