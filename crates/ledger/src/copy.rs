//! Copying a ledger to another place, once or again and again: entries, the rows beside them, files. The copy is a
//! ledger that can be opened and served. It refuses to merge: a place with other entries is left alone.

use std::path::Path;

use sqlx::{AssertSqlSafe, Row};

use crate::chain::{Head, sha256_hex};
use crate::dialect::{Pool, on};
use crate::{AppendError, Ledger, LedgerError, Place, dialect};

/// The rows beside the entries. What refers to another table stands behind it.
const TABLES: &[Table] = &[
    Table { name: "meta", columns: &["key", "value"], only: "WHERE key NOT IN ('schema', 'head')" },
    Table {
        name: "account",
        columns: &[
            "id",
            "login",
            "name",
            "password_hash",
            "role",
            "institution",
            "area",
            "language",
            "#active",
            "#created",
        ],
        only: "",
    },
    Table {
        name: "session",
        columns: &["token_hash", "account", "#created", "#seen", "#expires", "#revoked", "#strong", "#proved"],
        only: "",
    },
    Table { name: "draft", columns: &["return_id", "body", "#revision", "saved_by", "#saved_at"], only: "" },
    Table { name: "comment", columns: &["code_hash", "version", "body", "#day", "outcome"], only: "" },
    Table { name: "contact", columns: &["account", "email", "#reminded"], only: "" },
    Table { name: "ticket", columns: &["hash", "purpose", "account", "data", "#expires"], only: "" },
    Table { name: "factor", columns: &["id", "account", "kind", "name", "secret", "#used", "#created"], only: "" },
    Table { name: "token", columns: &["hash", "account", "name", "scope", "#created", "#expires", "#used"], only: "" },
    Table { name: "identity", columns: &["issuer", "subject", "account"], only: "" },
    Table { name: "access", columns: &["id", "#at", "account", "act", "object"], only: "" },
];

struct Table {
    name: &'static str,
    /// A number's name begins with `#`; all others are text.
    columns: &'static [&'static str],
    only: &'static str,
}

#[derive(Clone, Debug)]
enum Cell {
    Text(Option<String>),
    Number(Option<i64>),
}

/// All rows of all tables, in the order of [`TABLES`].
type Rows = Vec<Vec<Vec<Cell>>>;

/// What one pass has copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Where the copy ends now.
    pub head: Head,
    /// How many entries were new to it.
    pub entries: u64,
    /// How many files were new to it.
    pub files: u64,
}

/// A ledger and its copy.
pub struct Copy {
    from: Ledger,
    to: Ledger,
    /// What the rows looked like when they were last copied.
    seen: Option<String>,
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
        Ok(Self { from: from.clone(), to: opened, seen: None })
    }

    /// Brings the copy up to date. The files that the entries of this pass name are there
    /// before them: a file is stored before an entry names it.
    ///
    /// # Errors
    /// [`LedgerError::NotACopy`], [`LedgerError::Broken`], those of either engine.
    pub async fn pass(&mut self) -> Result<Copied, LedgerError> {
        let start = self.to.head().await?;
        self.is_copy(&start).await?;
        // The end of this pass: files are copied for what is there now.
        let end = self.from.head().await?;
        let files = self.files().await?;
        let head = self.entries(&start, &end).await?;
        let rows = read(&self.from.reader).await.map_err(|e| self.from.fault(e))?;
        let looks = sha256_hex(format!("{rows:?}").as_bytes());
        if self.seen.as_ref() != Some(&looks) {
            write(&self.to.writer, &rows).await.map_err(|e| self.to.fault(e))?;
            self.seen = Some(looks);
        }
        Ok(Copied { entries: head.seq - start.seq, head, files })
    }

    async fn entries(&self, start: &Head, end: &Head) -> Result<Head, LedgerError> {
        let mut head = start.clone();
        while head.seq < end.seq {
            let mut entries = self.from.read_after(&head).await?;
            entries.retain(|entry| entry.seq <= end.seq);
            head = self.to.append_chained(&head, &entries).await.map_err(|error| match error {
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

    /// Copies files that are new and erases those that were erased.
    async fn files(&self) -> Result<u64, LedgerError> {
        let (from, to) = (self.from.blobs().list().await?, self.to.blobs().list().await?);
        let mut copied = 0;
        for id in from.iter().filter(|id| to.binary_search(id).is_err()) {
            self.to.blobs().put(self.from.blobs().get(id).await?).await?;
            copied += 1;
        }
        for id in to.iter().filter(|id| from.binary_search(id).is_err()) {
            self.to.blobs().erase(id).await?;
        }
        Ok(copied)
    }
}

impl Ledger {
    /// A copy of the ledger in a folder, for a backup, which takes the files from where they are.
    pub(crate) async fn copy_without_files(&self, folder: &Path) -> Result<(), LedgerError> {
        let to = Ledger::create(folder).await?;
        let copy = Copy { from: self.clone(), to: to.clone(), seen: None };
        copy.entries(&Head::genesis(), &self.head().await?).await?;
        let rows = read(&self.reader).await.map_err(|e| self.fault(e))?;
        write(&to.writer, &rows).await.map_err(|e| to.fault(e))?;
        to.close().await;
        Ok(())
    }
}

/// Reads all tables as one reader sees them at one moment, so that no row refers to one that is not there.
async fn read(pool: &Pool) -> Result<Rows, sqlx::Error> {
    let mut all = Vec::new();
    on!(pool, |pool| {
        let mut transaction = dialect::begin_read(pool).await?;
        for table in TABLES {
            let columns: Vec<_> = table.columns.iter().map(|name| name.trim_start_matches('#')).collect();
            let sql = format!("SELECT {} FROM {} {} ORDER BY 1", columns.join(", "), table.name, table.only);
            let mut rows = Vec::new();
            for row in sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut *transaction).await? {
                let cells = table.columns.iter().enumerate().map(|(at, name)| match name.starts_with('#') {
                    true => row.try_get(at).map(Cell::Number),
                    false => row.try_get(at).map(Cell::Text),
                });
                rows.push(cells.collect::<Result<Vec<_>, _>>()?);
            }
            all.push(rows);
        }
        transaction.rollback().await?;
    });
    Ok(all)
}

/// Puts rows in the place of those that are there, all at once.
async fn write(pool: &Pool, rows: &Rows) -> Result<(), sqlx::Error> {
    on!(pool, |pool| {
        let mut transaction = dialect::begin_write(pool).await?;
        for table in TABLES.iter().rev() {
            let sql = format!("DELETE FROM {} {}", table.name, table.only);
            sqlx::query(AssertSqlSafe(sql)).execute(&mut *transaction).await?;
        }
        for (table, rows) in TABLES.iter().zip(rows) {
            let sql = insert_sql(table);
            for row in rows {
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

fn insert_sql(table: &Table) -> String {
    let names: Vec<_> = table.columns.iter().map(|name| name.trim_start_matches('#')).collect();
    let places: Vec<_> = (1..=names.len()).map(|at| format!("${at}")).collect();
    format!("INSERT INTO {} ({}) VALUES ({})", table.name, names.join(", "), places.join(", "))
}
