//! Escaping of text and attributes for HTML and SVG. Refuses to know which elements are written.

/// Appends text so that neither a tag, an entity nor an attribute's quote can begin in it.
/// Control characters that XML forbids are dropped, because one of them makes a whole SVG unreadable.
pub fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(c),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => {}
            c => out.push(c),
        }
    }
}
