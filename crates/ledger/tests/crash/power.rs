//! The power goes: what a writing process did with its files is recorded once, and a model of a disk that keeps only what
//! was synced says what any cut leaves of it. That must open by itself and hold everything that was acknowledged until
//! then; so must each backup and each restored folder.
//!
//! The process is recorded again and again, each time on what one cut has left, so that the power goes during recovery, too.

pub(crate) mod backups;
mod disk;
mod trace;

use std::fs;
use std::path::Path;
use std::time::Instant;

use disk::{Disk, Loss};
use romduol_ledger::{FILE_NAME, Ledger};
use trace::Deed;

use crate::{Acknowledged, Dice, adopt, child, examine, rounds};

const DATA: &str = "data";
const BACKUPS: &str = "backups";
/// How often a process is recorded.
const LIVES: usize = 10;
/// Enough for the log to be folded into the file, and for some backups.
const TURNS: u64 = 60;

/// The model says what a disk keeps; what it leaves is looked at where no real one has to be waited for.
fn in_memory() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// What one process did, and where it began.
struct Recording {
    start: Disk,
    told: Acknowledged,
    deeds: Vec<Deed>,
}

impl Recording {
    /// Lets a process write in a folder until it ends by itself.
    fn new(folder: &Path, told: Acknowledged, turns: u64) -> Self {
        let backups = folder.join(BACKUPS);
        let _ = fs::remove_dir_all(&backups);
        fs::create_dir(&backups).unwrap();
        let start = Disk::of(folder);
        let deeds = trace::record(folder, |under| {
            let mut command = child::command(under, folder.join(DATA), turns);
            command.env(child::BACKUPS, &backups);
            command
        });
        Self { start, told, deeds }
    }

    fn acknowledgements(&self) -> usize {
        let mut told = Acknowledged::default();
        let said = self.deeds.iter().filter_map(|deed| if let Deed::Said(line) = deed { Some(line) } else { None });
        said.for_each(|line| told.hear(line));
        told.count
    }

    /// Where the power may go: anywhere, just before a sync, when most is at stake, or when something was just promised.
    fn places(&self, dice: &mut Dice, times: usize) -> Vec<usize> {
        let syncs = (0..self.deeds.len()).filter(|at| matches!(self.deeds[*at], Deed::Sync(_)));
        let all = [(0..=self.deeds.len()).collect(), syncs.collect(), self.moments()];
        let mut pick = |of: &[usize]| of[dice.below(of.len() as u64) as usize];
        (0..times).map(|time| pick(&all[time % 3])).collect()
    }

    /// Just after a renaming, and just after each word that was said.
    fn moments(&self) -> Vec<usize> {
        let tells = |at: &usize| matches!(self.deeds[*at], Deed::Rename { .. } | Deed::Said(_));
        (0..self.deeds.len()).filter(tells).map(|at| at + 1).collect()
    }

    /// Cuts the power at these places and shows what each cut leaves and what was acknowledged before it.
    async fn cut(
        &self,
        mut places: Vec<usize>,
        dice: &mut Dice,
        loss: fn(&mut Dice) -> Loss,
        mut see: impl AsyncFnMut(&Path, Acknowledged),
    ) {
        let (mut disk, mut told, mut done) = (self.start.clone(), self.told.clone(), 0);
        places.sort_unstable();
        for place in places {
            for deed in &self.deeds[done..place] {
                disk.take(deed);
                if let Deed::Said(line) = deed {
                    told.hear(line);
                }
            }
            done = place;
            let left = in_memory();
            disk.cut(&loss(dice), dice, left.path());
            see(left.path(), told.clone()).await;
        }
    }
}

/// What came of all cuts.
#[derive(Default)]
struct Count {
    cuts: usize,
    early: usize,
    unknown: usize,
    backups: backups::Left,
}

#[tokio::test]
#[ignore = "takes a while and needs strace; CRASH_ROUNDS says how often (1,000)"]
async fn power_cuts() {
    let (mut dice, start, times) = (Dice::new(), Instant::now(), rounds(1_000).div_ceil(LIVES));
    let (mut root, mut told, mut count) = (in_memory(), Acknowledged::default(), Count::default());
    let (mut deeds, mut acknowledged) = (0, 0);
    for _ in 0..LIVES {
        let recording = Recording::new(root.path(), told.clone(), TURNS);
        deeds += recording.deeds.len();
        acknowledged += recording.acknowledgements();
        let (half, mut seen, mut next) = (times / 2, 0, None);
        let chosen = half + dice.below((times - half) as u64) as usize;
        let places = recording.places(&mut dice, times);
        recording
            .cut(places, &mut dice, Loss::any, async |left, mut told| {
                let kept = (seen == chosen).then(|| Disk::of(left));
                seen += 1;
                inspect(left, &told, &mut count).await;
                if let Some(disk) = kept.filter(|_| told.made) {
                    adopt(&left.join(DATA), &mut told).await;
                    next = Some((disk, told));
                }
            })
            .await;
        // The next process starts from what a cut has left, before anything was opened there.
        if let Some((disk, known)) = next {
            root = in_memory();
            disk.cut(&Loss::any(&mut dice), &mut dice, root.path());
            told = Acknowledged { backups: Vec::new(), restored: Vec::new(), ..known };
        }
    }
    println!(
        "{} power cuts in {deeds} recorded calls, {:.1} s: {acknowledged} acknowledgements, 0 lost; {} times the batch \
         under way was there whole without an answer; {} backups and restored folders whole, {} \
         halves of backups refused; {} cuts before there was a ledger",
        count.cuts,
        start.elapsed().as_secs_f64(),
        count.unknown,
        count.backups.whole,
        count.backups.halves,
        count.early
    );
}

#[tokio::test]
#[ignore = "needs strace"]
async fn a_cut_at_every_moment_that_tells() {
    let (root, mut dice, mut count) = (in_memory(), Dice::new(), Count::default());
    let recording = Recording::new(root.path(), Acknowledged::default(), 6);
    let places = recording.moments().repeat(32);
    let see = async |left: &Path, told| inspect(left, &told, &mut count).await;
    recording.cut(places, &mut dice, Loss::even, see).await;
    println!(
        "{} power cuts after each renaming and each acknowledgement: {} backups and restored folders whole",
        count.cuts, count.backups.whole
    );
}

/// What must hold of whatever a cut leaves.
async fn inspect(left: &Path, told: &Acknowledged, count: &mut Count) {
    count.cuts += 1;
    if told.made {
        let unknown = examine(&left.join(DATA), told).await;
        assert!(unknown <= child::BATCH, "{unknown} entries that nobody was told about");
        count.unknown += usize::from(unknown > 0);
    } else {
        count.early += 1;
    }
    backups::examine(&left.join(BACKUPS), told, &mut count.backups).await;
}

#[tokio::test]
#[ignore = "needs strace"]
async fn a_file_that_somebody_killed_has_stored_is_waited_for() {
    let (root, mut dice) = (in_memory(), Dice::new());
    Ledger::create(root.path()).await.unwrap().close().await;
    let mut disk = Disk::of(root.path());
    let store = || trace::record(root.path(), |under| child::storing(under, root.path()));
    // The first one was killed before it waited for the disk, and what it wrote stands in memory still.
    store().iter().filter(|deed| !matches!(deed, Deed::Sync(_))).for_each(|deed| disk.take(deed));
    let mut told = Acknowledged::default();
    for deed in store() {
        disk.take(&deed);
        if let Deed::Said(line) = &deed {
            told.hear(line);
        }
    }
    assert_eq!(told.blobs.len(), 1);
    for _ in 0..32 {
        let left = in_memory();
        disk.cut(&Loss::even(&mut dice), &mut dice, left.path());
        examine(left.path(), &told).await;
    }
}

#[tokio::test]
#[ignore = "needs strace"]
async fn a_sync_that_is_left_out_is_found() {
    let root = in_memory();
    let recording = Recording::new(root.path(), Acknowledged::default(), 20);
    let log = format!("{FILE_NAME}-wal");
    for (what, of) in [("log", format!("{DATA}/{log}")), ("names", DATA.into()), ("folder", String::new())] {
        let mut deeds = recording.deeds.clone();
        deeds.retain(|deed| !matches!(deed, Deed::Sync(path) if path == Path::new(&of)));
        assert!(deeds.len() < recording.deeds.len(), "the {what} is synced");
        let (start, told) = (recording.start.clone(), recording.told.clone());
        let (mut dice, mut cuts, mut lost) = (Dice::new(), 0, 0);
        let forgetful = Recording { start, told, deeds };
        let places = forgetful.places(&mut dice, 100);
        forgetful
            .cut(places, &mut dice, Loss::any, async |left, told| {
                cuts += 1;
                lost += usize::from(is_lost(left, &told).await);
            })
            .await;
        println!("without a sync of the {what}, {lost} of {cuts} cuts lose what was acknowledged");
        assert!(lost > 0);
    }
}

/// Whether entries are gone that were acknowledged.
async fn is_lost(left: &Path, told: &Acknowledged) -> bool {
    match Ledger::open(left.join(DATA)).await {
        Err(_) => told.head.is_some(),
        Ok(ledger) => {
            let end = ledger.head().await.map_or(0, |head| head.seq);
            ledger.close().await;
            told.head.as_ref().is_some_and(|known| end < known.seq)
        }
    }
}
