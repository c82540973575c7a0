//! The program on a fresh demo, asked through its router as a browser would.

use std::path::Path;

use axum::body::Body;
use axum::http::{Method, Request, header};
use axum::response::Response;
use http_body_util::BodyExt;
use romduol_app::accounts::Doors;
use romduol_app::{App, Clock, demo, package};
use romduol_plan::permission::Role;
use tower::ServiceExt;

/// 23 November 2026.
pub const TODAY: i64 = 1_795_392_000;

pub struct House {
    pub app: App,
    router: axum::Router,
    _folder: tempfile::TempDir,
}

/// The demo, whose accounts get in with a password alone.
pub async fn house() -> House {
    house_with(Doors::default()).await
}

pub async fn house_with(doors: Doors) -> House {
    let folder = tempfile::tempdir().unwrap();
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps");
    let app = App::create(folder.path(), Clock::Fixed(TODAY), &package::files(&plan).unwrap()).await.unwrap();
    app.fill_demo(true).await.unwrap();
    House { router: romduol_web::router(app.clone(), None, doors, true), app, _folder: folder }
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

    /// Sends a request as it is.
    pub async fn request(&self, request: Request<Body>) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub async fn session(&self, role: Role) -> String {
        let (login, ..) = demo::ACCOUNTS.iter().find(|(_, r, ..)| *r == role.code()).unwrap();
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

pub async fn text(response: Response) -> String {
    String::from_utf8_lossy(&response.into_body().collect().await.unwrap().to_bytes()).into_owned()
}
