//! Puts what was typed back into the form of a page: into its fields by their names, whatever the page is. Where the page
//! holds something else by now, that is shown beside it. Refuses to know records.

mod seen;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use lol_html::html_content::{ContentType, Element};
use lol_html::{RewriteStrSettings, element, rewrite_str};
use romduol_locale::Locale;
use romduol_plan::Say;
use romduol_report::Markup;

use super::carried::FIELD;
use super::labels::{is_typed, label};
use super::onward::Again;
use super::screened::Stopped;
use seen::{FieldKind, FormSeen, forms};

/// The field that names the entry which last touched the record when the form was opened.
pub(super) const SEEN: &str = "_seen";

/// The field that names the version of a return that a decision is about.
const VERSION: &str = "version";

/// What is said of a decision about a version that is not the newest any more.
const MOVED: &str = "refused-moved";

/// What goes into a page, and the words for it.
pub(super) struct Filling<'a> {
    pub page: String,
    path: &'a str,
    pub typed: &'a [(String, String)],
    stopped: &'a [Stopped],
    /// Somebody else has changed what the form is about: both versions are shown.
    compare: bool,
    say: String,
    /// What is said where both versions stand in the form.
    both: String,
    number: Option<String>,
    help: String,
    locale: &'static Locale,
}

impl<'a> Filling<'a> {
    pub fn of(again: &'a Again, locale: &'static Locale, help: String) -> Filling<'a> {
        let say = &again.say;
        let both = match say.key == romduol_app::CHANGED {
            true => locale.tell(&Say { key: "refused-record-both".into(), ..say.clone() }),
            false => locale.tell(say),
        };
        Filling {
            page: again.page.clone(),
            path: &again.path,
            typed: &again.typed,
            stopped: &again.stopped,
            compare: [romduol_app::CHANGED, MOVED].contains(&&*say.key),
            say: locale.tell(say),
            both,
            number: again.number.clone(),
            help,
            locale,
        }
    }

    /// What is said where the form is on no page any more, with everything that was typed.
    pub fn notice(&self, rest: &[(String, String)]) -> Markup {
        self.notice_saying(&self.say, rest)
    }

    fn notice_saying(&self, say: &str, rest: &[(String, String)]) -> Markup {
        let t = |key: &str| self.locale.t(key);
        let help = if self.help.is_empty() { t("help-none") } else { self.help.clone() };
        let rest = rest.iter().filter(|(name, value)| is_typed(name) && !value.trim().is_empty());
        let notice = Notice {
            say,
            number: self.number.as_deref().unwrap_or_default(),
            help: (!self.stopped.is_empty()).then(|| format!("{} {help}", t("help-line"))),
            rest_said: t("again-rest"),
            rest: rest.map(|(name, value)| (label(self.locale, name), value.as_str())).collect(),
        };
        Markup::rendered(&notice).unwrap_or_else(|_| Markup::text(say))
    }
}

#[derive(askama::Template)]
#[template(path = "notice.html")]
struct Notice<'a> {
    say: &'a str,
    number: &'a str,
    help: Option<String>,
    rest_said: String,
    rest: Vec<(String, &'a str)>,
}

/// The page with the form filled; nothing where the form is not on it.
pub(super) fn refill(page: &str, filling: &Filling) -> Option<String> {
    let forms = forms(page)?;
    let form = chosen(&forms, filling)?;
    let known = form.fields.iter().map(|field| &field.name).chain(&form.buttons);
    let known: BTreeSet<&str> = known.map(String::as_str).collect();
    let rest: Vec<_> = filling.typed.iter().filter(|(name, _)| !known.contains(name.as_str())).cloned().collect();
    write(page, form, filling, &filling.notice_saying(&filling.both, &rest)).ok()
}

fn escape(text: &str) -> Markup {
    Markup::text(text)
}

/// The form that goes where the sent one went; of several the one whose hidden fields are those that were sent.
fn chosen<'f>(forms: &'f [FormSeen], filling: &Filling) -> Option<&'f FormSeen> {
    let value = |name: &str| filling.typed.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let fits = |form: &&FormSeen| form.action == filling.path;
    let likeness = |form: &&FormSeen| -> i32 {
        let likeness = form.fields.iter().map(|field| match (field.kind, value(&field.name)) {
            (FieldKind::Hidden, Some(sent)) if field.name != SEEN => {
                if sent == field.value {
                    20
                } else {
                    -20
                }
            }
            (_, Some(_)) => 1,
            (_, None) => 0,
        });
        likeness.sum()
    };
    forms.iter().filter(fits).max_by_key(likeness)
}

/// What was sent under each name, in its order.
fn queues(typed: &[(String, String)]) -> BTreeMap<String, VecDeque<String>> {
    let mut queues: BTreeMap<String, VecDeque<String>> = BTreeMap::new();
    for (name, value) in typed {
        queues.entry(name.clone()).or_default().push_back(value.clone());
    }
    queues
}

struct Pen<'a> {
    filling: &'a Filling<'a>,
    form: &'a FormSeen,
    all: BTreeMap<String, VecDeque<String>>,
    queues: RefCell<BTreeMap<String, VecDeque<String>>>,
    /// The number of the form at hand, from 1, and the next field in the chosen one.
    at: Cell<usize>,
    field: Cell<usize>,
    details: Cell<usize>,
    inside: Cell<bool>,
    select: RefCell<String>,
}

fn write(
    page: &str,
    form: &FormSeen,
    filling: &Filling,
    notice: &str,
) -> Result<String, lol_html::errors::RewritingError> {
    let all = queues(filling.typed);
    let pen = std::rc::Rc::new(Pen {
        filling,
        form,
        queues: RefCell::new(all.clone()),
        all,
        at: Cell::new(0),
        field: Cell::new(0),
        details: Cell::new(0),
        inside: Cell::new(false),
        select: RefCell::default(),
    });
    let handlers = vec![
        element!("main", |main| {
            main.prepend(notice, ContentType::Html);
            Ok(())
        }),
        element!("details", |details| {
            pen.details.set(pen.details.get() + 1);
            if pen.form.details.contains(&pen.details.get()) {
                details.set_attribute("open", "")?;
            }
            Ok(())
        }),
        element!("form", |form| {
            pen.at.set(pen.at.get() + 1);
            pen.inside.set(pen.at.get() == pen.form.number);
            if pen.inside.get() {
                form.set_attribute("data-again", "")?;
            }
            Ok(())
        }),
        element!("input, select, textarea, option", |field| {
            if pen.inside.get() {
                pen.fill(field)?;
            }
            Ok(())
        }),
    ];
    rewrite_str(page, RewriteStrSettings { element_content_handlers: handlers, ..RewriteStrSettings::new() })
}

type Filled = Result<(), Box<dyn std::error::Error + Send + Sync>>;

impl Pen<'_> {
    fn fill(&self, element: &mut Element) -> Filled {
        let tag = element.tag_name();
        if tag == "option" {
            return self.option(element);
        }
        let Some(name) = element.get_attribute("name").map(|name| seen::unescape(&name)) else { return Ok(()) };
        let theirs = self.form.fields.get(self.field.get());
        self.field.set(self.field.get() + 1);
        let kind = theirs.map_or(FieldKind::Line, |field| field.kind);
        let mine = match element.has_attribute("multiple") {
            true => Some(self.all.get(&name).into_iter().flatten().cloned().collect::<Vec<_>>().join(";")),
            false => self.queues.borrow_mut().get_mut(&name).and_then(VecDeque::pop_front),
        };
        match (kind, &mine) {
            (FieldKind::Choice, _) => *self.select.borrow_mut() = name.clone(),
            (FieldKind::Tick, _) => self.tick(element, &name)?,
            // What is compared is about the version that is there now.
            (FieldKind::Hidden, Some(mine)) if !(self.filling.compare && [SEEN, VERSION].contains(&&*name)) => {
                element.set_attribute("value", &escape(mine))?;
            }
            (FieldKind::Line, Some(mine)) => element.set_attribute("value", &escape(mine))?,
            // The first line break behind the tag is no part of the text.
            (FieldKind::Lines, Some(mine)) => {
                element.set_inner_content(&format!("\n{}", escape(mine)), ContentType::Html);
            }
            _ => {}
        }
        self.beside(element, &name, kind, mine.as_deref(), theirs.map(|field| field.shown.as_str()))
    }

    /// What the others have written, and why a text was stopped.
    fn beside(
        &self,
        element: &mut Element,
        name: &str,
        kind: FieldKind,
        mine: Option<&str>,
        theirs: Option<&str>,
    ) -> Filled {
        let visible = !matches!(kind, FieldKind::Hidden | FieldKind::Other);
        // Words about the change itself, such as its reason, are nobody else's.
        let compares = self.filling.compare && visible && !name.starts_with('_');
        let said = self.filling.stopped.iter().find(|one| one.field == name);
        if let Some(said) = said.filter(|_| visible || kind == FieldKind::Other) {
            element.set_attribute("aria-invalid", "true")?;
            element.set_attribute("data-stopped", "")?;
            let say = self.filling.locale.tell(&Say::new("screen-here").clause("what", said.say.clone()));
            element.after(&format!("<span class=\"problem\">{}</span>", escape(&say)), ContentType::Html);
        }
        let (Some(mine), Some(theirs)) = (mine, theirs.filter(|_| compares)) else {
            return Ok(());
        };
        let field = &self.form.fields[self.field.get() - 1];
        if mine.replace("\r\n", "\n").trim() != field.value.trim() {
            let theirs = escape(if theirs.trim().is_empty() { "–" } else { theirs });
            let label = escape(&self.filling.locale.t("theirs"));
            element.after(&format!(" <span class=\"hint other\">{label} {theirs}</span>"), ContentType::Html);
        }
        Ok(())
    }

    fn option(&self, element: &mut Element) -> Filled {
        let name = self.select.borrow();
        let Some(chosen) = self.all.get(name.as_str()) else { return Ok(()) };
        let value = element.get_attribute("value").map(|value| seen::unescape(&value)).unwrap_or_default();
        match chosen.contains(&value) {
            true => element.set_attribute("selected", "")?,
            false => element.remove_attribute("selected"),
        }
        Ok(())
    }

    fn tick(&self, element: &mut Element, name: &str) -> Filled {
        let value = element.get_attribute("value").map_or_else(|| "on".into(), |value| seen::unescape(&value));
        match self.all.get(name).is_some_and(|sent| sent.contains(&value)) {
            true => element.set_attribute("checked", "")?,
            false => element.remove_attribute("checked"),
        }
        Ok(())
    }
}

/// The page with something in each of its forms that the next step gives back.
pub(super) fn carry(page: &str, carried: &str, say: &str) -> Option<String> {
    let hidden = format!("<input type=\"hidden\" name=\"{FIELD}\" value=\"{}\">", escape(carried));
    let notice =
        if say.is_empty() { String::new() } else { format!("<p class=\"notice\" role=\"status\">{}</p>", escape(say)) };
    let handlers = vec![
        element!("main", |main| {
            main.prepend(&notice, ContentType::Html);
            Ok(())
        }),
        element!("main form", |form| {
            form.prepend(&hidden, ContentType::Html);
            Ok(())
        }),
    ];
    rewrite_str(page, RewriteStrSettings { element_content_handlers: handlers, ..RewriteStrSettings::new() }).ok()
}

/// The page with a notice above everything else.
pub(super) fn said(page: &str, notice: &Markup) -> Option<String> {
    let handlers = vec![element!("main", |main| {
        main.prepend(notice, ContentType::Html);
        Ok(())
    })];
    rewrite_str(page, RewriteStrSettings { element_content_handlers: handlers, ..RewriteStrSettings::new() }).ok()
}

#[cfg(test)]
mod tests;
