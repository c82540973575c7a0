//! The public site of an edition as a folder of files that any web server can give out: pages in each language, reports,
//! data. Made from the content alone: no path leads from here to the live plan.

use askama::Template;
use romduol_locale::Locale;
use romduol_plan::{Date, Lang};
use romduol_report::map::Outlines;
use romduol_report::{Document, Markup, Timestamp, fonts, html};

use crate::content::Content;
use crate::manifest::{Files, MANIFEST, SIGNATURE};
use crate::pages::{Page, colophon, pages, report};
use crate::{open, workbook};

/// Everything that the edition says, as it was composed.
pub const CONTENT: &str = "edition.json";

const STYLE: &str = include_str!("../assets/site.css");

/// Why a site cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    #[error("the report cannot be written: {0}")]
    Report(String),
    #[error("the page {0} cannot be written: {1}")]
    Page(String, askama::Error),
}

#[derive(Template)]
#[template(path = "page.html")]
struct Shell<'a> {
    locale: &'static Locale,
    title: &'a str,
    plan: &'a str,
    edition: &'a str,
    /// From this page to its language's folder, and to the top.
    root: &'a str,
    top: &'a str,
    path: &'a str,
    menu: Vec<(&'a str, String, bool)>,
    demonstration: bool,
    hotline: &'a str,
    violence: bool,
    body: Markup,
}

#[derive(Template)]
#[template(path = "landing.html")]
struct Landing {
    languages: Vec<(&'static str, String, String, String)>,
    demonstration: bool,
}

/// What there is to take home in a language: path from the top, and the key of what it is.
#[must_use]
pub fn downloads(content: &Content, lang: Lang) -> Vec<(String, String)> {
    let code = lang.code();
    let mut list: Vec<(String, String)> =
        ["pdf", "docx", "xlsx"].map(|end| (format!("report-{code}.{end}"), format!("edition-file-{end}"))).into();
    list.extend(open::names(content).into_iter().map(|(path, key)| (path, key.to_string())));
    list.extend(
        [(CONTENT, "edition-file-json"), (MANIFEST, "edition-file-manifest"), (SIGNATURE, "edition-file-sig")]
            .map(|(path, key)| (path.to_string(), key.to_string())),
    );
    list
}

/// All files of an edition but the list of them.
///
/// # Errors
/// A report that cannot be set.
pub fn files(content: &Content, outlines: Option<&Outlines>) -> Result<Files, SiteError> {
    let mut files = Files::new();
    files.insert(CONTENT.into(), content.to_json().into_bytes());
    for (path, bytes) in [
        ("site.css", STYLE.as_bytes()),
        ("fonts/khmer.woff2", fonts::KHMER),
        ("fonts/khmer-bold.woff2", fonts::KHMER_BOLD),
        ("fonts/OFL.txt", fonts::LICENCE.as_bytes()),
    ] {
        files.insert(path.into(), bytes.to_vec());
    }
    for lang in Lang::ALL {
        let all = pages(content, outlines, lang);
        for page in &all {
            let text = shell(content, &all, page, lang)?;
            files.insert(format!("{}/{}", lang.code(), page.path), text.into_bytes());
        }
        reports(content, &report(content, outlines, lang), lang, &mut files)?;
    }
    files.insert("index.html".into(), landing(content)?.into_bytes());
    files.extend(open::files(content, outlines));
    Ok(files)
}

fn shell(content: &Content, all: &[Page], page: &Page, lang: Lang) -> Result<String, SiteError> {
    let locale = Locale::of(lang);
    let deep = page.path.contains('/');
    let (root, top) = if deep { ("../", "../../") } else { ("", "../") };
    let menu = all.iter().filter(|other| !other.menu.is_empty());
    let menu = menu.map(|other| (other.path.as_str(), locale.t(other.menu), other.path == page.path)).collect();
    let plan = &content.body.plan;
    let shell = Shell {
        locale,
        title: &page.document.title,
        plan: plan.title.get(lang),
        edition: &page.document.subtitle,
        root,
        top,
        path: &page.path,
        menu,
        demonstration: content.body.demonstration,
        hotline: plan.hotline.get(lang),
        violence: page.violence,
        body: html::fragment(&page.document),
    };
    shell.render().map_err(|error| SiteError::Page(page.path.clone(), error))
}

fn landing(content: &Content) -> Result<String, SiteError> {
    let of = |lang: Lang| {
        let locale = Locale::of(lang);
        let line = colophon(content, locale);
        (lang.code(), locale.t("language-name"), content.body.plan.title.get(lang).to_string(), line)
    };
    let page = Landing { languages: Lang::ALL.map(of).into(), demonstration: content.body.demonstration };
    page.render().map_err(|error| SiteError::Page("index.html".into(), error))
}

fn reports(content: &Content, document: &Document, lang: Lang, files: &mut Files) -> Result<(), SiteError> {
    let unix = midnight(content.date);
    let fault = |error: &dyn std::fmt::Display| SiteError::Report(error.to_string());
    let pdf = romduol_report::pdf(document, Timestamp::from_unix(unix)).map_err(|error| fault(&error))?;
    let docx = romduol_report::docx(document).map_err(|error| fault(&error))?;
    let sheets = workbook::sheets(content, lang);
    let xlsx = romduol_report::xlsx(&document.title, &sheets, unix).map_err(|error| fault(&error))?;
    for (ending, bytes) in [("pdf", pdf), ("docx", docx), ("xlsx", xlsx)] {
        files.insert(format!("report-{}.{ending}", lang.code()), bytes);
    }
    Ok(())
}

/// Seconds since 1970 at the beginning of a day: files of an edition know no time of day.
fn midnight(date: Date) -> i64 {
    let day = jiff::civil::Date::new(date.year as i16, date.month as i8, date.day as i8);
    let start = day.and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC));
    start.map_or(0, |start| start.timestamp().as_second())
}
