//! Whatever is sent to whichever route, as the secretariat and as nobody: an answer that is no fault of the program. The
//! same requests at every run; a failure names its request.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use romduol_plan::permission::Role;
use romduol_web::table;

use crate::house::{House, house, text};

/// Requests to each route by each of the two.
const ROUNDS: usize = 4;
/// No page of the demo is longer; what was sent does not come back many times over.
const LONGEST: usize = 8 << 20;

/// Ids and words that the program knows, so that a request gets past the first question.
const KNOWN: [&str; 24] = [
    "PAR-09",
    "PRT-06",
    "2026Q3",
    "2024",
    "KH-12",
    "KH",
    "A1.01",
    "MOI",
    "G1.1.1",
    "C03",
    "DEMO-M1",
    "CEDAW",
    "CON-3",
    "gaps",
    "indicators",
    "returns",
    "cost_lines",
    "nodes",
    "areas",
    "tasks",
    "province-quarter.KH-01.2026Q3",
    "1",
    "en",
    "on",
];
/// Names of fields that forms and addresses have.
const FIELDS: [&str; 40] = [
    "login",
    "password",
    "code",
    "decision",
    "version",
    "form",
    "period",
    "action",
    "reason",
    "status",
    "to",
    "why",
    "words",
    "element",
    "readiness",
    "id",
    "title",
    "title_km",
    "note",
    "indicator",
    "text",
    "model",
    "rating",
    "answer",
    "node",
    "fund",
    "year",
    "amount",
    "currency",
    "state",
    "date",
    "place",
    "level",
    "rows",
    "columns",
    "from",
    "q",
    "page",
    "back",
    "name",
];
/// What people do not type and programs do.
const ODD: [&str; 22] = [
    "",
    "\0",
    "%",
    "../../etc/passwd",
    "'; DROP TABLE session; --",
    "<script>",
    "\u{feff}",
    "\u{202e}",
    "ស្ត្រី",
    "🌾",
    "-1",
    "0",
    "99999999999999999999",
    "1e308",
    "-0.000",
    "NaN",
    "9999-12-31",
    "2000000000-01-01",
    "0000Q1",
    "9999Q4",
    "a\r\nSet-Cookie: x=y",
    "១.២៣៤,៥",
];

/// Always the same numbers (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }

    /// A word as bytes of an address: known, odd, long, or no UTF-8.
    fn word(&mut self) -> String {
        match self.below(10) {
            0..=4 => escaped(self.of(&KNOWN).as_bytes()),
            5..=7 => escaped(self.of(&ODD).as_bytes()),
            8 => escaped("x".repeat(self.below(3_000)).as_bytes()),
            _ => escaped(&[0xff, 0xc0, self.below(256) as u8, b'%']),
        }
    }

    fn pairs(&mut self) -> String {
        let count = if self.below(12) == 0 { 10_000 } else { self.below(9) };
        let pairs = (0..count).map(|_| format!("{}={}", self.of(&FIELDS), self.word()));
        let pairs: Vec<String> =
            pairs.map(|pair| pair.chars().take(if count > 9 { 40 } else { 9_999 }).collect()).collect();
        pairs.join("&")
    }

    fn path(&mut self, route: &str) -> String {
        let filled = route.split('/').map(|step| match step.starts_with('{') {
            true => self.word(),
            false => step.to_string(),
        });
        let path = filled.collect::<Vec<_>>().join("/");
        match self.below(2) {
            0 => path,
            // An address of more than 64 KB is no address to the server.
            _ => format!("{path}?{}", self.pairs()).chars().take(60_000).collect(),
        }
    }

    /// A type and a body, which mostly fit each other.
    fn body(&mut self) -> (&'static str, Vec<u8>) {
        let json = match self.below(4) {
            0 => "[".repeat(100_000),
            1 => format!("{{\"{}\":1e999,\"\\u0000\":{}}}", self.of(&FIELDS), "9".repeat(400)),
            2 => format!("{{\"a\":{}}}", "{\"a\":".repeat(5_000)),
            _ => "{\"id\":null,\"response\":[],\"type\":7}".into(),
        };
        let part = |name: &str, file: &str, value: &str| {
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\r\n{value}\r\n")
        };
        match self.below(6) {
            0 | 1 => ("application/x-www-form-urlencoded", self.pairs().into_bytes()),
            2 => ("application/json", json.into_bytes()),
            3 => {
                let count = self.below(200);
                let parts: String = (0..count).map(|_| part(self.of(&FIELDS), self.of(&ODD), self.of(&ODD))).collect();
                let end = if self.below(3) == 0 { "" } else { "--x--\r\n" };
                ("multipart/form-data; boundary=x", format!("{parts}{end}").into_bytes())
            }
            4 => {
                let row = |dice: &mut Dice| format!("{},{},\"{}\n", dice.of(&KNOWN), dice.of(&ODD), dice.of(&KNOWN));
                let rows: String = (0..self.below(50)).map(|_| row(self)).collect();
                ("text/csv", format!("form,area,period,indicator,value\n{rows}").into_bytes())
            }
            _ => {
                let bytes = (0..self.below(500)).map(|_| self.below(256) as u8).collect();
                (
                    ["text/csv", "application/x-www-form-urlencoded", "multipart/form-data", "nonsense"][self.below(4)],
                    bytes,
                )
            }
        }
    }
}

fn escaped(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(*b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// The request, and how to name it when it fails.
fn request(dice: &mut Dice, method: &Method, route: &str, cookie: Option<&str>) -> (Request<Body>, String) {
    let path = dice.path(route);
    let (kind, body) = dice.body();
    let mut request = Request::builder().method(method).uri(&path).header(header::CONTENT_TYPE, kind);
    let odd: &[u8] =
        [b"session=\xff\xfe".as_slice(), b"lang=\"; lang=km;;=", b"illustrative=on; session=", b"=;="][dice.below(4)];
    request = match cookie {
        Some(cookie) => {
            request.header(header::COOKIE, format!("session={cookie}; lang={}", ["km", "xx"][dice.below(2)]))
        }
        None => request.header(header::COOKIE, odd),
    };
    let sizes = ["bytes=0-", "bytes=9-1", "bytes=-99999999999999999999"];
    let odd = [
        b"\xff\xff".as_slice(),
        b"en;q=NaN,km;q=1e999,*",
        b"application/vnd.sdmx.data+csv;version=\"",
        &b"a,".repeat(2_000),
    ];
    request = match dice.below(4) {
        0 => request.header(header::ACCEPT, odd[dice.below(4)]).header(header::RANGE, sizes[dice.below(3)]),
        1 => request
            .header(header::ACCEPT_LANGUAGE, odd[dice.below(4)])
            .header(header::IF_NONE_MATCH, odd[dice.below(4)]),
        2 if cookie.is_none() => request.header(header::AUTHORIZATION, odd[dice.below(4)]),
        _ => request.header("x-forwarded-for", odd[dice.below(4)]),
    };
    let name = format!("{method} {path} with {} bytes of {kind}: {}", body.len(), String::from_utf8_lossy(&body));
    let body = if method == Method::POST { body.into() } else { Body::empty() };
    (request.body(body).unwrap(), name.chars().take(600).collect())
}

/// Sends everything; how many requests were sent, and how many got what they asked for.
async fn ask(house: &House, dice: &mut Dice, cookie: &mut Option<String>) -> (usize, usize) {
    let (mut sent, mut given) = (0, 0);
    for route in table() {
        let typeset = route.path.ends_with("/pdf") || route.path.ends_with("/docx");
        for round in 0..ROUNDS {
            // Typesetting takes seconds in a build for tests, and reads nothing that the page beside it does not.
            if typeset && round > 0 {
                break;
            }
            let (request, name) = request(dice, &route.method, route.path, cookie.as_deref());
            let response = house.request(request).await;
            let status = response.status();
            assert!(!status.is_server_error(), "{status}: {name}");
            (sent, given) = (sent + 1, given + usize::from(status.is_success()));
            let away = response.headers().get(header::LOCATION);
            let away = away.is_some_and(|to| to.as_bytes().starts_with(b"/sign-in"));
            let ended = away || status == StatusCode::UNAUTHORIZED;
            let kind = response.headers().get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap().to_string());
            let body = text(response).await;
            if status.is_client_error() && route.path != "/sdmx/{*path}" {
                let told = match kind.as_deref() {
                    Some("application/problem+json") => body.contains("\"detail\""),
                    Some(kind) if kind.starts_with("text/html") => body.contains("<nav") && body.contains("<h1"),
                    _ => status == 409,
                };
                assert!(told, "{status} as {kind:?}: {name}\n{body}");
            }
            assert!(body.len() <= LONGEST, "{} bytes: {name}", body.len());
            if ended && cookie.is_some() {
                *cookie = Some(house.session(Role::Secretariat).await);
            }
        }
    }
    (sent, given)
}

#[tokio::test]
async fn whatever_is_sent_is_answered() {
    let house = house().await;
    let mut dice = Dice(2026);
    ask(&house, &mut dice, &mut None).await;
    let mut secretariat = Some(house.session(Role::Secretariat).await);
    let (sent, given) = ask(&house, &mut dice, &mut secretariat).await;
    assert!(sent > 300 && given * 5 > sent, "only {given} of {sent} requests got past the first question");
}
