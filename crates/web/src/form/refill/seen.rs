//! What forms a page holds: where they go and what their fields say. Refuses to change anything.

use std::cell::RefCell;
use std::rc::Rc;

use lol_html::html_content::{Element, TextChunk};
use lol_html::{EndTagHandler, RewriteStrSettings, element, rewrite_str, text};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldKind {
    Hidden,
    Line,
    Lines,
    Choice,
    Tick,
    /// Passwords, files, buttons, and what a page takes along for itself: nothing is put into them.
    Other,
}

#[derive(Debug, Default)]
pub(super) struct FormSeen {
    /// From 1, in the order of the page.
    pub number: usize,
    /// The path that it goes to.
    pub action: String,
    /// The numbers of the folded parts around it.
    pub details: Vec<usize>,
    pub fields: Vec<FieldSeen>,
    /// The names of its buttons.
    pub buttons: Vec<String>,
}

#[derive(Debug)]
pub(super) struct FieldSeen {
    pub name: String,
    pub kind: FieldKind,
    pub value: String,
    /// The value in the words of the page.
    pub shown: String,
    /// Several can be chosen; the value is all of them.
    several: bool,
    /// One of its options was read.
    begun: bool,
}

#[derive(Default)]
struct Walk {
    forms: Vec<FormSeen>,
    details: usize,
    around: Vec<usize>,
    /// The option whose words come next is the one that is chosen.
    chosen: bool,
}

/// The forms of a page in their order.
pub(super) fn forms(page: &str) -> Option<Vec<FormSeen>> {
    let walk = Rc::new(RefCell::new(Walk::default()));
    let ends = walk.clone();
    let handlers = vec![
        element!("details", |details| {
            let mut at = walk.borrow_mut();
            at.details += 1;
            let number = at.details;
            at.around.push(number);
            let ends = ends.clone();
            if let Some(handlers) = details.end_tag_handlers() {
                let end: EndTagHandler<'static> = Box::new(move |_| {
                    ends.borrow_mut().around.pop();
                    Ok(())
                });
                handlers.push(end);
            }
            Ok(())
        }),
        element!("form", |form| {
            let mut at = walk.borrow_mut();
            let action = unescape(&form.get_attribute("action").unwrap_or_default());
            let action = action.split(['?', '#']).next().unwrap_or_default().to_string();
            let (number, details) = (at.forms.len() + 1, at.around.clone());
            at.forms.push(FormSeen { number, action, details, fields: Vec::new(), buttons: Vec::new() });
            Ok(())
        }),
        element!("form input, form select, form textarea", |field| {
            walk.borrow_mut().field(field);
            Ok(())
        }),
        element!("form button", |button| {
            let name = button.get_attribute("name").map(|name| unescape(&name));
            if let Some(form) = walk.borrow_mut().forms.last_mut() {
                form.buttons.extend(name);
            }
            Ok(())
        }),
        element!("form option", |option| {
            walk.borrow_mut().option(option);
            Ok(())
        }),
        text!("form option", |words| {
            walk.borrow_mut().option_words(words);
            Ok(())
        }),
        text!("form textarea", |words| {
            walk.borrow_mut().lines(words);
            Ok(())
        }),
    ];
    rewrite_str(page, RewriteStrSettings { element_content_handlers: handlers, ..RewriteStrSettings::new() }).ok()?;
    let forms = std::mem::take(&mut walk.borrow_mut().forms);
    Some(forms)
}

impl Walk {
    fn last(&mut self) -> Option<&mut FieldSeen> {
        self.forms.last_mut()?.fields.last_mut()
    }

    fn field(&mut self, element: &Element) {
        let Some(name) = element.get_attribute("name").map(|name| unescape(&name)) else { return };
        let kind = kind_of(element);
        let value = element.get_attribute("value").map(|value| unescape(&value)).unwrap_or_default();
        if let Some(form) = self.forms.last_mut() {
            let several = element.has_attribute("multiple");
            form.fields.push(FieldSeen { name, kind, shown: value.clone(), value, several, begun: false });
        }
    }

    /// The first option counts until one says that it is chosen.
    fn option(&mut self, element: &Element) {
        let value = element.get_attribute("value").map(|value| unescape(&value)).unwrap_or_default();
        let selected = element.has_attribute("selected");
        let Some(field) = self.last() else { return };
        if field.several {
            if selected {
                let comma = if field.value.is_empty() { "" } else { ";" };
                field.value += &format!("{comma}{value}");
                field.shown += if comma.is_empty() { "" } else { "; " };
            }
            self.chosen = selected;
            return;
        }
        let first = !std::mem::replace(&mut field.begun, true);
        if selected || first {
            field.value = value;
            field.shown = String::new();
        }
        self.chosen = selected || first;
    }

    fn option_words(&mut self, words: &TextChunk) {
        if let (true, Some(field)) = (self.chosen, self.last()) {
            field.shown += &unescape(words.as_str());
        }
    }

    fn lines(&mut self, words: &TextChunk) {
        let Some(field) = self.last() else { return };
        field.value += &unescape(words.as_str());
        field.shown = field.value.clone();
    }
}

fn kind_of(element: &Element) -> FieldKind {
    if element.get_attribute("aria-hidden").is_some_and(|hidden| hidden == "true") {
        return FieldKind::Other;
    }
    match (element.tag_name().as_str(), element.get_attribute("type").unwrap_or_default().as_str()) {
        ("select", _) => FieldKind::Choice,
        ("textarea", _) => FieldKind::Lines,
        (_, "hidden") => FieldKind::Hidden,
        (_, "checkbox" | "radio") => FieldKind::Tick,
        (_, "password" | "file" | "submit" | "button") => FieldKind::Other,
        _ => FieldKind::Line,
    }
}

/// The text of what our own templates escape.
pub(super) fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain += before;
        let entity = after.split_once(';').filter(|(name, _)| name.len() <= 8);
        match entity.and_then(|(name, behind)| Some((named(name)?, behind))) {
            Some((sign, behind)) => {
                plain.push(sign);
                rest = behind;
            }
            None => {
                plain.push('&');
                rest = after;
            }
        }
    }
    plain + rest
}

fn named(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => match name.strip_prefix("#x") {
            Some(hex) => char::from_u32(u32::from_str_radix(hex, 16).ok()?),
            None => char::from_u32(name.strip_prefix('#')?.parse().ok()?),
        },
    }
}
