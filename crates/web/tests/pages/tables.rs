//! Tables of records as spreadsheets write them: what a person sees in the file is what the preview says and what is kept;
//! what nobody can know is refused with its place, and nothing is kept before.

use axum::body::Body;
use axum::http::{Request, header};
use romduol_plan::Text;
use romduol_plan::kinds::*;
use romduol_plan::permission::Role;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};

use crate::house::{House, house, text};

const HEADS: [&str; 11] =
    ["id", "node", "title", "input", "year", "quantity", "likely", "currency", "date", "plan_share", "note"];

/// Shows a file to the import.
pub async fn look(house: &House, cookie: &str, kind: &str, file: &str, bytes: &[u8]) -> String {
    let head = format!("--x\r\nContent-Disposition: form-data; name=\"table\"; filename=\"{file}\"\r\n\r\n");
    let (status, page) = post(house, cookie, kind, [head.as_bytes(), bytes, b"\r\n--x--\r\n"].concat()).await;
    assert_eq!(status, 200, "{page}");
    page
}

/// Confirms what a page shows; `over` names the disputed records that are taken all the same.
pub async fn confirm(house: &House, cookie: &str, kind: &str, page: &str, over: &[&str]) -> (u16, String) {
    let part =
        |name: &str, value: &str| format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let over: String = over.iter().map(|id| part("over", id)).collect();
    let body = format!("{}{over}{}--x--\r\n", part("ready", &ready(page)), part("why", "from the desk"));
    post(house, cookie, kind, body.into_bytes()).await
}

async fn post(house: &House, cookie: &str, kind: &str, body: Vec<u8>) -> (u16, String) {
    let request = Request::post(format!("/import/{kind}"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
        .header(header::COOKIE, format!("session={cookie}"));
    let response = house.request(request.body(Body::from(body)).unwrap()).await;
    (response.status().as_u16(), text(response).await)
}

/// The rows that travel with the page.
fn ready(page: &str) -> String {
    let rows = page.split("name=\"ready\"").nth(1).expect("something to confirm");
    let rows = &rows[rows.find('>').unwrap() + 1..rows.find("</textarea>").unwrap()];
    rows.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&")
}

/// A workbook of one good cost line, changed as wanted.
fn book(change: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    for (at, name) in (0..).zip(HEADS) {
        page.write_string(0, at, name).unwrap();
    }
    line(page, 1, "T-1");
    change(page);
    book.save_to_buffer().unwrap()
}

fn line(page: &mut Worksheet, row: u32, id: &str) {
    for (at, cell) in [(0, id), (1, "A1.01"), (2, "Test line"), (3, "training"), (7, "USD")] {
        page.write_string(row, at, cell).unwrap();
    }
    for (at, number) in [(4, 2027), (5, 1), (6, 1000)] {
        page.write_number(row, at, number).unwrap();
    }
    let day = ExcelDateTime::from_ymd(2026, 11, 30).unwrap();
    page.write_datetime_with_format(row, 8, &day, &Format::new().set_num_format("d/m/yyyy")).unwrap();
}

fn cost(house: &House, id: &str) -> Option<CostLine> {
    house.app.snapshot().state.find::<CostLine>(id).map(|line| (**line).clone())
}

/// Takes a table of cost lines in, and gives the first one.
async fn kept(house: &House, cookie: &str, file: &str, bytes: &[u8]) -> CostLine {
    let page = look(house, cookie, "cost_lines", file, bytes).await;
    assert!(cost(house, "T-1").is_none(), "nothing is kept before the confirmation");
    let (status, page) = confirm(house, cookie, "cost_lines", &page, &[]).await;
    assert_eq!(status, 303, "{page}");
    let line = cost(house, "T-1").unwrap();
    assert_eq!(house.send("/retire/cost_lines/T-1", Some(cookie), "why=test").await.0, 303);
    line
}

/// The sentence about a table of cost lines that is refused; nothing of it is kept.
#[track_caller]
fn has(page: &str, part: &str) {
    assert!(page.contains(part), "{part} in {page}");
}

#[tokio::test]
async fn a_table_is_read_however_it_was_saved() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let plain = "id,node,title,input,year,quantity,likely,currency,date,plan_share,note,illustrative\n\
                 T-1,A1.01,Test,training,2027,1,1000,USD,2026-11-30,45,x,FALSE\n";
    let like = |text: &str| text.as_bytes().to_vec();
    let wide = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let ways = [
        like(plain),
        like(&format!("\u{feff}{plain}")),
        like(&plain.replace(',', ";")),
        like(&plain.replace(',', "\t")),
        like(&format!("sep=;\r\n{}", plain.replace(',', ";").replace('\n', "\r\n"))),
        wide(&format!("\u{feff}{}", plain.replace(',', "\t")), u16::to_le_bytes),
        wide(&plain.replace(',', "\t"), u16::to_be_bytes),
        like(&plain.replace("plan_share", "Plan Share ").replace("id,", "ID,").replace('\n', ",,\n")),
        like(&format!("Cost lines as agreed\n\n{plain}")),
        // What nobody sees, around and inside codes; Khmer digits; yes and no in another language.
        like(&plain.replace("A1.01", "\u{200b}A1.\u{ad}01\u{a0}").replace("T-1", "T\u{2060}-1")),
        like(&plain.replace("2026-11-30", "២០២៦-១១-៣០").replace("2027", "២០២៧").replace("FALSE", "ទេ")),
        like(&plain.replace("1000", "\"1,000\"").replace("45", "45%")),
        like(&plain.replace(',', ";").replace("1000", "1.000,00").replace("45", "45,0")),
        book(|page| {
            page.write_number_with_format(1, 9, 0.45, &Format::new().set_num_format("0%")).unwrap();
            page.write_string(1, 10, "x").unwrap();
        }),
    ];
    for (n, bytes) in ways.iter().enumerate() {
        let line = kept(&house, &cookie, "costs.csv", bytes).await;
        let told = format!("way {n}");
        assert_eq!(line.node.as_deref(), Some("A1.01"), "{told}");
        assert_eq!((line.year, line.likely.unwrap().to_string()), (2027, "1000".into()), "{told}");
        assert_eq!(line.plan_share.unwrap().to_string(), "45", "{told}");
        assert_eq!(line.date.unwrap().to_string(), "2026-11-30", "{told}");
        assert_eq!((line.note.as_str(), line.illustrative), ("x", false), "{told}");
    }
}

#[tokio::test]
async fn what_nobody_can_know_is_refused_with_its_address() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let told = async |file: &str, bytes: Vec<u8>| {
        let page = look(&house, &cookie, "cost_lines", file, &bytes).await;
        assert!(!page.contains("name=\"ready\""), "nothing to confirm: {page}");
        page.replace("&#34;", "\"").replace("&#39;", "'")
    };
    let page = told("costs.xlsx", book(|page| drop(page.write_formula(1, 9, "=40+5").map(|_| ())))).await;
    has(&page, "costs.xlsx, cell J2 (row 2, column plan_share): holds a formula without its result");
    let page = told("costs.xlsx", book(|page| drop(page.write_string(1, 10, "#REF!").map(|_| ())))).await;
    has(&page, "cell K2 (row 2, column note): “#REF!” is a spreadsheet");
    let page = told("costs.xlsx", book(|page| drop(page.write_string(1, 8, "03/04/2026").map(|_| ())))).await;
    has(&page, "cell I2 (row 2, column date): “03/04/2026” can be read as 2026-04-03 or as 2026-03-04");
    let apart = |page: &mut Worksheet| {
        line(page, 4, "T-2");
        page.write_string(4, 1, "NOPE").unwrap();
    };
    has(&told("costs.xlsx", book(apart)).await, "cell B5 (row 5, column node): “NOPE” is not an id");
    let csv = |row: &str| format!("{}\n{row}\n", HEADS.join(";")).into_bytes();
    let page = told("costs.csv", csv("T-1;A1.01;Test;training;2027;1;1,450;USD;2026-11-30;;")).await;
    has(&page, "costs.csv, row 2, column likely: “1,450” is not an amount; “1,450” can be read as 1.450 or as 1450");
    let page = told("costs.csv", csv("T-1;A1.01;Test;training;2027;45%;1;USD;2026-11-30;;")).await;
    has(&page, "column quantity: “45%” is a percentage, and this column holds none");
    let page = told("costs.csv", b"id,title\nT-1,caf\xe9\n".to_vec()).await;
    has(&page, "costs.csv: is not UTF-8: line 2 holds the byte E9, a “é”");
    let page = told("costs.csv", b"id,title\nT-1,\"open\nT-2,b\n".to_vec()).await;
    has(&page, "costs.csv, row 2: opens a quotation mark that nobody closes");
    let page = told("costs.csv", b"id,Title,title\nT-1,a,b\n".to_vec()).await;
    has(&page, "column title: “title” stands twice in the header");
    let page = told("costs.xlsx", b"PK\x03\x04xl/ and nothing".to_vec()).await;
    has(&page, "costs.xlsx: is a damaged workbook, or none");
    let page = told("costs.xls", [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1].to_vec()).await;
    has(&page, "costs.xls: is a workbook in an old or binary form");
    assert!(cost(&house, "T-1").is_none());
}

#[tokio::test]
async fn merged_cells_and_hidden_rows_are_told() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let bytes = book(|page| {
        line(page, 2, "T-2");
        page.merge_range(1, 10, 2, 10, "Agreed by the committee", &Format::new()).unwrap();
        page.set_row_hidden(2).unwrap();
    });
    let page = look(&house, &cookie, "cost_lines", "costs.xlsx", &bytes).await;
    has(&page, "The cells K2:K3 are merged; their value was taken for each row.");
    has(&page, "1 hidden row was read, too: 3.");
    assert_eq!(confirm(&house, &cookie, "cost_lines", &page, &[]).await.0, 303);
    assert_eq!(cost(&house, "T-2").unwrap().note, "Agreed by the committee");
}

/// A column that the file lacks is left alone; one that is there and empty empties the field, and the preview says so.
#[tokio::test]
async fn a_table_changes_what_it_says_and_nothing_else() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let policy = || (**house.app.snapshot().state.find::<Policy>("NEARY-RATTANAK-VI").unwrap()).clone();
    let before = policy();
    let table = "id,name,kind,stated,stated_basis,source\n\
                 NEARY-RATTANAK-VI,Neary Rattanak VI,strategy,in force,inferred from period,another source\n";
    let page = look(&house, &cookie, "policies", "mine.csv", table.as_bytes()).await;
    has(&page, "<b>1</b> changed");
    has(&page, "<ins>another source</ins>");
    has(&page, "<del>Neary Rattanak VI (Five-Year");
    assert_eq!(page.matches("<del>").count(), 2, "name and source, and nothing else: {page}");
    assert_eq!(confirm(&house, &cookie, "policies", &page, &[]).await.0, 303);
    let after = policy();
    let name = Text { en: "Neary Rattanak VI".into(), ..before.name.clone() };
    assert_eq!(after, Policy { name, source: "another source".into(), ..before.clone() });
    // Two columns suffice for a record that is there; an empty cell empties.
    assert!(!before.themes.is_empty());
    let page = look(&house, &cookie, "policies", "mine.csv", b"id,themes\nNEARY-RATTANAK-VI,\n").await;
    has(&page, "(empty)");
    assert_eq!(confirm(&house, &cookie, "policies", &page, &[]).await.0, 303);
    assert_eq!(policy(), Policy { themes: Vec::new(), ..after });
    // A new one needs what every record needs.
    let page = look(&house, &cookie, "policies", "mine.csv", b"id,themes\nNEW,\n").await;
    has(&page, "mine.csv, row 1, column kind: is missing from the header");
}

#[tokio::test]
async fn a_change_by_somebody_else_is_a_conflict_that_is_seen() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let name = || house.app.snapshot().state.find::<Policy>("NEARY-RATTANAK-VI").unwrap().source.clone();
    let home = house.read("/csv/policies", Some(&cookie)).await;
    let head = home.lines().next().unwrap().to_string();
    assert!(head.ends_with(",_version"), "{head}");
    let base = name();
    let mine = |source: &str| {
        let mut reader = csv::Reader::from_reader(home.as_bytes());
        let at = reader.headers().unwrap().iter().position(|head| head == "source").unwrap();
        let row = reader.records().map(Result::unwrap).find(|row| &row[0] == "NEARY-RATTANAK-VI").unwrap();
        let mut writer = csv::Writer::from_writer(format!("{head}\n").into_bytes());
        writer.write_record(row.iter().enumerate().map(|(n, cell)| if n == at { source } else { cell })).unwrap();
        writer.into_inner().unwrap()
    };
    // Somebody else changes it by a table of their own.
    let other = look(&house, &cookie, "policies", "theirs.csv", &mine("theirs")).await;
    let early = look(&house, &cookie, "policies", "mine.csv", &mine("mine")).await;
    assert_eq!(confirm(&house, &cookie, "policies", &other, &[]).await.0, 303);
    // What was shown before that cannot be confirmed; it is shown anew.
    let (status, page) = confirm(&house, &cookie, "policies", &early, &[]).await;
    assert_eq!((status, name().as_str()), (200, "theirs"));
    has(&page, "so nothing was kept");
    for page in [page, look(&house, &cookie, "policies", "mine.csv", &mine("mine")).await] {
        has(&page, "<b>1</b> changed by somebody else meanwhile");
        has(&page, "<td>theirs</td><td>mine</td>");
        has(&page, &format!("<td>{}</td><td>theirs</td>", base.replace('\'', "&#39;")));
    }
    // It stays unless my row is chosen.
    let page = look(&house, &cookie, "policies", "mine.csv", &mine("mine")).await;
    assert_eq!(confirm(&house, &cookie, "policies", &page, &[]).await.0, 303);
    assert_eq!(name(), "theirs");
    assert_eq!(confirm(&house, &cookie, "policies", &page, &["NEARY-RATTANAK-VI"]).await.0, 303);
    assert_eq!(name(), "mine");
    // Sent twice, it answers as the first time.
    assert_eq!(confirm(&house, &cookie, "policies", &page, &["NEARY-RATTANAK-VI"]).await.0, 303);
    // The same again is no change, whatever it says of its age.
    let page = look(&house, &cookie, "policies", "mine.csv", &mine("mine")).await;
    has(&page, "<b>1</b> unchanged");
    let broken = String::from_utf8(mine("more")).unwrap().trim_end().rsplit_once(',').unwrap().0.to_string() + ",x\n";
    let page = look(&house, &cookie, "policies", "mine.csv", broken.as_bytes()).await;
    has(&page, "column _version: “x” is not the number that stood there");
}

/// Every kind goes home and comes back without a change, as CSV and as a workbook, whatever its texts begin with.
#[tokio::test]
async fn what_goes_home_comes_back_the_same() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    for (n, summary) in ["=1+1", "-5", "+855 x", "@home", "'quoted", "'=kept", "\"lead", "a;b,c\td"].iter().enumerate()
    {
        let head = "id,kind,summary,theme,khmer,source\n";
        let table = format!("{head}G9.{n},gap,\"{}\",I1,draft,test\n", summary.replace('"', "\"\""));
        let page = look(&house, &cookie, "gaps", "gaps.csv", table.as_bytes()).await;
        assert_eq!(confirm(&house, &cookie, "gaps", &page, &[]).await.0, 303);
    }
    let gap = |n: usize| house.app.snapshot().state.find::<Gap>(&format!("G9.{n}")).unwrap().summary.en.clone();
    // A file's own guard before a formula is no part of the text.
    assert_eq!((gap(0), gap(4), gap(5)), ("=1+1".into(), "'quoted".into(), "=kept".into()));
    let home = house.read("/csv/gaps", Some(&cookie)).await;
    for guarded in [",'=1+1,", ",'-5,", ",'+855 x,", ",'@home,", ",'quoted,"] {
        assert!(home.contains(guarded), "{guarded}");
    }
    for kind in romduol_plan::Kind::of_package().filter(|kind| kind.is_edited()) {
        for form in ["csv", "xlsx"] {
            let get = Request::get(format!("/{form}/{}", kind.code()));
            let response =
                house.request(get.header(header::COOKIE, format!("session={cookie}")).body(Body::empty()).unwrap());
            let bytes = http_body_util::BodyExt::collect(response.await.into_body()).await.unwrap().to_bytes();
            let page = look(&house, &cookie, kind.code(), &format!("t.{form}"), &bytes).await;
            let count = house.app.snapshot().state.ids(kind).len();
            has(&page, &format!("<b>{count}</b> unchanged"));
            assert!(!page.contains("name=\"ready\""), "{} as {form}: {page}", kind.code());
        }
    }
}
