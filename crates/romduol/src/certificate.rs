//! The certificate that browsers are shown at the address of the site: who issued it, for which names and until when, whether or
//! not it is trusted. Refuses to know how the proxy comes by it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use romduol_app::accounts::Doors;
use romduol_app::clock::stamp;
use romduol_plan::clean;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use tokio_rustls::rustls::crypto::{self, WebPkiSupportedAlgorithms, ring};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

use crate::doctor::Line::{self, Look, Said, Well};

/// Proxies renew a month before the end, and authorities write letters no more: with fewer days left the renewal fails.
const FEW_DAYS: i64 = 21;
const DAY: i64 = 86_400;
const PATIENCE: Duration = Duration::from_secs(10);
/// One certificate may be for a hundred sites.
const MOST_NAMES: usize = 5;

/// Tells about the certificate at an address, at a moment in unix seconds.
pub(crate) async fn look(address: &str, now: i64) -> Vec<Line> {
    told(address, now).await.unwrap_or_else(|error| vec![Look(format!("certificate: {error:#}"))])
}

async fn told(address: &str, now: i64) -> anyhow::Result<Vec<Line>> {
    let Some((host, port)) = Doors::new(Some(address), false, None)?.certificate_at() else {
        return Ok(vec![Said(format!("certificate: none, because {address} does not begin with https"))]);
    };
    let shown = match tokio::time::timeout(PATIENCE, shown(&host, port)).await {
        Ok(shown) => shown,
        Err(_) => Err(anyhow!("no answer within {} seconds", PATIENCE.as_secs())),
    };
    let shown = shown.with_context(|| format!("{host}, port {port}, shows none"))?;
    judge(&host, &shown, &authorities(), now)
}

/// What a server shows to whoever asks it by a name: its certificate, and those between it and an authority.
async fn shown(host: &str, port: u16) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let provider = ring::default_provider();
    let whoever = Arc::new(Whoever(provider.signature_verification_algorithms));
    let config = ClientConfig::builder_with_provider(Arc::new(provider)).with_safe_default_protocol_versions()?;
    let config = config.dangerous().with_custom_certificate_verifier(whoever).with_no_client_auth();
    let name = ServerName::try_from(host.to_string())?;
    let stream = TcpStream::connect((host, port)).await?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    Ok(stream.get_ref().1.peer_certificates().unwrap_or_default().to_vec())
}

/// Takes every certificate: nothing is sent, and what it is worth is judged afterwards. Only the key must be the server's.
#[derive(Debug)]
struct Whoever(WebPkiSupportedAlgorithms);

impl ServerCertVerifier for Whoever {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        crypto::verify_tls12_signature(message, certificate, signed, &self.0)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        crypto::verify_tls13_signature(message, certificate, signed, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}

/// Whom this machine trusts.
fn authorities() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

/// A line of what it says, and one for each thing that browsers will warn of, now or soon.
fn judge(host: &str, shown: &[CertificateDer<'_>], authorities: &RootCertStore, now: i64) -> anyhow::Result<Vec<Line>> {
    let (leaf, between) = shown.split_first().context("the server shows none")?;
    let (_, read) = X509Certificate::from_der(leaf).map_err(|error| anyhow!("it cannot be read: {error}"))?;
    let (since, until) = (read.validity().not_before.timestamp(), read.validity().not_after.timestamp());
    let parsed = ParsedCertificate::try_from(leaf).context("it cannot be read")?;

    let mut faults = Vec::from_iter(days_left(since, until, now));
    if verify_server_name(&parsed, &ServerName::try_from(host)?).is_err() {
        faults.push(format!("it is not for {host}, and browsers warn of it"));
    }
    // Its days are told above: here they are not to hide whether it is trusted.
    let moment = now.min(until).max(since);
    faults.extend(distrust(&parsed, between, authorities, moment));

    let (by, whom, days) = (issuer(&read), names(&read), (until - now).div_euclid(DAY).max(0));
    let about = format!("certificate: by {by} for {whom}, until {} ({days} days left)", stamp(until));
    let about = if faults.is_empty() { Well(about) } else { Said(about) };
    let faults = faults.into_iter().map(|fault| Look(format!("certificate: {fault}")));
    Ok([about].into_iter().chain(faults).collect())
}

/// What is wrong with its days.
fn days_left(since: i64, until: i64, now: i64) -> Option<String> {
    let days = (until - now).div_euclid(DAY);
    if now < since {
        Some(format!("it counts from {} on; is the clock of this machine right?", stamp(since)))
    } else if until < now {
        Some("it has ended, and browsers let nobody in; renew it at the proxy".into())
    } else if days < FEW_DAYS {
        Some(format!("it ends in {days} days; the proxy should have renewed it"))
    } else {
        None
    }
}

/// Why this machine would not trust it at a moment.
fn distrust(
    leaf: &ParsedCertificate<'_>,
    between: &[CertificateDer<'_>],
    authorities: &RootCertStore,
    moment: i64,
) -> Option<String> {
    if authorities.is_empty() {
        return Some("this machine has no list of authorities to ask whether it is trusted (ca-certificates)".into());
    }
    let moment = UnixTime::since_unix_epoch(Duration::from_secs(moment.max(0).cast_unsigned()));
    let algorithms = ring::default_provider().signature_verification_algorithms.all;
    let error = verify_server_cert_signed_by_trust_anchor(leaf, authorities, between, moment, algorithms).err()?;
    Some(format!(
        "this machine does not trust it ({error}); where it is not self-made, look whether the proxy sends the certificates \
         between it and an authority"
    ))
}

fn issuer(read: &X509Certificate<'_>) -> String {
    let name = read.issuer();
    let words: Vec<&str> =
        name.iter_organization().chain(name.iter_common_name()).filter_map(|word| word.as_str().ok()).collect();
    clean::code(&if words.is_empty() { name.to_string() } else { words.join(", ") }).into_owned()
}

fn names(read: &X509Certificate<'_>) -> String {
    let named = read.subject_alternative_name().ok().flatten();
    let names = named.iter().flat_map(|found| &found.value.general_names).filter_map(name);
    let names: Vec<String> = names.collect();
    match names.len() {
        0 => "no name".into(),
        1..=MOST_NAMES => names.join(", "),
        more => format!("{} and {} more", names[..MOST_NAMES].join(", "), more - MOST_NAMES),
    }
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(clean::code(name).into_owned()),
        GeneralName::IPAddress(bytes) => {
            let four = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            let address = four.or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from));
            address.ok().map(|address| address.to_string())
        }
        _ => None,
    }
}
