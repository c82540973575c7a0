//! The style sheet, the scripts of forms, of the return form and of keys, and the Khmer font, built into the program.

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use romduol_report::fonts;

pub(crate) async fn show(Path(name): Path<String>) -> Response {
    let (kind, bytes): (&str, &'static [u8]) = match name.as_str() {
        "style.css" => ("text/css; charset=utf-8", include_bytes!("../../assets/style.css")),
        "key.js" => ("text/javascript; charset=utf-8", include_bytes!("../../assets/key.js")),
        "form.js" => ("text/javascript; charset=utf-8", include_bytes!("../../assets/form.js")),
        "number.js" => ("text/javascript; charset=utf-8", include_bytes!("../../assets/number.js")),
        "return.js" => ("text/javascript; charset=utf-8", include_bytes!("../../assets/return.js")),
        "khmer.woff2" => ("font/woff2", fonts::KHMER),
        "khmer-bold.woff2" => ("font/woff2", fonts::KHMER_BOLD),
        _ => return crate::error::not_found(),
    };
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=3600")], bytes).into_response()
}
