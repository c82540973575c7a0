//! XML as a tree of elements. Refuses to know what the elements mean; escaping and quoting are the library's.

use std::borrow::Cow;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

type Name = Cow<'static, str>;

/// An element with its attributes and what stands in it.
#[derive(Clone, Debug)]
pub struct Element {
    name: Name,
    attributes: Vec<(Name, String)>,
    children: Vec<Child>,
}

#[derive(Clone, Debug)]
enum Child {
    Element(Element),
    Text(String),
}

impl Element {
    #[must_use]
    pub fn new(name: impl Into<Name>) -> Element {
        Element { name: name.into(), attributes: Vec::new(), children: Vec::new() }
    }

    /// With an attribute more.
    #[must_use]
    pub fn with(mut self, name: impl Into<Name>, value: impl AsRef<str>) -> Element {
        self.attributes.push((name.into(), allowed(value.as_ref())));
        self
    }

    #[must_use]
    pub fn text(mut self, text: impl AsRef<str>) -> Element {
        self.children.push(Child::Text(allowed(text.as_ref())));
        self
    }

    #[must_use]
    pub fn child(mut self, child: Element) -> Element {
        self.children.push(Child::Element(child));
        self
    }

    #[must_use]
    pub fn all(mut self, children: impl IntoIterator<Item = Element>) -> Element {
        self.children.extend(children.into_iter().map(Child::Element));
        self
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.children.is_empty()
    }

    /// The element as a whole document.
    #[must_use]
    pub fn document(&self) -> String {
        let mut writer = Writer::new(Vec::new());
        put(&mut writer, Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        self.write(&mut writer);
        let mut text = String::from_utf8(writer.into_inner()).expect("names and texts are UTF-8");
        text.push('\n');
        text
    }

    fn write(&self, writer: &mut Writer<Vec<u8>>) {
        let mut start = BytesStart::new(&*self.name);
        for (name, value) in &self.attributes {
            start.push_attribute((&**name, value.as_str()));
        }
        if self.children.is_empty() {
            return put(writer, Event::Empty(start));
        }
        put(writer, Event::Start(start));
        for child in &self.children {
            match child {
                Child::Text(text) => put(writer, Event::Text(BytesText::new(text))),
                Child::Element(element) => element.write(writer),
            }
        }
        put(writer, Event::End(BytesEnd::new(&*self.name)));
    }
}

fn put(writer: &mut Writer<Vec<u8>>, event: Event<'_>) {
    writer.write_event(event).expect("writing to memory does not fail");
}

/// XML 1.0 has no way to write most control characters, not even escaped.
fn allowed(text: &str) -> String {
    let good = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(good).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_cannot_break_out() {
        let text = Element::new("a").with("b", "\"<&'").text("</a>\u{1}&").child(Element::new("c")).document();
        assert!(text.ends_with("<a b=\"&quot;&lt;&amp;&apos;\">&lt;/a&gt;&amp;<c/></a>\n"), "{text}");
    }
}
