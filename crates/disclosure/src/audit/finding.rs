//! What speaks against publishing, with the culprit in it. It refuses to know names; the caller puts them in.

/// One reason not to publish. Cells are numbers of the system.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Finding {
    WrongLength {
        given: usize,
        expected: usize,
    },
    /// A small count, or one that was hidden before, is to be shown.
    Published {
        cell: u32,
    },
    /// What everybody knows cannot be hidden.
    KnownAlready {
        cell: u32,
    },
    /// A hidden small count is all that is hidden in this total, or follows from several sums (`None`). `repair` are
    /// published cells of which hiding one would help.
    Computed {
        cell: u32,
        total: Option<u32>,
        repair: Vec<u32>,
    },
    /// A witness changes what is published, breaks a sum or a bound.
    FalseWitness {
        witness: usize,
        cell: u32,
    },
    /// No witness in which it is large enough.
    NoWitness {
        cell: u32,
    },
    /// Who is the only one in `insider` learns `cell`.
    Insider {
        cell: u32,
        insider: u32,
    },
}

impl Finding {
    /// In one sentence.
    #[must_use]
    pub fn say(&self, name: &dyn Fn(u32) -> String) -> String {
        match self {
            Self::WrongLength { given, expected } => format!("{given} marks were given for {expected} cells"),
            Self::Published { cell } => format!("{} must stay hidden; hide it", name(*cell)),
            Self::KnownAlready { cell } => format!("{} is known already; hiding it protects nothing", name(*cell)),
            Self::Computed { cell, total, repair } => {
                let from = total.map_or("several totals together".into(), name);
                let repair: Vec<String> = repair.iter().map(|&cell| name(cell)).collect();
                let advice = match repair.as_slice() {
                    [] => "publish less detail there".into(),
                    some => format!("hide, or merge with its neighbours, one of: {}", some.join("; ")),
                };
                format!("{} can be computed from {from}; {advice}", name(*cell))
            }
            Self::FalseWitness { witness, cell } => format!("witness {witness} is false about {}", name(*cell)),
            Self::NoWitness { cell } => {
                format!("no witness lets {} be large enough; hide more around it or publish less detail", name(*cell))
            }
            Self::Insider { cell, insider } => format!(
                "who is the only one in {} can compute {}; hide more around it or publish less detail",
                name(*insider),
                name(*cell)
            ),
        }
    }
}
