//! Whether this node can answer for the plan as it is now. Refuses to know who asks.

use std::sync::atomic::Ordering;
use std::time::Duration;

use romduol_ledger::LedgerError;

use crate::App;

/// An unreachable server lets one wait; whoever asks whether to send people here wants an answer.
const LONGEST: Duration = Duration::from_secs(2);
/// What another node has just written arrives within some 25 ms. Longer than this is behind.
const CATCH_UP: Duration = Duration::from_secs(1);
const EVERY: Duration = Duration::from_millis(10);

/// Why a node should not be asked.
#[derive(Debug)]
pub enum NotCurrent {
    Unreadable(Option<LedgerError>),
    Behind {
        known: u64,
        newest: u64,
    },
    /// It was looked over and is damaged.
    Unsound,
}

impl NotCurrent {
    /// For machines and whoever looks after them; it names nothing of the machine.
    pub fn sentence(&self) -> String {
        match self {
            NotCurrent::Unreadable(_) => "The ledger cannot be read; the program's log says why.".into(),
            NotCurrent::Unsound => {
                "The ledger or what is kept beside it is damaged; the program's log says where.".into()
            }
            NotCurrent::Behind { known, newest } => {
                format!("This node is behind: it knows entry {known}, the ledger ends at {newest}.")
            }
        }
    }
}

impl App {
    /// Whether the ledger can be read and the newest snapshot is at its end.
    pub async fn is_current(&self) -> Result<(), NotCurrent> {
        if self.unsound.load(Ordering::SeqCst) {
            return Err(NotCurrent::Unsound);
        }
        let head = tokio::time::timeout(LONGEST, self.ledger.head()).await;
        let newest = match head {
            Ok(Ok(head)) => head.seq,
            Ok(Err(error)) => return Err(NotCurrent::Unreadable(Some(error))),
            Err(_) => return Err(NotCurrent::Unreadable(None)),
        };
        let caught_up = async {
            while self.snapshot().head.seq < newest {
                tokio::time::sleep(EVERY).await;
            }
        };
        let behind = |_| NotCurrent::Behind { known: self.snapshot().head.seq, newest };
        tokio::time::timeout(CATCH_UP, caught_up).await.map_err(behind)
    }
}
