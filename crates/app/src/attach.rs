//! Evidence files: stored by content, and only if they are what their names say.

use romduol_plan::kinds::File;
use std::str::FromStr;

use crate::{App, AppError};

/// Endings that may be attached, and the type each must really have. Text has no mark of its own.
const KINDS: [(&str, &[&str]); 7] = [
    ("pdf", &["application/pdf"]),
    ("png", &["image/png"]),
    ("jpg", &["image/jpeg"]),
    ("jpeg", &["image/jpeg"]),
    ("xlsx", &["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/zip"]),
    ("docx", &["application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/zip"]),
    ("csv", &[]),
];

/// Checks the name against the content.
pub fn check(name: &str, bytes: &[u8]) -> Result<(), AppError> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    let Some((_, types)) = KINDS.iter().find(|(known, _)| *known == ending) else {
        let known: Vec<&str> = KINDS.iter().map(|(known, _)| *known).collect();
        return Err(AppError::Bad(format!("“{name}” cannot be attached; use a file of type {}", known.join(", "))));
    };
    let found = infer::get(bytes).map(|kind| kind.mime_type());
    let fits = match found {
        Some(found) => types.contains(&found),
        None => types.is_empty() && std::str::from_utf8(bytes).is_ok(),
    };
    if fits {
        return Ok(());
    }
    let found = found.unwrap_or("unknown");
    Err(AppError::Bad(format!(
        "“{name}” is not what its name says (its content is {found}); save it again in its own format and attach that"
    )))
}

/// Stores a file and gives the record of it.
pub async fn store(app: &App, name: &str, bytes: Vec<u8>) -> Result<File, AppError> {
    check(name, &bytes)?;
    let blob = app.ledger.blobs().put(bytes).await?;
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name).chars().take(120).collect();
    Ok(File { blob: blob.to_string(), name })
}

/// The bytes of a stored file.
pub async fn fetch(app: &App, blob: &str) -> Result<Vec<u8>, AppError> {
    Ok(app.ledger.blobs().get(&romduol_ledger::BlobId::from_str(blob)?).await?)
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn a_file_must_be_what_its_name_says() {
        assert!(check("minutes.pdf", b"%PDF-1.7 ...").is_ok());
        assert!(check("list.csv", "ឈ្មោះ,ចំនួន\n".as_bytes()).is_ok());
        assert!(check("list.csv", b"%PDF-1.7 ...").unwrap_err().to_string().contains("not what its name says"));
        assert!(check("photo.png", b"MZ program").is_err());
        assert!(check("program.exe", b"MZ").unwrap_err().to_string().contains("cannot be attached"));
    }
}
