//! What the doctor tells about the certificate at the address of the site, whatever a server shows. Servers, certificates and the
//! authority behind them are made here, so that no network is needed.

use std::io::Write;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, ServerConnection};

const DAY: Duration = Duration::from_secs(86_400);

/// Who vouches for the certificates of a test.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Authority {
        let mut wanted = CertificateParams::new(Vec::new()).unwrap();
        wanted.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        wanted.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        wanted.distinguished_name.push(DnType::OrganizationName, "Lotus Authority");
        wanted.distinguished_name.push(DnType::CommonName, "L1");
        Authority(CertifiedIssuer::self_signed(wanted, KeyPair::generate().unwrap()).unwrap())
    }

    /// The list of authorities of a machine that trusts this one.
    fn list(&self, folder: &Path) -> String {
        let file = folder.join("authorities.pem");
        std::fs::write(&file, self.0.pem()).unwrap();
        file.display().to_string()
    }

    /// A site whose certificate is for a name and ends some days from now, or before it.
    fn site(&self, name: &str, days: i32) -> Site {
        let now = rcgen::date_time_ymd(1970, 1, 1) + SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let mut wanted = CertificateParams::new([name.to_string()]).unwrap();
        wanted.not_before = now - 100 * DAY;
        // Half a day more, so that whole days do not depend on how long the test takes.
        wanted.not_after = if days < 0 { now - days.unsigned_abs() * DAY } else { now + days.unsigned_abs() * DAY };
        wanted.not_after += DAY / 2;
        let key = KeyPair::generate().unwrap();
        let certificate = wanted.signed_by(&key, &self.0).unwrap();
        Site::with(vec![certificate.der().clone()], &key)
    }
}

/// A server that shows its certificate to whoever asks and says nothing else.
struct Site {
    port: u16,
}

impl Site {
    fn with(certificates: Vec<CertificateDer<'static>>, key: &KeyPair) -> Site {
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let config = Arc::new(config.with_single_cert(certificates, key).unwrap());
        Site::that(move |mut stream| {
            let mut connection = ServerConnection::new(config.clone()).unwrap();
            while connection.is_handshaking() && connection.complete_io(&mut stream).is_ok() {}
        })
    }

    fn that(answers: impl Fn(TcpStream) + Send + 'static) -> Site {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || listener.incoming().flatten().for_each(answers));
        Site { port }
    }

    fn address(&self) -> String {
        format!("https://localhost:{}", self.port)
    }
}

fn doctor(arguments: &[&str], authorities: &str) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_romduol"));
    program.arg("doctor").args(arguments).env_remove("SSL_CERT_DIR").env("SSL_CERT_FILE", authorities);
    program.output().unwrap()
}

/// The lines about the certificate, where nothing else is there to be looked at.
fn told(address: &str, authorities: &str) -> Vec<String> {
    let output = doctor(&["--data", "/nowhere", "--address", address], authorities);
    let told = String::from_utf8(output.stdout).unwrap();
    told.lines().filter(|line| line.contains("certificate: ")).map(String::from).collect()
}

#[track_caller]
fn assert_told(lines: &[String], expected: &[&[&str]]) {
    assert_eq!(lines.len(), expected.len(), "{lines:#?}");
    for (line, words) in lines.iter().zip(expected) {
        assert!(words.iter().all(|words| line.contains(words)), "{line} lacks {words:?}");
    }
}

const ABOUT: &str = "by Lotus Authority, L1 for localhost, until ";

#[test]
fn a_good_certificate_is_well_and_its_address_may_stand_in_the_settings() {
    let dir = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let (list, site) = (authority.list(dir.path()), authority.site("localhost", 60));
    let well: &[&[&str]] = &[&["well  certificate: ", ABOUT, "(60 days left)"]];
    assert_told(&told(&site.address(), &list), well);

    let data = dir.path().join("data");
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps");
    let mut init = Command::new(env!("CARGO_BIN_EXE_romduol"));
    assert!(init.arg("init").arg("--data").arg(&data).arg("--plan").arg(plan).output().unwrap().status.success());
    let settings = dir.path().join("romduol.toml");
    let text = format!("data = \"{}\"\nport = 8080\naddress = \"{}\"\n", data.display(), site.address());
    std::fs::write(&settings, text).unwrap();
    let output = doctor(&["--config", settings.to_str().unwrap()], &list);
    let all = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{all}");
    assert!(all.contains("(60 days left)") && all.contains("the chain holds: 1 entries"), "{all}");
}

#[test]
fn one_that_ends_soon_or_has_ended_or_is_for_another_name_wants_somebody() {
    let dir = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    let list = authority.list(dir.path());
    let of = |name: &str, days: i32| told(&authority.site(name, days).address(), &list);
    assert_told(&of("localhost", 21), &[&["well  certificate: ", "(21 days left)"]]);
    assert_told(&of("localhost", 20), &[&["      certificate: ", ABOUT], &["LOOK  certificate: it ends in 20 days"]]);
    assert_told(&of("localhost", -3), &[&[ABOUT, "(0 days left)"], &["LOOK  certificate: it has ended"]]);
    assert_told(
        &of("wps.example.org", 60),
        &[&["for wps.example.org, until "], &["LOOK  certificate: it is not for localhost"]],
    );
}

#[test]
fn one_that_nobody_vouches_for_is_told_all_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let distrusted = |line: &[String], about: &str| {
        assert_told(line, &[&["      certificate: ", about], &["LOOK  certificate: this machine does not trust it"]]);
    };
    let other = Authority::new();
    let list = Authority::new().list(dir.path());
    distrusted(&told(&other.site("localhost", 60).address(), &list), "for localhost, until ");

    // As a first try with openssl makes it: its own authority.
    let key = KeyPair::generate().unwrap();
    let mut wanted = CertificateParams::new(["localhost".to_string(), "127.0.0.1".to_string()]).unwrap();
    wanted.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let own = wanted.self_signed(&key).unwrap();
    let site = Site::with(vec![own.der().clone()], &key);
    distrusted(&told(&site.address(), &list), "for localhost, 127.0.0.1, until 4096-01-01");
    distrusted(&told(&format!("https://127.0.0.1:{}", site.port), &list), "for localhost, 127.0.0.1, until 4096-01-01");

    std::fs::write(&list, "").unwrap();
    assert_told(
        &told(&other.site("localhost", 60).address(), &list),
        &[&["until "], &["LOOK  certificate: this machine has no list of authorities"]],
    );
}

#[test]
fn where_there_is_none_the_doctor_says_why() {
    let gone = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let none = |address: &str, words: &[&str]| assert_told(&told(address, "/nowhere"), &[words]);
    let shows_none = format!("LOOK  certificate: localhost, port {gone}, shows none: ");
    none(&format!("https://localhost:{gone}"), &[&shows_none]);
    let plain = Site::that(|mut stream| drop(stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")));
    none(&plain.address(), &["LOOK  certificate: localhost, port ", "shows none: "]);
    none(
        "http://localhost:8080",
        &["      certificate: none, because http://localhost:8080 does not begin with https"],
    );
    none("localhost", &["LOOK  certificate: ", "localhost"]);
}
