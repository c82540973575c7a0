//! Serving pages: a plan of one's own, or the demo. What is asked of those who come in is decided here, from the options.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Context;
use romduol_app::accounts::{Doors, Provider};
use romduol_app::{App, Clock, demo};
use romduol_ledger::Place;

use crate::{embedded, publish};

#[derive(clap::Args)]
pub(crate) struct Serve {
    #[arg(long, visible_alias = "database", env = "ROMDUOL_DATABASE", hide_env_values = true)]
    data: Place,
    #[arg(long, default_value_t = 8080, env = "ROMDUOL_PORT")]
    port: u16,
    /// How browsers reach the site, such as https://wps.example.org: for links, keys and cookies.
    #[arg(long, env = "ROMDUOL_ADDRESS")]
    address: Option<String>,
    /// Let verifiers, secretariat, committee and administrators in with a password alone. For a trial on one machine only.
    #[arg(long, env = "ROMDUOL_PASSWORD_ALONE")]
    password_alone: bool,
    #[command(flatten)]
    provider: ProviderOptions,
}

/// An identity provider (OpenID Connect) that knows the people.
#[derive(clap::Args)]
struct ProviderOptions {
    /// Address of an identity provider (OpenID Connect), such as https://id.example.org/realms/mowa.
    #[arg(long, env = "ROMDUOL_SSO_ISSUER", requires = "sso_client")]
    sso_issuer: Option<String>,
    /// What this site is called there.
    #[arg(long, env = "ROMDUOL_SSO_CLIENT")]
    sso_client: Option<String>,
    /// The secret of this site there; better given by the environment than here.
    #[arg(long, env = "ROMDUOL_SSO_SECRET", hide_env_values = true)]
    sso_secret: Option<String>,
    /// What the provider is called on the button.
    #[arg(long, env = "ROMDUOL_SSO_NAME", default_value = "OpenID")]
    sso_name: String,
}

impl ProviderOptions {
    fn provider(&self) -> anyhow::Result<Option<Provider>> {
        let (Some(issuer), Some(client)) = (&self.sso_issuer, &self.sso_client) else { return Ok(None) };
        Ok(Some(Provider::new(&self.sso_name, issuer, client, self.sso_secret.as_deref())?))
    }
}

pub(crate) async fn run(wanted: Serve) -> anyhow::Result<()> {
    let doors = Doors::new(wanted.address.as_deref(), !wanted.password_alone, wanted.provider.provider()?)?;
    let app = App::open(&wanted.data, Clock::System).await?;
    serve(app, wanted.port, doors, false).await
}

/// The reference plan with illustrative returns. Its accounts are in its README, so a password is enough for them.
pub(crate) async fn demo(port: u16, data: Option<PathBuf>, illustrative: bool) -> anyhow::Result<()> {
    let start = Instant::now();
    let folder = data.unwrap_or_else(|| std::env::temp_dir().join(format!("romduol-demo-{}", std::process::id())));
    let app = if folder.join(romduol_ledger::FILE_NAME).exists() {
        App::open(&folder, Clock::System).await?
    } else {
        std::fs::create_dir_all(&folder).with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        let app = App::create(&folder, Clock::System, &embedded::reference_plan()).await?;
        app.fill_demo(illustrative).await?;
        // Setting its reports takes a second or two; the pages need not wait for that.
        let first = app.clone();
        tokio::spawn(async move {
            if let Err(error) = first.publish_demo(publish::outlines().map(Into::into)).await {
                eprintln!("the demo has no edition: {error}");
            }
        });
        app
    };
    println!(
        "Romduol demo: http://127.0.0.1:{port}  (ready after {} ms, data in {})",
        start.elapsed().as_millis(),
        folder.display()
    );
    println!("Sign in with the password {}:", demo::PASSWORD);
    for (login, role, institution, area) in demo::ACCOUNTS {
        println!("  {login:<12} {role}{}", place(institution, area));
    }
    // Keys are made for names, not for numbers: http://localhost rather than http://127.0.0.1.
    let doors = Doors::new(Some(&format!("http://localhost:{port}")), false, None)?;
    serve(app, port, doors, true).await
}

fn place(institution: Option<&str>, area: Option<&str>) -> String {
    area.or(institution).map(|place| format!(" ({place})")).unwrap_or_default()
}

async fn serve(app: App, port: u16, doors: Doors, demo: bool) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port))
        .await
        .with_context(|| format!("port {port} is taken or not allowed; choose another one with --port"))?;
    let follower = tokio::spawn(app.clone().follow());
    let first = app.clone();
    tokio::spawn(async move { first.keep_snapshot().await });
    romduol_web::serve(listener, app.clone(), embedded::reference_plan().remove("map.geojson"), doors, demo).await?;
    follower.abort();
    app.close().await;
    Ok(())
}
