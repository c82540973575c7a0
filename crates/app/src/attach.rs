//! Evidence files: stored by content, and only if they are what their names say.

use std::str::FromStr;

use romduol_plan::kinds::{Assignment, File, Return};
use romduol_plan::permission::Act;
use romduol_plan::{Kind, Say, clean};

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
    // A table may begin with the letters that a picture or a program begins with.
    let is_table = types.is_empty() && romduol_spreadsheet::content::look(bytes, true).is_ok();
    let found = infer::get(bytes).map(|kind| kind.mime_type());
    if is_table || found.is_some_and(|found| types.contains(&found)) {
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
    Ok(File { blob: blob.to_string(), name: short(name) })
}

/// The longest name of a file, in characters.
const LONGEST_NAME: usize = 120;

/// A name without folders and without what nobody sees, cut where it is too long, but never its ending.
fn short(name: &str) -> String {
    let name = clean::text(name.rsplit(['/', '\\']).next().unwrap_or(name));
    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
    let room = LONGEST_NAME.saturating_sub(ending.chars().count() + 1);
    match name.chars().count() > LONGEST_NAME {
        true => format!("{}.{ending}", stem.chars().take(room).collect::<String>()),
        false => name.into_owned(),
    }
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
    let bytes = bytes(app, &file).await?;
    Ok((file, bytes))
}

/// What a file holds. Whether somebody may have it is the caller's to ask.
pub async fn bytes(app: &App, file: &File) -> Result<Vec<u8>, AppError> {
    Ok(app.ledger.blobs().get(&romduol_ledger::BlobId::from_str(&file.blob)?).await?)
}

#[cfg(test)]
mod tests {
    use super::{check, short};

    #[test]
    fn a_long_name_keeps_its_ending() {
        assert_eq!(short("C:\\minutes\\May.pdf"), "May.pdf");
        let long = short(&format!("{}.xlsx", "ក".repeat(300)));
        assert!(long.ends_with("ក.xlsx") && long.chars().count() == 120);
        assert_eq!(short("annex\u{202e}fdp.csv"), "annexfdp.csv");
    }

    #[test]
    fn a_file_must_be_what_its_name_says() {
        assert!(check("minutes.pdf", b"%PDF-1.7 ...").is_ok());
        assert!(check("list.csv", "ឈ្មោះ,ចំនួន\n".as_bytes()).is_ok());
        assert!(check("list.csv", b"%PDF-1.7 ...").unwrap_err().to_string().contains("not what its name says"));
        for begins in ["BM", "MZ", "ID3", "GIF89a", "FWS"] {
            let table = format!("{begins} province,women\nKep,12\n");
            assert!(check("list.csv", table.as_bytes()).is_ok(), "{begins}");
        }
        let wide: Vec<u8> = "\u{feff}province,women\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(check("list.csv", &wide).is_ok());
        assert!(check("photo.png", b"MZ program").is_err());
        assert!(check("program.exe", b"MZ").unwrap_err().to_string().contains("cannot be attached"));
    }
}
