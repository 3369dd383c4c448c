//! Work on many things over all cores, its results taken one by one in their order. Knows nothing of files.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::Thread;
use std::time::Duration;

/// Stack of a worker, in bytes: no less than what a program begins with, for what nests as deep.
const STACK: usize = 16 << 20;
/// How often results are looked for. A worker that woke somebody for each would spend its time on that, and somebody
/// else's core.
const LOOK: Duration = Duration::from_millis(20);

/// What whoever takes the results hears.
pub(crate) enum Heard<R> {
    /// The next result, in order.
    Next(R),
    /// One more was made; it may not be the next.
    Made,
    /// Nothing for a while.
    Tick,
}

/// How far the results have been taken.
#[derive(Default)]
pub(crate) struct Taken(AtomicUsize);

impl Taken {
    /// How many results before this one have not been taken yet.
    pub(crate) fn ahead(&self, index: usize) -> usize {
        index.saturating_sub(self.0.load(Ordering::Relaxed))
    }
}

/// A worker, for as long as it is at work; the last to go wakes whoever takes the results.
struct AtWork<'a> {
    others: &'a AtomicUsize,
    taker: Thread,
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        if self.others.fetch_sub(1, Ordering::Release) == 1 {
            self.taker.unpark();
        }
    }
}

/// Does `work` for each index below `count` on `jobs` threads, and gives `each` the results by index, on this thread.
///
/// Once `stop` says so nothing more is begun, and what was begun is done; results then end where the first is missing.
pub(crate) fn in_order<R: Send>(
    count: usize,
    jobs: usize,
    stop: impl Fn() -> bool + Sync,
    work: impl Fn(usize, &Taken) -> R + Sync,
    mut each: impl FnMut(Heard<R>),
) -> io::Result<()> {
    let (next, taken) = (AtomicUsize::new(0), Taken::default());
    let (made, working) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
    let made = || made.lock().unwrap_or_else(PoisonError::into_inner);
    std::thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, count.max(1)) {
            working.fetch_add(1, Ordering::Relaxed);
            let at_work = AtWork { others: &working, taker: std::thread::current() };
            let (next, taken, made, work, stop) = (&next, &taken, &made, &work, &stop);
            let body = move || {
                let _at_work = at_work;
                while !stop() {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= count {
                        break;
                    }
                    let result = work(index, taken);
                    made().push((index, result));
                }
            };
            std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, body)?;
        }
        let mut waiting = BTreeMap::new();
        let mut at = 0;
        loop {
            // Whoever has gone has left all it made.
            let all = working.load(Ordering::Acquire) == 0;
            let more = std::mem::take(&mut *made());
            if more.is_empty() {
                each(Heard::Tick);
            }
            for (index, result) in more {
                waiting.insert(index, result);
                each(Heard::Made);
            }
            while let Some(result) = waiting.remove(&at) {
                at += 1;
                taken.0.store(at, Ordering::Relaxed);
                each(Heard::Next(result));
            }
            if all {
                return Ok(());
            }
            std::thread::park_timeout(LOOK);
        }
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;

    fn run(count: usize, jobs: usize, stop_at: Option<usize>) -> Vec<usize> {
        let stop = AtomicBool::new(false);
        let mut out = Vec::new();
        let work = |index: usize, _: &Taken| {
            // The earlier, the slower.
            std::thread::sleep(Duration::from_micros(((count - index) % 7) as u64 * 200));
            if Some(index) == stop_at {
                stop.store(true, Ordering::Relaxed);
            }
            index
        };
        let each = |heard| {
            if let Heard::Next(index) = heard {
                out.push(index);
            }
        };
        in_order(count, jobs, || stop.load(Ordering::Relaxed), work, each).unwrap();
        out
    }

    #[test]
    fn results_come_in_order_whatever_the_threads() {
        for jobs in [1, 2, 5, 64] {
            assert_eq!(run(60, jobs, None), (0..60).collect::<Vec<_>>(), "{jobs}");
        }
        assert_eq!(run(0, 4, None), Vec::<usize>::new());
    }

    #[test]
    fn what_was_begun_is_done_when_told_to_stop() {
        let out = run(1000, 3, Some(20));
        assert!(out.len() > 20 && out.len() < 30, "{}", out.len());
        assert!(out.iter().copied().eq(0..out.len()));
    }
}
