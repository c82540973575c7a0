//! Serving pages: a plan of one's own, or the demo. What is asked of those who come in is decided here, from the options.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, anyhow};
use romduol_app::accounts::{Doors, Provider};
use romduol_app::{App, Clock, demo};
use romduol_ledger::Place;
use romduol_web::{Site, asked_to_stop};
use tokio::net::TcpListener;

use crate::{config, embedded, log, publish};

#[derive(clap::Args)]
pub(crate) struct Serve {
    /// A file with these options under the same names, without the dashes. What is typed goes before the environment, the
    /// environment before the file. `romduol config example` prints one.
    #[arg(long, value_name = "FILE", env = "ROMDUOL_CONFIG")]
    config: Option<PathBuf>,
    #[arg(long, visible_alias = "database", env = "ROMDUOL_DATABASE", hide_env_values = true)]
    data: Place,
    /// The address of this machine on which to listen; 0.0.0.0 is all of them.
    #[arg(long, value_name = "IP", default_value_t = Ipv4Addr::LOCALHOST.into(), env = "ROMDUOL_LISTEN")]
    listen: IpAddr,
    #[arg(long, default_value_t = 8080, env = "ROMDUOL_PORT")]
    port: u16,
    /// How browsers reach the site, such as https://wps.example.org: for links, keys and cookies.
    #[arg(long, env = "ROMDUOL_ADDRESS")]
    address: Option<String>,
    /// The proxy, if it is on another machine: whose X-Forwarded-For tells who asks.
    #[arg(long, value_name = "IP", env = "ROMDUOL_PROXY")]
    proxy: Option<IpAddr>,
    /// Where numbers for Prometheus are given out, such as 127.0.0.1:9464. Without it nowhere.
    #[arg(long, value_name = "IP:PORT", env = "ROMDUOL_METRICS")]
    metrics: Option<SocketAddr>,
    /// How the log on standard error is written.
    #[arg(long, value_name = "FORMAT", default_value = "text", env = "ROMDUOL_LOG_FORMAT")]
    log: log::Format,
    /// What is logged: error, warn, info, debug, or warn,romduol=info.
    #[arg(long, value_name = "FILTER", default_value = log::SERVING, env = "ROMDUOL_LOG")]
    log_filter: String,
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
    log::begin(wanted.log, &wanted.log_filter)?;
    if let Some(file) = &wanted.config {
        config::warn_if_open(file);
    }
    let doors = Doors::new(wanted.address.as_deref(), !wanted.password_alone, wanted.provider.provider()?)?;
    if !wanted.listen.is_loopback() && !doors.is_secure() {
        tracing::warn!(
            "listening on {}, so others can reach the program without TLS and passwords can be read on the way; put a \
             proxy before it and say --address https://…",
            wanted.listen
        );
    }
    let ports = Ports::open((wanted.listen, wanted.port).into(), wanted.metrics).await?;
    let app = App::open(&wanted.data, Clock::System).await?;
    let (version, at, data) = (env!("CARGO_PKG_VERSION"), ports.site.local_addr()?, &wanted.data);
    tracing::info!(version, %at, %data, position = app.snapshot().head.seq, "ready");
    let site = Site::new(app.clone(), outlines(), doors, false).behind(wanted.proxy);
    serve(app, site, ports).await;
    tracing::info!("stopped");
    Ok(())
}

/// Where the program listens. They are taken first: a second start on one port is told so before it opens or fills anything,
/// and an address that is printed is one's own.
struct Ports {
    site: TcpListener,
    metrics: Option<TcpListener>,
}

impl Ports {
    async fn open(site: SocketAddr, metrics: Option<SocketAddr>) -> anyhow::Result<Ports> {
        let site = listen(site, "--port").await?;
        let metrics = match metrics {
            Some(at) => Some(listen(at, "--metrics").await?),
            None => None,
        };
        Ok(Ports { site, metrics })
    }
}

async fn listen(at: SocketAddr, option: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(at).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => {
            anyhow!("{at} is used by another program; stop that one or choose another with {option}")
        }
        ErrorKind::PermissionDenied => anyhow!("{at} is not for everybody; choose a port from 1024 on with {option}"),
        ErrorKind::AddrNotAvailable => anyhow!("{} is no address of this machine; 0.0.0.0 is all of them", at.ip()),
        _ => anyhow!("{at} cannot be listened on ({error}); choose another place with {option}"),
    })
}

/// The reference plan with illustrative returns. Its accounts and their password are printed, so a second proof would
/// protect nothing.
pub(crate) async fn demo(port: u16, data: Option<PathBuf>, illustrative: bool) -> anyhow::Result<()> {
    let start = Instant::now();
    let ports = Ports::open((Ipv4Addr::LOCALHOST, port).into(), None).await?;
    let port = ports.site.local_addr()?.port();
    let folder = data.unwrap_or_else(|| std::env::temp_dir().join(format!("romduol-demo-{}", std::process::id())));
    let app = if folder.join(romduol_ledger::FILE_NAME).exists() {
        App::open(&folder, Clock::System).await?
    } else {
        std::fs::create_dir_all(&folder).with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        let app = App::begin_demo(&folder, Clock::System, &embedded::reference_plan(), illustrative).await?;
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
    serve(app.clone(), Site::new(app, outlines(), doors, true), ports).await;
    Ok(())
}

fn place(institution: Option<&str>, area: Option<&str>) -> String {
    area.or(institution).map(|place| format!(" ({place})")).unwrap_or_default()
}

fn outlines() -> Option<Vec<u8>> {
    embedded::reference_plan().remove("map.geojson")
}

async fn serve(app: App, site: Site, ports: Ports) {
    let follower = tokio::spawn(app.clone().follow());
    romduol_web::serve(site, ports.site, ports.metrics, asked_to_stop()).await;
    follower.abort();
    app.close().await;
}
