//! A small queue of events without allocation.

/// First in, first out, of at most `N` items; when full, the oldest makes room and is counted.
///
/// Every machine that has one documents how many events one call can produce, and is sized so that a
/// program that drains it after every call loses nothing.
#[derive(Clone, Debug)]
#[cfg_attr(test, derive(Hash))]
pub(crate) struct Queue<T, const N: usize> {
    items: [Option<T>; N],
    head: u8,
    len: u8,
    lost: u32,
}

impl<T: Copy, const N: usize> Queue<T, N> {
    pub(crate) const fn new() -> Self {
        const { assert!(N <= 100, "the places are counted in a byte") };
        Self { items: [None; N], head: 0, len: 0, lost: 0 }
    }

    pub(crate) fn push(&mut self, item: T) {
        if usize::from(self.len) == N {
            self.pop();
            self.lost = self.lost.saturating_add(1);
        }
        let tail = usize::from(self.head + self.len) % N;
        if let Some(slot) = self.items.get_mut(tail) {
            *slot = Some(item);
            self.len += 1;
        }
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        let item = self.items.get_mut(usize::from(self.head))?.take()?;
        self.len -= 1;
        self.head = if self.len == 0 { 0 } else { (self.head + 1) % N as u8 };
        Some(item)
    }

    /// Items that were pushed out before anybody took them.
    pub(crate) const fn lost(&self) -> u32 {
        self.lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_kept_and_the_oldest_gives_way() {
        let mut queue = Queue::<u8, 3>::new();
        assert_eq!(queue.pop(), None);
        for item in 1..=5 {
            queue.push(item);
        }
        assert_eq!(queue.lost(), 2);
        assert_eq!([queue.pop(), queue.pop(), queue.pop(), queue.pop()], [Some(3), Some(4), Some(5), None]);
        queue.push(6);
        assert_eq!(queue.pop(), Some(6));
    }
}
