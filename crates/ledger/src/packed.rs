//! How a long body lies in its column: compressed, where the engine does not do that by itself. It refuses to know what
//! a body says; the hash is always over the plain text.
//!
//! SQLite keeps text and bytes in one column, so an older, uncompressed row reads the same. PostgreSQL compresses long text
//! itself; its column stays text.

use std::cell::RefCell;
use std::io::Read;

use sqlx::postgres::{PgTypeInfo, PgValueRef};
use sqlx::sqlite::{SqliteTypeInfo, SqliteValueRef};
use sqlx::{Decode, Postgres, Sqlite, Type, TypeInfo, ValueRef};

/// Shorter bodies gain nothing.
const LONG: usize = 512;
/// Fast rather than smallest; higher levels take several times as long for a tenth of the size.
const LEVEL: i32 = 1;
/// No change of a plan comes near it. Few bytes of a foreign file can unpack to more than any memory holds.
const LARGEST: u64 = 1 << 30;

/// A body as it is bound to a statement.
pub(crate) enum Stored<'a> {
    Text(&'a str),
    Bytes(Vec<u8>),
}

/// Packs a body where the engine does not and where that makes it smaller.
pub(crate) fn pack(body: &str, packs: bool) -> Stored<'_> {
    let packed = (packs && body.len() > LONG).then(|| compress(body.as_bytes()).ok()).flatten();
    match packed {
        Some(bytes) if bytes.len() < body.len() => Stored::Bytes(bytes),
        _ => Stored::Text(body),
    }
}

thread_local! {
    /// The compressor's tables are larger than most bodies; they are made once for each thread.
    static COMPRESSOR: RefCell<Option<zstd::bulk::Compressor<'static>>> = const { RefCell::new(None) };
}

fn compress(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|compressor| match compressor {
        Some(compressor) => compressor.compress(bytes),
        None => compressor.insert(zstd::bulk::Compressor::new(LEVEL)?).compress(bytes),
    })
}

/// A body as it is read, whichever way it was stored.
pub(crate) struct Body(pub(crate) String);

impl Type<Sqlite> for Body {
    fn type_info() -> SqliteTypeInfo {
        <String as Type<Sqlite>>::type_info()
    }

    fn compatible(info: &SqliteTypeInfo) -> bool {
        <String as Type<Sqlite>>::compatible(info) || <Vec<u8> as Type<Sqlite>>::compatible(info)
    }
}

impl<'r> Decode<'r, Sqlite> for Body {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
        if value.type_info().name() != "BLOB" {
            return Ok(Body(<String as Decode<Sqlite>>::decode(value)?));
        }
        // Bytes that do not unpack were changed past this program. They become a text that no hash fits, so that the
        // break of the chain is reported with the entry's number.
        Ok(Body(unpack(<&[u8] as Decode<Sqlite>>::decode(value)?).unwrap_or_default()))
    }
}

impl Type<Postgres> for Body {
    fn type_info() -> PgTypeInfo {
        <String as Type<Postgres>>::type_info()
    }
}

impl<'r> Decode<'r, Postgres> for Body {
    fn decode(value: PgValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
        <String as Decode<Postgres>>::decode(value).map(Body)
    }
}

fn unpack(bytes: &[u8]) -> Option<String> {
    read(zstd::stream::Decoder::new(bytes).ok()?, LARGEST)
}

fn read(source: impl Read, most: u64) -> Option<String> {
    let mut text = Vec::new();
    source.take(most + 1).read_to_end(&mut text).ok()?;
    String::from_utf8(text).ok().filter(|text| text.len() as u64 <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_body_comes_back_and_a_short_one_is_left_alone() {
        let long = r#"{"put":[{"kind":"returns"}]}"#.repeat(100);
        let Stored::Bytes(bytes) = pack(&long, true) else { panic!("long bodies are packed") };
        assert!(bytes.len() * 10 < long.len());
        assert_eq!(unpack(&bytes).unwrap(), long);
        assert!(matches!(pack("{}", true), Stored::Text("{}")));
    }

    #[test]
    fn damaged_bytes_are_no_body() {
        let Stored::Bytes(mut bytes) = pack(&"{}".repeat(1_000), true) else { panic!("long bodies are packed") };
        bytes.truncate(bytes.len() / 2);
        assert!(unpack(&bytes).is_none());
        assert!(unpack(b"not packed at all").is_none());
        assert!(read(std::io::repeat(b'0'), 100).is_none(), "and neither are those without end");
        assert_eq!(read(&b"{}"[..], 2).as_deref(), Some("{}"));
    }
}
