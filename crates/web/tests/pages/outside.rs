//! Signed in is not inside: what outsiders and those without a reason see of counts of people, on pages and in files; what
//! the public is given, and how.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use romduol_plan::kinds::{Class, Edition, Indicator, ValueKind};
use romduol_plan::permission::Role;

use crate::house::{House, house, text};

const SPARSE: &str =
    "/pivot.csv?indicator=PRT-08&place=KH&level=province&every=quarter&rows=place&columns=group-disability";

async fn published() -> House {
    let house = house().await;
    house.app.publish_demo(None).await.unwrap();
    house
}

/// The numbers of a table that was taken home: three columns name each row, those behind the numbers hold their coverage.
fn numbers(table: &str) -> Vec<f64> {
    let mut lines = table.lines();
    let heads: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let last = heads.iter().position(|head| head.contains(" · ")).unwrap_or(heads.len());
    let cells = lines.flat_map(|line| line.split(',').take(last).skip(3));
    cells.filter_map(|cell| cell.trim_matches('"').parse().ok()).collect()
}

/// Everything that civil society can make a pivot table of is in the edition, number by number.
#[tokio::test]
async fn outsiders_see_what_the_edition_told() {
    let house = published().await;
    let civil = house.session(Role::CivilSociety).await;
    let edition = house.app.edition("1").await.unwrap();
    let state = &house.app.snapshot().state;
    let mut shown = 0;
    for indicator in state
        .all::<Indicator>()
        .filter(|i| i.counts_people() && i.kind == ValueKind::Count && i.class != Class::Restricted)
    {
        let told: BTreeSet<String> = edition
            .content
            .find(&indicator.id)
            .iter()
            .flat_map(|measured| &measured.observations)
            .filter_map(|at| at.value().map(|value| value.to_string()))
            .collect();
        for every in ["quarter", "year"] {
            for (rows, columns) in [("place", "period"), ("place", "whole"), ("period", "whole")] {
                let asked = format!(
                    "/pivot.csv?indicator={}&every={every}&rows={rows}&columns={columns}&coverage=no",
                    indicator.id
                );
                for number in numbers(&house.read(&asked, Some(&civil)).await) {
                    assert!(told.contains(&number.to_string()), "{asked} tells {number}");
                    shown += 1;
                }
            }
        }
        for dimension in &indicator.dimensions {
            let asked =
                format!("/pivot.csv?indicator={}&rows=place&columns=group-{dimension}&coverage=no", indicator.id);
            for number in numbers(&house.read(&asked, Some(&civil)).await) {
                assert!(told.contains(&number.to_string()), "{asked} tells {number}");
            }
        }
    }
    assert!(shown > 100, "only {shown} numbers are shown at all");
    let page = house.read(&SPARSE.replace(".csv", ""), Some(&civil)).await;
    assert!(page.contains("<td class=\"number\">c") && page.contains("as edition 1 told them"), "{page}");
    assert!(page.contains("Coarser tables") && page.contains("every=year"), "a coarser table is offered");
}

/// Before the first edition nothing is told; a verifier of one province sees that province and no other.
#[tokio::test]
async fn a_province_sees_its_own_and_no_other() {
    let house = house().await;
    let (login, .., area) = *romduol_app::demo::ACCOUNTS
        .iter()
        .find(|(_, role, _, area)| *role == Role::Verifier.code() && area.is_some())
        .expect("the demo has a verifier of a province");
    let (own, cookie) = (area.unwrap(), house.login(login).await);
    let over_time = SPARSE.replace("group-disability", "period");
    let table = house.read(&format!("{over_time}&coverage=no"), Some(&cookie)).await;
    let (head, rows) = table.split_once('\n').unwrap();
    let of = |own_row: bool| {
        let rows: Vec<&str> = rows.lines().filter(|line| line.contains(&format!("{own},")) == own_row).collect();
        numbers(&format!("{head}\n{}", rows.join("\n")))
    };
    assert!(of(true).len() > 1, "{table}");
    assert_eq!(of(false), Vec::<f64>::new());
}

/// Who may see small counts says why first, and it is in the trail.
#[tokio::test]
async fn small_counts_are_seen_for_a_reason() {
    let house = published().await;
    let (secretariat, civil) = (house.session(Role::Secretariat).await, house.session(Role::CivilSociety).await);
    let asked = format!("{SPARSE}&coverage=no");
    let small = |table: &str| numbers(table).iter().any(|n| *n > 0.0 && *n < 5.0);
    let before = house.read(&asked, Some(&secretariat)).await;
    assert!(!small(&before) && before.contains(",c") && numbers(&before).iter().any(|n| *n >= 5.0), "{before}");
    let (status, _) = house.send("/small-counts?once=a", Some(&civil), "reason=curious").await;
    assert_eq!(status, 403);
    let (status, _) = house.send("/small-counts?once=b", Some(&secretariat), "reason=+").await;
    assert_eq!(status, 422);
    let (status, _) =
        house.send("/small-counts?once=c", Some(&secretariat), "reason=A+return+of+Kratie+is+doubted").await;
    assert_eq!(status, 303);
    let table = house.read(&asked, Some(&secretariat)).await;
    assert!(small(&table), "{table}");
    // Another session of the same person has given no reason, and a token has none to give.
    let other = house.session(Role::Secretariat).await;
    assert!(!small(&house.read(&asked, Some(&other)).await));
    let trail = house.read("/trail", Some(&secretariat)).await;
    assert!(trail.contains("A return of Kratie is doubted") && trail.contains("small counts shown"), "{trail}");
    assert!(trail.contains("indicators/PRT-08"), "what was opened is noted");
    house.send("/small-counts?once=d", Some(&secretariat), "end=yes").await;
    assert!(!small(&house.read(&asked, Some(&secretariat)).await));
}

/// No page and no file names the fingerprint of what is secret.
#[tokio::test]
async fn the_memory_of_editions_is_named_nowhere() {
    let house = published().await;
    let edition = house.app.snapshot().state.find::<Edition>("1").unwrap().clone();
    let memory = edition.memory.clone().unwrap();
    for role in [Role::Reporter, Role::Verifier, Role::Secretariat, Role::Administrator] {
        let cookie = house.session(role).await;
        for path in ["/history/editions/1", "/history/editions/1/csv", "/editions/1"] {
            assert!(!house.read(path, Some(&cookie)).await.contains(&memory), "{path} as {}", role.code());
        }
    }
    // What is shown of the chain is of an entry with a nonce.
    let snapshot = house.app.snapshot();
    let about = house.read("/about", Some(&house.session(Role::CivilSociety).await)).await;
    assert!(about.contains(snapshot.fingerprint().expect("every entry has a nonce")));
}

async fn asked(
    house: &House,
    method: Method,
    path: &str,
    headers: &[(header::HeaderName, &str)],
) -> axum::response::Response {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    house.request(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn public_files_are_given_to_all_in_parts_and_once() {
    let house = published().await;
    let value = |response: &axum::response::Response, name: header::HeaderName| {
        response.headers().get(name).map(|value| value.to_str().unwrap().to_string()).unwrap_or_default()
    };
    let paths = [
        "/public/edition.json",
        "/public/report-en.pdf",
        "/public/edition.zip",
        "/public/en/",
        "/public/editions/1/",
        "/public/editions/1/data/observations.csv",
        "/sdmx/v2/structure/dataflow",
    ];
    for path in paths {
        let whole = asked(&house, Method::GET, path, &[]).await;
        assert_eq!(whole.status(), StatusCode::OK, "{path}");
        assert_eq!(value(&whole, header::ACCESS_CONTROL_ALLOW_ORIGIN), "*", "{path}");
        let (tag, modified) = (value(&whole, header::ETAG), value(&whole, header::LAST_MODIFIED));
        let length = text(whole).await.len();
        let known = asked(&house, Method::GET, path, &[(header::IF_NONE_MATCH, tag.as_str())]).await;
        assert_eq!(known.status(), StatusCode::NOT_MODIFIED, "{path} {tag}");
        let known = asked(&house, Method::GET, path, &[(header::IF_MODIFIED_SINCE, modified.as_str())]).await;
        assert_eq!(known.status(), StatusCode::NOT_MODIFIED, "{path} {modified}");
        let part = asked(&house, Method::GET, path, &[(header::RANGE, "bytes=0-9")]).await;
        assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT, "{path}");
        assert!(value(&part, header::CONTENT_RANGE).starts_with("bytes 0-9/") && length > 10);
        let head = asked(&house, Method::HEAD, path, &[]).await;
        assert_eq!((head.status(), value(&head, header::ETAG)), (StatusCode::OK, tag), "{path}");
        let options = asked(&house, Method::OPTIONS, path, &[(header::ORIGIN, "https://example.org")]).await;
        assert_eq!(options.status(), StatusCode::NO_CONTENT, "{path}");
        assert_eq!(value(&options, header::ACCESS_CONTROL_ALLOW_ORIGIN), "*");
    }
    assert_eq!(asked(&house, Method::GET, "/public/", &[]).await.status(), StatusCode::SEE_OTHER);
    let packed = asked(&house, Method::GET, "/public/report-en.pdf", &[(header::ACCEPT_ENCODING, "gzip")]).await;
    assert_eq!(value(&packed, header::CONTENT_ENCODING), "", "a PDF is compressed already");
    // Packed once, and given out to all who take it so.
    let path = "/public/editions/1/edition.json";
    let plain = body(asked(&house, Method::GET, path, &[]).await).await;
    let packed = asked(&house, Method::GET, path, &[(header::ACCEPT_ENCODING, "br, gzip")]).await;
    assert_eq!(value(&packed, header::CONTENT_ENCODING), "gzip");
    assert_eq!(value(&packed, header::VARY), "accept-encoding");
    let packed = body(packed).await;
    assert!(packed.len() < plain.len() / 3 && packed.starts_with(&[0x1f, 0x8b]));
    assert_eq!(house.app.edition("1").await.unwrap().packed("edition.json"), Some(packed.as_slice()));
    let both = [(header::ACCEPT_ENCODING, "gzip"), (header::RANGE, "bytes=0-9")];
    let part = asked(&house, Method::GET, path, &both).await;
    assert_eq!((value(&part, header::CONTENT_ENCODING), body(part).await), (String::new(), plain[..10].to_vec()));
}

async fn body(answer: axum::response::Response) -> Vec<u8> {
    axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec()
}

/// A second edition of the same structures keeps their version; a question as of a day is answered by its edition.
#[tokio::test]
async fn structures_keep_their_version() {
    let house = published().await;
    house.app.publish_demo(None).await.unwrap();
    let (first, second) = (house.app.edition("1").await.unwrap(), house.app.edition("2").await.unwrap());
    assert_eq!((first.content.structures, second.content.structures), (Some(1), Some(1)));
    for version in ["1.0.0", "+", "~"] {
        let path = format!("/sdmx/v2/structure/dataflow/MOWA/DF_CAMBODIA_WPS/{version}");
        assert_eq!(asked(&house, Method::GET, &path, &[]).await.status(), StatusCode::OK, "{version}");
    }
    let early = asked(&house, Method::GET, "/sdmx/v2/structure/dataflow?asOf=2020-01-01", &[]).await;
    assert_eq!(early.status(), StatusCode::NOT_FOUND);
    let bad = asked(&house, Method::GET, "/sdmx/v2/structure/dataflow?asOf=soon", &[]).await;
    assert_eq!(bad.status(), StatusCode::BAD_REQUEST);
}
