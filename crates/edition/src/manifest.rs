//! The files of an edition by their hashes, signed: what was published can be told from what was changed since, by anybody
//! and without this program. Refuses to know what the files hold and where keys are kept.

use std::collections::BTreeMap;

use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use romduol_plan::{Date, Say};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Path inside the edition, with `/`, and bytes.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The list of files.
pub const MANIFEST: &str = "manifest.json";
/// Its Ed25519 signature: 64 bytes as hexadecimal digits.
pub const SIGNATURE: &str = "manifest.sig";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub edition: u32,
    pub date: Date,
    pub position: u64,
    /// As in the edition's content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chain: Option<String>,
    /// SHA-256 of what was approved.
    pub content: String,
    /// The Ed25519 key that belongs to the signature, as hexadecimal digits. Whoever checks must know it from elsewhere.
    pub key: String,
    /// Paths and their SHA-256.
    pub files: BTreeMap<String, String>,
}

/// Why an edition is not what was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// There is no such file, or it cannot be read as what it should be.
    Unreadable(String),
    Changed(String),
    Missing(String),
    /// Not in the manifest.
    Foreign(String),
    /// The signature does not belong to the manifest.
    Signature,
    /// Signed, but with another key than the one that was expected.
    Key {
        expected: String,
        found: String,
    },
}

impl Broken {
    #[must_use]
    pub fn say(&self) -> Say {
        let of = |key: &'static str, path: &str| Say::new(key).words("value", path);
        match self {
            Broken::Unreadable(path) => of("edition-broken-unreadable", path),
            Broken::Changed(path) => of("edition-broken-changed", path),
            Broken::Missing(path) => of("edition-broken-missing", path),
            Broken::Foreign(path) => of("edition-broken-foreign", path),
            Broken::Signature => of("edition-broken-signature", SIGNATURE),
            Broken::Key { expected, found } => {
                Say::new("edition-broken-key").words("expected", expected).words("found", found)
            }
        }
    }
}

#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes of hexadecimal digits, of just that length.
#[must_use]
pub fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let text = text.trim();
    if text.len() != 2 * N || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; N];
    for (n, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * n..2 * n + 2], 16).ok()?;
    }
    Some(bytes)
}

/// The public key of 32 secret bytes.
#[must_use]
pub fn public_key(secret: &[u8; 32]) -> String {
    hex(SigningKey::from_bytes(secret).verifying_key().as_bytes())
}

/// Adds the manifest of all files and its signature.
pub fn sign(files: &mut Files, manifest: Manifest, secret: &[u8; 32]) {
    let hashes = files.iter().map(|(path, bytes)| (path.clone(), sha256(bytes))).collect();
    let manifest = Manifest { files: hashes, key: public_key(secret), ..manifest };
    let text = serde_json::to_string_pretty(&manifest).expect("a manifest is strings and numbers") + "\n";
    let signature = SigningKey::from_bytes(secret).sign(text.as_bytes());
    files.insert(SIGNATURE.into(), (hex(&signature.to_bytes()) + "\n").into_bytes());
    files.insert(MANIFEST.into(), text.into_bytes());
}

/// Checks every file against the manifest and the manifest against its signature and, if given, a key that is known.
///
/// # Errors
/// The first thing that is not as it was published.
pub fn verify(files: &Files, known: Option<&str>) -> Result<Manifest, Broken> {
    let get = |path: &str| files.get(path).ok_or_else(|| Broken::Missing(path.into()));
    let text = get(MANIFEST)?;
    let manifest: Manifest = serde_json::from_slice(text).map_err(|_| Broken::Unreadable(MANIFEST.into()))?;
    let unreadable = |path: &str| Broken::Unreadable(path.into());
    let signature = std::str::from_utf8(get(SIGNATURE)?).ok().and_then(from_hex::<64>);
    let signature = Signature::from_bytes(&signature.ok_or_else(|| unreadable(SIGNATURE))?);
    let key = from_hex::<32>(&manifest.key).and_then(|key| VerifyingKey::from_bytes(&key).ok());
    key.ok_or_else(|| unreadable(MANIFEST))?.verify(text, &signature).map_err(|_| Broken::Signature)?;
    if let Some(expected) = known.filter(|known| !known.trim().eq_ignore_ascii_case(&manifest.key)) {
        return Err(Broken::Key { expected: expected.trim().into(), found: manifest.key });
    }
    for (path, hash) in &manifest.files {
        if sha256(get(path)?) != *hash {
            return Err(Broken::Changed(path.clone()));
        }
    }
    let listed = |path: &&String| [MANIFEST, SIGNATURE].contains(&path.as_str()) || manifest.files.contains_key(*path);
    match files.keys().find(|path| !listed(path)) {
        Some(path) => Err(Broken::Foreign(path.clone())),
        None => Ok(manifest),
    }
}
