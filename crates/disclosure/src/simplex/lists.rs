//! Many short lists in one piece of memory, which is kept from one question to the next: to ask for memory for each costs
//! more than the arithmetic. It refuses to know what is in them.

/// Where a list lies, and how many it may hold there.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: usize,
    len: usize,
    room: usize,
}

/// Lists by number. One that outgrows its room moves to the end; what it leaves is given back when all are cleared.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists<T> {
    items: Vec<T>,
    spans: Vec<Span>,
}

impl<T: Copy + Default> Lists<T> {
    pub(super) fn clear(&mut self) {
        self.items.clear();
        self.spans.clear();
    }

    /// A new list of these.
    pub(super) fn add(&mut self, items: &[T], room: usize) {
        let (start, len) = (self.items.len(), items.len());
        self.items.extend_from_slice(items);
        self.items.resize(start + room.max(len), T::default());
        self.spans.push(Span { start, len, room: room.max(len) });
    }

    pub(super) fn of(&self, list: u32) -> &[T] {
        let Span { start, len, .. } = self.spans[list as usize];
        &self.items[start..start + len]
    }

    pub(super) fn of_mut(&mut self, list: u32) -> &mut [T] {
        let Span { start, len, .. } = self.spans[list as usize];
        &mut self.items[start..start + len]
    }

    pub(super) fn len(&self, list: u32) -> usize {
        self.spans[list as usize].len
    }

    pub(super) fn push(&mut self, list: u32, item: T) {
        let Span { start, len, room } = self.spans[list as usize];
        let start = if len < room { start } else { self.move_away(list, 2 * room + 2) };
        self.items[start + len] = item;
        self.spans[list as usize].len += 1;
    }

    /// Moves a list where it has so much room.
    fn move_away(&mut self, list: u32, room: usize) -> usize {
        let Span { start, len, .. } = self.spans[list as usize];
        let at = self.items.len();
        self.items.extend_from_within(start..start + len);
        self.items.resize(at + room, T::default());
        self.spans[list as usize] = Span { start: at, len, room };
        at
    }

    pub(super) fn shorten(&mut self, list: u32, len: usize) {
        self.spans[list as usize].len = len;
    }
}
