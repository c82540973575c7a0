//! Text that is markup already: made by escaping text, by naming elements, or by the writers of this crate, and by
//! nothing else. Refuses to take a string for markup because somebody says so.

use std::fmt;
use std::ops::{Add, Deref};

use askama::filters::HtmlSafe;

/// HTML or SVG that may stand in a page as it is. Text becomes markup only by being escaped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Markup(String);

impl Markup {
    /// Text, escaped.
    pub fn text(text: &str) -> Markup {
        let mut out = String::with_capacity(text.len());
        push_escaped(&mut out, text);
        Markup(out)
    }

    /// An element around markup. The names are the program's own; values of attributes are escaped.
    pub fn element(name: &'static str, attributes: &[(&'static str, &str)], inside: impl Into<Markup>) -> Markup {
        let mut out = format!("<{name}");
        for (attribute, value) in attributes {
            out.push(' ');
            out.push_str(attribute);
            out.push_str("=\"");
            push_escaped(&mut out, value);
            out.push('"');
        }
        out.push('>');
        out.push_str(&inside.into());
        out.push_str("</");
        out.push_str(name);
        out.push('>');
        Markup(out)
    }

    /// A part of a page that a template has made, which escapes what is no markup.
    ///
    /// # Errors
    /// What the template says.
    pub fn rendered(template: &impl askama::Template) -> askama::Result<Markup> {
        template.render().map(Markup)
    }

    /// What a writer of this crate has written.
    pub(crate) fn written(out: String) -> Markup {
        Markup(out)
    }
}

impl HtmlSafe for Markup {}

impl Deref for Markup {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Markup {
    fn from(text: &str) -> Markup {
        Markup::text(text)
    }
}

impl From<String> for Markup {
    fn from(text: String) -> Markup {
        Markup::text(&text)
    }
}

impl<M: Into<Markup>> Add<M> for Markup {
    type Output = Markup;

    fn add(mut self, more: M) -> Markup {
        self.0.push_str(&more.into());
        self
    }
}

impl FromIterator<Markup> for Markup {
    fn from_iter<I: IntoIterator<Item = Markup>>(parts: I) -> Markup {
        parts.into_iter().fold(Markup::default(), Add::add)
    }
}

/// Appends text so that neither a tag, an entity nor an attribute's quote can begin in it.
/// Control characters that XML forbids are dropped, because one of them makes a whole SVG unreadable.
pub(crate) fn push_escaped(out: &mut String, text: &str) {
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

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "\"><script>alert('1')</script>&\u{0}";

    #[test]
    fn text_and_values_cannot_begin_markup() {
        let link = Markup::element("a", &[("href", HOSTILE)], HOSTILE) + HOSTILE;
        let shown = "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;";
        assert_eq!(&*link, format!("<a href=\"{shown}\">{shown}</a>{shown}"));
    }

    #[test]
    fn markup_inside_markup_is_not_escaped_again() {
        let inner = Markup::element("b", &[], "a & b");
        let outer = Markup::element("p", &[("class", "x")], inner.clone() + " < " + inner);
        assert_eq!(&*outer, "<p class=\"x\"><b>a &amp; b</b> &lt; <b>a &amp; b</b></p>");
    }

    #[derive(askama::Template)]
    #[template(ext = "html", source = "{{ text }}|{{ markup }}|{% for m in list %}{{ m }}{% endfor %}")]
    struct Part<'a> {
        text: &'a str,
        markup: Markup,
        list: Vec<Markup>,
    }

    #[test]
    fn a_template_escapes_text_and_leaves_markup() {
        let bold = Markup::element("b", &[], "<");
        let part = Part { text: "<", markup: bold.clone(), list: vec![bold] };
        assert_eq!(&*Markup::rendered(&part).unwrap(), "&#60;|<b>&lt;</b>|<b>&lt;</b>");
    }
}
