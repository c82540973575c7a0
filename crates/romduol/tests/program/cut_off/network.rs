//! A network of its own for a process, with one cable to this machine's. The cable can be cut so that nobody is told: what is
//! sent is gone, and no connection ends. Made with `ip`, as root. It refuses to know who talks over it.

use std::process::{Command, Stdio};

/// A machine that is not there: what is sent to it reaches nobody.
const NOBODY: &str = "02:00:00:00:00:01";
const CABLE: &str = "cable";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// From the process to this machine.
    Requests,
    /// From this machine to the process: what it asks for is done, and it does not hear of it.
    Answers,
    Both,
}

pub(crate) struct Network {
    name: String,
    /// This machine's end of the cable, and the address at each end.
    here: String,
    pub(crate) home: String,
    away: String,
}

impl Network {
    /// Refused by a machine that lets nobody make one.
    pub(crate) fn new(number: u8) -> Result<Self, String> {
        let name = format!("romduol{number}-{}", std::process::id());
        let here = format!("rom{number}-{}", std::process::id());
        // Addresses of this process: what a killed one has left behind does not get in the way.
        let (net, first) = (std::process::id() % 256, number * 4);
        let at = |last: u8| format!("10.77.{net}.{last}");
        let network = Self { name, here, home: at(first + 1), away: at(first + 2) };
        let Self { name, here, home, away } = &network;
        ip(&format!("netns add {name}"))?;
        ip(&format!("link add {here} type veth peer name {CABLE} netns {name}"))?;
        ip(&format!("addr add {home}/30 dev {here}"))?;
        ip(&format!("link set {here} up"))?;
        ip(&format!("-n {name} addr add {away}/30 dev {CABLE}"))?;
        ip(&format!("-n {name} link set {CABLE} up"))?;
        ip(&format!("-n {name} link set lo up"))?;
        Ok(network)
    }

    /// A command that runs in this network.
    pub(crate) fn command(&self, program: &std::path::Path) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.name]).arg(program);
        command
    }

    pub(crate) fn cut(&self, way: Cut) {
        let Self { name, here, home, away } = self;
        if way != Cut::Answers {
            ip(&format!("-n {name} neigh replace {home} lladdr {NOBODY} dev {CABLE} nud permanent")).unwrap();
        }
        if way != Cut::Requests {
            ip(&format!("neigh replace {away} lladdr {NOBODY} dev {here} nud permanent")).unwrap();
        }
    }

    pub(crate) fn mend(&self) {
        let Self { name, here, home, away } = self;
        // Where nothing was cut there is nothing to take away.
        let _ = ip(&format!("-n {name} neigh del {home} dev {CABLE}"));
        let _ = ip(&format!("neigh del {away} dev {here}"));
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        let _ = ip(&format!("netns del {}", self.name));
    }
}

fn ip(words: &str) -> Result<(), String> {
    let output = Command::new("ip").args(words.split(' ')).stdin(Stdio::null()).output().map_err(|e| e.to_string())?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("ip {words}: {}", String::from_utf8_lossy(&output.stderr).trim())),
    }
}
