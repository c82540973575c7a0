//! Sends the letters of the day through a mail server. Refuses to know what stands in them.

use anyhow::{Context, bail};
use lettre::message::Mailbox;
use lettre::{Message, SmtpTransport, Transport};
use romduol_app::digest::Letter;
use romduol_app::{App, Clock};

use crate::Remind;

pub async fn run(remind: Remind) -> anyhow::Result<()> {
    let app = App::open(&remind.data, Clock::System).await?;
    let letters = app.letters(&remind.address).await?;
    if remind.dry_run {
        for letter in &letters {
            println!("{}: {}\n{}\n", letter.to, letter.subject, letter.body);
        }
    } else {
        let failed = send_all(&app, &remind, letters).await?;
        if failed > 0 {
            bail!("{failed} letters could not be sent; they will be tried again the next time");
        }
    }
    app.close().await;
    Ok(())
}

/// Each letter for itself: one wrong address does not keep the others waiting.
async fn send_all(app: &App, remind: &Remind, letters: Vec<Letter>) -> anyhow::Result<usize> {
    let from: Mailbox = remind.from.parse().with_context(|| format!("“{}” is not a mail address", remind.from))?;
    let mailer = SmtpTransport::from_url(&remind.smtp)
        .with_context(|| format!("“{}” is not the address of a mail server; write smtp://host:25", remind.smtp))?
        .build();
    let (mut sent, mut failed) = (0, 0);
    for letter in letters {
        let (mailer, from, account) = (mailer.clone(), from.clone(), letter.account.clone());
        let to = letter.to.clone();
        match tokio::task::spawn_blocking(move || send(&mailer, from, letter)).await? {
            Ok(()) => {
                app.letter_sent(&account).await?;
                sent += 1;
            }
            Err(error) => {
                eprintln!("romduol: the letter to {to} could not be sent: {error:#}");
                failed += 1;
            }
        }
    }
    println!("{sent} letters sent");
    Ok(failed)
}

fn send(mailer: &SmtpTransport, from: Mailbox, letter: Letter) -> anyhow::Result<()> {
    let to: Mailbox = letter.to.parse().context("it is not a mail address")?;
    let message = Message::builder().from(from).to(to).subject(letter.subject);
    let message = message.header(lettre::message::header::ContentType::TEXT_PLAIN).body(letter.body)?;
    mailer.send(&message)?;
    Ok(())
}
