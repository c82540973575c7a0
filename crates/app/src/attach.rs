//! Evidence files: stored by content, and only if they are what their names say.

use std::str::FromStr;

use romduol_plan::kinds::{Assignment, File, Return};
use romduol_plan::permission::Act;
use romduol_plan::{Kind, Say};

use crate::accounts::Person;
use crate::stripped::stripped;
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
        return Err(AppError::Bad(Say::new("file-kind-refused").words("name", name).words("kinds", known.join(", "))));
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
    Err(AppError::Bad(Say::new("file-not-what-it-says").words("name", name).words("found", found)))
}

/// Stores a file and gives the record of it. Of a picture only the picture is kept.
pub async fn store(app: &App, name: &str, bytes: Vec<u8>) -> Result<File, AppError> {
    check(name, &bytes)?;
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
    let unreadable = || AppError::Bad(Say::new("file-not-what-it-says").words("name", name).words("found", "unknown"));
    let bytes = stripped(&ending, bytes).ok_or_else(unreadable)?;
    let blob = app.ledger.blobs().put(bytes).await?;
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name).chars().take(120).collect();
    Ok(File { blob: blob.to_string(), name })
}

/// A file of a return, for whoever may read that return. A file id alone opens nothing.
pub async fn fetch(app: &App, person: &Person, id: &str, blob: &str) -> Result<(File, Vec<u8>), AppError> {
    let snapshot = app.snapshot();
    let missing = || AppError::NotFound { kind: Kind::Return, id: id.to_string() };
    let record = snapshot.state.find::<Return>(id).ok_or_else(missing)?;
    let assignment = snapshot.state.find::<Assignment>(&record.assignment).ok_or_else(missing)?;
    person.post.may_for(Act::ReadReturn, assignment, &snapshot.state)?;
    let mut files = record.answers.open().into_iter().flat_map(|answer| answer.files);
    let file = files.find(|file| file.blob == blob).ok_or_else(missing)?;
    let bytes = app.ledger.blobs().get(&romduol_ledger::BlobId::from_str(blob)?).await?;
    Ok((file, bytes))
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
