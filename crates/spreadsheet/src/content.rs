//! What bytes are: a text and its encoding, a workbook, or something else by its name. Refuses to believe a file's name,
//! and a signature before it has looked: a text may begin with BM, GIF8 or ID3.

use std::fmt;

use romduol_plan::Say;

use super::text::Encoding;

/// What is no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Workbook,
    /// A workbook of Excel before 2007, or one of its templates.
    OldWorkbook,
    Encrypted,
    OpenDocument,
    /// A web page or another markup, as some programs save under the name of a workbook.
    Markup,
    Pdf,
    /// A known kind of file, by its media type.
    Other(&'static str),
    Unknown,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Workbook => "XLSX",
            Kind::OldWorkbook => "XLS",
            Kind::Encrypted => "XLSX with a password",
            Kind::OpenDocument => "OpenDocument",
            Kind::Markup => "HTML or XML",
            Kind::Pdf => "PDF",
            Kind::Other(media) => media,
            Kind::Unknown => "binary",
        })
    }
}

impl Kind {
    /// What is wrong with it where a table is wanted; the mend stands under the same key.
    pub fn problem(self) -> Say {
        match self {
            Kind::Encrypted => Say::new("fault-encrypted"),
            Kind::OldWorkbook => Say::new("fault-old-workbook"),
            Kind::OpenDocument => Say::new("fault-opendocument"),
            Kind::Markup => Say::new("fault-markup"),
            Kind::Workbook | Kind::Pdf | Kind::Other(_) | Kind::Unknown => {
                Say::new("fault-no-table").words("kind", self.to_string())
            }
        }
    }
}

/// The encoding of a text and how long its mark is, from the beginning of a file; `whole` where that is all of it.
pub fn look(head: &[u8], whole: bool) -> Result<(Encoding, usize), Kind> {
    match head {
        [0xef, 0xbb, 0xbf, rest @ ..] if markup(rest) => return Err(Kind::Markup),
        [0xef, 0xbb, 0xbf, ..] => return Ok((Encoding::Utf8, 3)),
        [0xff, 0xfe, 0, 0, ..] => return Err(Kind::Unknown),
        [0xff, 0xfe, ..] => return Ok((Encoding::Utf16Le, 2)),
        [0xfe, 0xff, ..] => return Ok((Encoding::Utf16Be, 2)),
        _ => {}
    }
    if let Some(kind) = container(head) {
        return Err(kind);
    }
    if let Some(encoding) = unmarked_utf16(head) {
        return Ok((encoding, 0));
    }
    match is_text(head, whole) {
        true if head.starts_with(b"%PDF-") => Err(Kind::Pdf),
        true if markup(head) || head.starts_with(b"{\\rtf") => Err(Kind::Markup),
        true => Ok((Encoding::Utf8, 0)),
        false => match infer::get(head) {
            Some(known) => Err(Kind::Other(known.mime_type())),
            None if looks_binary(head) => Err(Kind::Unknown),
            // Letters of an old code page: the reader finds the first and tells its place.
            None => Ok((Encoding::Utf8, 0)),
        },
    }
}

/// Packed files, which no text can be taken for.
fn container(head: &[u8]) -> Option<Kind> {
    let holds = |name: &[u8]| memchr::memmem::find(head, name).is_some();
    let wide = |name: &str| name.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    if head.starts_with(b"PK\x03\x04") {
        return Some(match () {
            () if holds(b"mimetypeapplication/vnd.oasis.opendocument") => Kind::OpenDocument,
            () if holds(b"xl/") => Kind::Workbook,
            () => infer::get(head).map_or(Kind::Workbook, |known| match known.extension() {
                "zip" | "xlsx" => Kind::Workbook,
                _ => Kind::Other(known.mime_type()),
            }),
        });
    }
    if head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        return Some(if holds(&wide("EncryptedPackage")) { Kind::Encrypted } else { Kind::OldWorkbook });
    }
    None
}

/// A table has plain letters and ends of lines, so one byte of many pairs is zero, and always the same one.
fn unmarked_utf16(head: &[u8]) -> Option<Encoding> {
    let pairs = || head.chunks_exact(2).take(4096);
    let (high, low) = (pairs().filter(|pair| pair[1] == 0).count(), pairs().filter(|pair| pair[0] == 0).count());
    match (high, low) {
        (2.., 0) if high * 8 >= pairs().count() => Some(Encoding::Utf16Le),
        (0, 2..) if low * 8 >= pairs().count() => Some(Encoding::Utf16Be),
        _ => None,
    }
}

fn is_text(head: &[u8], whole: bool) -> bool {
    let valid = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && !whole,
    };
    valid && !looks_binary(head)
}

/// Bytes that stand in no text of any code page.
fn looks_binary(head: &[u8]) -> bool {
    let odd = |byte: &u8| matches!(byte, 0..=8 | 0x0e..=0x19 | 0x1c..=0x1f);
    let odds = head.iter().take(8192).filter(|byte| odd(byte)).count();
    // One of them is a slip, which is told with its place.
    odds * 50 > head.len().min(8192)
}

/// A bracket with a name behind it.
fn markup(head: &[u8]) -> bool {
    match head.trim_ascii_start() {
        [b'<', b'!' | b'?', ..] => true,
        [b'<', letter, ..] => letter.is_ascii_alphabetic(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(bytes: &[u8]) -> Option<Kind> {
        look(bytes, true).err()
    }

    #[test]
    fn a_text_may_begin_with_a_signature() {
        for start in ["BM", "GIF8", "GIF89a", "ID3", "PK", "MZ", "II*", "%!PS", "RIFF", "fLaC", "OggS", "Rar!"] {
            assert_eq!(look(format!("{start}-01,title\nx,y\n").as_bytes(), true), Ok((Encoding::Utf8, 0)), "{start}");
        }
    }

    #[test]
    fn other_files_are_told_by_what_they_are() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01";
        assert_eq!(kind(png), Some(Kind::Other("image/png")));
        assert_eq!(kind(b"%PDF-1.7\n1 0 obj\n"), Some(Kind::Pdf));
        assert_eq!(kind(b"<html><table>"), Some(Kind::Markup));
        assert_eq!(kind(b"\xef\xbb\xbf<?xml version"), Some(Kind::Markup));
        let old = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
        assert_eq!(kind(&old), Some(Kind::OldWorkbook));
        let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(kind(&[&old[..], &name].concat()), Some(Kind::Encrypted));
        assert_eq!(
            kind(b"PK\x03\x04....mimetypeapplication/vnd.oasis.opendocument.spreadsheet"),
            Some(Kind::OpenDocument)
        );
        assert_eq!(kind(&[1, 2, 3, 4, 5, 6, 7, 0xff]), Some(Kind::Unknown));
    }
}
