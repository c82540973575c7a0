//! How public files are given out: to pages of any site, in parts, and not again to whoever has them. Refuses to know what
//! is in them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::Bytes;
use axum::http::header::*;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

/// A file for everybody.
pub(crate) struct PublicFile<'a> {
    pub kind: &'a str,
    /// Shared by all who ask for it.
    pub bytes: Bytes,
    /// Its SHA-256, or that of what it follows from, as hexadecimal digits.
    pub hash: &'a str,
    /// When it came out, in unix seconds.
    pub modified: i64,
    pub cache: &'static str,
    /// Under which name it is kept by whoever takes it home.
    pub name: Option<String>,
}

/// What is compressed already is not compressed again on its way.
pub(crate) const COMPRESSED: [&str; 5] =
    ["application/pdf", "application/zip", "font/woff2", super::pages::take_home::DOCX, super::pages::take_home::XLSX];

/// What pages of other sites may send. The last three change nothing here; explorers of data send them all the same, and would
/// not be let ask.
const SENT: &str =
    "accept, accept-language, if-modified-since, if-none-match, if-range, range, content-type, x-level, x-range";

/// What a page of another site has to know before it asks.
pub(crate) async fn options() -> Response {
    let headers = [
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, OPTIONS"),
        (ACCESS_CONTROL_ALLOW_HEADERS, SENT),
        (ACCESS_CONTROL_MAX_AGE, "86400"),
        (ALLOW, "GET, HEAD, OPTIONS"),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

impl PublicFile<'_> {
    /// The whole file, a part of it, or that the asker has it.
    pub fn answer(&self, asked: &HeaderMap) -> Response {
        let (tag, modified) = (self.tag(), self.time());
        let mut answer = match (self.is_known(asked, &tag, modified), self.part(asked, &tag, modified)) {
            (true, _) => StatusCode::NOT_MODIFIED.into_response(),
            (false, Part::Whole) => self.bytes.clone().into_response(),
            (false, Part::Of(first, last)) => {
                let of = format!("bytes {first}-{last}/{}", self.bytes.len());
                let part = self.bytes.slice(first..=last);
                (StatusCode::PARTIAL_CONTENT, [(CONTENT_RANGE, of)], part).into_response()
            }
            (false, Part::Beyond) => {
                let of = format!("bytes */{}", self.bytes.len());
                (StatusCode::RANGE_NOT_SATISFIABLE, [(CONTENT_RANGE, of)]).into_response()
            }
        };
        let headers = answer.headers_mut();
        let mut put = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        put(CONTENT_TYPE, self.kind);
        put(ETAG, &tag);
        put(LAST_MODIFIED, &httpdate::fmt_http_date(modified));
        put(CACHE_CONTROL, self.cache);
        put(ACCEPT_RANGES, "bytes");
        put(ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        put(ACCESS_CONTROL_EXPOSE_HEADERS, "content-length, content-range, etag, last-modified");
        if let Some(name) = &self.name {
            put(CONTENT_DISPOSITION, &format!("attachment; filename=\"{name}\""));
        }
        answer
    }

    /// A weak one where the bytes on the way differ with what the asker unpacks.
    fn tag(&self) -> String {
        let short = &self.hash[..self.hash.len().min(32)];
        if COMPRESSED.contains(&self.kind) { format!("\"{short}\"") } else { format!("W/\"{short}\"") }
    }

    fn time(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(u64::try_from(self.modified).unwrap_or_default())
    }

    fn is_known(&self, asked: &HeaderMap, tag: &str, modified: SystemTime) -> bool {
        let strong = |tag: &str| tag.trim().trim_start_matches("W/").to_string();
        match text(asked, &IF_NONE_MATCH) {
            Some(known) => known.trim() == "*" || known.split(',').any(|known| strong(known) == strong(tag)),
            None => since(asked, &IF_MODIFIED_SINCE).is_some_and(|since| modified <= since),
        }
    }

    /// One stretch of bytes; whoever asks for several gets the whole.
    fn part(&self, asked: &HeaderMap, tag: &str, modified: SystemTime) -> Part {
        let same = match text(asked, &IF_RANGE) {
            None => true,
            Some(known) if known.contains('"') => known == tag && !tag.starts_with("W/"),
            Some(_) => since(asked, &IF_RANGE) == Some(modified),
        };
        let stretch = text(asked, &RANGE).filter(|_| same).and_then(|range| range.trim().strip_prefix("bytes="));
        let Some((first, last)) = stretch.and_then(|stretch| stretch.split_once('-')) else { return Part::Whole };
        let end = self.bytes.len();
        let number = |text: &str| text.trim().parse::<usize>();
        let (first, last) = match (number(first), number(last)) {
            (Ok(first), Ok(last)) if first <= last => (first, last.min(end.saturating_sub(1))),
            (Ok(first), Err(_)) if last.trim().is_empty() => (first, end.saturating_sub(1)),
            (Err(_), Ok(count)) if first.trim().is_empty() && count > 0 => {
                (end.saturating_sub(count), end.saturating_sub(1))
            }
            (Err(_), Ok(0)) if first.trim().is_empty() => return Part::Beyond,
            _ => return Part::Whole,
        };
        if first < end { Part::Of(first, last) } else { Part::Beyond }
    }
}

enum Part {
    Whole,
    /// From the first to the last byte.
    Of(usize, usize),
    Beyond,
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn since(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    text(headers, name).and_then(|text| httpdate::parse_http_date(text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(HeaderName, &str)]) -> (u16, String, String) {
        let file = PublicFile {
            kind: "application/pdf",
            bytes: Bytes::from_static(b"0123456789"),
            hash: "abc",
            modified: 1_795_392_000,
            cache: "public",
            name: None,
        };
        let headers: HeaderMap =
            pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap())).collect();
        let answer = file.answer(&headers);
        let of = answer.headers().get(CONTENT_RANGE).map_or("", |of| of.to_str().unwrap()).to_string();
        let length = answer.headers().get(CONTENT_LENGTH).map_or("", |of| of.to_str().unwrap()).to_string();
        (answer.status().as_u16(), of, length)
    }

    #[test]
    fn parts_are_cut_and_what_is_known_is_not_sent() {
        let range = |range: &str| {
            let (status, of, _) = asked(&[(RANGE, range)]);
            (status, of)
        };
        assert_eq!(range("bytes=0-3"), (206, "bytes 0-3/10".into()));
        assert_eq!(range("bytes=4-"), (206, "bytes 4-9/10".into()));
        assert_eq!(range("bytes=-3"), (206, "bytes 7-9/10".into()));
        assert_eq!(range("bytes=-30"), (206, "bytes 0-9/10".into()));
        assert_eq!(range("bytes=8-99"), (206, "bytes 8-9/10".into()));
        assert_eq!(range("bytes=10-"), (416, "bytes */10".into()));
        assert_eq!(range("bytes=-0"), (416, "bytes */10".into()));
        for whole in ["bytes=3-1", "bytes=0-1,4-5", "lines=0-1", "bytes=a-b", "bytes=-", ""] {
            assert_eq!(range(whole), (200, String::new()), "{whole}");
        }
        let status = |pairs: &[(HeaderName, &str)]| asked(pairs).0;
        assert_eq!(status(&[(IF_NONE_MATCH, "\"other\", W/\"abc\"")]), 304);
        assert_eq!(status(&[(IF_NONE_MATCH, "*")]), 304);
        assert_eq!(status(&[(IF_NONE_MATCH, "\"other\"")]), 200);
        let (then, before) = ("Mon, 23 Nov 2026 00:00:00 GMT", "Sun, 22 Nov 2026 00:00:00 GMT");
        assert_eq!(status(&[(IF_MODIFIED_SINCE, then)]), 304);
        assert_eq!(status(&[(IF_MODIFIED_SINCE, before)]), 200);
        assert_eq!(status(&[(IF_NONE_MATCH, "\"other\""), (IF_MODIFIED_SINCE, then)]), 200);
        assert_eq!(status(&[(RANGE, "bytes=0-1"), (IF_RANGE, "\"abc\"")]), 206);
        assert_eq!(status(&[(RANGE, "bytes=0-1"), (IF_RANGE, "\"other\"")]), 200);
        assert_eq!(status(&[(RANGE, "bytes=0-1"), (IF_RANGE, then)]), 206);
        assert_eq!(status(&[(RANGE, "bytes=0-1"), (IF_RANGE, before)]), 200);
    }

    #[tokio::test]
    async fn a_file_is_shared_by_all_who_read_it() {
        use http_body_util::BodyExt;
        let bytes = Bytes::from(vec![b'1'; 10_000]);
        let given = |asked: HeaderMap| {
            let file =
                PublicFile { kind: "text/csv", bytes: bytes.clone(), hash: "abc", modified: 0, cache: "", name: None };
            async move { file.answer(&asked).into_body().collect().await.unwrap().to_bytes() }
        };
        let part = HeaderMap::from_iter([(RANGE, HeaderValue::from_static("bytes=5-9"))]);
        let (whole, part) = (given(HeaderMap::new()).await, given(part).await);
        assert_eq!((whole.as_ptr(), part.as_ptr()), (bytes.as_ptr(), bytes[5..].as_ptr()), "nothing is copied");
        assert_eq!(part.len(), 5);
    }
}
