//! What whoever runs the program relies on, over real connections: slow clients hold nobody, numbers and readiness tell
//! the truth, a fault has a number to ask for.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::http::{Method, Request, StatusCode, header};
use romduol_app::accounts::Doors;
use romduol_app::{App, Clock};
use romduol_plan::Actor;
use romduol_plan::permission::Role;
use romduol_web::{Patience, Site, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::house::{House, house, text};

/// A second is long here.
const PATIENCE: Patience = Patience {
    head: Duration::from_millis(800),
    idle: Duration::from_millis(800),
    form: Duration::from_millis(1_600),
    files: Duration::from_secs(5),
    unread: Duration::from_millis(800),
    stop: Duration::from_secs(2),
};

/// The demo behind real sockets.
struct Served {
    house: House,
    site: SocketAddr,
    numbers: SocketAddr,
    stop: oneshot::Sender<()>,
    stopped: tokio::task::JoinHandle<()>,
}

async fn served() -> Served {
    let house = house().await;
    let port = async || TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (listener, numbers) = (port().await, port().await);
    let (site, at) = (listener.local_addr().unwrap(), numbers.local_addr().unwrap());
    let (stop, asked) = oneshot::channel();
    let shown = Site::new(house.app.clone(), None, Doors::default(), true).with_patience(PATIENCE);
    let stopped = tokio::spawn(serve(shown, listener, Some(numbers), async { drop(asked.await) }));
    Served { house, site, numbers: at, stop, stopped }
}

async fn connect(to: SocketAddr, words: &str) -> TcpStream {
    let mut stream = TcpStream::connect(to).await.unwrap();
    stream.write_all(words.as_bytes()).await.unwrap();
    stream
}

/// Everything that comes until the other side closes.
async fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = stream.read_to_end(&mut bytes);
    // A connection that is cut off while we still talk ends with an error; what came before it counts.
    let _ = tokio::time::timeout(Duration::from_secs(20), read).await.expect("the program gives up by itself");
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn get(to: SocketAddr, path: &str) -> String {
    rest(connect(to, &format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")).await).await
}

#[tokio::test]
async fn heads_that_never_end_hold_nobody() {
    let served = served().await;
    let start = Instant::now();
    let mut slow = Vec::new();
    for _ in 0..400 {
        slow.push(connect(served.site, "GET /sign-in HTTP/1.1\r\nHost: a\r\nX-A").await);
    }
    let asked = Instant::now();
    assert!(get(served.site, "/sign-in").await.starts_with("HTTP/1.1 200"), "others are answered meanwhile");
    assert!(asked.elapsed() < PATIENCE.head, "after {} ms", asked.elapsed().as_millis());
    for stream in slow {
        let said = rest(stream).await;
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 408"), "{said}");
    }
    println!("400 heads that never end: closed {} ms after the first", start.elapsed().as_millis());
}

#[tokio::test]
async fn bodies_that_stand_still_or_drip_are_given_up() {
    let served = served().await;
    let head = "POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                Content-Length: 1000\r\n\r\nlogin=";
    let start = Instant::now();
    let said = rest(connect(served.site, head).await).await;
    assert!(said.starts_with("HTTP/1.1 4"), "{said}");
    assert!(start.elapsed() < PATIENCE.form, "standing still ends sooner than dripping");

    let (mut reading, mut writing) = connect(served.site, head).await.into_split();
    let drip = tokio::spawn(async move {
        while writing.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    let mut answer = vec![0; 64];
    let read = tokio::time::timeout(Duration::from_secs(10), reading.read(&mut answer)).await.unwrap().unwrap();
    assert!(answer[..read].starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&answer[..read]));
    drip.abort();
}

/// How many folders for what is not whole yet stand beside the ledger.
fn scratches(house: &House) -> usize {
    let entries = std::fs::read_dir(house.app.ledger.folder().unwrap()).unwrap();
    entries.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".romduol-")).count()
}

/// A national load over a slow line takes as long as it takes.
#[tokio::test]
async fn a_bulk_upload_may_be_slow_but_not_stand_still() {
    let served = served().await;
    let cookie = served.house.session(Role::Secretariat).await;
    let head = format!(
        "POST /api/v1/returns?dry-run=true HTTP/1.1\r\nHost: a\r\nCookie: session={cookie}\r\nContent-Type: text/csv\r\n\
         Content-Length: 36\r\nConnection: close\r\n\r\n"
    );
    let mut stream = connect(served.site, &head).await;
    let start = Instant::now();
    let mut on_disk = 0;
    for piece in "form,area,period,indicator,value\nx,y\n".as_bytes().chunks(6) {
        tokio::time::sleep(Duration::from_millis(500)).await;
        on_disk = on_disk.max(scratches(&served.house));
        stream.write_all(piece).await.unwrap();
    }
    assert!(start.elapsed() > PATIENCE.form);
    let said = rest(stream).await;
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    assert_eq!(on_disk, 1, "it is on the disk of the data");
    assert_eq!(scratches(&served.house), 0, "and gone with its answer");

    let start = Instant::now();
    let said = rest(connect(served.site, &head).await).await;
    assert!(said.starts_with("HTTP/1.1 4"), "{said}");
    assert!(start.elapsed() < PATIENCE.form);
}

#[tokio::test]
async fn whoever_never_reads_is_left() {
    let served = served().await;
    let asked = "GET /assets/style.css HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2_000);
    let (mut reading, mut writing) = TcpStream::connect(served.site).await.unwrap().into_split();
    let ask = tokio::spawn(async move { drop(writing.write_all(asked.as_bytes()).await) });
    tokio::time::sleep(PATIENCE.unread * 4).await;
    let mut came = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(20), reading.read_to_end(&mut came)).await.unwrap();
    let answers = String::from_utf8_lossy(&came).matches("HTTP/1.1 200").count();
    assert!(answers < 2_000, "the connection was cut off");
    ask.abort();
}

#[tokio::test]
async fn whoever_has_asked_is_answered_before_the_end() {
    let served = served().await;
    let mut stream = connect(
        served.site,
        "POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: 18\r\n\r\nlogin=x",
    )
    .await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    served.stop.send(()).unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(TcpStream::connect(served.site).await.is_err(), "nobody new gets in");
    stream.write_all(b"&password=y").await.unwrap();
    assert!(rest(stream).await.starts_with("HTTP/1.1 401"));
    served.stopped.await.unwrap();
}

#[tokio::test]
async fn what_is_too_large_or_too_deep_is_refused() {
    let served = served().await;
    let long = format!("GET /sign-in HTTP/1.1\r\nHost: a\r\nX-A: {}\r\n\r\n", "a".repeat(200_000));
    let many = format!("GET /sign-in HTTP/1.1\r\nHost: a\r\n{}\r\n", "X-A: a\r\n".repeat(200));
    for asked in [long, many, "nonsense\r\n\r\n".into()] {
        let (mut reading, mut writing) = TcpStream::connect(served.site).await.unwrap().into_split();
        let ask = tokio::spawn(async move { drop(writing.write_all(asked.as_bytes()).await) });
        let mut answer = vec![0; 64];
        let read = reading.read(&mut answer).await.unwrap_or_default();
        assert!(answer[..read].starts_with(b"HTTP/1.1 4"), "{}", String::from_utf8_lossy(&answer[..read]));
        ask.abort();
    }
    // A form without files has no use for megabytes.
    let large = format!("login=x&password={}", "y".repeat(2_000_000));
    let (status, _) = served.house.send("/sign-in", None, &large).await;
    assert_eq!(status, 413);
    let cookie = served.house.session(Role::Secretariat).await;
    let deep = "[".repeat(200_000);
    for path in ["/account/key/none", "/prove", "/sign-in/second"] {
        let form = format!("ticket=none&name=x&answer={deep}");
        let (status, _) = served.house.send(path, Some(&cookie), &form).await;
        assert!(status < 500, "{path} answers {status}");
    }
    let response = served.house.ask(&Method::POST, "/api/v1/returns", Some(&cookie), ("application/json", &deep)).await;
    assert!(response.status().is_client_error());
}

/// A proxy, and a browser, send all of it before they read. A connection that is closed under them is answered by the proxy
/// with 502, and by the browser with its own words.
#[tokio::test]
async fn whoever_sends_too_much_reads_the_refusal() {
    let served = served().await;
    let size = 14_000_000;
    let refused = [
        ("/sign-in", "application/x-www-form-urlencoded", "413"),
        ("/no-such-page", "application/x-www-form-urlencoded", "404"),
        ("/api/v1/returns", "text/csv", "401"),
        ("/returns/import", "multipart/form-data", "404"),
    ];
    for (path, kind, status) in refused {
        let head = format!("POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\n\r\n");
        let mut stream = connect(served.site, &head).await;
        // The refusal is there long before the end.
        for _ in 0..14 {
            stream.write_all(&vec![b'a'; size / 14]).await.unwrap_or_else(|error| panic!("{path}: {error}"));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let mut answer = vec![0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert!(answer.ends_with(status.as_bytes()), "{path}: {}", String::from_utf8_lossy(&answer));
    }
}

#[tokio::test]
async fn numbers_tell_what_was_asked_and_nothing_that_was_typed() {
    let served = served().await;
    get(served.site, "/join/ab12cd34ef56?token=hidden").await;
    get(served.site, "/no-such-page-hidden").await;
    served.house.session(Role::Reporter).await;
    rest(connect(served.site, "SECRET /sign-in HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await).await;
    let form = "login=hidden&password=hidden";
    let sign_in = format!(
        "POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{form}",
        form.len()
    );
    for _ in 0..16 {
        rest(connect(served.site, &sign_in).await).await;
    }
    let numbers = get(served.numbers, "/metrics").await;
    let position = served.house.app.snapshot().head.seq;
    for line in [
        r#"romduol_requests_total{route="/join/{secret}",method="GET",status="4xx"} 1"#,
        r#"romduol_requests_total{route="none",method="GET",status="4xx"} 1"#,
        r#"romduol_requests_total{route="/sign-in",method="other",status="4xx"} 1"#,
        r#"romduol_requests_total{route="/sign-in",method="POST",status="4xx"} 16"#,
        r#"romduol_request_seconds_count{route="/sign-in",method="POST"} 16"#,
        r#"romduol_sign_ins_total{outcome="no"} 15"#,
        r#"romduol_refused_total{limit="account"} 1"#,
        "romduol_ready 1",
        &format!("romduol_ledger_position {position}"),
        "process_resident_memory_bytes ",
    ] {
        assert!(numbers.contains(line), "{line} is not in\n{numbers}");
    }
    assert!(numbers.ends_with("# EOF\n"));
    for typed in ["hidden", "ab12", "SECRET"] {
        assert!(!numbers.contains(typed), "{typed}");
    }
    assert!(get(served.site, "/metrics").await.starts_with("HTTP/1.1 404"), "the world does not see them");
}

#[tokio::test]
async fn a_fault_has_a_number_in_both_languages() {
    let house = house().await;
    let cookie = house.session(Role::Reporter).await;
    let asked = |lang: &str| {
        let request = Request::get("/scorecard").header("x-request-id", "abc-123");
        request
            .header(header::COOKIE, format!("session={cookie}; lang={lang}"))
            .body(axum::body::Body::empty())
            .unwrap()
    };
    let response = house.request(asked("en")).await;
    assert_eq!((response.status(), &response.headers()["x-request-id"]), (StatusCode::OK, &"abc-123".parse().unwrap()));
    house.app.ledger.clone().close().await;
    for (lang, words) in [("en", "Tell whoever runs the program this number"), ("km", "សូមប្រាប់លេខនេះ")]
    {
        let response = house.request(asked(lang)).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        let page = text(response).await;
        assert!(page.contains(words) && page.contains("abc-123"), "{page}");
    }
    let lost = house.ask(&Method::GET, "/nowhere", None, ("text/plain", "")).await;
    let id = lost.headers()["x-request-id"].to_str().unwrap().to_string();
    assert!(id.len() == 12 && !text(lost).await.contains(&id), "who is lost has nothing to report");
}

#[tokio::test]
async fn a_node_is_ready_while_it_reads_and_is_not_behind() {
    let house = house().await;
    let ready = async || {
        let response = house.ask(&Method::GET, "/readyz", None, ("text/plain", "")).await;
        (response.status().as_u16(), text(response).await)
    };
    assert_eq!(ready().await, (200, "ready".into()));
    // Another node writes, and this one does not follow.
    let other = App::open(house.app.ledger.folder().unwrap(), Clock::System).await.unwrap();
    let area = other.snapshot().state.all::<romduol_plan::kinds::Area>().next().unwrap().clone();
    let actor = Actor { account: "program".into(), post: "test".into() };
    let put = move |_: &romduol_plan::State| {
        Ok(vec![romduol_plan::Change::Put(romduol_plan::kinds::Area::clone(&area).into())])
    };
    other.run(actor, "again".into(), Box::new(put)).await.unwrap();
    let (status, said) = ready().await;
    assert!(status == 503 && said.starts_with("This node is behind"), "{said}");
    house.app.ledger.clone().close().await;
    let (status, said) = ready().await;
    assert_eq!((status, said.as_str()), (503, "The ledger cannot be read; the program's log says why."));
    assert_eq!(house.read("/healthz", None).await, "ok", "it lives nevertheless");
}
