//! Numbers by name, quickly found and quickly forgotten: names are small, and only few of them are asked each time. It
//! refuses to know what they name.

/// What a name that nobody gave is.
const UNKNOWN: u32 = u32::MAX;

/// By name a number, which is not the largest there is.
#[derive(Clone, Debug, Default)]
pub(super) struct Named {
    by_name: Vec<u32>,
    /// The names that were given, to be forgotten.
    names: Vec<u32>,
}

impl Named {
    pub(super) fn clear(&mut self) {
        self.names.drain(..).for_each(|name| self.by_name[name as usize] = UNKNOWN);
    }

    pub(super) fn get(&self, name: u32) -> Option<u32> {
        self.by_name.get(name as usize).copied().filter(|&number| number != UNKNOWN)
    }

    /// Whether that is news.
    pub(super) fn set(&mut self, name: u32, number: u32) -> bool {
        let at = name as usize;
        if self.by_name.len() <= at {
            self.by_name.resize(at + 1, UNKNOWN);
        }
        let news = std::mem::replace(&mut self.by_name[at], number) == UNKNOWN;
        if news {
            self.names.push(name);
        }
        news
    }
}
