//! Settings in a file: the options of `romduol serve` under their own names, of which `romduol doctor` takes those that it has,
//! too. Refuses to know what they mean; the options are the one list of settings, and what stands in the file is read as if it
//! had been typed.

use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};
use toml::{Table, Value};

/// Every setting with what it is for; `romduol config example` prints it.
pub(crate) const EXAMPLE: &str = include_str!("../../../romduol.example.toml");

/// Whose options the settings are.
const SERVE: &str = "serve";
/// Who reads them.
const READERS: [&str; 2] = [SERVE, "doctor"];

/// What was typed, with the settings of the file that neither an option nor the environment has decided.
pub(crate) struct Given {
    pub arguments: Vec<OsString>,
    pub file: Option<PathBuf>,
}

pub(crate) fn with_file(command: &Command, typed: Vec<OsString>) -> anyhow::Result<Given> {
    // What is wrong on the command line is said when it is read for good.
    let read = command.clone().ignore_errors(true).try_get_matches_from(&typed);
    let asked = read.as_ref().ok().and_then(|found| found.subcommand()).filter(|(name, _)| READERS.contains(name));
    let file = asked.and_then(|(_, given)| given.get_one::<PathBuf>("config").cloned());
    let (Some((reader, given)), Some(file)) = (asked, file) else { return Ok(Given { arguments: typed, file: None }) };
    let mut command = command.clone();
    command.build();
    let settings = command.find_subcommand(SERVE).context("the program serves")?;
    let options = command.find_subcommand(reader).context("it was asked for this")?;
    let mut arguments = typed;
    for (key, value) in table(&file)? {
        let setting = option(settings, &key).with_context(|| unknown(&file, settings, &key))?;
        let typed = spell(setting, &value).with_context(|| format!("{}: the value of “{key}”", file.display()))?;
        if option(options, &key).is_some_and(|option| !is_decided(given, option)) {
            arguments.extend(typed.map(OsString::from));
        }
    }
    Ok(Given { arguments, file: Some(file) })
}

fn table(file: &Path) -> anyhow::Result<Table> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    match text.parse() {
        Ok(table) => Ok(table),
        Err(error) => {
            // Without the line itself: there may be a secret in it.
            let line = error.span().map_or(0, |span| text[..span.start].lines().count().max(1));
            bail!("{}: line {line} is not TOML: {}", file.display(), error.message())
        }
    }
}

/// The names under which an option may stand in the file.
fn names(option: &Arg) -> impl Iterator<Item = &str> {
    let own = option.get_long().filter(|name| !["config", "help", "version"].contains(name));
    own.into_iter().chain(option.get_visible_aliases().unwrap_or_default())
}

fn option<'a>(options: &'a Command, key: &str) -> Option<&'a Arg> {
    options.get_arguments().find(|option| names(option).any(|name| name == key))
}

fn unknown(file: &Path, options: &Command, key: &str) -> String {
    let known = options.get_arguments().flat_map(names);
    let near = |name: &&str| (strsim::jaro_winkler(name, key) * 1000.0) as u32;
    let nearest = known.max_by_key(near).unwrap_or_default();
    let key: String = key.chars().take(60).collect();
    format!("{}: “{key}” is not a setting; the nearest one is “{nearest}”", file.display())
}

/// A setting as it is typed; nothing for a switch that is off.
fn spell(option: &Arg, value: &Value) -> anyhow::Result<Option<String>> {
    let name = option.get_long().unwrap_or_default();
    let is_switch = matches!(option.get_action(), ArgAction::SetTrue);
    Ok(match value {
        Value::Boolean(on) if is_switch => on.then(|| format!("--{name}")),
        _ if is_switch => bail!("must be true or false"),
        Value::String(text) => Some(format!("--{name}={text}")),
        Value::Integer(number) => Some(format!("--{name}={number}")),
        _ => bail!("must be a text in quotes or a whole number"),
    })
}

/// Whether somebody has said it nearer than in a file.
fn is_decided(given: &ArgMatches, option: &Arg) -> bool {
    let source = given.value_source(option.get_id().as_str());
    matches!(source, Some(ValueSource::CommandLine | ValueSource::EnvVariable))
}

/// Says so when others on the machine can read a secret in the file.
pub(crate) fn warn_if_open(file: &Path) {
    let open = std::fs::metadata(file).is_ok_and(|found| found.permissions().mode() & 0o004 != 0);
    let address = |value: &Value| value.as_str().is_some_and(|text| text.contains("://") && text.contains('@'));
    let secret = |(key, value): (&String, &Value)| key == "sso-secret" || address(value);
    if open && table(file).is_ok_and(|table| table.iter().any(secret)) {
        let file = file.display();
        tracing::warn!("{file} has a secret in it and can be read by everybody on this machine; run: chmod 640 {file}");
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::Arguments;

    /// What the options are with these words on the command line and this file.
    fn read(typed: &[&str], text: &str) -> anyhow::Result<ArgMatches> {
        read_by(SERVE, typed, text)
    }

    fn read_by(reader: &str, typed: &[&str], text: &str) -> anyhow::Result<ArgMatches> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("romduol.toml");
        std::fs::write(&file, text)?;
        let file = file.display().to_string();
        let words = ["romduol", reader, "--config", &file].into_iter().chain(typed.iter().copied());
        let given = with_file(&Arguments::command(), words.map(OsString::from).collect())?;
        let (_, options) = Arguments::command().try_get_matches_from(given.arguments)?.remove_subcommand().unwrap();
        Ok(options)
    }

    fn refused(text: &str) -> String {
        format!("{:#}", read(&[], text).unwrap_err())
    }

    #[test]
    fn an_option_goes_before_the_file() {
        let file = "data = \"/var/lib/romduol\"\nport = 8090\npassword-alone = true\n";
        let port = |typed: &[&str]| *read(typed, file).unwrap().get_one::<u16>("port").unwrap();
        assert_eq!((port(&[]), port(&["--port", "9000"])), (8090, 9000));
        assert!(read(&[], file).unwrap().get_flag("password_alone"));
        assert!(read(&["--database", "/elsewhere"], file).is_ok(), "another name of the same option");
        assert!(!read(&[], "data = \"a\"\npassword-alone = false").unwrap().get_flag("password_alone"));
    }

    #[test]
    fn the_doctor_takes_what_it_knows_of_the_same_file() {
        let file = "data = \"/var/lib/romduol\"\nport = 8090\naddress = \"https://wps.example.org\"\n";
        let options = read_by("doctor", &[], file).unwrap();
        assert_eq!(options.get_one::<String>("address").unwrap(), "https://wps.example.org");
        let options = read_by("doctor", &["--address", "https://other.example.org"], file).unwrap();
        assert_eq!(options.get_one::<String>("address").unwrap(), "https://other.example.org");
        assert!(read_by("doctor", &[], EXAMPLE).is_ok());
        let said = format!("{:#}", read_by("doctor", &[], "data = \"a\"\nadress = \"b\"").unwrap_err());
        assert!(said.contains("“adress” is not a setting; the nearest one is “address”"), "{said}");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let said = refused("data = \"a\"\nprot = 1\n");
        assert!(said.contains("romduol.toml: “prot” is not a setting; the nearest one is “port”"), "{said}");
        assert!(refused("ssoissuer = \"a\"").contains("“sso-issuer”"));
        assert!(refused("config = \"a\"").contains("is not a setting"), "a file names no other file");
        assert!(refused("data = \"a\"\nport = [1]").contains("“port”: must be"));
        assert!(refused("data = \"a\"\npassword-alone = 1").contains("true or false"));
        let said = refused("data = \"a\"\nsso-secret = hunter2\n");
        assert!(said.contains("line 2 is not TOML") && !said.contains("hunter2"), "{said}");
    }

    /// The example is what a file may hold: every setting once, and as it is written there the defaults.
    #[test]
    fn the_example_has_every_setting() {
        let lines = EXAMPLE.lines().map(|line| line.strip_prefix('#').filter(|l| !l.starts_with(' ')).unwrap_or(line));
        let everything = lines.collect::<Vec<_>>().join("\n");
        let table: Table = everything.parse().unwrap();
        read(&[], EXAMPLE).unwrap();
        read(&[], &everything).unwrap();
        let mut command = Arguments::command();
        command.build();
        for option in command.find_subcommand("serve").unwrap().get_arguments() {
            let Some(name) = option.get_long().filter(|_| names(option).next().is_some()) else { continue };
            assert!(table.contains_key(name), "the example lacks {name}");
        }
    }
}
