//! Bytes made by a thread of their own while those before are looked at. A few pieces go back and forth, so that memory
//! stays bounded; either side ends when the other does.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};

/// Bytes that change hands at once.
const PIECE: usize = 128 << 10;
/// Pieces that wait to be looked at, at most.
const WAITING: usize = 4;

/// The side that looks at the bytes.
pub(crate) struct Ahead {
    full: Receiver<io::Result<Vec<u8>>>,
    empty: SyncSender<Vec<u8>>,
    piece: Vec<u8>,
    at: usize,
}

/// The side that makes them.
pub(crate) struct Maker {
    full: SyncSender<io::Result<Vec<u8>>>,
    empty: Receiver<Vec<u8>>,
}

/// The two sides.
pub(crate) fn sides() -> (Ahead, Maker) {
    let (to_look, full) = sync_channel(WAITING);
    let (to_fill, empty) = sync_channel(WAITING + 2);
    (Ahead { full, empty: to_fill, piece: Vec::new(), at: 0 }, Maker { full: to_look, empty })
}

impl Read for Ahead {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at == self.piece.len() {
            // A maker that is gone has made all there is.
            let Ok(next) = self.full.recv() else { return Ok(0) };
            let used = std::mem::replace(&mut self.piece, next?);
            self.at = 0;
            // Where it is not wanted back it is dropped.
            _ = self.empty.try_send(used);
        }
        let count = self.piece.get(self.at..).unwrap_or_default().read(out)?;
        self.at += count;
        Ok(count)
    }
}

impl Maker {
    /// Reads to the end, or until nobody looks any more.
    pub(crate) fn run(self, mut from: impl Read) {
        loop {
            let mut piece = match self.empty.try_recv() {
                Ok(used) => used,
                Err(TryRecvError::Empty) => Vec::new(),
                Err(TryRecvError::Disconnected) => return,
            };
            piece.resize(PIECE, 0);
            let (made, ends) = fill(&mut from, &mut piece);
            if self.full.send(made.map(|count| shortened(piece, count))).is_err() || ends {
                return;
            }
        }
    }
}

fn shortened(mut piece: Vec<u8>, count: usize) -> Vec<u8> {
    piece.truncate(count);
    piece
}

/// Reads until a piece is full; also whether nothing follows. What was read before an error is the error's.
fn fill(from: &mut impl Read, piece: &mut [u8]) -> (io::Result<usize>, bool) {
    let mut count = 0;
    while count < piece.len() {
        match from.read(&mut piece[count..]) {
            Ok(0) => return (Ok(count), true),
            Ok(more) => count += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (Err(error), true),
        }
    }
    (Ok(count), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives few bytes at once, and fails after so many.
    struct Few<'a>(&'a [u8], Option<usize>);

    impl Read for Few<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            if self.1 == Some(0) {
                return Err(io::ErrorKind::InvalidData.into());
            }
            let most = out.len().min(1000).min(self.1.unwrap_or(usize::MAX));
            let count = self.0.read(&mut out[..most])?;
            self.1 = self.1.map(|left| left - count);
            Ok(count)
        }
    }

    fn through(bytes: &[u8], fails: Option<usize>, read: impl FnOnce(Ahead)) {
        let (ahead, maker) = sides();
        std::thread::scope(|scope| {
            scope.spawn(|| maker.run(Few(bytes, fails)));
            read(ahead);
        });
    }

    #[test]
    fn all_bytes_come_through_in_their_order() {
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 11 * PIECE + 77] {
            let bytes: Vec<u8> = (0..length).map(|at| (at * 31 / 7) as u8).collect();
            through(&bytes, None, |mut ahead| {
                let mut out = Vec::new();
                ahead.read_to_end(&mut out).unwrap();
                assert!(out == bytes);
                assert_eq!(ahead.read(&mut [0; 9]).unwrap(), 0);
            });
        }
    }

    #[test]
    fn ends_with_an_error_or_when_nobody_looks() {
        let bytes = vec![7; 40 * PIECE];
        through(&bytes, Some(9 * PIECE), |mut ahead| {
            assert_eq!(ahead.read_to_end(&mut Vec::new()).unwrap_err().kind(), io::ErrorKind::InvalidData);
        });
        through(&bytes, None, drop);
        through(&bytes, None, |mut ahead| ahead.read_exact(&mut vec![0; 3 * PIECE]).unwrap());
    }
}
