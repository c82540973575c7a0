//! The program on a fresh demo, asked through its router as a browser would.

use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, header};
use axum::response::Response;
use http_body_util::BodyExt;
use romduol_app::accounts::Doors;
use romduol_app::{App, Clock, demo, package};
use romduol_plan::answers;
use romduol_plan::kinds::{Assignment, Return, ValueKind};
use romduol_plan::permission::Role;
use tower::ServiceExt;

/// 23 November 2026.
pub const TODAY: i64 = 1_795_392_000;

pub struct House {
    pub app: App,
    router: axum::Router,
    folder: tempfile::TempDir,
}

/// The demo, whose accounts get in with a password alone.
pub async fn house() -> House {
    house_with(Doors::default()).await
}

pub async fn house_with(doors: Doors) -> House {
    filled(doors, true).await
}

/// The plan with its accounts, and nothing reported yet.
pub async fn bare_house() -> House {
    filled(Doors::default(), false).await
}

async fn filled(doors: Doors, numbers: bool) -> House {
    let folder = tempfile::tempdir().unwrap();
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps");
    let app = App::create(folder.path(), Clock::Fixed(TODAY), &package::files(&plan).unwrap()).await.unwrap();
    app.fill_demo(numbers).await.unwrap();
    House { router: romduol_web::router(app.clone(), None, doors, true), app, folder }
}

impl House {
    /// Asks a page, or sends a form of a type.
    pub async fn ask(
        &self,
        method: &Method,
        path: &str,
        cookie: Option<&str>,
        (kind, body): (&'static str, &str),
    ) -> Response {
        let mut request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, kind);
        if let Some(cookie) = cookie {
            request = request.header(header::COOKIE, format!("session={cookie}"));
        }
        let body = if method == Method::POST { Body::from(body.to_string()) } else { Body::empty() };
        self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap()
    }

    /// Another node with the same data.
    pub async fn second(&self) -> House {
        let app = App::open(self.folder.path(), Clock::Fixed(TODAY)).await.unwrap();
        tokio::spawn(app.clone().follow());
        let router = romduol_web::router(app.clone(), None, Doors::default(), true);
        House { router, app, folder: tempfile::tempdir().unwrap() }
    }

    /// The same plan, opened anew.
    pub async fn again(self) -> House {
        let House { app, folder, .. } = self;
        app.close().await;
        let app = App::open(folder.path(), Clock::Fixed(TODAY)).await.unwrap();
        House { router: romduol_web::router(app.clone(), None, Doors::default(), true), app, folder }
    }

    /// The form of a return that the demo's reporter has to fill.
    pub fn own_return(&self) -> String {
        "/returns/ministry-quarter.MOI/2026Q3".into()
    }

    fn questions(&self, path: &str) -> Vec<answers::Question> {
        let state = &self.app.snapshot().state;
        let assignment = path.split('/').nth(2).unwrap();
        answers::questions(state, state.find::<Assignment>(assignment).unwrap())
    }

    /// The indicators that the form of a return asks for.
    pub fn all_asked_in(&self, path: &str) -> Vec<String> {
        self.questions(path).iter().map(|question| question.indicator.id.clone()).collect()
    }

    /// The first one of them.
    pub fn asked_in(&self, path: &str) -> String {
        self.all_asked_in(path)[0].clone()
    }

    /// The first one that is a number.
    pub fn number_asked_in(&self, path: &str) -> String {
        let questions = self.questions(path);
        let number = questions.iter().find(|question| question.indicator.kind != ValueKind::Narrative);
        number.unwrap().indicator.id.clone()
    }

    /// The return that was filed at an address.
    pub fn filed(&self, path: &str) -> Arc<Return> {
        let id = path.trim_start_matches("/returns/").replace('/', ".");
        self.app.snapshot().state.find::<Return>(&id).unwrap().clone()
    }

    /// The revision of its draft.
    pub async fn revision(&self, path: &str) -> String {
        let id = path.trim_start_matches("/returns/").replace('/', ".");
        self.app.ledger.draft(&id).await.unwrap().map_or(0, |draft| draft.revision).to_string()
    }

    /// Sends a request as it is.
    pub async fn request(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub async fn session(&self, role: Role) -> String {
        let (login, ..) = demo::ACCOUNTS.iter().find(|(_, r, ..)| *r == role.code()).unwrap();
        self.app.sign_in(login, demo::PASSWORD).await.unwrap().session().unwrap().as_str().to_string()
    }

    /// The session of one of the demo's accounts.
    pub async fn login(&self, login: &str) -> String {
        self.app.sign_in(login, demo::PASSWORD).await.unwrap().session().unwrap().as_str().to_string()
    }

    /// The text of a page.
    pub async fn read(&self, path: &str, cookie: Option<&str>) -> String {
        text(self.ask(&Method::GET, path, cookie, ("text/plain", "")).await).await
    }

    /// Sends a form and gives the answer's status and text.
    pub async fn send(&self, path: &str, cookie: Option<&str>, form: &str) -> (u16, String) {
        let kind = "application/x-www-form-urlencoded";
        let response = self.ask(&Method::POST, path, cookie, (kind, form)).await;
        (response.status().as_u16(), text(response).await)
    }
}

/// What an answer sets a cookie to; an answer that leaves it alone is a fault of the test.
pub fn cookie_of(response: &Response, name: &str) -> String {
    let cookies = response.headers().get_all(header::SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
    let mut values = cookies.filter_map(|cookie| cookie.strip_prefix(&format!("{name}=")));
    values.next().unwrap_or_else(|| panic!("no cookie {name}")).split(';').next().unwrap_or_default().to_string()
}

pub async fn text(response: Response) -> String {
    String::from_utf8_lossy(&response.into_body().collect().await.unwrap().to_bytes()).into_owned()
}

/// The fields of the form of a page that goes to a path, as a browser would send them untouched.
pub fn fields(page: &str, path: &str) -> Vec<(String, String)> {
    let forms = page.split("<form").skip(1).map(|form| form.split("</form>").next().unwrap());
    let form = forms.into_iter().find(|form| form.contains(&format!("action=\"{path}?"))).unwrap();
    let value = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!("{name}=\""))?;
        let text = rest.split('"').next().unwrap();
        Some(text.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#38;", "&"))
    };
    let mut fields = Vec::new();
    for part in form.split('<').skip(1) {
        let (tag, words) = part.split_once('>').unwrap_or((part, ""));
        let name = value(tag, " name");
        match (tag.split(' ').next().unwrap(), name) {
            ("input", Some(name)) => fields.push((name, value(tag, " value").unwrap_or_default())),
            ("textarea", Some(name)) => fields.push((name, words.replace("&#39;", "'").replace("&#38;", "&"))),
            ("select", Some(name)) => fields.push((name, String::new())),
            ("option", _) if tag.contains(" selected") => fields.last_mut().unwrap().1 = value(tag, " value").unwrap(),
            _ => {}
        }
    }
    fields
}

/// A form with some fields written anew.
pub fn form(fields: &[(String, String)], new: &[(&str, &str)]) -> String {
    let escaped = |text: &str| -> String {
        text.bytes()
            .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
            .collect()
    };
    let kept = fields.iter().filter(|(name, _)| !new.iter().any(|(other, _)| other == name));
    let kept = kept.map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
    let new = new.iter().map(|(name, value)| format!("{name}={}", escaped(value)));
    kept.chain(new).collect::<Vec<_>>().join("&")
}

/// The cells of a workbook that was taken home, with commas between them.
pub fn cells(book: &[u8]) -> String {
    let wanted = romduol_spreadsheet::Wanted { names: Vec::new(), knows: &|name| name == "id" };
    let table = romduol_spreadsheet::read("t.xlsx", book, &wanted).unwrap();
    let row =
        |row: romduol_plan::package::SheetRow| row.cells.iter().map(|c| c.written()).collect::<Vec<_>>().join(",");
    table.sheet.rows.into_iter().map(row).collect::<Vec<_>>().join("\n")
}
