//! The running program as whoever looks after the machine meets it: settings from a file, its log, its end, the first
//! account.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_romduol");

fn romduol(arguments: &[&str]) -> Output {
    Command::new(PROGRAM).args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A port is taken before anything else is done: whoever starts twice is told so at once, and nothing is written.
#[test]
fn a_port_that_is_taken_is_one_sentence() {
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port().to_string();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for words in [vec!["demo"], vec!["serve", "--password-alone"]] {
        let data = data.to_str().unwrap();
        let output = romduol(&[&words[..], &["--port", &port, "--data", data]].concat());
        assert_eq!(output.status.code(), Some(1), "{words:?}");
        assert!(output.stdout.is_empty(), "{words:?} announces itself: {output:?}");
        let expected = format!(
            "romduol: 127.0.0.1:{port} is used by another program; stop that one or choose another with --port\n"
        );
        assert_eq!(said(&output), expected);
    }
    assert!(!data.exists(), "nothing is prepared for a program that cannot run");
}

fn new_ledger() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps");
    let data = folder.path().join("data");
    let made = romduol(&["init", "--data", data.to_str().unwrap(), "--plan", plan.to_str().unwrap()]);
    assert!(made.status.success(), "{}", said(&made));
    folder
}

/// The program while it serves; killed with the test.
struct Running {
    program: Child,
    log: BufReader<ChildStderr>,
    at: String,
}

impl Running {
    fn start(file: &Path) -> Running {
        let mut program = Command::new(PROGRAM);
        program.args(["serve", "--config", file.to_str().unwrap()]);
        Running::begin(program)
    }

    fn begin(mut program: Command) -> Running {
        let mut program = program.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(program.stderr.take().unwrap());
        let mut running = Running { program, log, at: String::new() };
        while running.at.is_empty() {
            let mut line = String::new();
            assert!(running.log.read_line(&mut line).unwrap() > 0, "the program ended before it was ready");
            let line: serde_json::Value = serde_json::from_str(&line).unwrap();
            running.at = line["at"].as_str().unwrap_or_default().into();
        }
        running
    }

    fn send(&self, words: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.at).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(words.as_bytes()).unwrap();
        stream
    }

    fn get(&self, path: &str) -> String {
        let cookie = "Cookie: session=cookie-hidden";
        rest(self.send(&format!("GET {path} HTTP/1.1\r\nHost: a\r\n{cookie}\r\nConnection: close\r\n\r\n")))
    }

    fn terminate(&self) {
        assert!(Command::new("kill").args(["-TERM", &self.program.id().to_string()]).status().unwrap().success());
    }

    /// Everything that was logged until the end, and the exit code.
    fn end(mut self) -> (String, Option<i32>) {
        let mut log = String::new();
        self.log.read_to_string(&mut log).unwrap();
        (log, self.program.wait().unwrap().code())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

fn rest(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

fn settings(folder: &Path, more: &str) -> std::path::PathBuf {
    let file = folder.join("romduol.toml");
    let data = folder.join("data");
    std::fs::write(&file, format!("data = \"{}\"\nport = 0\nlog = \"json\"\n{more}", data.display())).unwrap();
    file
}

/// Asked to stop in the middle of a request, the program answers it, ends with 0, and has logged no secret.
#[test]
fn it_finishes_what_was_asked_and_logs_no_secret() {
    let folder = new_ledger();
    let running = Running::start(&settings(folder.path(), ""));
    assert!(running.get("/join/secret-hidden?token=query-hidden").starts_with("HTTP/1.1 4"));
    let mut asking = running.send(
        "POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nX-Request-Id: the-last\r\n\
         Content-Length: 42\r\n\r\nlogin=login-hidden",
    );
    std::thread::sleep(Duration::from_millis(300));
    running.terminate();
    std::thread::sleep(Duration::from_millis(300));
    asking.write_all(b"&password=word-hidden-24").unwrap();
    let answer = rest(asking);
    assert!(answer.starts_with("HTTP/1.1 401") && answer.contains("x-request-id: the-last"), "{answer}");
    let (log, code) = running.end();
    assert_eq!(code, Some(0), "{log}");
    assert!(!log.contains("hidden"), "{log}");
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    let join = lines.iter().find(|line| line["route"] == "/join/{secret}").expect(&log);
    assert_eq!((join["method"].as_str(), join["level"].as_str()), (Some("GET"), Some("INFO")));
    assert!(join["ms"].is_number() && join["request"].as_str().unwrap().len() == 12, "{join}");
    assert!(lines.iter().any(|line| line["request"] == "the-last" && line["status"] == 401), "{log}");
}

#[test]
fn an_option_goes_before_the_environment_and_that_before_the_file() {
    let folder = new_ledger();
    let file = settings(folder.path(), "listen = \"127.0.0.2\"\n");
    let at = |more: &[&str], environment: &[(&str, &str)]| {
        let mut program = Command::new(PROGRAM);
        program.args(["serve", "--config", file.to_str().unwrap()]).args(more).envs(environment.iter().copied());
        Running::begin(program).at.clone()
    };
    let environment = [("ROMDUOL_LISTEN", "127.0.0.3")];
    assert!(at(&[], &[]).starts_with("127.0.0.2:"));
    assert!(at(&[], &environment).starts_with("127.0.0.3:"));
    assert!(at(&["--listen", "127.0.0.4"], &environment).starts_with("127.0.0.4:"));
}

#[test]
fn a_wrong_setting_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let serve = |more: &str| {
        let file = settings(folder.path(), more);
        let output = romduol(&["serve", "--config", file.to_str().unwrap()]);
        (output.status.code(), said(&output))
    };
    let (code, words) = serve("adress = \"https://wps.example.org\"\n");
    assert_eq!((code, words.trim_end().lines().count()), (Some(1), 1), "{words}");
    assert!(words.contains("romduol.toml: “adress” is not a setting; the nearest one is “address”"), "{words}");
    let (code, words) = serve("listen = \"everywhere\"\n");
    assert_eq!(code, Some(2));
    assert!(words.contains("romduol.toml") && words.contains("everywhere") && words.contains("--listen"), "{words}");
    let (_, words) = serve("log-filter = \"romduol=loud\"\n");
    assert!(words.contains("“romduol=loud” is not a filter"), "{words}");
    let (_, words) = serve("sso-secret = \"hunter2\"\nsso-issuer = \"https://id.example.org\"\nsso-client = \"r\"\n");
    assert!(words.contains("can be read by everybody") && !words.contains("hunter2"), "{words}");
    let (_, words) = serve("listen = \"0.0.0.0\"\n");
    assert!(words.contains("passwords can be read on the way"), "{words}");
    let example = romduol(&["config", "example"]);
    assert!(String::from_utf8_lossy(&example.stdout).contains("#port = 8080"));
}

#[test]
fn the_first_administrator_comes_in_by_a_link() {
    let folder = new_ledger();
    let data = folder.path().join("data").display().to_string();
    let user = |arguments: &[&str]| {
        let output = romduol(&[&["user"], arguments, &["--data", &data]].concat());
        (String::from_utf8_lossy(&output.stdout).trim().to_string(), said(&output))
    };
    let (link, _) = user(&["invite", "sokha", "--role", "administrator", "--address", "https://wps.example.org/"]);
    assert!(link.starts_with("https://wps.example.org/join/"), "{link}");
    let running = Running::start(&settings(folder.path(), ""));
    let path = |link: &str| link[link.find("/join/").unwrap()..].to_string();
    assert!(running.get(&path(&link)).starts_with("HTTP/1.1 200"));
    // While it is served: who has lost the way in gets another link, and the first one no longer counts.
    let (again, _) = user(&["link", "sokha", "--lost-phone"]);
    assert!(running.get(&path(&again)).starts_with("HTTP/1.1 200"));
    assert!(!running.get(&path(&link)).starts_with("HTTP/1.1 200"));
    assert!(user(&["invite", "dara", "--role", "king"]).1.contains("king"));
    assert!(user(&["link", "nobody"]).1.contains("nobody"));
}
