//! What was done is said once, on the page that comes next. Refuses to keep it: it goes to the browser with the answer, and
//! comes back with the next request.

use axum::response::Response;
use romduol_edition::manifest::hex;
use romduol_locale::Locale;
use romduol_report::Markup;
use serde::{Deserialize, Serialize};

use super::answer::unhex;
use crate::viewer::local;

/// The cookie that takes it along.
pub(super) const TOLD: &str = "told";

/// What stands in the cookie where a page has no words of its own for what was done.
const KEPT: &str = "kept";

/// A sentence about what was done, and where it can be looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Told {
    said: String,
    link: Option<Link>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Link {
    to: String,
    words: String,
}

impl Told {
    pub fn of(said: String) -> Told {
        Told { said, link: None }
    }

    pub fn with(self, to: String, words: String) -> Told {
        Told { link: Some(Link { to, words }), ..self }
    }

    pub(super) fn read(cookie: &str, locale: &Locale) -> Option<Told> {
        if cookie == KEPT {
            return Some(Told::of(locale.t("done-kept")));
        }
        serde_json::from_slice(&unhex(cookie)?).ok()
    }

    pub(super) fn notice(&self) -> Markup {
        let said = match &self.link {
            Some(Link { to, words }) => {
                Markup::text(&self.said)
                    + Markup::text(" ")
                    + Markup::element("a", &[("href", local(to))], words.as_str())
            }
            None => Markup::text(&self.said),
        };
        Markup::element("p", &[("class", "notice"), ("role", "status")], said)
    }
}

/// An answer whose next page says what was done.
pub(crate) fn told(mut response: Response, told: Told) -> Response {
    response.extensions_mut().insert(told);
    response
}

/// The cookie for an answer that something was done.
pub(super) fn cookie(response: &Response, secure: &str) -> String {
    let told = response.extensions().get::<Told>().and_then(|told| serde_json::to_vec(told).ok());
    // A cookie that is too long is thrown away by browsers.
    let value = told.map(|told| hex(&told)).filter(|value| value.len() < 3_500).unwrap_or_else(|| KEPT.into());
    format!("{TOLD}={value}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax{secure}")
}

#[cfg(test)]
mod tests {
    use romduol_plan::Lang;

    use super::*;

    #[test]
    fn what_was_done_is_said_with_its_link_and_leads_to_no_other_site() {
        let en = Locale::of(Lang::En);
        let done = Told::of("Sent <b>".into()).with("/review/a".into(), "Kampot & Kep".into());
        let response = told(axum::response::IntoResponse::into_response(""), done.clone());
        let cookie = cookie(&response, "");
        let value = cookie.strip_prefix("told=").unwrap().split(';').next().unwrap();
        assert_eq!(Told::read(value, en), Some(done.clone()));
        let notice = done.notice().to_string();
        assert!(notice.contains("Sent &lt;b&gt;") && notice.contains("href=\"/review/a\""), "{notice}");
        assert!(notice.contains("Kampot &amp; Kep"), "{notice}");
        let away = Told::of("x".into()).with("https://evil.example".into(), "y".into()).notice().to_string();
        assert!(away.contains("href=\"/\""), "{away}");
        assert!(Told::read(KEPT, en).is_some() && Told::read("zz", en).is_none());
    }
}
