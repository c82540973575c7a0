//! Accounts from the command line: for the first administrator, and for the only one who has lost the way in. Refuses to
//! know what an account may do. Whoever holds the data folder needs no permission.

use std::io::Read;

use anyhow::Context;
use clap::Subcommand;
use romduol_app::accounts::{Guest, LINK_DAYS, strong};
use romduol_app::{App, Clock};
use romduol_ledger::{NewAccount, Place};

#[derive(Subcommand)]
pub(crate) enum User {
    /// Invite somebody: prints the link with which they choose their password.
    Invite {
        #[command(flatten)]
        place: At,
        #[command(flatten)]
        who: Who,
        #[command(flatten)]
        site: SiteAddress,
    },
    /// Print a new link for whoever has lost the password; earlier ones no longer count.
    Link {
        #[command(flatten)]
        place: At,
        login: String,
        /// Forget the second proof as well.
        #[arg(long)]
        lost_phone: bool,
        #[command(flatten)]
        site: SiteAddress,
    },
    /// Add an account with a password, which is read from standard input.
    Add {
        #[command(flatten)]
        place: At,
        #[command(flatten)]
        who: Who,
    },
    /// Set where a person is reminded; without an address it is erased.
    Email {
        #[command(flatten)]
        place: At,
        login: String,
        email: Option<String>,
    },
}

#[derive(clap::Args)]
pub(crate) struct At {
    #[arg(long, visible_alias = "database", env = "ROMDUOL_DATABASE", hide_env_values = true)]
    data: Place,
}

#[derive(clap::Args)]
pub(crate) struct Who {
    login: String,
    #[arg(long)]
    role: String,
    #[arg(long)]
    name: Option<String>,
    #[arg(long)]
    institution: Option<String>,
    #[arg(long)]
    area: Option<String>,
    #[arg(long, default_value = "en")]
    language: String,
    /// Where the person is reminded.
    #[arg(long)]
    email: Option<String>,
}

#[derive(clap::Args)]
pub(crate) struct SiteAddress {
    /// How browsers reach the site, such as https://wps.example.org.
    #[arg(long, env = "ROMDUOL_ADDRESS")]
    address: Option<String>,
}

pub(crate) async fn run(user: User) -> anyhow::Result<()> {
    match user {
        User::Invite { place, who, site } => invite(place, who, site).await,
        User::Link { place, login, lost_phone, site } => link(place, &login, lost_phone, site).await,
        User::Add { place, who } => add(place, who).await,
        User::Email { place, login, email } => set_email(place, &login, &email.unwrap_or_default()).await,
    }
}

async fn invite(place: At, who: Who, site: SiteAddress) -> anyhow::Result<()> {
    let guest = Guest {
        login: who.login,
        name: who.name.unwrap_or_default(),
        role: who.role,
        institution: who.institution.unwrap_or_default(),
        area: who.area.unwrap_or_default(),
        language: who.language,
        email: who.email.unwrap_or_default(),
    };
    let app = App::open(&place.data, Clock::System).await?;
    let secret = app.invite_by_hand(&guest).await?;
    app.close().await;
    show(&secret, &site);
    Ok(())
}

async fn link(place: At, login: &str, lost_phone: bool, site: SiteAddress) -> anyhow::Result<()> {
    let app = App::open(&place.data, Clock::System).await?;
    let secret = app.new_link_by_hand(login, lost_phone).await?;
    app.close().await;
    show(&secret, &site);
    Ok(())
}

fn show(secret: &str, site: &SiteAddress) {
    let address = site.address.as_deref().unwrap_or_default().trim_end_matches('/');
    println!("{address}/join/{secret}");
    eprintln!("Give this link to the person and to nobody else; it counts for {LINK_DAYS} days and for one password.");
}

async fn add(place: At, who: Who) -> anyhow::Result<()> {
    let Who { login, role, name, institution, area, language, email } = who;
    let mut password = String::new();
    std::io::stdin().read_to_string(&mut password).context("the password cannot be read from standard input")?;
    let password = password.trim_end_matches(['\r', '\n']);
    strong(password, &[&login, name.as_deref().unwrap_or_default()])?;
    let app = App::open(&place.data, Clock::System).await?;
    let account =
        NewAccount { id: None, name: name.unwrap_or_else(|| login.clone()), login, role, institution, area, language };
    let login = account.login.clone();
    app.add_account(account, password).await?;
    if let Some(email) = email {
        app.set_email(&login, &email).await?;
    }
    app.close().await;
    Ok(())
}

async fn set_email(place: At, login: &str, email: &str) -> anyhow::Result<()> {
    let app = App::open(&place.data, Clock::System).await?;
    app.set_email(login, email).await?;
    app.close().await;
    Ok(())
}
