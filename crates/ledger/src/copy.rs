//! Copying a ledger to another place, once or again and again: entries, the rows beside them, files. The copy is a
//! ledger that can be opened and served. It refuses to merge: a place with other entries is left alone.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Row};

use crate::chain::{Head, sha256_hex};
use crate::dialect::{Pool, on_all};
use crate::{AppendError, BlobId, Ledger, LedgerError, Place, dialect, schema};

/// The rows beside the entries. What refers to another table stands behind it. Since when nothing names a file (`unnamed`) is
/// each ledger's own.
const TABLES: &[Table] = &[
    Table { only: "WHERE key NOT IN ('schema', 'head')", ..table(1, "meta", &["key", "value"]) },
    table(
        1,
        "account",
        &["id", "login", "name", "password_hash", "role", "institution", "area", "language", "#active", "#created"],
    ),
    Table {
        later: &[(5, "#strong"), (5, "#proved"), (7, "#small_counts")],
        ..table(1, "session", &["token_hash", "account", "#created", "#seen", "#expires", "#revoked"])
    },
    table(1, "draft", &["return_id", "body", "#revision", "saved_by", "#saved_at"]),
    table(3, "comment", &["code_hash", "version", "body", "#day", "outcome"]),
    table(4, "contact", &["account", "email", "#reminded"]),
    table(5, "ticket", &["hash", "purpose", "account", "data", "#expires"]),
    table(5, "factor", &["id", "account", "kind", "name", "secret", "#used", "#created"]),
    table(5, "token", &["hash", "account", "name", "scope", "#created", "#expires", "#used"]),
    table(5, "identity", &["issuer", "subject", "account"]),
    Table { later: &[(7, "why")], ..table(5, "access", &["id", "#at", "account", "act", "object"]) },
    table(6, "submission", &["key", "#alive", "#seq", "print", "answer"]),
];

struct Table {
    /// The schema that brought it.
    since: u32,
    name: &'static str,
    /// A number's name begins with `#`; all others are text.
    columns: &'static [&'static str],
    /// Columns that a later schema brought.
    later: &'static [(u32, &'static str)],
    only: &'static str,
}

const fn table(since: u32, name: &'static str, columns: &'static [&'static str]) -> Table {
    Table { since, name, columns, later: &[], only: "" }
}

impl Table {
    /// Its columns in a ledger of this schema; none if that has no such table.
    fn columns(&self, schema: u32) -> Option<Vec<&'static str>> {
        let later = self.later.iter().filter(|(since, _)| *since <= schema).map(|(_, name)| *name);
        (self.since <= schema).then(|| self.columns.iter().copied().chain(later).collect())
    }
}

enum Cell {
    Text(Option<String>),
    Number(Option<i64>),
}

/// All rows of all tables, in the order of [`TABLES`].
pub(crate) struct Rows(Vec<Of>);

/// The rows of one table. An older program may have left them with fewer columns.
struct Of {
    table: &'static Table,
    columns: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
}

/// What one pass has copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Where the copy ends now.
    pub head: Head,
    /// How many entries were new to it.
    pub entries: u64,
    /// How many files were new to it.
    pub files: u64,
    /// All files that it has now.
    pub holds: BTreeSet<BlobId>,
}

/// A ledger and its copy.
pub struct Copy {
    from: Ledger,
    to: Ledger,
    /// What the rows looked like when they were last copied.
    seen: Option<String>,
    /// Files of the copy that were read and have the content of their name.
    sound: BTreeSet<BlobId>,
}

impl Copy {
    /// Opens the ledger at `to`, or makes one.
    ///
    /// # Errors
    /// As [`Ledger::open`] and [`Ledger::create`].
    pub async fn new(from: &Ledger, to: &Place) -> Result<Self, LedgerError> {
        let opened = match Ledger::open(to).await {
            // An empty database has no tables; one with other tables keeps them, and its names may be taken.
            Err(LedgerError::Missing { .. } | LedgerError::NotALedger { .. }) => Ledger::create(to).await?,
            opened => opened?,
        };
        Ok(Self { from: from.clone(), to: opened, seen: None, sound: BTreeSet::new() })
    }

    /// Brings the copy up to date. With the files that are `named` now, also accounts, drafts and what else stands beside the
    /// entries; and a file that is gone from the ledger goes from the copy, too, unless it is named: then it was lost rather
    /// than erased. The files that the entries of this pass name are there before them: a file is stored before an
    /// entry names it.
    ///
    /// # Errors
    /// [`LedgerError::NotACopy`], [`LedgerError::Broken`], those of either engine.
    pub async fn pass(&mut self, named: Option<&BTreeSet<BlobId>>) -> Result<Copied, LedgerError> {
        let start = self.to.head().await?;
        self.is_copy(&start).await?;
        // The end of this pass: files are copied for what is there now.
        let end = self.from.head().await?;
        let files = self.files().await?;
        let head = self.entries(&start, &end).await?;
        if let Some(named) = named {
            self.erase(named).await?;
            self.rows().await?;
        }
        Ok(Copied { entries: head.seq - start.seq, head, files, holds: self.sound.clone() })
    }

    async fn rows(&mut self) -> Result<(), LedgerError> {
        let rows = self.from.read_rows().await?;
        let looks = sha256_hex(&rows.to_json());
        if self.seen.as_ref() != Some(&looks) {
            rows.write(&self.to.writer).await.map_err(|e| self.to.fault(e))?;
            self.seen = Some(looks);
        }
        Ok(())
    }

    async fn entries(&self, start: &Head, end: &Head) -> Result<Head, LedgerError> {
        let mut head = start.clone();
        while head.seq < end.seq {
            let mut entries = self.from.read_after(&head).await?;
            entries.retain(|entry| entry.seq <= end.seq);
            head = self.to.append_chained(&head, &entries, &[]).await.map_err(|error| match error {
                AppendError::Conflict { after } => self.other(after + 1),
                AppendError::Ledger(error) => error,
            })?;
        }
        Ok(head)
    }

    /// Closes both.
    pub async fn close(self) {
        self.from.close().await;
        self.to.close().await;
    }

    async fn is_copy(&self, head: &Head) -> Result<(), LedgerError> {
        let same = head.seq == 0 || self.from.entry(head.seq).await?.is_some_and(|entry| entry.head() == *head);
        if same { Ok(()) } else { Err(self.other(head.seq)) }
    }

    fn other(&self, seq: u64) -> LedgerError {
        LedgerError::NotACopy { path: self.to.path(), seq }
    }

    /// Copies files that are new, and mends those that are damaged in the copy.
    async fn files(&mut self) -> Result<u64, LedgerError> {
        let (from, to) = (self.from.blobs().list().await?, self.to.blobs().list().await?);
        let mut copied = 0;
        self.sound.retain(|id| to.binary_search(id).is_ok());
        for id in from.iter().chain(&to) {
            if self.sound.contains(id) {
                continue;
            }
            let there = to.binary_search(id).is_ok() && self.to.blobs().find(id).await?.is_some();
            if !there {
                let Some(bytes) = self.from.blobs().find(id).await? else { continue };
                self.to.blobs().put(bytes).await?;
                copied += 1;
            }
            self.sound.insert(id.clone());
        }
        Ok(copied)
    }

    async fn erase(&mut self, named: &BTreeSet<BlobId>) -> Result<(), LedgerError> {
        let (from, to) = (self.from.blobs().list().await?, self.to.blobs().list().await?);
        for id in to.iter().filter(|id| from.binary_search(id).is_err() && !named.contains(id)) {
            self.to.blobs().erase(id).await?;
            self.sound.remove(id);
        }
        Ok(())
    }
}

impl Ledger {
    /// A copy of the ledger in a folder, for a backup, which takes the files from where they are.
    pub(crate) async fn copy_without_files(&self, folder: &Path) -> Result<(), LedgerError> {
        let to = Ledger::create(folder).await?;
        let copy = Copy { from: self.clone(), to: to.clone(), seen: None, sound: BTreeSet::new() };
        copy.entries(&Head::genesis(), &self.head().await?).await?;
        let rows = self.read_rows().await?;
        rows.write(&to.writer).await.map_err(|e| to.fault(e))?;
        to.close().await;
        Ok(())
    }

    /// Its rows as one reader sees them at one moment. A ledger of an older schema was perhaps only opened to be looked at.
    pub(crate) async fn read_rows(&self) -> Result<Rows, LedgerError> {
        let schema = self.schema().await?;
        Rows::read(&self.reader, schema).await.map_err(|e| self.fault(e))
    }
}

impl Rows {
    /// Reads all tables as one reader sees them at one moment, so that no row refers to one that is not there.
    async fn read(pool: &Pool, schema: u32) -> Result<Rows, sqlx::Error> {
        let mut all = Vec::new();
        on_all!(pool, |pool| {
            let mut transaction = dialect::begin_read(pool).await?;
            for table in TABLES {
                let Some(columns) = table.columns(schema) else { continue };
                let sql = format!("SELECT {} FROM {} {} ORDER BY 1", names(&columns), table.name, table.only);
                let mut rows = Vec::new();
                for row in sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut *transaction).await? {
                    let cells = columns.iter().enumerate().map(|(at, name)| match name.starts_with('#') {
                        true => row.try_get(at).map(Cell::Number),
                        false => row.try_get(at).map(Cell::Text),
                    });
                    rows.push(cells.collect::<Result<Vec<_>, _>>()?);
                }
                all.push(Of { table, columns, rows });
            }
            transaction.rollback().await?;
        });
        Ok(Rows(all))
    }

    /// Puts rows in the place of those that are there, all at once.
    pub(crate) async fn write(&self, pool: &Pool) -> Result<(), sqlx::Error> {
        on_all!(pool, |pool| {
            let mut transaction = dialect::begin_write(pool).await?;
            for table in TABLES.iter().rev() {
                let sql = format!("DELETE FROM {} {}", table.name, table.only);
                sqlx::query(AssertSqlSafe(sql)).execute(&mut *transaction).await?;
            }
            for of in &self.0 {
                let sql = insert_sql(of);
                for row in &of.rows {
                    // Safe: names of our own tables; values are bound.
                    let mut insert = sqlx::query(AssertSqlSafe(sql.clone()));
                    for cell in row {
                        insert = match cell {
                            Cell::Text(text) => insert.bind(text),
                            Cell::Number(number) => insert.bind(number),
                        };
                    }
                    insert.execute(&mut *transaction).await?;
                }
            }
            transaction.commit().await
        })
    }

    /// For a place that is no database: each table with the names of its columns.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        let cell = |cell: &Cell| match cell {
            Cell::Text(text) => Value::from(text.as_deref()),
            Cell::Number(number) => Value::from(*number),
        };
        let table = |of: &Of| {
            let rows: Vec<Value> = of.rows.iter().map(|row| row.iter().map(cell).collect()).collect();
            let columns: Vec<&str> = of.columns.iter().map(|name| name.trim_start_matches('#')).collect();
            (of.table.name.to_string(), json!({ "columns": columns, "rows": rows }))
        };
        let tables: serde_json::Map<String, Value> = self.0.iter().map(table).collect();
        json!({ "schema": schema::LATEST, "tables": tables }).to_string().into_bytes()
    }

    /// Only tables and columns of ours are taken. One that is missing is of an older program, and left as it begins.
    pub(crate) fn from_json(text: &[u8]) -> Result<Rows, String> {
        let stored: Value = serde_json::from_slice(text).map_err(|e| e.to_string())?;
        match stored["schema"].as_u64() {
            Some(found) if found <= schema::LATEST.into() => {}
            found => {
                return Err(format!(
                    "its rows have schema version {found:?}, this program knows up to {}",
                    schema::LATEST
                ));
            }
        }
        let mut all = Vec::new();
        for table in TABLES {
            let given = stored["tables"].get(table.name).zip(table.columns(schema::LATEST));
            let Some((given, known)) = given else { continue };
            let place =
                |name: &&&str| given["columns"].as_array()?.iter().position(|c| c == name.trim_start_matches('#'));
            let (columns, places): (Vec<&'static str>, Vec<usize>) =
                known.iter().filter_map(|name| Some((*name, place(&name)?))).unzip();
            let rows = given["rows"].as_array().map(Vec::as_slice).unwrap_or_default();
            let row = |row: &Value| columns.iter().zip(&places).map(|(name, at)| cell(name, &row[*at])).collect();
            let rows =
                rows.iter().map(row).collect::<Result<_, String>>().map_err(|e| format!("{}: {e}", table.name))?;
            all.push(Of { table, columns, rows });
        }
        Ok(Rows(all))
    }
}

fn cell(name: &str, value: &Value) -> Result<Cell, String> {
    let odd = || format!("{value} cannot stand in {name}");
    match (name.strip_prefix('#'), value) {
        (Some(_), Value::Null) => Ok(Cell::Number(None)),
        (Some(_), value) => value.as_i64().map(|number| Cell::Number(Some(number))).ok_or_else(odd),
        (None, Value::Null) => Ok(Cell::Text(None)),
        (None, value) => value.as_str().map(|text| Cell::Text(Some(text.into()))).ok_or_else(odd),
    }
}

fn names(columns: &[&str]) -> String {
    columns.iter().map(|name| name.trim_start_matches('#')).collect::<Vec<_>>().join(", ")
}

fn insert_sql(of: &Of) -> String {
    let places: Vec<_> = (1..=of.columns.len()).map(|at| format!("${at}")).collect();
    format!("INSERT INTO {} ({}) VALUES ({})", of.table.name, names(&of.columns), places.join(", "))
}
