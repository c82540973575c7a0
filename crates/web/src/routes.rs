//! Every route of the site on one page, and the headers that all answers carry.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post};
use romduol_app::accounts::RETURN_PATH;
use romduol_plan::permission::Act::{self, *};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;

use crate::form::{self, Pages, Takes, Texts};
use crate::gate::{Cost, pass};
use crate::limits::{Rate, hold};
use crate::pages::*;
use crate::patience::{Patience, wait};
use crate::watch::watch;
use crate::{Site, api, given_out};

/// A form without files: the minutes of a long meeting.
const FORM_LIMIT: usize = 1024 * 1024;

/// A return with its evidence files. What is too large is read past, so that the rest of the form is not lost with it.
pub(crate) const FILES_LIMIT: usize = 96 * 1024 * 1024;

/// A national load as CSV.
const BULK_LIMIT: usize = 4 << 30;

/// Nothing from elsewhere, nothing inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; font-src 'self'; \
     img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Who may open a route. What they see and do there depends on the record as well; the use cases check that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Nothing,
    SignedIn,
    May(Act),
}

/// One line of the table: what is asked, and who answers.
pub struct Route {
    pub method: Method,
    pub path: &'static str,
    pub need: Need,
    pub takes: Takes,
    /// The largest request in bytes.
    limit: usize,
    /// How often one address may ask.
    rate: Rate,
    /// What its answer costs.
    pub cost: Cost,
    handler: MethodRouter<Site>,
}

fn page(path: &'static str, need: Need, handler: MethodRouter<Site>) -> Route {
    let cost = if is_taken_home(path) { Cost::Heavy } else { Cost::Light };
    Route { method: Method::GET, path, need, takes: Takes::Nothing, limit: FORM_LIMIT, rate: Rate::Free, cost, handler }
}

/// What is made anew for whoever takes it home.
fn is_taken_home(path: &str) -> bool {
    let made = ["pdf", "docx", "xlsx", "csv"];
    made.iter().any(|kind| path.ends_with(kind) || path.starts_with(&format!("/{kind}/")))
}

/// What takes long, or much memory.
fn heavy(route: Route) -> Route {
    Route { cost: Cost::Heavy, ..route }
}

/// What pages of other sites may read as well: they ask what is allowed first.
fn for_all(handler: MethodRouter<Site>) -> MethodRouter<Site> {
    handler.options(given_out::options)
}

/// A form whose words are about the plan.
fn act(path: &'static str, need: Need, handler: MethodRouter<Site>) -> Route {
    let takes = Takes::Form(Texts::Screened);
    Route { method: Method::POST, path, need, takes, limit: FORM_LIMIT, rate: Rate::Free, cost: Cost::Light, handler }
}

/// A form whose words are about something else, or are screened by their own rules.
fn of(texts: Texts, route: Route) -> Route {
    Route { takes: Takes::Form(texts), ..route }
}

/// Signing in and out; what was typed before it goes along.
fn passage(path: &'static str, need: Need, handler: MethodRouter<Site>) -> Route {
    Route { takes: Takes::Passage, limit: FORM_LIMIT + FORM_LIMIT / 2, ..act(path, need, handler) }
}

/// A form with files.
fn send(path: &'static str, need: Need, handler: MethodRouter<Site>) -> Route {
    Route { limit: FILES_LIMIT, cost: Cost::Upload, ..act(path, need, handler) }
}

impl Route {
    /// How long its answer may take to begin.
    fn longest(&self, patience: &Patience) -> Option<Duration> {
        match self.limit {
            BULK_LIMIT => None,
            FILES_LIMIT => Some(patience.files),
            _ => Some(patience.form),
        }
    }
}

/// Every route. A test walks it as every role and as nobody.
pub fn table() -> Vec<Route> {
    use Need::{May, Nothing, SignedIn};
    vec![
        page("/", SignedIn, get(home::show)),
        page("/sign-in", Nothing, get(sign_in::show)),
        Route { rate: Rate::Door, ..passage("/sign-in", Nothing, post(sign_in::enter)) },
        passage("/sign-out", Nothing, post(sign_in::leave)),
        Route { rate: Rate::Door, ..page("/sign-in/second", Nothing, get(sign_in::second)) },
        Route { rate: Rate::Door, ..passage("/sign-in/second", Nothing, post(sign_in::enter_second)) },
        // A link and no form: browsers hold a form's redirects to `form-action`, too.
        Route { rate: Rate::Door, ..page("/sso", Nothing, get(sign_in::to_provider)) },
        Route { rate: Rate::Door, ..page(RETURN_PATH, Nothing, get(sign_in::from_provider)) },
        Route { rate: Rate::Link, ..page("/join/{secret}", Nothing, get(accounts::join)) },
        Route { rate: Rate::Link, ..of(Texts::Secret, act("/join/{secret}", Nothing, post(accounts::set))) },
        page("/prove", SignedIn, get(second::ask)),
        passage("/prove", SignedIn, post(second::prove)),
        page("/account", SignedIn, get(account::show)),
        of(Texts::Secret, act("/account/password", SignedIn, post(account::change))),
        of(Texts::Secret, act("/account/sessions", SignedIn, post(account::end))),
        of(Texts::Secret, act("/account/app", SignedIn, post(second::begin_app))),
        of(Texts::Secret, act("/account/app/{ticket}", SignedIn, post(second::finish_app))),
        of(Texts::Secret, act("/account/key", SignedIn, post(second::begin_key))),
        of(Texts::Secret, act("/account/key/{ticket}", SignedIn, post(second::finish_key))),
        of(Texts::Secret, act("/account/second/{id}", SignedIn, post(second::drop))),
        of(Texts::Secret, act("/account/codes", SignedIn, post(second::codes))),
        act("/account/tokens", SignedIn, post(account::add_token)),
        of(Texts::Secret, act("/account/tokens/{key}", SignedIn, post(account::drop_token))),
        page("/accounts", May(ManageAccounts), get(accounts::list)),
        of(Texts::OfPeople, act("/accounts", May(ManageAccounts), post(accounts::invite))),
        page("/accounts/new", May(ManageAccounts), get(accounts::new)),
        page("/accounts/{id}", May(ManageAccounts), get(accounts::show)),
        of(Texts::OfPeople, act("/accounts/{id}", May(ManageAccounts), post(accounts::change))),
        heavy(page("/trail", May(ReadTrail), get(trail::show))),
        page("/trail.csv", May(ReadTrail), get(trail::csv)),
        page("/trail.xlsx", May(ReadTrail), get(trail::xlsx)),
        page("/small-counts", May(ReadSmallCounts), get(small_counts::show)),
        act("/small-counts", May(ReadSmallCounts), post(small_counts::decide)),
        page("/lang/{lang}", Nothing, get(sign_in::language_page)),
        page("/illustrative/{on}", Nothing, get(sign_in::illustrative)),
        page("/scorecard", May(ReadPlan), get(scorecard::show)),
        page("/framework", May(ReadPlan), get(framework::show)),
        page("/nodes/{id}", May(ReadPlan), get(framework::node)),
        page("/nodes/{id}/csv", May(ReadPlan), get(framework::node_csv)),
        page("/indicators/{id}", May(ReadPlan), get(indicator::show)),
        page("/indicators/{id}/csv", May(ReadPlan), get(indicator::csv)),
        page("/indicators/{id}/explain/{period}", May(ReadPlan), get(explain::show)),
        act("/indicators/{id}/status", May(Override), post(explain::set_status)),
        act("/indicators/{id}/status/withdraw", May(Override), post(explain::withdraw_status)),
        page("/institutions", May(ReadPlan), get(lists::institutions)),
        page("/figures", May(ReadPlan), get(lists::figures)),
        heavy(page("/findings", May(ReadFindings), get(findings::list))),
        page("/findings.csv", May(ReadFindings), get(findings::csv)),
        page("/findings.xlsx", May(ReadFindings), get(findings::xlsx)),
        page("/findings/{code}", May(ReadFindings), get(findings::show)),
        act("/findings/{code}/assign", May(Coordinate), post(findings::assign)),
        act("/findings/{code}/settle", May(ReadFindings), post(findings::settle)),
        page("/returns", May(ReadReturn), get(returns::list)),
        page("/returns/{assignment}/{period}", May(File), get(return_form::form)),
        of(Texts::ByPage, send("/returns/{assignment}/{period}", May(File), post(return_form::submit))),
        page("/returns/{assignment}/{period}/files/{blob}", May(File), get(return_form::file)),
        page("/review/{id}", May(ReadReturn), get(review::show)),
        act("/review/{id}", May(Verify), post(review::decide)),
        page("/review/{id}/files/{blob}", May(ReadReturn), get(review::file)),
        act("/periods", May(Lock), post(review::lock)),
        page("/history/{kind}/{id}", May(ReadHistory), get(history::show)),
        page("/history/{kind}/{id}/csv", May(ReadHistory), get(history::csv)),
        heavy(page("/report/{period}", May(ReadReport), get(report::html))),
        page("/report/{period}/pdf", May(ReadReport), get(report::pdf)),
        page("/report/{period}/docx", May(ReadReport), get(report::docx)),
        heavy(page("/pivot", May(ReadPlan), get(pivot::show))),
        page("/pivot.csv", May(ReadPlan), get(pivot::csv)),
        page("/pivot.xlsx", May(ReadPlan), get(pivot::xlsx)),
        page("/money", May(ReadPlan), get(money::gap::show)),
        page("/money/pdf", May(ReadReport), get(money::gap::pdf)),
        page("/money/xlsx", May(ReadReport), get(money::gap::xlsx)),
        page("/money/unfunded", May(ReadPlan), get(money::unfunded::show)),
        act("/money/pledges", May(Pledge), post(money::unfunded::pledge)),
        page("/money/tags", May(ReadPlan), get(money::tags::show)),
        page("/money/note", May(ReadPlan), get(money::note::show)),
        page("/money/note/pdf", May(ReadReport), get(money::note::pdf)),
        page("/money/note/docx", May(ReadReport), get(money::note::docx)),
        page("/money/note/xlsx", May(ReadReport), get(money::note::xlsx)),
        page("/about", May(ReadPlan), get(lists::about)),
        heavy(page("/search", May(ReadPlan), get(search::show))),
        page("/records/{kind}", May(ReadPlan), get(records::list::show)),
        page("/records/{kind}/{id}", May(ReadPlan), get(records::one::show)),
        page("/csv/{kind}", May(ReadPlan), get(records::list::csv)),
        page("/xlsx/{kind}", May(ReadPlan), get(records::list::xlsx)),
        // Meetings and who was there are written by whoever may coordinate: `permission::writing`.
        page("/new/{kind}", May(EditPlan), get(records::edit::new)),
        page("/edit/{kind}/{id}", May(EditPlan), get(records::edit::show)),
        of(Texts::Only(&["_why"]), act("/records/{kind}", May(EditPlan), post(records::edit::write))),
        act("/retire/{kind}/{id}", May(EditPlan), post(records::edit::retire)),
        page("/import/{kind}", May(EditPlan), get(records::intake::show)),
        of(Texts::Only(&["why"]), send("/import/{kind}", May(EditPlan), post(records::intake::look))),
        page("/issues", May(ReadPlan), get(analysis::issues::list)),
        page("/issues.csv", May(ReadPlan), get(analysis::issues::csv)),
        page("/issues.xlsx", May(ReadPlan), get(analysis::issues::xlsx)),
        page("/issues/{id}", May(ReadPlan), get(analysis::issues::show)),
        heavy(page("/coherence", May(ReadPlan), get(analysis::coherence::show))),
        page("/policies.csv", May(ReadPlan), get(analysis::coherence::policies_csv)),
        page("/gaps.csv", May(ReadPlan), get(analysis::coherence::gaps_csv)),
        page("/alike.csv", May(ReadPlan), get(analysis::coherence::alike_csv)),
        page("/alike.xlsx", May(ReadPlan), get(analysis::coherence::alike_xlsx)),
        page("/commitments", May(ReadPlan), get(analysis::commitments::list)),
        page("/commitments.csv", May(ReadPlan), get(analysis::commitments::csv)),
        page("/answers/{id}", May(ReadPlan), get(analysis::commitments::answer)),
        page("/answers/{id}/pdf", May(ReadReport), get(analysis::commitments::answer_pdf)),
        page("/answers/{id}/docx", May(ReadReport), get(analysis::commitments::answer_docx)),
        heavy(page("/people", May(ReadPlan), get(analysis::people::show))),
        page("/people.csv", May(ReadPlan), get(analysis::people::csv)),
        page("/named.csv", May(ReadPlan), get(analysis::people::named_csv)),
        page("/consultations/{id}", May(ReadPlan), get(analysis::people::consultation)),
        page("/consultations/{id}/csv", May(ReadPlan), get(analysis::people::consultation_csv)),
        page("/voices", May(ReadPlan), get(analysis::people::said)),
        page("/readiness", May(ReadPlan), get(analysis::readiness::show)),
        act("/readiness", May(Assess), post(analysis::readiness::assess)),
        page("/road", May(ReadPlan), get(road::show)),
        page("/road.ics", May(ReadPlan), get(road::calendar)),
        page("/versions", May(ReadPlan), get(versions::list)),
        act("/versions", May(EditPlan), post(versions::name)),
        heavy(page("/versions/{id}", May(ReadPlan), get(versions::compare))),
        page("/versions/{id}/csv", May(ReadPlan), get(versions::compare_csv)),
        act("/versions/{id}", May(EditPlan), post(versions::go_on)),
        page("/comments", May(EditPlan), get(versions::comments)),
        act("/comments/{key}", May(EditPlan), post(versions::deal)),
        page("/bodies", May(ReadPlan), get(coordination::bodies::list)),
        act("/bodies", May(EditPlan), post(coordination::bodies::use_template)),
        page("/bodies/{id}", May(ReadPlan), get(coordination::bodies::show)),
        act("/bodies/{id}/propose", May(Propose), post(coordination::bodies::propose)),
        page("/meetings/{id}", May(ReadPlan), get(coordination::meetings::show)),
        act("/meetings/{id}", May(Coordinate), post(coordination::meetings::hold)),
        page("/meetings/{id}/pdf", May(ReadReport), get(coordination::meetings::pdf)),
        page("/meetings/{id}/docx", May(ReadReport), get(coordination::meetings::docx)),
        act("/meetings/{id}/agenda", May(Coordinate), post(coordination::invitation::take_agenda)),
        page("/meetings/{id}/invitation", May(ReadPlan), get(coordination::invitation::show)),
        page("/meetings/{id}/invitation/pdf", May(ReadReport), get(coordination::invitation::pdf)),
        page("/meetings/{id}/invitation/docx", May(ReadReport), get(coordination::invitation::docx)),
        page("/meetings/{id}/ics", May(ReadPlan), get(coordination::meetings::calendar)),
        act("/close/{kind}/{id}", May(ReadPlan), post(coordination::meetings::close)),
        page("/owed", May(ReadPlan), get(coordination::owed::show)),
        page("/year", May(ReadPlan), get(coordination::owed::the_year)),
        page("/year.ics", May(ReadPlan), get(coordination::owed::calendar)),
        heavy(page("/handover/{id}", May(ReadPlan), get(coordination::handover::show))),
        page("/ratings", May(ReadPlan), get(coordination::ratings::list)),
        act("/rate/{kind}/{id}", May(Rate), post(coordination::ratings::rate)),
        act("/ratings/{id}/answer", May(AnswerRating), post(coordination::ratings::answer)),
        page("/shadow-report/pdf", May(ReadReport), get(coordination::ratings::pdf)),
        page("/shadow-report/docx", May(ReadReport), get(coordination::ratings::docx)),
        page("/local", May(ReadPlan), get(coordination::local::show)),
        act("/local", May(PlanLocally), post(coordination::local::choose)),
        act("/local/{part}", May(CostLocally), post(coordination::local_record::write)),
        page("/consult", Nothing, get(consult::list)),
        Route { rate: Rate::Reading, ..page("/consult/{id}", Nothing, get(consult::show)) },
        Route { rate: Rate::Voice, ..act("/consult/{id}", Nothing, post(consult::say)) },
        Route { rate: Rate::Voice, ..page("/consult-answer", Nothing, get(consult::answer)) },
        page("/editions", May(ReadPlan), get(editions::list)),
        heavy(act("/editions", May(PrepareEdition), post(editions::prepare))),
        page("/editions/job", May(ApproveEdition), get(editions::job)),
        heavy(page("/editions/{id}", May(ApproveEdition), get(editions::look))),
        heavy(act("/editions/{id}", May(ApproveEdition), post(editions::decide))),
        heavy(page("/editions/{id}/hidden", May(PrepareEdition), get(editions::hidden))),
        page("/public", Nothing, for_all(get(public::enter))),
        page("/public/", Nothing, for_all(get(public::enter))),
        page("/public/editions/{id}/", Nothing, for_all(get(public::enter_of))),
        page("/public/editions/{id}/{*path}", Nothing, for_all(get(public::file_of))),
        page("/public/{*path}", Nothing, for_all(get(public::file))),
        Route { rate: Rate::Reading, ..heavy(page("/sdmx/{*path}", Nothing, for_all(get(api::sdmx::answer)))) },
        act("/figures/{id}/baseline", May(EditPlan), post(lists::make_baseline)),
        Route {
            limit: BULK_LIMIT,
            takes: Takes::Program,
            cost: Cost::Upload,
            ..act("/api/v1/returns", May(Import), post(api::returns::import))
        },
        page("/api/v1/openapi.json", Nothing, get(api::openapi::show)),
        page("/assets/{name}", Nothing, get(assets::show)),
        page("/healthz", Nothing, get(health::alive)),
        page("/readyz", Nothing, get(health::ready)),
    ]
}

pub(crate) fn router(site: Site) -> Router {
    let patience = site.patience;
    let hsts = site.doors.is_secure().then(|| HeaderValue::from_static("max-age=31536000"));
    let (shared, outer) = (site.clone(), site.clone());
    let limited = |route: Route| {
        let (held, rate, longest) = (shared.clone(), route.rate, route.longest(&patience));
        let (site, takes, open) = (shared.clone(), route.takes, route.need == Need::Nothing);
        let (doors, cost) = (shared.clone(), route.cost);
        let receive = move |request: Request, next: Next| form::receive(site.clone(), takes, open, request, next);
        let hold = move |request: Request, next: Next| hold(held.clone(), rate, request, next);
        let wait = move |request: Request, next: Next| wait(longest, request, next);
        let pass = move |request: Request, next: Next| pass(doors.clone(), cost, request, next);
        // What takes long begins when all of it was sent, so that a slow line holds no turn; and what is sent has its place
        // from the first byte on.
        let handler: MethodRouter<Site> = match cost {
            Cost::Heavy => route.handler.layer(from_fn(pass.clone())),
            Cost::Light | Cost::Upload => route.handler,
        };
        let handler: MethodRouter<Site> = handler.layer(from_fn(receive));
        let handler: MethodRouter<Site> = handler.layer(RequestBodyLimitLayer::new(route.limit));
        let handler: MethodRouter<Site> = handler.layer(RequestBodyTimeoutLayer::new(patience.idle));
        let handler: MethodRouter<Site> = match cost {
            Cost::Upload => handler.layer(from_fn(pass)),
            Cost::Light | Cost::Heavy => handler,
        };
        handler.layer(from_fn(wait)).layer(from_fn(hold))
    };
    let metrics = site.metrics.clone();
    let watch = move |request: Request, next: Next| watch(metrics.clone(), request, next);
    let routes = table().into_iter().fold(Router::new(), |router, route| router.route(route.path, limited(route)));
    let pages = routes
        .fallback(|| async { crate::error::not_found() })
        // Inside the next one, which writes its page.
        .layer(CatchPanicLayer::custom(|panic: Box<dyn std::any::Any + Send>| crate::error::broken(&*panic)))
        .layer(CsrfLayer::new())
        .layer(from_fn(form::without_turn))
        .layer(from_fn_with_state(site.clone(), crate::refusal::dress))
        // The limits are above; the framework's own would refuse evidence of more than 2 MB.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(watch))
        .with_state(site);
    // One answer may take two pages: the refusal, and the form that it goes back to.
    Router::new()
        .fallback(form::show)
        .with_state(Pages { site: outer, router: pages })
        .layer(CompressionLayer::new().compress_when(Unpacked))
        .layer(always(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(always(header::REFERRER_POLICY, "same-origin"))
        // On a shared computer nothing of an account stays behind; what is for everybody says so itself.
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        // Browsers that have come through TLS once come no other way.
        .layer(SetResponseHeaderLayer::overriding(header::STRICT_TRANSPORT_SECURITY, hsts))
}

/// What is not compressed already.
#[derive(Clone, Copy)]
struct Unpacked;

impl Predicate for Unpacked {
    fn should_compress<B: hyper::body::Body>(&self, response: &axum::http::Response<B>) -> bool {
        let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
        !given_out::COMPRESSED.contains(&kind) && DefaultPredicate::new().should_compress(response)
    }
}

fn always(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A proxy that lets less through answers with a page of its own, and what was typed is lost.
    #[test]
    fn proxies_and_docs_say_what_a_form_with_files_may_weigh() {
        let megabytes = FILES_LIMIT >> 20;
        assert_eq!(megabytes << 20, FILES_LIMIT);
        let read = |path: &str| {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
            std::fs::read_to_string(path).unwrap()
        };
        for (path, words) in [
            ("deploy/nginx.conf", vec![format!("client_max_body_size {megabytes}m;")]),
            ("deploy/Caddyfile", vec![format!("max_size {megabytes}MiB")]),
            (
                "docs/operations.md",
                vec![
                    format!("client_max_body_size {megabytes}m"),
                    format!("files of up to {} MB each and {megabytes} MB together", form::LARGEST_FILE >> 20),
                    format!("a form with files over {megabytes} MB"),
                ],
            ),
            ("crates/web/src/patience.rs", vec![format!("{megabytes} MB over a telephone")]),
        ] {
            let text = read(path).replace('\n', " ");
            for word in words {
                assert!(text.contains(&word), "{path} does not say “{word}”");
            }
            assert!(!text.contains("12 MB") && !text.contains("13m") && !text.contains("13MiB"), "{path}");
        }
    }
}
