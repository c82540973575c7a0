//! What a site asks of those who come in. Refuses to know pages and how anything is proved.

use romduol_plan::Say;
use webauthn_rs::prelude::{Url, Webauthn, WebauthnBuilder};

use super::{Person, Provider};
use crate::AppError;

/// For how long whoever has just proved who they are may do what is dangerous.
const FRESH_SECONDS: i64 = 1_800;

/// How the holder of a session has proved who they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// With more than a password.
    pub strong: bool,
    /// When last, in unix seconds.
    pub at: i64,
    /// Until when the holder sees small counts, for a reason that was given.
    pub small_counts: i64,
}

impl Proof {
    /// Whether the holder has proved who they are lately enough for what is dangerous.
    pub fn is_fresh(&self, now: i64) -> bool {
        now.saturating_sub(self.at) < FRESH_SECONDS
    }
}

/// What a site asks of those who come in, and where it is reached.
#[derive(Default)]
pub struct Doors {
    address: Option<Url>,
    second_factor: bool,
    pub(super) webauthn: Option<Webauthn>,
    pub provider: Option<Provider>,
}

impl Doors {
    /// `address` is how browsers reach the site. Roles that decide over others prove twice who they are, unless
    /// `second_factor` is off, as in the demo.
    pub fn new(address: Option<&str>, second_factor: bool, provider: Option<Provider>) -> Result<Doors, AppError> {
        let Some(text) = address else {
            return match provider {
                Some(_) => Err(AppError::Bad(Say::new("refused-no-address"))),
                None => Ok(Doors { second_factor, ..Doors::default() }),
            };
        };
        let bad = || AppError::Bad(Say::new("refused-address").words("value", text));
        let address = Url::parse(text).map_err(|_| bad())?;
        if !matches!(address.scheme(), "http" | "https") || address.path() != "/" || address.query().is_some() {
            return Err(bad());
        }
        let webauthn = match address.domain() {
            // Browsers make keys for names only, not for numbers.
            Some(domain) => {
                let builder = WebauthnBuilder::new(domain, &address).map_err(|_| bad())?.rp_name("Romduol");
                Some(builder.build().map_err(|_| bad())?)
            }
            None => None,
        };
        Ok(Doors { address: Some(address), second_factor, webauthn, provider })
    }

    /// Whether browsers reach the site through TLS only.
    pub fn is_secure(&self) -> bool {
        self.address.as_ref().is_some_and(|address| address.scheme() == "https")
    }

    /// The host and port that browsers ask for a certificate, if they do.
    pub fn certificate_at(&self) -> Option<(String, u16)> {
        let address = self.address.as_ref().filter(|_| self.is_secure())?;
        // An IPv6 number stands in brackets in an address, and nowhere else.
        let host = address.host_str()?.trim_matches(['[', ']']);
        Some((host.into(), address.port_or_known_default()?))
    }

    /// An address on the site, whole where it is known how browsers reach it.
    pub fn link(&self, path: &str) -> String {
        match &self.address {
            Some(address) => format!("{}{path}", address.as_str().trim_end_matches('/')),
            None => path.to_string(),
        }
    }

    /// Whether keys can be used here.
    pub fn take_keys(&self) -> bool {
        self.webauthn.is_some()
    }

    /// Whether the person has to set up a second proof before anything else.
    pub fn want_more_of(&self, person: &Person) -> bool {
        self.second_factor && person.post.role.proves_twice() && !person.proof.strong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_that_of_a_site() {
        let doors = Doors::new(Some("https://wps.example.org"), true, None).unwrap();
        assert!(doors.is_secure() && doors.take_keys());
        assert_eq!(doors.link("/join/1"), "https://wps.example.org/join/1");
        let doors = Doors::new(Some("http://127.0.0.1:8080"), true, None).unwrap();
        assert!(!doors.is_secure() && !doors.take_keys());
        for bad in ["wps.example.org", "ftp://example.org", "https://example.org/wps", "https://example.org/?a=1", ""] {
            assert!(Doors::new(Some(bad), true, None).is_err(), "{bad}");
        }
        assert_eq!(Doors::new(None, true, None).unwrap().link("/join/1"), "/join/1");
    }
}
