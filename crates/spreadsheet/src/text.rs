//! A file as UTF-8 text, whatever it was saved as: UTF-8 with or without a mark at its start, or the UTF-16 of a
//! spreadsheet's “Unicode text”. Refuses to guess old code pages, and what is no text; the sentence says how to save it.

use std::io::{BufRead, ErrorKind, Read};

use romduol_plan::Say;

use super::content;

/// How much is read at once; what the kind of file is told by.
const BLOCK: usize = 256 << 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
}

/// Why a file is not read as text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotText {
    #[error("line {line}: byte {byte:#04x} is not UTF-8")]
    NotUtf8 { line: u64, byte: u8 },
    #[error("line {line}: half a character of UTF-16")]
    NotUtf16 { line: u64 },
    #[error("line {line}: a byte without meaning in a text")]
    Nul { line: u64 },
    #[error("a file of type {0}")]
    Other(content::Kind),
}

impl NotText {
    /// What is wrong, as the problem of a [`romduol_plan::package::Fault`]; the mend stands under the same key.
    pub fn problem(&self) -> Say {
        let at = |key: &'static str, line: u64| Say::new(key).words("line", line.to_string());
        match self {
            NotText::NotUtf8 { line, byte } => {
                at("fault-not-utf8", *line).words("byte", format!("{byte:02X}")).words("letter", old_letter(*byte))
            }
            NotText::NotUtf16 { line } => at("fault-not-utf16", *line),
            NotText::Nul { line } => at("fault-not-text", *line),
            NotText::Other(kind) => kind.problem(),
        }
    }

    /// The whole sentence, for a file of a name.
    pub fn say(&self, name: &str) -> Say {
        let problem = self.problem();
        let mend = Say { key: format!("{}-mend", problem.key).into(), parts: problem.parts.clone() };
        Say::new("refused-file").words("file", name).clause("problem", problem).clause("mend", mend)
    }

    /// The reason in an error of reading, if it is one of these.
    pub fn of(error: &std::io::Error) -> Option<&NotText> {
        error.get_ref().and_then(|inner| inner.downcast_ref())
    }
}

/// What the byte is in the code page that Windows uses in Western languages.
fn old_letter(byte: u8) -> String {
    match byte {
        0x91 | 0x92 => "’".into(),
        0x93 | 0x94 => "”".into(),
        0x96 | 0x97 => "–".into(),
        0x80 => "€".into(),
        0x85 => "…".into(),
        0xa0.. => char::from(byte).to_string(),
        _ => "?".into(),
    }
}

/// A source of UTF-8 text. What is UTF-8 passes through as it is; it is only looked at.
pub struct Text<R> {
    source: R,
    encoding: Encoding,
    /// Bytes of the source that have not been taken.
    raw: Vec<u8>,
    /// Text that is ready lies between these, in `raw` or, where the source is UTF-16, in `decoded`.
    at: usize,
    ready: usize,
    decoded: Vec<u8>,
    ended: bool,
    /// The line on which the next block begins.
    line: u64,
    mark: u64,
    failed: Option<NotText>,
}

impl<R: Read> Text<R> {
    /// Looks at the beginning and finds out what it is.
    pub fn open(source: R) -> std::io::Result<Text<R>> {
        let (raw, decoded) = (Vec::with_capacity(BLOCK), Vec::new());
        let encoding = Encoding::Utf8;
        let mut text =
            Text { source, encoding, raw, at: 0, ready: 0, decoded, ended: false, line: 1, mark: 0, failed: None };
        text.fill()?;
        let (encoding, mark) = match content::look(&text.raw, text.ended) {
            Ok(found) => found,
            Err(kind) => return Err(text.fail(NotText::Other(kind))),
        };
        (text.encoding, text.mark) = (encoding, mark as u64);
        text.raw.drain(..mark);
        text.prepare()?;
        Ok(text)
    }

    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Where the text begins in the source; none where positions in the text are not those of the source, because it was
    /// converted.
    pub fn begins(&self) -> Option<u64> {
        (self.encoding == Encoding::Utf8).then_some(self.mark)
    }

    fn fill(&mut self) -> std::io::Result<()> {
        let room = BLOCK.saturating_sub(self.raw.len()).max(4) as u64;
        // Until there is a block or the end: a pipe gives a little at a time.
        let read = self.source.by_ref().take(room).read_to_end(&mut self.raw)?;
        self.ended = (read as u64) < room;
        Ok(())
    }

    fn fail(&mut self, why: NotText) -> std::io::Error {
        self.failed = Some(why.clone());
        std::io::Error::new(ErrorKind::InvalidInput, why)
    }

    /// Makes the next block of text ready.
    fn prepare(&mut self) -> std::io::Result<()> {
        if let Some(why) = self.failed.clone() {
            return Err(self.fail(why));
        }
        match self.encoding {
            Encoding::Utf8 => self.look_at_utf8(),
            Encoding::Utf16Le => self.decode(u16::from_le_bytes),
            Encoding::Utf16Be => self.decode(u16::from_be_bytes),
        }
    }

    fn look_at_utf8(&mut self) -> std::io::Result<()> {
        let valid = match std::str::from_utf8(&self.raw) {
            Ok(text) => text.len(),
            // The rest of a character may come with the next block.
            Err(error) if error.error_len().is_none() && !self.ended => error.valid_up_to(),
            Err(error) => {
                let line = self.line + lines(&self.raw[..error.valid_up_to()]);
                let byte = self.raw[error.valid_up_to()];
                return Err(self.fail(NotText::NotUtf8 { line, byte }));
            }
        };
        if let Some(at) = memchr::memchr(0, &self.raw[..valid]) {
            let line = self.line + lines(&self.raw[..at]);
            return Err(self.fail(NotText::Nul { line }));
        }
        self.line += lines(&self.raw[..valid]);
        (self.at, self.ready) = (0, valid);
        Ok(())
    }

    fn decode(&mut self, unit: fn([u8; 2]) -> u16) -> std::io::Result<()> {
        let mut whole = self.raw.len() / 2 * 2;
        let units: Vec<u16> = self.raw[..whole].chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        // The first half of a pair waits for the second.
        let waits = !self.ended && units.last().is_some_and(|last| (0xd800..0xdc00).contains(last));
        let units = if waits { &units[..units.len() - 1] } else { &units[..] };
        whole -= if waits { 2 } else { 0 };
        let text = String::from_utf16(units).ok().filter(|_| !self.ended || self.raw.len().is_multiple_of(2));
        let Some(text) = text else {
            let before: String = char::decode_utf16(units.iter().copied()).map_while(Result::ok).collect();
            let line = self.line + lines(before.as_bytes());
            return Err(self.fail(NotText::NotUtf16 { line }));
        };
        if let Some(at) = memchr::memchr(0, text.as_bytes()) {
            let line = self.line + lines(&text.as_bytes()[..at]);
            return Err(self.fail(NotText::Nul { line }));
        }
        self.line += lines(text.as_bytes());
        self.raw.drain(..whole);
        self.decoded = text.into_bytes();
        (self.at, self.ready) = (0, self.decoded.len());
        Ok(())
    }
}

fn lines(text: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', text).count() as u64
}

impl<R: Read> BufRead for Text<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        while self.at == self.ready && !self.is_done() {
            if self.encoding == Encoding::Utf8 {
                self.raw.drain(..self.ready);
            }
            (self.at, self.ready) = (0, 0);
            if !self.ended {
                self.fill()?;
            }
            self.prepare()?;
        }
        let from = if self.encoding == Encoding::Utf8 { &self.raw } else { &self.decoded };
        Ok(&from[self.at..self.ready])
    }

    fn consume(&mut self, amount: usize) {
        self.at = (self.at + amount).min(self.ready);
    }
}

impl<R: Read> Text<R> {
    /// Whether the source has ended and nothing of it waits.
    fn is_done(&self) -> bool {
        let waits = if self.encoding == Encoding::Utf8 { self.raw.len() > self.ready } else { !self.raw.is_empty() };
        self.ended && !waits
    }
}

impl<R: Read> Read for Text<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let ready = self.fill_buf()?;
        let count = ready.len().min(into.len());
        into[..count].copy_from_slice(&ready[..count]);
        self.consume(count);
        Ok(count)
    }
}

/// The whole of a small file.
pub fn whole(bytes: &[u8]) -> Result<String, NotText> {
    let read = |bytes| {
        let mut text = String::new();
        Text::open(bytes)?.read_to_string(&mut text)?;
        Ok(text)
    };
    // Nothing but the text itself can go wrong in memory.
    read(bytes).map_err(|error: std::io::Error| NotText::of(&error).cloned().unwrap_or(NotText::Nul { line: 1 }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TABLE: &str = "id,title\nA,ស្ត្រី 🌸\nB,é\n";

    fn utf16(text: &str, mark: bool, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        let mark = if mark { "\u{feff}" } else { "" };
        format!("{mark}{text}").encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn the_same_text_however_it_was_saved() {
        let marked = format!("\u{feff}{TABLE}").into_bytes();
        let ways = [
            TABLE.as_bytes().to_vec(),
            marked,
            utf16(TABLE, true, u16::to_le_bytes),
            utf16(TABLE, true, u16::to_be_bytes),
            utf16(TABLE, false, u16::to_le_bytes),
            utf16(TABLE, false, u16::to_be_bytes),
        ];
        for bytes in ways {
            assert_eq!(whole(&bytes).as_deref(), Ok(TABLE), "{:?}", &bytes[..4]);
        }
        assert_eq!(whole(b""), Ok(String::new()));
    }

    #[test]
    fn an_old_code_page_is_told_with_its_place() {
        assert_eq!(whole(b"id,title\nA,caf\xe9\n"), Err(NotText::NotUtf8 { line: 2, byte: 0xe9 }));
        let long = [b"x\n".repeat(300_000), b"\x93quoted\x94\n".to_vec()].concat();
        assert_eq!(whole(&long), Err(NotText::NotUtf8 { line: 300_001, byte: 0x93 }));
        // Khmer that was cut in the middle of a letter.
        assert_eq!(whole(&TABLE.as_bytes()[..13]), Err(NotText::NotUtf8 { line: 2, byte: 0xe1 }));
        let say = NotText::NotUtf8 { line: 2, byte: 0xe9 }.say("list.csv");
        let told = romduol_locale::Locale::of(romduol_plan::Lang::En).tell(&say);
        for part in ["list.csv", "line 2", "E9", "é", "CSV UTF-8"] {
            assert!(told.contains(part), "{part} in {told}");
        }
    }

    #[test]
    fn nul_and_halves_are_told() {
        assert_eq!(whole(&[&b"id\nA\0B\n"[..], &b"row\n".repeat(30)].concat()), Err(NotText::Nul { line: 2 }));
        let mut cut = utf16(TABLE, true, u16::to_le_bytes);
        cut.pop();
        assert_eq!(whole(&cut), Err(NotText::NotUtf16 { line: 3 }));
    }

    proptest! {
        #[test]
        fn any_text_in_any_encoding_at_any_pace(text in "[a-z][a-z,\n]{0,3}(\\PC|\n){0,300}", pace in 1usize..600) {
            let plain = text.trim_start_matches('\u{feff}');
            let ways = [plain.as_bytes().to_vec(), utf16(plain, true, u16::to_le_bytes), utf16(plain, true, u16::to_be_bytes)];
            for bytes in ways {
                let mut read = String::new();
                let slow = bytes.chunks(pace).fold(Box::new(std::io::empty()) as Box<dyn Read>, |all, one| Box::new(all.chain(one)));
                Text::open(slow).unwrap().read_to_string(&mut read).unwrap();
                prop_assert_eq!(&read, plain);
            }
        }

        #[test]
        fn any_bytes_are_text_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            match whole(&bytes) {
                Ok(text) => prop_assert!(!text.contains('\0')),
                Err(why) => for lang in romduol_plan::Lang::ALL {
                    let say = why.say("x.csv");
                    let told = romduol_locale::Locale::of(lang).tell(&say);
                    prop_assert!(told.len() > 20 && told != say.key && !told.contains("fault-"), "{}", told);
                },
            }
        }
    }
}
